"""A workshop for tests of commands on machines: the embedded sandbox, kept running, with a key and machines in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from mist_notebook import MistClient
from mist_notebook.client import runtime
from mist_notebook.client.client import Backend
from mist_notebook.client.machines.machine import Machine
from mist_notebook.ground.loop import LoopThread
from mist_notebook.provision import provision
from mist_notebook.records.model import Step
from mist_notebook.sandbox import Sandbox
from tests.conftest import Notebook

SIZE, IMAGE, LOCATION = "48", "5", "SJC-1"
FAULTS = ({"do": "no-public-address", "name": "hidden-*"},)


@dataclass
class Workshop:
    """What the tests of one module share; machines are really asked for, over the API, and really boot."""

    folder: Path
    client: MistClient
    loop: LoopThread
    sandbox: Sandbox

    @property
    def backend(self) -> Backend:
        return self.client.backend_from_name("NephoScale")

    def steps(self, name: str, **course: Any) -> Iterator[Step]:
        spec = self.backend.spec(name, key="demo", image=IMAGE, size=SIZE, location=LOCATION)
        how = provision.Course(limits=self.client.limits(sandbox=True), sleep=lambda _: None, **course)
        return provision.provision(self.backend.adapter, spec, self.client.journal_of(self.backend), how)

    def make(self, name: str) -> Machine:
        """A machine that runs; asked again, the same."""
        *_, _last = self.steps(name)
        return self.backend.machine_from_name(name)

    def key_file(self, name: str, key: asyncssh.SSHKey) -> None:
        """Put a private key on this computer under that name."""
        path = self.folder / f"{name}.pem"
        path.touch(mode=0o600)
        path.write_bytes(key.export_private_key())
        self.client.local_keys.remember(name, path)

    @contextmanager
    def served(self, host: AbstractAsyncContextManager[int]) -> Iterator[int]:
        """The port of a host of ssh_hosts.py, which runs meanwhile."""
        port = self.loop.run(host.__aenter__())
        try:
            yield port
        finally:
            self.loop.run(host.__aexit__(None, None, None))


@contextmanager
def open_workshop(
    folder: Path, *names: str, faults: Sequence[Mapping[str, object]] = FAULTS, boot_seconds: float = 0.01
) -> Iterator[Workshop]:
    """A workshop in which machines of these names run."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("MIST_")]:
            patch.delenv(name)
        patch.setenv("MIST_CONFIG", str(folder / "settings.toml"))
        patch.setenv("MIST_DATA_DIR", str(folder))
        held = runtime.acquire()
        held._sandbox = sandbox = Sandbox.start(boot_seconds=boot_seconds, faults=faults)
        loop = LoopThread("test-hosts")
        try:
            with MistClient() as client:
                client.make_key("demo")
                workshop = Workshop(folder, client, loop, sandbox)
                for name in names:
                    workshop.make(name)
                yield workshop
        finally:
            loop.close()
            runtime.release(held)


def in_workshop(notebook: Notebook, workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    """The notebook of one test, which finds this workshop's keys and machines."""
    monkeypatch.setenv("MIST_DATA_DIR", str(workshop.folder))
    return notebook


def shown(notebook: Notebook, value: Any) -> tuple[str, str]:
    """A value as its cell shows it: plain text and HTML."""
    data, _ = notebook.shell.display_formatter.format(value)
    return data["text/plain"], data["text/html"]
