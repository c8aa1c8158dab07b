"""The documents say what the code does: commands, options, versions, and the README's two commands."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import mist_notebook
from mist_notebook.magic import command_help
from mist_notebook.magic.commands import COMMANDS, GROUPS, Command
from tests.conftest import need
from tests.rigs import repository

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = ROOT / "docs" / "reference"
every_command = pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))
sys.path.insert(0, str(ROOT / "tools"))  # as Python does for a script that is run from there

import reference  # noqa: E402


def test_the_reference_has_the_table_of_commands_as_it_is() -> None:
    text = reference.PAGE.read_text(encoding="utf-8")
    assert reference.with_table(text) == text, "run: make reference"
    assert all(f"](commands/{name}.md)" in reference.linked(text) for name in COMMANDS)


@every_command
def test_every_command_is_documented(command: Command) -> None:
    assert command.group in GROUPS
    assert f"| `{command.usage}` | {command.summary} |".replace("…", "...") in reference.table()
    assert f"%mist {command.name}" in str(command_help.help_on_all())
    shown = str(command_help.help_on(command))
    for page in (shown, reference.page_of(command)):
        assert all(flag in page for argument in command.arguments for flag in argument.flags if argument.by_name)
        assert all(example in page for example in command.examples)
    assert command.examples and all(argument.about for argument in command.arguments)


@every_command
def test_the_page_of_a_command_has_the_errors_that_it_really_gives(command: Command) -> None:
    page = reference.page_of(command)
    assert f"%mist {command.name}" in page.split("## Errors")[1]
    assert f"MistUsageError: {command.name} has no option --colour." in page


@pytest.mark.parametrize("name", reference.PYTHON)
def test_every_name_of_the_python_reference_is_there(name: str) -> None:
    for path in reference.PYTHON[name]:
        assert pkgutil.resolve_name(path).__doc__, path


@pytest.mark.parametrize("name", [name for name in reference.PYTHON if name not in ("ProbeReport", "records")])
def test_everything_that_the_python_reference_shows_says_what_it_is(name: str) -> None:
    """But for the fields of records, whose names have their units."""
    for path in reference.PYTHON[name]:
        shown = pkgutil.resolve_name(path)
        members = inspect.getmembers_static(shown) if inspect.isclass(shown) else []
        said = {key: getattr(member, "fget", member) for key, member in members if not key.startswith("_")}
        assert [key for key, member in said.items() if callable(member) and not member.__doc__] == [], path


def test_every_public_name_is_in_the_python_reference() -> None:
    shown = {pkgutil.resolve_name(path) for paths in reference.PYTHON.values() for path in paths}
    public = {getattr(mist_notebook, name) for name in mist_notebook.__all__ if name[0].isalpha()}
    assert {one for one in public if "ipython_extension" not in one.__name__} - shown == {mist_notebook.MistError}


@every_command
def test_every_example_names_its_command(command: Command) -> None:
    assert all(f"%mist {command.name}" in example for example in command.examples)


def test_the_changelog_has_an_entry_for_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(mist_notebook.__version__)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.M)


@pytest.mark.parametrize("name", ["demo", "test"])
def test_the_readme_has_both_commands_on_its_first_screen(name: str) -> None:
    script = [sys.executable, ROOT / "tools" / "readme.py", "--command", name]
    command = subprocess.run(script, check=True, capture_output=True, text=True).stdout.strip()
    assert "\n" not in command
    assert command in README[:2000]
    assert command in (ROOT / "docs" / "index.md").read_text(encoding="utf-8")


def test_the_readme_is_a_screen_and_a_half_with_a_picture_of_the_real_thing() -> None:
    assert len(README.splitlines()) <= 75
    assert re.search(r"^!\[.{20,}\]\(docs/[\w-]+\.png\)$", README[:1500], re.M)


def test_ci_runs_the_readmes_own_test_command() -> None:
    assert "tools/readme.py --command test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_column_of_a_listing_is_documented() -> None:
    from mist_notebook.records.columns import COLUMNS

    for kind in ("images", "sizes", "locations", "networks"):
        columns = " ".join(column.name for column in COLUMNS[kind] if column.name not in {"id", "name"})
        assert f"| {kind} | `{columns}` |" in (REFERENCE / "frames.md").read_text(encoding="utf-8")


def test_what_is_needed_at_run_time_is_what_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[\[><=]", item)[0] for item in project["dependencies"]}
    imported = {
        found
        for path in (ROOT / "mist_notebook").rglob("*.py")
        for found in re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(encoding="utf-8"), re.M)
    }
    third_party = imported - set(sys.stdlib_module_names) - {"mist_notebook"}
    in_extras = {"botocore", "distributed", "itables", "keyring", "nbclient", "nbformat", "vl_convert"}
    comes_with_those = {"numpy", "traitlets"}  # with pandas, with IPython
    called_otherwise = {"yaml": "pyyaml"}
    third_party = {called_otherwise.get(name, name) for name in third_party}
    assert {name.lower() for name in third_party} - in_extras - comes_with_those == declared


def test_nothing_committed_names_this_machine() -> None:
    words = ["/work" + "/main", "find" + "-links", "files.python" + "hosted"]
    contents = {name: (ROOT / name).read_bytes() for name in repository.files()}
    assert [name for name, content in contents.items() if any(word.encode() in content for word in words)] == []


def test_the_files_of_the_repository_are_those_that_git_has() -> None:
    listed = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    need(shutil.which("git") and (ROOT / ".git").exists(), "git is not installed, or this is no clone")
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    assert set(repository.files()) == {name for name in names if name and (ROOT / name).is_file()}


ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_every_room_stands_in_the_picture_and_in_the_table_of_the_house() -> None:
    rooms = {path.name for path in (ROOT / "mist_notebook").iterdir() if (path / "__init__.py").exists()}
    picture, table = ARCHITECTURE.split("```")[1], set(re.findall(r"^\| `(\w+)/` \|", ARCHITECTURE, re.M))
    assert {room for room in rooms if f"{room}/" in picture} == rooms == table


def defined(path: Path) -> set[str]:
    """Every class, function and method of a file, methods with their class."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
    return found


@pytest.mark.parametrize("said", sorted(set(re.findall(r"`(\w+/[\w/]+\.py(?:: [\w.]+)?)`", ARCHITECTURE))))
def test_every_name_that_the_architecture_mentions_exists(said: str) -> None:
    file, _, name = said.partition(": ")
    path = next(place for place in (ROOT / "mist_notebook" / file, ROOT / file) if place.exists())
    assert not name or name in defined(path)


@pytest.mark.parametrize("document", ["safety.md", "mist-server.md"])
def test_every_test_that_a_promise_names_is_there(document: str) -> None:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert len(named) >= 20
    there: dict[str, set[str]] = {}
    for file, name in named:
        if file not in there:
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            there[file] = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert name in there[file], f"docs/{document} names {file}::{name}"


def test_every_one_of_the_forty_two_promises_names_its_tests_and_says_how_far_they_go() -> None:
    text = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| R(\d+) \| [^|]+ \| (`tests/[^|]+) \| (?:whole|\*\*part\*\*)[^|]* \|$", text, re.M)
    assert [int(number) for number, _ in rows] == list(range(1, 43))


def test_every_page_says_in_its_first_sentence_what_one_has_of_it() -> None:
    folders = (ROOT / "docs", ROOT / "docs" / "tasks", ROOT / "docs" / "clouds")
    pages = [path for folder in folders for path in folder.glob("*.md") if path != ROOT / "docs" / "index.md"]
    assert len(pages) > 40
    first = {path.name: path.read_text(encoding="utf-8").split("\n\n")[1] for path in pages}
    assert [name for name, said in sorted(first.items()) if not said.startswith("After this page you ")] == []
