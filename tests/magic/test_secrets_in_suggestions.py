"""What stands behind an option that we don't have, or after `user:`, is never shown again, wherever one looks."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

import pytest

from mist_notebook.ground.errors import MistError
from tests.conftest import Notebook

CANARY = "hunter2-cAnArY"


pytestmark = pytest.mark.usefixtures("sandbox")  # the same for all tests here

LINES = [
    "add-key k --private {0}",
    "images x --creds {0}",
    "images x --credz {0}",
    "images x --creds={0}",
    "images NephoScale --serach {0}",
    "images NephoScale --serach={0}",
    "images NephoScale --filter {0}",
    "images NephoScale --whatever {0} --limit 5",
    "imagse NephoScale --search {0}",
    "imagse {0}",
    "delete web-1 --pin {0}",
    "list {0}",
    "create NephoScale --pasphrase {0} --name web",
    "create my {0} --cloud NephoScale",
    "create --cloud {0}",
    "create NephoScale name={0}",
    "form NephoScale --memory {0}",
    "compare --memory {0}",
    "compare --all={0}",
    "images NephoScale --all={0}",
    "connect https://mist.example --sekret {0}",
    "connect admin:{0}",
    "connect me:{0}",
    "images user:{0}",
    "probe web-1 --user root:{0}",
    "sizes NephoScale --sort me:{0}",
    "images NephoScale --credz{0}",
    "images NephoScale | curl {0}",
    "images NephoScale; login('{0}')",
]


@pytest.mark.parametrize("line", LINES)
def test_a_value_behind_what_we_do_not_know_is_never_shown_again(
    notebook: Notebook, line: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    cell = notebook.run(f"%mist {line.replace('{0}', CANARY)}")
    error = cell.error
    assert isinstance(error, MistError), cell.printed
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    ours = [
        frame.f_locals
        for one in chain
        for frame, _ in traceback.walk_tb(one.__traceback__)
        if "mist_notebook" in frame.f_code.co_filename
    ]
    sinks = [cell.printed, *(f"{one} {one!r} {one.args} {vars(one)}" for one in chain), repr(ours), caplog.text]
    sinks += [notebook.run("%tb").printed]
    sinks += [path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    assert [sink for sink in sinks if CANARY in sink or CANARY[:7] in sink] == []


@pytest.mark.parametrize("mode", ["Plain", "Context", "Verbose", "Minimal"])
def test_no_mode_of_tracebacks_shows_it(notebook: Notebook, mode: str) -> None:
    notebook.run(f"%xmode {mode}")
    try:
        cell = notebook.run(f"%mist images NephoScale --serach {CANARY}")
        assert CANARY not in cell.printed + notebook.run("%tb").printed
    finally:
        notebook.run("%xmode Context")


@pytest.mark.parametrize(
    "line",
    [
        "sizes DigitalOcean --search 'Basic Intel'",
        "sizes DigitalOcean --search 'Basic Premium AMD'",
        "sizes DigitalOcean --search Bearer",
        "images NephoScale --search tokenizer",
        "images NephoScale --search passenger=5",
        "images NephoScale --search secretary:1",
        "images NephoScale --search auth=none",
    ],
)
def test_what_only_begins_like_a_secret_is_none(notebook: Notebook, line: str) -> None:
    assert notebook.run(f"%mist {line}").error is None


@pytest.mark.parametrize("line", ["compare -providers EC2", "probe web-1 -port 22", "compare -pivot"])
def test_an_option_with_one_dash_is_no_password(notebook: Notebook, line: str) -> None:
    error = notebook.run(f"%mist {line}").error
    assert isinstance(error, MistError) and "never taken" not in error.message
