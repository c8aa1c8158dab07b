"""Two notebooks of one account want a key of one name at the same moment: the same key is no collision, another is."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import asyncssh
import pytest

from mist_notebook.client.notebook.session import Session
from mist_notebook.ground.errors import BadValueError, MistError
from mist_notebook.sandbox import Sandbox
from mist_notebook.settings import remembered
from mist_notebook.settings.remembered import Remembered
from tests.conftest import Notebook
from tests.rigs import child, hostile, live_mist
from tests.rigs.form_rig import opened


def private() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-rsa", key_size=2048)


class Server:
    """A Mist server that takes a name once, and answers who asks for its keys when both notebooks have asked."""

    def __init__(self, live: live_mist.LiveMist, status: int) -> None:
        self.live, self.status = live, status
        self.private: dict[str, str] = {}
        self.puts: list[str] = []
        self._both = threading.Barrier(2)
        self._lock = threading.Lock()
        live.rows["keys"] = []
        live.broken["keys"], live.broken["public"] = self._keys, self._public

    def _keys(self, exchange: hostile.Exchange) -> None:
        if exchange.request.method == "GET":
            rows = list(self.live.rows["keys"])
            with suppress(threading.BrokenBarrierError):
                self._both.wait(0.5)
            return hostile.json(rows)(exchange)
        said = json.loads(exchange.request.body)
        with self._lock:
            self.puts.append(said["name"])
            if said["name"] in self.private:
                return hostile.answer(b"Key name exists", status=self.status)(exchange)
            self.private[said["name"]] = said["priv"]
            self.live.rows["keys"].append({"id": "k9", "name": said["name"], "isDefault": True})
        return hostile.json(self.live.rows["keys"])(exchange)

    def _public(self, exchange: hostile.Exchange) -> None:
        key = asyncssh.import_private_key(next(iter(self.private.values())))
        hostile.json(key.export_public_key().decode())(exchange)


@pytest.fixture(params=[409, 400])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with live_mist.serve() as live:
        monkeypatch.setenv("MIST_URL", live.url)
        monkeypatch.setenv("MIST_API_TOKEN", live.token)
        yield Server(live, request.param)


@pytest.fixture
def kernels(server: Server) -> Iterator[list[Session]]:
    held = [Session(), Session()]
    yield held
    for session in held:
        session.close()


def at_once(kernels: list[Session], *privates: asyncssh.SSHKey) -> list[object]:
    """What each gets: of a key that is made here, or of one that is given."""

    def tried(session: Session, private: asyncssh.SSHKey | None) -> object:
        try:
            if private is None:
                return session.client.make_key("demo", send_private=True).id
            return session.client.add_key(
                "demo", private.export_private_key("pkcs1-pem").decode(), send_private=True
            ).id
        except MistError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(tried, kernels, privates or (None, None)))


def test_a_key_that_both_make_is_one_key(server: Server, kernels: list[Session], tmp_path: Path) -> None:
    assert at_once(kernels) == ["k9", "k9"]
    assert len(server.private) == 1 and len(list((tmp_path / "data" / "keys").glob("*.key"))) == 1


def test_a_key_that_both_give_is_one_key(server: Server, kernels: list[Session]) -> None:
    same = private()
    assert at_once(kernels, same, same) == ["k9", "k9"]


def test_another_key_under_the_same_name_is_refused(server: Server, kernels: list[Session]) -> None:
    found = at_once(kernels, private(), private())
    assert sum(one == "k9" for one in found) == 1
    assert sum(isinstance(one, MistError) for one in found) == 1
    assert len(server.private) == 1


def test_a_key_that_only_is_here_may_be_wanted_twice(notebook: Notebook) -> None:
    for _ in range(2):
        assert "stays on this computer" in notebook.run("%mist add-key mine --generate --keep-here").printed


def test_a_suggested_name_that_another_notebook_took_gives_way_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox.start(boot_seconds=0.2) as sandbox:
        monkeypatch.setenv("MIST_URL", sandbox.url)
        monkeypatch.setenv("MIST_API_TOKEN", sandbox.token)
        first, second = Session(), Session()
        try:
            pages = [opened(session) for session in (first, second)]
            pages[0].click("mist-form-make-key")
            pages[1].click("mist-form-make-key")
            assert ["--name ubuntu-1 " in page.form.line for page in pages] == [True, True]
            pages[0].review().create().wait()
            pages[1].review()
            assert "--name ubuntu-2 " in pages[1].form.line
            assert [name for name, _, _ in sandbox.ledger] == ["ubuntu-1"]
        finally:
            first.close()
            second.close()


def test_clouds_that_several_notebooks_add_at_once_are_all_remembered() -> None:
    clouds = [Remembered("hetzner", f"mine-{number}", context=f"c{number}") for number in range(6)]
    ended = child.together([lambda cloud=cloud: remembered.add(cloud) for cloud in clouds])
    assert [one.error for one in ended] == [None] * 6
    assert {one.name for one in remembered.every()} == {cloud.name for cloud in clouds}


def test_of_two_that_add_one_account_at_once_one_does() -> None:
    ended = child.together([lambda: remembered.add(Remembered("hetzner", "mine"))] * 4)
    assert [isinstance(one.error, BadValueError) for one in ended].count(True) == 3
    assert len(remembered.every()) == 1
