"""`%mist` and `%%mist` in a real shell: the lines that a person types, help, and what loading and unloading change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from mist_notebook.display.page import Page
from mist_notebook.ground.errors import MistError, NotFoundError
from tests.conftest import Notebook, need

HEAVY = ("pandas", "numpy", "requests", "ipywidgets", "tornado", "asyncssh", "msgspec", "urllib3")
MOST_MODULES = 7
FRAME_LINES = (
    "%mist images NephoScale                     # a DataFrame",
    "%mist images NephoScale --search debian --arch x86_64",
    "%mist sizes NephoScale --cpus 2+ --ram 4GB..16GB --sort price",
    "%mist locations NephoScale",
    "%mist backends",
    "%mist providers",
    "%mist keys",
    "%mist networks EC2",
    "%mist config",
)


@pytest.mark.parametrize("line", FRAME_LINES)
def test_a_listing_is_a_frame_with_its_columns_first(notebook: Notebook, line: str) -> None:
    frame = notebook.value(line)
    assert type(frame) is pd.DataFrame
    assert len(frame) or "keys" in line or "networks" in line
    if "config" not in line:
        assert frame.columns[0] in {"backend", "id", "name", "provider"}


def test_the_lines_of_the_readme_give_what_it_says(notebook: Notebook) -> None:
    overview = notebook.value("%mist                                       # overview")
    assert type(overview) is Page
    assert "NephoScale" in str(overview) and "%mist images NephoScale" in str(overview)
    notebook.value("df = %mist images NephoScale --search debian --arch x86_64")
    found = notebook.value('df[df.name.str.contains("64-bit")]')
    assert sorted(found["id"]) == ["177", "25", "51", "55"]
    sizes = notebook.value("%mist sizes NephoScale --cpus 2+ --ram 4GB..16GB --sort price")
    assert list(sizes["id"][:2]) == ["48", "9"]
    assert ((sizes["vcpus"] >= 2) & sizes["ram_gb"].between(4, 16)).all()
    assert list(notebook.value("%mist locations NephoScale")["name"]) == ["SJC-1", "RIC-1"]
    assert list(notebook.value("%mist backends")["name"])[:2] == ["NephoScale", "EC2"]


def test_output_keeps_the_frame_and_shows_nothing(notebook: Notebook) -> None:
    cell = notebook.run("%mist images NephoScale -o kept")
    assert (cell.value, cell.printed) == (None, "")
    assert len(notebook["kept"]) == 18


def test_output_names_have_to_be_names(notebook: Notebook) -> None:
    cell = notebook.run("%mist images NephoScale -o 2nd")
    assert isinstance(cell.error, MistError)
    assert "'2nd'" in str(cell.error)


@pytest.mark.parametrize("end", [";", " ;", "; # quiet"])
def test_a_semicolon_silences(notebook: Notebook, end: str) -> None:
    cell = notebook.run(f"%mist locations NephoScale{end}")
    assert (cell.value, cell.printed, cell.error) == (None, "", None)


def test_signs_inside_quotes_are_part_of_the_word(notebook: Notebook) -> None:
    assert len(notebook.value('%mist images NephoScale --search "a # b; c"')) == 0
    assert len(notebook.value("%mist images NephoScale --search 'Ubuntu Server'")) == 3


def test_a_cell_runs_its_lines_in_order_and_shows_each(notebook: Notebook) -> None:
    source = "%%mist\n# a comment\n\n  locations NephoScale -o places\nbackends;\n%mist locations NephoScale  # too\n"
    with capture_output() as captured:
        cell = notebook.run(source)
    assert cell.error is None and cell.value is None
    assert list(notebook["places"]["name"]) == ["SJC-1", "RIC-1"]
    assert len(captured.outputs) == 1
    assert "SJC-1" in captured.outputs[0].data["text/plain"]


def test_the_first_line_of_a_cell_may_be_a_command(notebook: Notebook) -> None:
    notebook.run("%%mist locations NephoScale -o first\nlocations NephoScale -o second\n")
    assert notebook["first"].equals(notebook["second"])


def test_an_error_in_a_cell_names_its_line_and_ends_the_cell(notebook: Notebook) -> None:
    cell = notebook.run("%%mist\nlocations NephoScale -o before\nimages NephoScal\nbackends -o after")
    assert isinstance(cell.error, MistError)
    assert str(cell.error).startswith("Line 3: No backend named 'NephoScal'.\n")
    assert "before" in notebook.shell.user_ns and "after" not in notebook.shell.user_ns


def test_an_error_shows_as_two_lines_without_a_stack(notebook: Notebook) -> None:
    cell = notebook.run("%mist imges NephoScale")
    assert cell.printed == "No command named 'imges'.\nDid you mean: %mist images NephoScale\n"


def test_expressions_and_names_are_filled_in(notebook: Notebook) -> None:
    notebook.run("who = 'NephoScale'; terms = ['Ubuntu Server 12']")
    assert len(notebook.value("%mist images {who} --search {terms[0]}")) == 1
    assert len(notebook.value("%mist images $who")) == 18
    assert len(notebook.value("%mist images $who --search '$$5 {{x}}'")) == 0
    assert len(notebook.value("%mist images {[who for term in terms if who][0]}")) == 18
    notebook.run("%%mist\nlocations {who} -o places")
    assert len(notebook["places"]) == 2


def test_names_are_filled_in_inside_a_function(notebook: Notebook) -> None:
    notebook.run("def places(backend):\n    found = %mist locations $backend\n    return found")
    cell = notebook.run("places('NephoScale')")
    assert cell.error is None, cell.printed
    assert len(cell.value) == 2


def test_a_missing_name_is_an_error_that_says_which(notebook: Notebook) -> None:
    for place in ("{nowhere}", "$nowhere", "{nowhere[0]}"):
        cell = notebook.run(f"%mist images {place}")
        assert isinstance(cell.error, MistError)
        assert str(cell.error).startswith(f"There is no variable 'nowhere' for {place}.")


def test_help_comes_from_the_table_of_commands(notebook: Notebook) -> None:
    from mist_notebook.magic.commands import COMMANDS

    everything = str(notebook.value("%mist --help"))
    assert [name for name in COMMANDS if f"%mist {name} " not in everything] == []
    assert str(notebook.value("%mist help")) == everything
    for name, command in COMMANDS.items():
        page = str(notebook.value(f"%mist {name} --help"))
        assert page == str(notebook.value(f"%mist help {name}")) == str(notebook.value(f"%mist {name} -h"))
        assert [argument.flags[-1] for argument in command.arguments if argument.flags[-1] not in page.lower()] == []
        assert all(example in page for example in command.examples)


def test_a_question_mark_shows_the_generated_text(notebook: Notebook) -> None:
    shown = notebook.shell.object_inspect_mime("%mist")["text/plain"]
    assert "%mist images" in shown
    assert "What `%mist --help` shows" not in shown


def test_reloading_leaves_one_magic_and_one_matcher(notebook: Notebook) -> None:
    notebook.value("%mist locations NephoScale")
    notebook.value("%reload_ext mist_notebook")
    assert _matchers(notebook.shell) == ["mist_notebook"]
    assert len(notebook.value("%mist locations NephoScale")) == 2


def test_a_frame_shows_as_text_and_as_html_and_others_as_pandas_does(notebook: Notebook) -> None:
    frame = notebook.value("%mist images NephoScale")
    data, _ = notebook.shell.display_formatter.format(frame)
    assert data["text/plain"].startswith("SANDBOX · NephoScale · 18 images")
    assert '<div class="mathjax_ignore tex2jax_ignore">' in data["text/html"]
    other = pd.DataFrame({"a": [1]})
    data, _ = notebook.shell.display_formatter.format(other)
    assert data["text/plain"] == repr(other)


def test_fifty_loads_and_unloads_leave_nothing(bare_shell: InteractiveShell) -> None:
    need(Path("/proc/self/fd").is_dir(), "this system has no /proc/self/fd to count open files in")
    _load_list_unload(bare_shell)
    before = _open_things(bare_shell)
    for round_number in range(50):
        if round_number % 10 == 0:
            _load_list_unload(bare_shell)
        else:
            bare_shell.run_line_magic("load_ext", "mist_notebook")
            bare_shell.run_line_magic("unload_ext", "mist_notebook")
    assert _open_things(bare_shell) == before
    assert before["magics"] == before["matchers"] == before["formatters"] == []


def test_loading_imports_nothing_heavy(tmp_path: Path) -> None:
    script = (
        "import json, sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "shell.run_line_magic('load_ext', 'autoreload')\n"
        "before = set(sys.modules)\n"
        "shell.run_line_magic('load_ext', 'mist_notebook')\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))\n"
    )
    environment = os.environ | {"IPYTHONDIR": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    new = json.loads(run.stdout.splitlines()[-1])
    print("new modules:", *new)
    assert "mist_notebook.magic.magics" in new
    assert [name for name in new if name.partition(".")[0] in HEAVY] == []
    assert len(new) <= MOST_MODULES, new


def _load_list_unload(shell: InteractiveShell) -> None:
    shell.run_line_magic("load_ext", "mist_notebook")
    assert len(shell.run_line_magic("mist", "images NephoScale EC2")) > 18
    shell.run_line_magic("unload_ext", "mist_notebook")


def _open_things(shell: InteractiveShell) -> dict[str, object]:
    files = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            files.append(str(entry.readlink()).partition(":[")[0])
        except OSError:  # the listing's own
            continue
    return {
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "files": sorted(files),
        "magics": [kind for kind in ("line", "cell") if "mist" in shell.magics_manager.magics[kind]],
        "matchers": _matchers(shell),
        "formatters": [
            mime
            for mime, formatter in shell.display_formatter.formatters.items()
            for show in (*formatter.type_printers.values(), *formatter.deferred_printers.values())
            if getattr(show, "__module__", "").startswith("mist_notebook")
        ],
    }


def _matchers(shell: InteractiveShell) -> list[str]:
    identifiers = [getattr(matcher, "matcher_identifier", "") for matcher in shell.Completer.custom_matchers]
    return [identifier for identifier in identifiers if "mist" in identifier]


def test_a_list_or_a_column_that_stands_alone_is_a_word_for_each(notebook: Notebook) -> None:
    notebook.run("clouds = ['NephoScale', 'EC2']; one = ('NephoScale',); asked = []")
    notebook.run("def named():\n    asked.append(1)\n    return clouds")
    both = notebook.value("%mist locations NephoScale EC2")
    for line in ("$clouds", "{clouds}", "{named()}", "{__import__('pandas').Series(clouds)}"):
        assert list(notebook.value(f"%mist locations {line}")["id"]) == list(both["id"]), line
    assert notebook.shell.user_ns["asked"] == [1]
    assert set(notebook.value("%mist locations $one")["backend"]) == {"NephoScale"}


@pytest.mark.parametrize("held", ["[]", "[1, 2]", "['NephoScale', '']", "[['EC2']]", "{'EC2'}"])
def test_a_list_of_anything_else_stays_one_word_that_is_nobodys_name(notebook: Notebook, held: str) -> None:
    notebook.run(f"held = {held}")
    assert isinstance(notebook.run("%mist locations $held").error, NotFoundError)


def test_a_report_for_an_issue_has_versions_and_the_last_errors_and_no_secret(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIST_MAX_COUNT", "7")
    notebook.run("%mist images Nowhere")
    said = str(notebook.value("%mist config --report"))
    assert "mist-notebook" in said and "pandas" in said and sys.version.split()[0] in said
    assert "max_count" in said and "NotFoundError: No backend named 'Nowhere'" in said
    assert "token" not in said.casefold()
