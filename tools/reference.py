"""The reference of commands, from the table that the parser reads: one source for the site, help and the tests.

`--write` brings the table in docs/reference/commands.md up to date, `--check` says whether it is, and `--pages FOLDER`
writes a page for every command and every name of the Python API, as the site shows them: nothing of these is committed.
"""

from __future__ import annotations

import argparse
import inspect
import pkgutil
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mist_notebook.magic.commands import Argument, Command

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "commands.md"
BEGIN, END = "<!-- commands: begin -->", "<!-- commands: end -->"
WIDTH = 84  # of a line of code on the site
NOBODY = "??"  # what no option takes as a value
# The kind of frame that a command gives, where it isn't called as the command.
FRAMES = {"probe": "probes", "run": "runs", "sweep": "resources", "dask": "cluster"}

# The names of the Python API: the page's, and what stands on it.
PYTHON: dict[str, tuple[str, ...]] = {
    "MistClient": ("mist_notebook.MistClient",),
    "Backend": ("mist_notebook.Backend",),
    "Machine": ("mist_notebook.client.machines.machine.Machine", "mist_notebook.client.machines.tags.Tags"),
    "Key": ("mist_notebook.client.keys.Key",),
    "Job": ("mist_notebook.client.notebook.jobs.Job",),
    "ProbeReport": ("mist_notebook.records.report.ProbeReport",),
    "provision_form": ("mist_notebook.provision_form", "mist_notebook.widgets.form.form.Form"),
    "explore": ("mist_notebook.explore", "mist_notebook.widgets.explorer.explorer.Explorer"),
    "fleet_panel": ("mist_notebook.fleet_panel", "mist_notebook.widgets.panel.panel.FleetPanel"),
    "dask_cluster": ("mist_notebook.dask_cluster",),
    "df.mist": ("mist_notebook.frames.accessor.MistAccessor", "mist_notebook.charts.chart.Chart"),
    "Sandbox": ("mist_notebook.sandbox.Sandbox",),
    "Adapter": ("mist_notebook.backends.base.Adapter",),
    "records": ("mist_notebook.records.model",),
    "errors": ("mist_notebook.ground.errors",),
}


def table() -> str:
    """The tables of all commands, one for each group."""
    from mist_notebook.magic.commands import COMMANDS, GROUPS

    parts = []
    for group in GROUPS:
        rows = [
            f"| `{typed(command.usage)}` | {typed(command.summary)} | {command.returns} |"
            for command in COMMANDS.values()
            if command.group == group
        ]
        head = ["| command | what it does | returns |", "| --- | --- | --- |"]
        parts += [f"## {group.capitalize()}", "\n".join([*head, *rows])]
    options = [f"`{argument.usage[1:-1]}`" for argument in shared().values()]
    parts += ["## In every listing", f"OPTIONS are the same in every listing: {', '.join(options)}."]
    return "\n\n".join(parts)


def typed(text: str) -> str:
    """As one can type it in a table."""
    return text.replace("…", "...").replace("|", "\\|")


def shared() -> dict[str, Argument]:
    """The options that every listing has."""
    from mist_notebook.magic.commands import COMMANDS

    every = (argument for command in COMMANDS.values() for argument in command.arguments)
    return {argument.name: argument for argument in every if argument.shared}


def with_table(text: str) -> str:
    """The page with its table as it should be."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


def linked(text: str) -> str:
    """The page as the site has it: each command leads to its own page, where its words are."""
    from mist_notebook.magic.commands import COMMANDS

    for name, command in COMMANDS.items():
        text = text.replace(f"| `{typed(command.usage)}` |", f"| [`%mist {name}`](commands/{name}.md) |", 1)
    return text


def page_of(command: Command) -> str:
    """What one command takes, gives and refuses, as Markdown."""
    summary = f"{command.summary[0].upper()}{command.summary[1:]}."
    own = [argument for argument in command.arguments if not argument.shared]
    parts = [
        f"# %mist {command.name}",
        f"{summary} Returns: {command.returns}.",
        _block(_folded(command.usage)),
        *_taken("Takes", own),
        *_taken("As in every listing", [argument for argument in command.arguments if argument.shared]),
        "## Examples",
        _block("\n".join(command.examples), "python"),
        *_columns(command),
        *_refused(command),
    ]
    return "\n\n".join(parts) + "\n"


def _folded(usage: str) -> str:
    """The line of usage over several lines, where it is long; an option stays with its value."""
    words = re.findall(r"\[[^\]]*\]|--\S+ [A-Z]\S*|\S+", usage)
    lines = [words[0]]
    for word in words[1:]:
        fits = len(lines[-1]) + 1 + len(word) <= WIDTH
        lines[-1:] = [f"{lines[-1]} {word}"] if fits else [lines[-1], f"      {word}"]
    return "\n".join(lines)


def _block(text: str, language: str = "text") -> str:
    return f"```{language}\n{text}\n```"


def _taken(title: str, arguments: list[Argument]) -> list[str]:
    if not arguments:
        return []
    rows = [f"| `{_word(argument)}` | {typed(_about(argument))} |" for argument in arguments]
    return [f"## {title}", "\n".join(["| word | what it is |", "| --- | --- |", *rows])]


def _word(argument: Argument) -> str:
    if not argument.by_name:
        return argument.name.upper()
    return ", ".join(argument.flags) + ("" if argument.switch else f" {typed(argument.metavar)}")


def _about(argument: Argument) -> str:
    choices = f": {', '.join(f'`{choice}`' for choice in argument.choices)}" if argument.choices else ""
    said = [("needed", argument.required), ("several may be given", argument.many and not argument.by_name)]
    extra = "; ".join(text for text, so in said if so)
    return f"{argument.about}{choices}" + (f" ({extra})" if extra else "")


def _columns(command: Command) -> list[str]:
    """The columns of the frame that it gives, where they are always the same."""
    from mist_notebook.records.columns import ALIKE, COLUMNS, COMPARED, MONTHLY, OFFERS

    offers = tuple(column.name for column in OFFERS)
    known = {"compare": (*offers, *COMPARED, *MONTHLY), "like": (*offers, *ALIKE)}
    kind = FRAMES.get(command.name, command.name)
    if kind in COLUMNS:
        known[command.name] = ("backend", "provider", *(column.name for column in COLUMNS[kind]))
    if command.name not in known or "frame" not in command.returns:
        return []
    return ["## Columns", " ".join(f"`{name}`" for name in known[command.name])]


def _refused(command: Command) -> list[str]:
    """What the parser itself says of lines that it can't read, each error once: the real messages."""
    from mist_notebook.ground.errors import MistError
    from mist_notebook.magic.line import reading as line

    required = [argument for argument in command.arguments if argument.required]
    needed = [word for argument in required for word in ([argument.name, "x"] if argument.by_name else ["x"])]
    valued = [argument for argument in command.arguments if argument.by_name and not argument.switch]
    tries = [[command.name, *needed, argument.name, NOBODY] for argument in valued if not argument.shared]
    said: dict[str, str] = {}
    for words in [[command.name], *tries, [command.name, *needed, "--colour"]]:
        try:
            line.read(words)
        except MistError as error:
            text = str(error).replace(command.usage, f"%mist {command.name} … (as above)")
            said.setdefault(text, f"%mist {' '.join(words)}\n{type(error).__name__}: {text}")
    about = (
        "A line that can't be read ends before anything is asked or sent. All errors: [errors](../python/errors.md)."
    )
    return ["## Errors", about, _block("\n\n".join(said.values()))]


def python_page(name: str) -> str:
    """A page of the docstrings of one part of the Python API; of records every field, whose name has its unit."""
    parts = [f"# {name}"]
    for path in PYTHON[name]:
        found = pkgutil.resolve_name(path)
        kind = "module" if inspect.ismodule(found) else "class" if inspect.isclass(found) else "function"
        inherited = [] if path.endswith("records.model") else ["inherited-members: Exception"]
        fields = ["undoc-members:"] if ".records." in path else []
        fields += ["no-index:"] if path.endswith("records.model") else []  # whose names others have too
        options = "".join(f"\n   :{option}" for option in ("members:", *inherited, *fields) if kind != "function")
        parts.append(_block(f".. auto{kind}:: {path}{options}\n", "{eval-rst}"))
    return "\n\n".join(parts) + "\n"


def write_pages(folder: Path) -> None:
    """A page for every command, and for every name of the API; what is as it was is not touched."""
    from mist_notebook.magic.commands import COMMANDS

    pages = {f"commands/{name}.md": page_of(command) for name, command in COMMANDS.items()}
    pages |= {f"python/{name}.md": python_page(name) for name in PYTHON}
    for sub in ("commands", "python"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
        for path in (folder / sub).glob("*.md"):
            if f"{sub}/{path.name}" not in pages:
                path.unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def main() -> int:
    """The exit code: 1 if `--check` found the table out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--write", action="store_true")
    chosen.add_argument("--check", action="store_true")
    chosen.add_argument("--pages", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    if options.pages:
        write_pages(options.pages)
        return 0
    text = PAGE.read_text(encoding="utf-8")
    if options.write:
        PAGE.write_text(with_table(text), encoding="utf-8")
        return 0
    return int(with_table(text) != text)


if __name__ == "__main__":
    sys.exit(main())
