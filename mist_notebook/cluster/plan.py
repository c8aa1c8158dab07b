"""What a cluster is to be like, from what its machines say: pure, without a network.

Which Python of a machine will do and what it lacks, how many threads and how much memory a worker gets, and which
machines can all reach each other.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief
from mist_notebook.records.report import ProbeReport

ENGINE = ("dask", "distributed", "cloudpickle", "msgpack")
DASHBOARD = ("bokeh",)
LEAST_MB = 256.0
_FOR_WORKERS = 0.85  # of what a machine has: its system and the worker's own overhead need the rest
_MB = 1024 * 1024


@dataclass(frozen=True)
class Environment:
    """A Python's minor version and the versions of packages that must be the same on both sides."""

    minor: tuple[int, int]
    engine: Mapping[str, str]
    extra: Mapping[str, str]

    @property
    def packages(self) -> dict[str, str]:
        return {**self.engine, **self.extra}

    @property
    def python(self) -> str:
        return f"{self.minor[0]}.{self.minor[1]}"

    @property
    def folder(self) -> str:
        """Where a machine keeps an environment like this one, below its user's home."""
        told = " ".join([self.python, *(f"{name}=={number}" for name, number in sorted(self.packages.items()))])
        return f".cache/mist_notebook/dask-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class Found:
    """A Python that a machine has, and what is installed in it."""

    path: str
    minor: tuple[int, int]
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Share:
    """What one worker gets: threads, and bytes of memory."""

    threads: int
    memory: int


def here(extra: Sequence[str] = ()) -> Environment:
    """This notebook's own; BadValueError for a package that isn't installed here."""
    return Environment(
        (sys.version_info.major, sys.version_info.minor),
        {name: _version(name) for name in (*ENGINE, *_installed(DASHBOARD))},
        {name: _version(name) for name in dict.fromkeys(extra)},
    )


def _installed(names: Sequence[str]) -> list[str]:
    found = []
    for name in names:
        try:
            version(name)
        except PackageNotFoundError:
            continue
        found.append(name)
    return found


def _version(name: str) -> str:
    try:
        return version(name)
    except (PackageNotFoundError, ValueError):
        raise BadValueError(
            f"'{brief(name)}' is not installed here.", "--with takes the names of packages of this notebook."
        ) from None


def best(found: Sequence[Found], wanted: Environment) -> Found | None:
    """The one that lacks nothing, else the one of the right version, else the first."""
    ranked = sorted(found, key=lambda one: (one.minor != wanted.minor, len(lacking(one, wanted))))
    return ranked[0] if ranked else None


def lacking(found: Found, wanted: Environment) -> list[str]:
    """What is missing there or of another version, in words; a dashboard's packages are not missed."""
    if found.minor != wanted.minor:
        return [f"Python {found.minor[0]}.{found.minor[1]} there, {wanted.python} here"]
    needed = {name: number for name, number in wanted.packages.items() if name not in DASHBOARD}
    told = []
    for name, number in needed.items():
        there = found.versions.get(name)
        if there != number:
            told.append(f"{name} {there or 'missing'} there, {number} here")
    return told


def share(report: ProbeReport, threads: int | None, memory: int | None) -> Share:
    """A worker's share of a machine, by what the probe saw of it: a container's limits count."""
    ram_mb = report.ram_mb or 0.0
    return Share(threads or max(1, int(report.cores or 1)), memory or int(ram_mb * _FOR_WORKERS * _MB))


def too_little(report: ProbeReport, wanted: Share) -> str:
    """Why there is no memory for that; nothing where there is."""
    if report.ram_mb is None:
        return "" if wanted.memory else "how much memory it has isn't known: say it with --memory"
    free_mb = report.ram_mb - (report.ram_used_mb or 0.0)
    if free_mb < LEAST_MB:
        return f"{free_mb:,.0f} MB of memory are free, and {LEAST_MB:.0f} MB are needed"
    if wanted.memory > report.ram_mb * _MB:
        return f"{wanted.memory / _MB:,.0f} MB a worker are asked for, and it has {report.ram_mb:,.0f} MB"
    return ""


def together(count: int, reached: Mapping[tuple[int, int], bool]) -> list[int]:
    """The largest set, as far as one finds it by leaving out the loneliest, in which each reaches each."""
    left = list(range(count))
    while True:
        missed = {
            one: sum(not (reached.get((one, other)) and reached.get((other, one))) for other in left if other != one)
            for one in left
        }
        worst = max(left, key=lambda one: (missed[one], one), default=None)
        if worst is None or not missed[worst]:
            return left
        left.remove(worst)


def pythons(wanted: Environment, named: str | None) -> list[str]:
    """Where to look for a Python that will do, the likeliest first; the one that a person names, and no other."""
    if named:
        return [named]
    own = f"~/{wanted.folder}/bin/python"
    usual = ("python3", "python", "~/.venv/bin/python", "~/miniconda3/bin/python", "/opt/conda/bin/python")
    return [own, f"python{wanted.python}", *usual]


def found(told: Any) -> list[Found]:
    """The Pythons of a machine's answer, which may say anything."""
    answers = told.get("pythons", []) if isinstance(told, dict) else []
    return [
        Found(str(one["python"]), (int(one["minor"][0]), int(one["minor"][1])), dict(one["versions"]))
        for one in answers
        if isinstance(one, dict) and {"python", "minor", "versions"} <= one.keys()
    ]
