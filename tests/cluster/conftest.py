"""Three machines on this computer: real OpenSSH servers, each with a home and an address of loopback of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from distributed import Security

from mist_notebook.cluster import up
from mist_notebook.cluster.member import Member, Wish
from mist_notebook.cluster.running import Running
from mist_notebook.ground.loop import LoopThread
from mist_notebook.ssh.host_keys import HostKeys
from tests.rigs.ssh_hosts import KEY, openssh

HERE = Wish(python=sys.executable, threads=1, memory=400 << 20)


@dataclass
class Rig:
    """The machines, the loop, and what was said while a cluster was raised."""

    folder: Path
    members: list[Member]
    loop: LoopThread
    said: list[str] = field(default_factory=list)

    def up(self, members: list[Member] | None = None, wish: Wish = HERE, security: Any = None) -> Running:
        """A cluster of these machines, or of all three."""
        self.said.clear()
        chosen = self.members if members is None else members
        work = up.up(chosen, wish, security or Security.temporary(), HostKeys(), self._say)
        return self.loop.run(work, 120)

    def down(self, running: Running) -> None:
        self.loop.run(running.close(), 60)

    def home(self, number: int) -> Path:
        return self.folder / f"m{number}" / "home"

    def _say(self, name: str, text: str) -> None:
        self.said.append(f"{name} {text}".strip())


def machine(stack: ExitStack, folder: Path, number: int, *settings: str, environment: Sequence[str] = ()) -> Member:
    """One more sshd, as the machine `web-N`, which is said to have an address of its own."""
    home = folder / f"m{number}"
    home.mkdir()
    target = stack.enter_context(openssh(home, *settings, environment=environment))
    target = replace(target, machine_id=f"m{number}", name=f"web-{number}")
    return Member(f"rig/m{number}", target, KEY, (f"127.0.0.{10 + number}",))


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder = tmp_path_factory.mktemp("machines")
    loop = LoopThread("test-cluster")
    with ExitStack() as stack:
        members = [machine(stack, folder, number) for number in (1, 2, 3)]
        try:
            yield Rig(folder, members, loop)
        finally:
            loop.close()
