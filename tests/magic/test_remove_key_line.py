"""`%mist remove-key`: off the server and off this computer's list, and no private half is deleted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mist_notebook.client.client import MistClient
from mist_notebook.ground.errors import MistUsageError, NotFoundError
from tests.conftest import Notebook
from tests.rigs.line_rig import Desk, client_of, key_file


@pytest.mark.parametrize("name", ["mine", "Anna's laptop", "{a} $b"])
def test_it_is_gone_from_both_and_its_file_stays(desk: Desk, tmp_path: Path, name: str) -> None:
    path = key_file(tmp_path)
    typed = '"' + name.replace("{", "{{").replace("}", "}}").replace("$", "$$") + '"'
    desk.notebook.value(f"%mist add-key {typed} --from {path}")
    assert name in list(desk.notebook.value("%mist keys")["name"])
    cell = desk.notebook.run(f"%mist remove-key {typed} --yes {typed}")
    assert cell.error is None, cell.printed
    assert f"'{name}' was removed" in cell.printed and str(path) in cell.printed.replace("\n", "")
    assert path.exists() and name not in list(desk.notebook.value("%mist keys")["name"])
    with client_of(desk.sandbox) as client:
        assert name not in [key.name for key in client.keys.values()]
    assert [method for method, _ in desk.writes].count("DELETE") == 1


def test_a_made_key_is_put_aside_and_the_line_can_be_run_again_from_the_top(desk: Desk) -> None:
    for _ in range(2):
        desk.notebook.value("%mist add-key mine --generate")
        cell = desk.notebook.run("%mist remove-key mine --yes mine")
        assert cell.error is None, cell.printed
        found = re.search(r"stays in (\S+)\.$", cell.printed, re.M)
        assert found and "PRIVATE KEY" in Path(found[1]).read_text()


@pytest.mark.parametrize("yes", ["", "--yes min", "--yes MINE", "--yes other"])
def test_without_its_exact_name_again_nothing_is_removed(desk: Desk, yes: str) -> None:
    desk.notebook.value("%mist add-key mine --generate")
    error = desk.failed(f"remove-key mine {yes}", alone=False)
    assert type(error) is MistUsageError and "was not removed" in error.message and "--yes mine" in error.hint
    assert "mine" in list(desk.notebook.value("%mist keys")["name"])


def test_one_that_is_nowhere_names_the_nearest(desk: Desk) -> None:
    desk.notebook.value("%mist add-key mine --generate")
    error = desk.failed("remove-key mini --yes mini", alone=False)
    assert type(error) is NotFoundError and "mine" in error.hint


def test_a_key_of_this_computer_alone_is_off_its_list(notebook: Notebook) -> None:
    notebook.value("%mist add-key mine --generate --keep-here")
    assert notebook.run("%mist remove-key mine --yes mine").error is None
    assert list(notebook.value("%mist keys")["name"]) == []


def test_a_key_that_only_this_computer_has_is_named_with_the_line_that_gives_it(desk: Desk) -> None:
    desk.notebook.value('%mist add-key "on my desk" --generate --keep-here')
    line = "create NephoScale --name a --image 5 --size 48 --location SJC-1 --key 'on my desk'"
    error = desk.failed(line, alone=False)
    assert type(error) is NotFoundError and "is on this computer" in error.message
    given = desk.notebook.run(error.hint.removeprefix("To give it: "))
    assert given.error is None and "the server has it too" in given.printed
    with MistClient(desk.sandbox.url, api_token=desk.sandbox.token) as client:
        assert client.key("on my desk").name == "on my desk"
        client.remove_key("on my desk")
        with pytest.raises(NotFoundError):
            client.key("on my desk")


@pytest.mark.parametrize("word", ["delete-key", "forget-key", "rm-key"])
def test_what_other_tools_call_it_leads_there(desk: Desk, word: str) -> None:
    assert "%mist remove-key" in desk.failed(f"{word} mine").hint
