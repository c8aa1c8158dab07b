"""What the tests of lines share: a notebook beside a sandbox with a key, whose machines are looked at often."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook.backends.mist.adapter import MistAdapter
from mist_notebook.client import runtime
from mist_notebook.provision import provision
from mist_notebook.sandbox import Sandbox
from tests.conftest import Notebook
from tests.rigs import manners
from tests.rigs.line_rig import Desk, add_key


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """The embedded sandbox, kept running for all tests of one file."""
    held = runtime.acquire()
    try:
        yield held.sandbox()
    finally:
        runtime.release(held)


@pytest.fixture
def at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Machines are looked at often, and nothing of this computer is used."""
    monkeypatch.setattr(provision, "_LOOK_EVERY_S", 0.03)
    monkeypatch.setattr(MistAdapter, "sees_new_after_s", 0.0)
    monkeypatch.setenv("MIST_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def desk(request: pytest.FixtureRequest, notebook: Notebook, at_once: None) -> Iterator[Desk]:
    """A notebook and the embedded sandbox, which has the key `demo`; a module may ask for it in both manners."""
    held = runtime.acquire()
    manner = getattr(request, "param", manners.PLAIN)
    before = held._sandbox
    try:
        if manner:
            held._sandbox = Sandbox.start(**{"boot_seconds": 0.02, **manner})
        sandbox = held.sandbox(boot_seconds=0.02)
        add_key(sandbox)
        yield Desk(notebook, sandbox)
    finally:
        if manner:
            sandbox.close()
            held._sandbox = before
        runtime.release(held)
