"""What the tests of `%mist create`, `destroy` and `machines` share: a notebook with a sandbox and a key in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import asyncssh
from msgspec.structs import replace

from mist_notebook.client.client import MistClient
from mist_notebook.ground.errors import MistError
from mist_notebook.ground.stopping import pause
from mist_notebook.sandbox import Sandbox
from tests.conftest import Notebook

WHAT = "--image 5 --size 48 --location SJC-1"
WRITES = ("POST", "PUT", "DELETE")


def key_file(folder: Path) -> Path:
    """A private key that only its owner can read."""
    path = folder / "id_ed25519"
    path.touch(mode=0o600)
    path.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    return path


def client_of(sandbox: Sandbox) -> MistClient:
    """A client beside the notebook's, to do and see what the notebook doesn't."""
    return MistClient(sandbox.url, api_token=sandbox.token)


def add_key(sandbox: Sandbox, name: str = "demo") -> None:
    """A key that nobody here has the private half of."""
    with client_of(sandbox) as client:
        client.add_key(name, asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode())


class Desk:
    """A notebook, the sandbox that it speaks to, and what was sent there."""

    def __init__(self, notebook: Notebook, sandbox: Sandbox) -> None:
        self.notebook = notebook
        self.sandbox = sandbox

    def create(self, name: str, more: str = "", *, what: str = WHAT, backend: str = "NephoScale") -> object:
        return self.notebook.value(f"%mist create {backend} --name {name} {what} --no-probe {more}")

    def make_elsewhere(self, name: str, backend: str = "NephoScale") -> str:
        """A machine of that name that nobody made from here; its id."""
        with client_of(self.sandbox) as client:
            found = client.backend_from_name(backend)
            image, size = found.images[0]["id"], found.sizes[0]["id"]
            location, key = found.locations[0]["id"], next(iter(client.keys))
            spec = found.spec("elsewhere", image=image, size=size, location=location, key=key)
            before = set(found.machines)
            found.adapter.submit(replace(spec, name=name))  # its id comes later, where a job tells it
            while not (made := [one for one in found.machines.values() if one.name == name and one.id not in before]):
                pause(0.02)
            return made[0].id

    @property
    def made(self) -> list[str]:
        """The names of what the sandbox was asked to make, and made."""
        return [name for name, _, is_made in self.sandbox.ledger if is_made]

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [request for request in self.sandbox.requests if request[0] in WRITES]

    def failed(self, line: str, *, alone: bool = True) -> MistError:
        """The error of a line that has to fail in our way, with nothing sent that changes anything."""
        writes = self.writes
        error = self.ended(line, alone=alone)
        assert self.writes == writes, line
        return error

    def ended(self, line: str, *, alone: bool = False) -> MistError:
        """The error of a line that may have sent something before it failed."""
        cell = self.notebook.run(f"%mist {line}")
        error = cell.error
        assert isinstance(error, MistError), f"{line}: {error!r}\n{cell.printed}"
        lines = str(error).splitlines()
        assert 1 <= len(lines) <= 2
        assert all(part.isprintable() and len(part) <= 402 for part in lines)
        assert cell.printed.strip().endswith("\n".join(lines))
        if alone:
            assert cell.printed.strip() == "\n".join(lines)
        return error


def faulty(*faults: Mapping[str, object]) -> Sandbox:
    """A standalone sandbox with these faults, whose machines boot at once."""
    sandbox = Sandbox.start(boot_seconds=0.02, faults=faults)
    add_key(sandbox)
    return sandbox
