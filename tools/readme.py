"""The README's generated parts and its two commands: one source for the table of commands, CI and the tests.

`--write` brings the table of commands up to date, `--check` says whether it is, and `--command demo|test` prints one
of the two commands of the first screen, so that CI runs what a reader would copy.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- commands: begin -->", "<!-- commands: end -->"


def table() -> str:
    """The table of commands, from the table that the parser reads."""
    from mist_notebook.magic.commands import COMMANDS, GROUPS

    rows = ["| command | what it does | returns |", "| --- | --- | --- |"]
    for group in GROUPS:
        rows += [
            f"| `{command.usage}` | {command.summary} | {command.returns} |".replace("…", "...")
            for command in COMMANDS.values()
            if command.group == group
        ]
    every = (argument for command in COMMANDS.values() for argument in command.arguments)
    shared = {argument.name: argument for argument in every if argument.shared}
    options = [f"`{argument.usage[1:-1]}`" for argument in shared.values()]
    return "\n".join([*rows, "", f"OPTIONS are the same in every listing: {', '.join(options)}."])


def with_table(text: str) -> str:
    """The README with its table as it should be."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


def command(name: str) -> str:
    """One of the two commands of the first screen, as it stands there."""
    found = re.search(rf"<!-- {name} -->\s*```(?:sh|bash)\n(.+?)\n```", README.read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit(f"README.md has no command marked {name}.")
    return found[1]


def main() -> int:
    """The exit code: 1 if `--check` found the table out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--write", action="store_true")
    chosen.add_argument("--check", action="store_true")
    chosen.add_argument("--command", choices=("demo", "test"))
    options = parser.parse_args()
    if options.command:
        print(command(options.command))
        return 0
    text = README.read_text(encoding="utf-8")
    if options.write:
        README.write_text(with_table(text), encoding="utf-8")
        return 0
    return int(with_table(text) != text)


if __name__ == "__main__":
    sys.exit(main())
