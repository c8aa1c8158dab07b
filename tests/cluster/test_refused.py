"""What can't be a cluster is said before anything starts, with each machine's reason."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from distributed import Security

from mist_notebook.cluster import installing, plan, up
from mist_notebook.cluster.member import LeftOutError, Member, Wish
from mist_notebook.ground.errors import ClusterError
from mist_notebook.ssh.host_keys import HostKeys
from tests.cluster.conftest import HERE, Rig, machine
from tests.rigs.processes import of_home, wait_until_gone


def old_python(folder: Path) -> Path:
    """A Python that says that it is 3.9, with a Dask of its time."""
    path = folder / "python3.9"
    path.write_text('#!/bin/sh\necho \'{"minor": [3, 9], "versions": {"dask": "2023.1.0"}}\'\n')
    path.chmod(0o755)
    return path


@pytest.fixture(scope="module")
def odd(rig: Rig) -> Iterator[dict[str, Member]]:
    """Machines of which each has something wrong with it."""
    with ExitStack() as stack:
        yield {
            "full": machine(stack, rig.folder, 4, environment=("TMPDIR=/proc",)),
            "closed": machine(stack, rig.folder, 5, "AllowTcpForwarding no"),
            "forced": machine(stack, rig.folder, 7, "ForceCommand echo no shell here"),
        }


def refusal(rig: Rig, members: list[Member], wish: Wish = HERE) -> str:
    with pytest.raises(ClusterError) as refused:
        rig.up(members, wish)
    assert str(refused.value).count("\n") == 1
    assert not any("scheduler runs" in line for line in rig.said)
    return str(refused.value)


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (replace(HERE, memory=1 << 50), "1,073,741,824 MB a worker are asked for"),
        (replace(HERE, python="/nonexistent/python"), f"no Python 3 there, {plan.here().python} here"),
        (replace(HERE, python="/bin/false"), "no Python 3 there"),
    ],
)
def test_what_a_machine_lacks_is_said(rig: Rig, wish: Wish, why: str) -> None:
    assert why in refusal(rig, rig.members[:2], wish)


def test_an_old_python_is_said_and_how_to_get_the_right_one(rig: Rig, tmp_path: Path) -> None:
    wish = replace(HERE, python=str(old_python(tmp_path)))
    assert f"web-1: Python 3.9 there, {plan.here().python} here" in refusal(rig, rig.members[:2], wish)


def test_a_full_disk_is_said(rig: Rig, odd: dict[str, Member]) -> None:
    assert "web-4: its disk is full" in refusal(rig, [odd["full"]])


def test_a_machine_that_runs_nothing_is_said(rig: Rig, odd: dict[str, Member]) -> None:
    assert "web-7: " in refusal(rig, [odd["forced"]])


def test_a_machine_that_lets_nothing_through_its_connection_is_refused(rig: Rig, odd: dict[str, Member]) -> None:
    assert "AllowTcpForwarding" in refusal(rig, [odd["closed"]])
    assert not of_home(rig.home(5)) or all("distributed" not in " ".join(one.cmdline()) for one in of_home(rig.home(5)))


def test_an_interrupt_in_the_middle_leaves_nothing(rig: Rig) -> None:
    before = set(of_home(rig.home(1), rig.home(2)))
    said: list[str] = []

    async def until_the_scheduler_runs() -> None:
        seen = asyncio.Event()
        work = asyncio.ensure_future(
            up.up(
                rig.members[:2],
                HERE,
                Security.temporary(),
                HostKeys(),
                lambda _, text: (said.append(text), "reach each other" in text and seen.set()),
            )
        )
        await seen.wait()
        work.cancel()
        await asyncio.wait([work])

    rig.loop.run(until_the_scheduler_runs(), 60)
    wait_until_gone([one for one in of_home(rig.home(1), rig.home(2)) if one not in before])


def test_an_environment_is_made_where_it_was_asked_for(rig: Rig, tmp_path: Path) -> None:
    """A small package stands in for Dask: what is proved is the way, with the real installer and the real index."""
    wanted = plan.Environment(plan.here().minor, {"cloudpickle": "3.1.1"}, {})
    pip = {name: os.environ[name] for name in os.environ if name.startswith("PIP_")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with ExitStack() as stack:
        member = machine(stack, tmp_path, 8, environment=(f"PATH={path}", *(f"{k}={v}" for k, v in pip.items())))
        from mist_notebook.ssh.scripts import remote

        result = rig.loop.run(
            remote.run(member.target, installing.script(wanted), key=member.key, pins=HostKeys()), 300
        )
        assert (result.outcome, result.exit_code) == ("ok", 0), result.output
        python = tmp_path / "m8" / "home" / wanted.folder / "bin" / "python"
        assert python.exists()
        assert installing.made_at(result.stdout) == str(python)
        assert list((python.parent.parent / "lib").glob("python*/site-packages/cloudpickle-3.1.1.dist-info"))
        assert shutil.which("python", path=str(python.parent))


def test_an_installer_that_says_no_place_leaves_its_machine_out() -> None:
    with pytest.raises(LeftOutError):
        installing.made_at("mist-step: done\n")
