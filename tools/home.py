"""Where the project is at home, in one place: `python tools/home.py OWNER/NAME` writes it wherever a link needs it.

`[project.urls]` of pyproject.toml is that place. What is made of it stands between two marks in the pages: the badge
that opens the quickstart on Binder, and the link to the repository. Without a home there are no such links.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "docs/index.md", "docs/tasks/teach.md")
BEGIN, END = "<!-- home: begin -->", "<!-- home: end -->"
QUICKSTART = "lab/tree/notebooks/01-quickstart.ipynb"
_TABLE = re.compile(r"\[project\.urls\]\n(?:[^\n]+\n)*\n?")
_HOME = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)")
_BETWEEN = re.compile(f"{BEGIN}.*?{END}", re.S)


def home(root: Path = ROOT) -> str:
    """OWNER/NAME, or nothing."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = _HOME.fullmatch(project.get("urls", {}).get("Repository", ""))
    return found[1] if found else ""


def links(at: str) -> str:
    """What stands between the marks."""
    if not at:
        return f"{BEGIN}{END}"
    binder = f"https://mybinder.org/v2/gh/{at}/HEAD?urlpath={QUICKSTART}"
    badge = f"[![Open the quickstart on Binder](https://mybinder.org/badge_logo.svg)]({binder})"
    return f"{BEGIN}\n{badge} [{at}](https://github.com/{at})\n{END}"


def write(at: str, root: Path = ROOT) -> None:
    """Have the project at home there."""
    path = root / "pyproject.toml"
    text = _TABLE.sub("", path.read_text(encoding="utf-8"))
    table = f'[project.urls]\nRepository = "https://github.com/{at}"\n\n' if at else ""
    path.write_text(text.replace("[project.scripts]", f"{table}[project.scripts]", 1), encoding="utf-8")
    for page in PAGES:
        text = (root / page).read_text(encoding="utf-8")
        (root / page).write_text(_BETWEEN.sub(lambda _: links(at), text), encoding="utf-8")


def out_of_date(root: Path = ROOT) -> list[str]:
    """The pages whose links are not those of this home, or that have no place for them."""
    return [page for page in PAGES if links(home(root)) not in (root / page).read_text(encoding="utf-8")]


def main() -> int:
    """The exit code: 1 if `--check` found a page out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("at", nargs="?", metavar="OWNER/NAME", help="the repository on GitHub")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.at is not None:
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", options.at):
            parser.error(f"'{options.at}' is no OWNER/NAME")
        write(options.at)
    pages = out_of_date()
    print("\n".join(f"{page} is out of date: python tools/home.py {home()}" for page in pages), end="\n" * bool(pages))
    return int(bool(pages))


if __name__ == "__main__":
    sys.exit(main())
