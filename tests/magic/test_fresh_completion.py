"""Completion in a fresh kernel: from the package's data and what is connected, and never a request on a key press."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from IPython.core.completer import provisionalcompleter

from tests.conftest import Notebook
from tests.rigs import hostile, scripted_mist
from tests.rigs.line_rig import Desk


def offers(notebook: Notebook, text: str) -> list[str]:
    """The texts that are offered at the end of the line, in their order."""
    with provisionalcompleter():
        return [one.text for one in notebook.shell.Completer.completions(text, len(text))]


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("%mist images ", ["DigitalOcean", "EC2", "NephoScale"]),
        ("%mist create Neph", ["NephoScale"]),
        ("%mist create NephoScale --image Debian", ['"Debian 7.1 64-bit"']),
        ("%mist create NephoScale --size CS1", ['"CS1 - 1GB, 1Core, 50GB"']),
        ("%mist create NephoScale --location ", ["RIC-1", "SJC-1"]),
        ("%mist create EC2 --size m1.s", ["m1.small"]),
        ("%mist form EC2 --location us-e", ["us-east-1a"]),
        ("%mist sizes --search g6", []),
        ("%mist compare --cpus ", ["1", "4", "4..8"]),
        ("%mist compare --cpus=", ["--cpus=1", "--cpus=4"]),
        ("%mist compare --ram ", ["16GB", "4x"]),
        ("%mist compare --ram 1", ["1GB", "16GB"]),
        ("%mist compare --gpu ", ["A100", "H100", "T4"]),
        ("%mist compare --gpu h", ["H100"]),
        ("%mist explore --gpu A1", ["A10G", "A100", "A100:80GB"]),
        ("%mist compare --by ", ["price_hourly", "ram_gb", "vcpus"]),
        ("%mist compare --by price_h", ["price_hourly"]),
        ('%mist compare --by "price_hourly / vc', ['"price_hourly / vcpus"']),
        ("%mist compare --by price_hourly/g", ["price_hourly/gpus"]),
        ("%mist create NephoScale --hours ", ["2h", "1d"]),
        ("%mist sizes NephoScale --limit ", ["10"]),
    ],
)
def test_values_are_offered_before_anything_was_asked(notebook: Notebook, text: str, some: list[str]) -> None:
    magic, *_ = notebook.shell._mist_notebook  # type: ignore[attr-defined]
    found = offers(notebook, text)
    assert [one for one in some if one not in found] == []
    assert magic.opened_session is None


@pytest.mark.parametrize("flag", ["--name", "--image", "--key", "--user", "--script", "--extra", "--size", "--port"])
def test_an_option_is_never_offered_as_a_value(notebook: Notebook, flag: str) -> None:
    from mist_notebook.magic.commands import COMMANDS

    for command in ("create", "form", "probe", "run"):
        text = f"%mist {command} NephoScale {flag} "
        if COMMANDS[command].argument(flag) is not None:
            assert [one for one in offers(notebook, text) if one.startswith("-")] == []


def test_beginnings_come_before_what_only_holds_it(notebook: Notebook) -> None:
    found = offers(notebook, "%mist create NephoScale --image 6")
    begins = [one.strip('"').startswith("6") for one in found]
    assert begins == sorted(begins, reverse=True)
    found = offers(notebook, "%mist sizes --sort price")
    assert found[:2] == ["price_hourly", "price_monthly"]


def test_a_machine_just_made_is_offered(desk: Desk) -> None:
    desk.create("web-77")
    for text in ("%mist stop web", "%mist destroy ", "%mist probe web-7"):
        assert "web-77" in offers(desk.notebook, text)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[hostile.Server, threading.Event]]:
    """A server that is configured, and answers when the event is set."""
    go = threading.Event()
    usual = scripted_mist.answers(
        {"images": hostile.json([{"id": "i1", "name": "Debian 12"}]), "keys": hostile.json([])}
    )

    def step(exchange: hostile.Exchange) -> None:
        while not go.wait(0.01) and not exchange.ended.is_set():
            pass
        usual(exchange)

    with hostile.serve(step) as server:
        monkeypatch.setenv("MIST_URL", server.url)
        monkeypatch.setenv("MIST_API_TOKEN", "a-token-for-tests")
        yield server, go
        go.set()


def test_what_is_not_known_is_looked_for_meanwhile_and_offered_the_next_time(
    notebook: Notebook, held: tuple[hostile.Server, threading.Event]
) -> None:
    _, go = held
    magic, *_ = notebook.shell._mist_notebook  # type: ignore[attr-defined]
    before = offers(notebook, "%mist images Sl")  # the server is silent: an answer that waited would never come
    assert before in ([], ["Sl"])
    go.set()
    for text, then in (("%mist images Sl", "Slow"), ("%mist create Slow --image Deb", '"Debian 12"')):
        offers(notebook, text)
        for worker in list(magic.scout._looking.values()):
            worker.join()
        assert then in offers(notebook, text)
    assert magic.opened_session is None


def test_unloading_ends_the_looks(notebook: Notebook, held: tuple[hostile.Server, threading.Event]) -> None:
    offers(notebook, "%mist images Sl")
    held[1].set()
    notebook.run("%reload_ext mist_notebook")
    assert [thread.name for thread in threading.enumerate() if thread.name == "mist-scout"] == []
