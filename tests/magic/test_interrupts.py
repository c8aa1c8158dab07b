"""Ctrl-C while something is on its way: two lines, what was being done and what may be so now, and no stack."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from mist_notebook.ground.interrupted import Interrupted, doing
from tests.conftest import Notebook
from tests.rigs import hostile, scripted_mist

MACHINE = {
    "id": "m1", "machine_id": "i-1", "name": "web-1", "state": "running",
    "can_destroy": True, "actions": {"destroy": True, "stop": True, "reboot": True},
}  # fmt: skip

IMAGE = {"id": "5", "name": "Debian"}


def interrupted_at(is_there: Callable[[hostile.Request], bool]) -> hostile.Step:
    """A server that never answers that request: whoever sent it is interrupted as it arrives."""
    routes = {"machines": hostile.json([MACHINE]), "i-1": hostile.json(MACHINE), "images": hostile.json([IMAGE])}
    routes["sizes"] = hostile.json([{"id": "48", "name": "S", "extra": {"price_hourly": 0.01}}])
    routes["providers"] = hostile.json({"supported_providers": [{"driver": "nephoscale", "name": "NephoScale"}]})
    usual = scripted_mist.answers(routes | dict.fromkeys(("keys", "networks"), hostile.json([])))

    def step(exchange: hostile.Exchange) -> None:
        if is_there(exchange.request):
            os.kill(os.getpid(), signal.SIGINT)
            exchange.hold()
            return
        usual(exchange)

    return step


def asked(method: str, last: str) -> Callable[[hostile.Request], bool]:
    return lambda request: request.method == method and request.path.endswith(last)


CASES: list[tuple[str, Callable[[hostile.Request], bool], str, str]] = [
    ("images Slow", asked("GET", "/images"), "while %mist images was reading", "Nothing was changed"),
    ("locations", asked("GET", "/locations"), "while %mist locations was reading", "Nothing was changed"),
    ("sizes", asked("GET", "/sizes"), "while %mist sizes was reading", "Nothing was changed"),
    ("machines", asked("GET", "/machines"), "while %mist machines was reading", "Nothing was changed"),
    ("backends", asked("GET", "/clouds"), "while %mist backends was reading", "Nothing was changed"),
    ("stop web-1", asked("GET", "/machines"), "while looking for 'web-1'", "Nothing was sent"),
    ("destroy web-1 --yes web-1", asked("GET", "/machines"), "while looking for 'web-1'", "Nothing was sent"),
    ("stop web-1", asked("POST", "/i-1"), "it may have been asked", "%mist machines shows"),
    ("reboot web-1", asked("POST", "/i-1"), "it may have been asked", "%mist machines shows"),
    ("destroy Slow/i-1 --yes web-1 --not-mine", asked("POST", "/i-1"), "asked to destroy 'web-1'", "how things are"),
    (
        "create Slow --name web-2 --image 5 --size 48", asked("GET", "/sizes"),
        "while looking up what to make", "Nothing was sent",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "where", "was", "now"), CASES, ids=[f"{case[0]}-{place}" for place, case in enumerate(CASES)]
)
def test_an_interrupt_is_two_lines(
    notebook: Notebook,
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    where: Callable[[hostile.Request], bool],
    was: str,
    now: str,
) -> None:
    with hostile.serve(interrupted_at(where)) as server:
        monkeypatch.setenv("MIST_URL", server.url)
        monkeypatch.setenv("MIST_API_TOKEN", "a-token-for-tests")
        cell = notebook.run(f"%mist {line}")
        if not any(where(request) for request in server.ledger):
            pytest.fail(f"never asked: {[(one.method, one.path) for one in server.ledger]}\n{cell.printed}")
        writes = [one for one in server.ledger if one.method in ("POST", "PUT", "DELETE") and "images" not in one.path]
    assert isinstance(cell.error, Interrupted) and isinstance(cell.error, KeyboardInterrupt)
    assert was in cell.error.message and now in cell.error.hint
    assert cell.printed.strip().splitlines()[-2:] == [cell.error.message, cell.error.hint]
    assert "Traceback" not in cell.printed and len(cell.printed.strip().splitlines()) <= 3
    assert len(writes) == (1 if where(hostile.Request("POST", "/i-1", {}, b"", 1)) else 0)


LOOKED = "backend = client.backend_from_name('Slow')\nmachine = backend.machine_from_id('i-1')\n"
READ = "Nothing was changed"
CALLS: list[tuple[str, Callable[[hostile.Request], bool], str, str]] = [
    ("client.backends", asked("GET", "/clouds"), "while backends was reading", READ),
    ("client.machines", asked("GET", "/machines"), "while machines was reading", READ),
    ("client.supported_providers", asked("GET", "/providers"), "while supported_providers was reading", READ),
    ("client.backends['c1'].images", asked("GET", "/images"), "while images was reading", READ),
    ("[one.sizes for one in client.backends.values()]", asked("GET", "/sizes"), "while sizes was reading", READ),
    ("def mine():\n    return client.backends['c1'].machines\nmine()", asked("GET", "/machines"), "was reading", READ),
    (f"{LOOKED}machine.probe()", asked("POST", "/probe"), "while probe was reading", READ),
    (f"{LOOKED}machine.stop()", asked("POST", "/i-1"), "while stop was on its way", "%mist machines shows"),
    (f"{LOOKED}machine.destroy(confirm='web-1')", asked("POST", "/i-1"), "while destroy was on its way", "shows how"),
    (f"{LOOKED}backend.rename('Fast')", asked("PUT", "/c1"), "may or may not be done", "Look again"),
    (
        f"{LOOKED}backend.create_machine('web-2', image_id='5', size_id='48')", asked("POST", "/machines"),
        "while create_machine was on its way", "'web-2' may have been made. Nothing is sent twice",
    ),
    (
        f"{LOOKED}backend.create_machine('web-2', image_id='5', size_id='48')", asked("GET", "/sizes"),
        "while create_machine was on its way", "Nothing was sent for 'web-2'.",
    ),
    (
        "client.add_backend('New', 'nephoscale', username='x', password='y')", asked("POST", "/clouds"),
        "may or may not be done", "Look again",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("call", "where", "was", "now"), CALLS, ids=[case[0].splitlines()[-1] for case in CALLS])
def test_an_interrupt_of_a_call_from_python_is_two_lines(
    notebook: Notebook,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    where: Callable[[hostile.Request], bool],
    was: str,
    now: str,
) -> None:
    with hostile.serve(interrupted_at(where)) as server:
        notebook.value(f"from mist_notebook import MistClient\nclient = MistClient('{server.url}', api_token='t-o-k')")
        cell = notebook.run(call)
        if not any(where(request) for request in server.ledger):
            pytest.fail(f"never asked: {[(one.method, one.path) for one in server.ledger]}\n{cell.printed}")
    assert isinstance(cell.error, KeyboardInterrupt)
    message, hint = cell.printed.strip().splitlines()
    assert was in message and now in hint
    notebook.run("client.close()")


def test_another_interrupt_shows_as_it_always_did_and_unloading_undoes_it(notebook: Notebook) -> None:
    assert "Traceback" in notebook.run("raise KeyboardInterrupt").printed
    assert "Traceback" in notebook.run("raise ValueError('mine')").printed
    notebook.run("%unload_ext mist_notebook")
    assert notebook.shell.custom_exceptions == ()


def test_what_another_extension_shows_in_its_way_stays_so(notebook: Notebook) -> None:
    shell = notebook.shell
    notebook.run("%unload_ext mist_notebook")
    shell.set_custom_exc((ZeroDivisionError,), lambda *_, **__: print("theirs"))
    try:
        notebook.run("%load_ext mist_notebook")
        assert notebook.run("1 / 0").printed == "theirs\n"
        notebook.run("%unload_ext mist_notebook")
        assert notebook.run("1 / 0").printed == "theirs\n"
    finally:
        shell.set_custom_exc((), None)


def test_an_interrupt_while_a_line_is_read_is_two_lines(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    with hostile.serve(interrupted_at(asked("GET", "/clouds"))) as server:
        monkeypatch.setenv("MIST_URL", server.url)
        monkeypatch.setenv("MIST_API_TOKEN", "a-token-for-tests")
        for line in ("%mist", "%mist help create Slow", "%mist create Slow --help"):
            cell = notebook.run(line)
            assert isinstance(cell.error, Interrupted), cell.printed
            assert len(cell.printed.strip().splitlines()) == 2 and "Traceback" not in cell.printed


def test_every_kind_of_traceback_shows_the_same_two_lines(notebook: Notebook) -> None:
    notebook.run("from mist_notebook.ground.interrupted import Interrupted")
    for mode in ("Plain", "Context", "Verbose", "Minimal"):
        notebook.run(f"%xmode {mode}")
        assert notebook.run("raise Interrupted('Was reading.', 'Nothing changed.')").printed == (
            "Was reading.\nNothing changed.\n"
        )
    notebook.run("%xmode Context")


def test_what_catches_an_error_of_ours_does_not_swallow_an_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt) as caught:
        try:
            with doing("outer", "x"), doing("Was reading.", "Nothing changed."):
                raise KeyboardInterrupt
        except Exception:
            pytest.fail("an interrupt is no Exception")
    assert str(caught.value) == "Was reading.\nNothing changed."
