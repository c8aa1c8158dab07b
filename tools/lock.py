"""The lock: the exact packages with their hashes that the README's two commands install: `make lock`.

`requirements/dev.txt` has what the tests need, `requirements/demo.txt` the part of it that the demo needs, and
`binder/requirements.txt` is a copy of that. `requirements/docs.txt` builds the site, and goes into the environment of
`dev` without a change to it. One file each for every Python that the classifiers name, as environment
markers say what is for which. pyproject.toml says what is wanted and has the floors. What is locked stays as it is
as long as it fits; `newest.py` is what brings it up to date. uv, in an environment of its own, does the work.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Container, Mapping
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("dev", "demo", "docs")  # the extras; what the others have of the first one's packages is as it is there
UV = "uv>=0.9"
OLDEST_PYTHON = "3.11"
HEADER = """\
# The exact packages that `{extra}` brings, with their hashes, for Python 3.11 to 3.14.
# Made by `make lock` from pyproject.toml, brought up to date by `make newest`: not edited by hand.
# As new as {day}.
--require-hashes
"""
_PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;]+)", re.M)
_ENTRIES = re.compile(r"\n(?=\S)")
_DAY = re.compile(r"^# As new as (\d{4}-\d\d-\d\d)\.$", re.M)


def lock_file(extra: str, root: Path = ROOT) -> Path:
    return root / "requirements" / f"{extra}.txt"


def pins(text: str) -> dict[str, set[str]]:
    """The versions that a lock has of each package: more than one where they differ between Pythons."""
    found: dict[str, set[str]] = {}
    for name, version in _PIN.findall(text):
        found.setdefault(name, set()).add(version)
    return found


def day(text: str) -> str:
    """The day on which a lock was the newest."""
    found = _DAY.search(text)
    if found is None:
        raise SystemExit("The lock doesn't say how new it is; run: make newest")
    return found[1]


def resolve(root: Path, newest_of: str, *, before: Mapping[str, str] = MappingProxyType({})) -> None:
    """Write the locks and Binder's copy under `root`, with the pins of the locks `before` wherever they still fit."""
    lock_file("dev", root).parent.mkdir(parents=True, exist_ok=True)
    (root / "binder").mkdir(exist_ok=True)
    chosen = ""  # for everything that is tested: the others get no other versions
    with tempfile.TemporaryDirectory(prefix="mist-lock-") as name:
        uv = _uv(Path(name))
        for extra in LOCKS:
            kept = Path(name) / f"{extra}.txt"
            kept.write_text(chosen + _without(before.get(extra, ""), pins(chosen)), encoding="utf-8")
            _compile(uv, extra, kept)
            made = kept.read_text(encoding="utf-8")
            chosen = chosen or made
            lock_file(extra, root).write_text(HEADER.format(extra=extra, day=newest_of) + made, encoding="utf-8")
    (root / "binder" / "requirements.txt").write_bytes(lock_file("demo", root).read_bytes())


def _without(text: str, names: Container[str]) -> str:
    """The entries of a lock but for those of these packages."""
    entries = (entry for entry in _ENTRIES.split(text) if (found := _PIN.match(entry)) and found[1] not in names)
    return "\n".join(entries) + "\n"


def changes(before: str, after: str) -> list[str]:
    """What differs between two locks, a word a package: `pandas 3.0.1 → 3.1.1`, `+ docker 7.2.0`, `- idna`."""
    old, new = pins(before), pins(after)
    lines = []
    for name in sorted(old.keys() | new.keys()):
        was, now = (" | ".join(sorted(side.get(name, ()))) for side in (old, new))
        if was != now:
            lines.append(f"{name} {was} → {now}" if was and now else f"+ {name} {now}" if now else f"- {name} {was}")
    return lines


def main() -> int:
    """Lock what pyproject.toml asks for now; what was locked and still fits stays."""
    before = {extra: lock_file(extra).read_text(encoding="utf-8") for extra in LOCKS if lock_file(extra).exists()}
    resolve(ROOT, day(before["dev"]), before=before)
    found = [change for extra, text in before.items() for change in changes(text, lock_file(extra).read_text("utf-8"))]
    print("\n".join(dict.fromkeys(found)) or "The lock is as it was.")
    return 0


def _uv(folder: Path) -> Path:
    """uv, from the package index, in a new environment in this folder."""
    venv.create(folder / "uv", with_pip=True)
    binaries = folder / "uv" / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([binaries / "python", "-m", "pip", "install", "-q", UV], check=True)
    return binaries / "uv"


def _compile(uv: Path, extra: str, output: Path) -> None:
    options = ["--universal", "--generate-hashes", "--python-version", OLDEST_PYTHON, "--no-header", "--no-config"]
    source = ["--extra", extra, "--group", "build", "pyproject.toml"]
    command = [uv, "pip", "compile", "--quiet", *options, *source, "--output-file", output]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
