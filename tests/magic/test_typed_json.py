"""Lists, objects, null and what is false with `--extra`: sent as written, or refused; no secret among them is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.secret import says_secret
from tests.conftest import Notebook
from tests.rigs import live_mist

MAKE = "%mist create Live --name web --image debian --size small --location east --key demo --no-probe --extra "
CANARY = "c4nary-9f8e7d6c5b"


@pytest.fixture
def live(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> Iterator[live_mist.LiveMist]:
    with live_mist.serve() as live:
        monkeypatch.setenv("MIST_URL", live.url)
        monkeypatch.setenv("MIST_API_TOKEN", live.token)
        yield live


SENT: list[tuple[str, Any]] = [
    ('zz=["n1"]', ["n1"]),
    ('zz=["a b","{word}"]', ["a b", "hello"]),
    ("'zz=[\"n1\"]'", ["n1"]),
    ('zz={"b":1}', {"b": 1}),
    ('zz={"b": {"c": 0}}', {"b": {"c": 0}}),
    ('zz=[{"a":"x y"},{"a":"$word"}]', [{"a": "x y"}, {"a": "hello"}]),
    ("'zz={{\"b\":false}}'", {"b": False}),
    ('zz={"{word}":[]}', {"{word}": []}),
    ("zz=null", None),
    ("zz=[null,false,0]", [None, False, 0]),
    ("zz=''", ""),
    ("zz=0.0", "0.0"),
    ("zz=a[0]", "a[0]"),
    ("zz=[abc]", "[abc]"),
    ("zz=", ""),
]


@pytest.mark.parametrize(("typed", "sent"), SENT, ids=[typed for typed, _ in SENT])
def test_what_was_written_is_sent(live: live_mist.LiveMist, notebook: Notebook, typed: str, sent: Any) -> None:
    notebook.shell.user_ns["word"] = "hello"
    notebook.value(MAKE + typed)
    assert live.created[0]["zz"] == sent
    assert notebook.value(MAKE + typed).name == "web"
    assert len(live.created) == 1


@pytest.mark.parametrize("line", ["zz=(", "zz=[1", "zz={{1", "zz=)", "'zz=((' # (", "zz=[ ;"])
def test_a_bracket_that_stays_open_shows_no_stack_after_it_was_made(
    live: live_mist.LiveMist, notebook: Notebook, line: str
) -> None:
    cell = notebook.run(MAKE + line)
    assert cell.error is None, cell.printed
    assert len(live.created) == 1
    assert (cell.value is None) == line.endswith(";")


@pytest.mark.parametrize(
    "typed",
    [f'zz={{"password":"{CANARY}"}}', f'zz=[{{"user":"x","api_key":"{CANARY}"}}]', f"pasword={CANARY}",
     f'zz={{"a":{{"secrt":"{CANARY}"}}}}', f"secrt={CANARY}"],
)  # fmt: skip
def test_a_secret_among_them_is_refused_and_not_repeated(
    live: live_mist.LiveMist, notebook: Notebook, typed: str
) -> None:
    cell = notebook.run(MAKE + typed)
    assert isinstance(cell.error, MistUsageError) and CANARY[:8] not in cell.printed
    assert live.created == []


@pytest.mark.parametrize("name", ["pasword", "admin_password", "secrt", "access_tokn", "db_pass", "api_key"])
def test_a_secret_from_python_is_sent_and_kept_nowhere(
    live: live_mist.LiveMist, notebook: Notebook, tmp_path: Path, name: str
) -> None:
    notebook.value(
        "from mist_notebook import MistClient\nclient = MistClient()\nbackend = client.backend_from_name('Live')"
    )
    make = "backend.create_machine('web', 'demo', 'debian', 'east', 'small', {}={!r})"
    for value in (CANARY, [CANARY], {"x": CANARY}, 1234567891):
        cell = notebook.run(make.format(name, value))
        assert cell.error is None or CANARY[:8] not in cell.printed
    assert [body[name] for body in live.created] in ([CANARY], [])  # a word that no provider has is refused
    bad = notebook.run(f"backend.create_machine('db', 'demo', 'debian', 'east', 'small', {name}=b'{CANARY}')")
    assert isinstance(bad.error, BadValueError) and CANARY[:8] not in bad.printed
    notebook.value("client.close()")
    kept = "".join(path.read_text() for path in tmp_path.rglob("*.json"))
    assert ('"web"' in kept) == bool(live.created) and CANARY[:8] not in kept and "1234567891" not in kept


@pytest.mark.parametrize("text", [CANARY, f"{CANARY} x", f"tok {CANARY}", f"x.example {CANARY}"])
def test_a_token_where_an_address_belongs_is_not_repeated(notebook: Notebook, text: str) -> None:
    cell = notebook.run(f'%mist connect "{text}"')
    assert isinstance(cell.error, BadValueError) and CANARY[:8] not in cell.printed


def test_names_that_say_secret_and_those_that_only_look_so() -> None:
    for name in ("password", "Pasword", "passwrd", "secret_key", "x-api-key", "tokens", "credential", "auth"):
        assert says_secret(name), name
    for name in ("tokenizer", "key", "image", "passenger", "hours", "secretary", "monkey", "disk", "networks", ""):
        assert not says_secret(name), name
