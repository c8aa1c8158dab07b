"""The files of the repository, without asking git: a clean machine may not have it, and it may not trust the folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> tuple[str, ...]:
    """Every file that is committed, or about to be, by its path from the root: all but what `.gitignore` names."""
    return tuple(sorted(_walked()))


def _walked() -> Iterator[str]:
    rules = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    of_files = [rule for rule in rules if not rule.endswith("/")]
    for folder, inside, names in os.walk(ROOT):
        place = Path(folder).relative_to(ROOT)
        inside[:] = [name for name in inside if name != ".git" and not _is_named((place / name).as_posix(), rules)]
        paths = [(place / name).as_posix() for name in names]
        yield from (path for path in paths if not _is_named(path, of_files))


def _is_named(path: str, rules: list[str]) -> bool:
    """Whether one of these rules means it, in the forms of ours: `name`, `name/`, `*.end`, `/from/the/root/`."""
    name = path.rpartition("/")[2]
    return any(fnmatchcase(path if rule.startswith("/") else name, rule.strip("/")) for rule in rules)


def copy_to(folder: Path) -> Path:
    """These files in a folder of their own, as they stand here, and nothing else: no clone."""
    for name in files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return folder
