"""Faults on demand, for tests and for teaching: `--faults FILE`, or `Sandbox.start(faults=[{…}, …])`.

A file is TOML with one `[[fault]]` table for each, or JSON `{"fault": [{…}, …]}`:

    [[fault]]
    do = "slow-boot"     # which of `KINDS`
    name = "web-*"       # for machines of such names, see below; for all, if it isn't there
    skip = 1             # not for the first 1 of them
    times = 2            # for 2 of them only
    every = 3            # for each third of them only
    seconds = 60

`KINDS` has what can happen, and which keys each takes. `on` is `create` (if it isn't there), `start`, `stop`, `reboot`,
`destroy` or `rename`. `says` is the text of the error. `name` is a machine's; a key's with `refuse-ed25519`; a cloud's
with `slow-list`, `empty-list` and `cloud-unauthorized`. A create of several machines counts each; the first of them
decides about the answer. What a real Mist server does of these, all the time, stands in `like_mist.py`.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from .refusals import SandboxError

_ON = ("create", "start", "stop", "reboot", "destroy", "rename")
ILLS = ("full-disk", "high-load", "low-memory")
_EVERYWHERE = ("do", "name", "skip", "times", "every")
_WHOLE = {"skip": 0, "times": 1, "every": 1, "machines": 0, "requests": 1, "status": 400}
_LONGEST_S = 10 * 365 * 86_400
_HIGHEST = 1_000_000


@dataclass(frozen=True)
class Kind:
    """One kind of fault: what happens, the keys that it takes besides, and of which it needs one."""

    about: str
    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


_TIMED = ("seconds",)
KINDS: dict[str, Kind] = {
    "slow-boot": Kind("it takes that long until the machine answers SSH", _TIMED, _TIMED),
    "never-answers": Kind(
        "its SSH port refuses for ever (`refuse`), or takes connections and says nothing (`hang`)", ("how",)
    ),
    "quota": Kind("a create fails when so many machines of such names are there", ("machines",), ("machines",)),
    "error-before-commit": Kind(
        "nothing happens, and the answer is that status (500 unless given)", ("on", "status", "says")
    ),
    "error-after-commit": Kind(
        "it is done, and the answer is that status (500 unless given)", ("on", "status", "says")
    ),
    "hang-after-commit": Kind("it is done, and there is no answer until the client gives up", ("on",)),
    "reset-after-commit": Kind("it is done, and the connection is reset", ("on",)),
    "lag": Kind(
        "listings leave a new machine out for so many seconds, or in so many listings",
        ("seconds", "requests"),
        ("seconds", "requests"),
    ),
    "late-key": Kind(
        "a machine that answers SSH refuses every key for so many seconds, as cloud-init isn't done", _TIMED, _TIMED
    ),
    "slow-create": Kind("a create is answered, and its job done, only after so many seconds", _TIMED, _TIMED),
    "late-tags": Kind("a new machine has neither its tags nor its time limit for so many seconds", _TIMED, _TIMED),
    "late-job": Kind("a job is not found for so many seconds", _TIMED, _TIMED),
    "slow-destroy": Kind(
        "a machine goes on running for so many seconds after its destroy was answered", _TIMED, _TIMED
    ),
    "slow-probe": Kind("a probe is answered after so many seconds", _TIMED, _TIMED),
    "slow-list": Kind(
        "a cloud is silent for so many seconds before it lists anything that is not cached", _TIMED, _TIMED
    ),
    "empty-list": Kind("a cloud's listing of machines is empty, though it has some"),
    "cloud-unauthorized": Kind("a cloud refuses its credentials: 401 for all but what is cached"),
    "no-creation-date": Kind("a machine's record doesn't say when it was made, as with libvirt or vSphere"),
    "drop-expiration": Kind("a time limit is accepted and forgotten"),
    "no-public-address": Kind("the machine has a private address only"),
    "full-disk": Kind("its disk is 97 % full, as a probe and `df` show"),
    "high-load": Kind("its load is four times its processors"),
    "low-memory": Kind("94 % of its memory is used"),
    "refuse-ed25519": Kind("an Ed25519 key gets 400, as in Mist CE"),
}


@dataclass(frozen=True)
class Fault:
    """One fault of a kind; this file's docstring says what its fields mean."""

    do: str
    name: str = "*"
    skip: int = 0
    times: int = _HIGHEST
    every: int = 1
    on: str = "create"
    seconds: float = 0.0
    requests: int = 0
    machines: int = 0
    how: str = "refuse"
    status: int = 500
    says: str = "Internal Server Error"

    def covers(self, name: str) -> bool:
        """Whether it is meant for something of that name."""
        return fnmatchcase(name, self.name)


class Faults:
    """The faults of a sandbox, and how often each could have happened."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self.replace(faults)

    def replace(self, faults: Iterable[Fault]) -> None:
        """Have these from now on, and no others."""
        self._faults = list(faults)
        self._chances = [0] * len(self._faults)
        self._happened = [0] * len(self._faults)

    def so_far(self) -> list[tuple[Fault, int]]:
        """Every fault, and how often it has happened."""
        return list(zip(self._faults, self._happened, strict=True))

    def take(self, do: str, name: str, on: str = "create") -> Fault | None:
        """The fault that happens now to something of that name, if any; asking counts."""
        taken = None
        for number, fault in enumerate(self._faults):
            if (fault.do, fault.on) == (do, on) and fault.covers(name):
                if taken is None and _is_due(fault, self._chances[number]):
                    taken = fault
                    self._happened[number] += 1
                self._chances[number] += 1
        return taken

    def reached(self, name: str, names: Sequence[str]) -> Fault | None:
        """The quota that leaves no room for a machine of that name beside `names`, if any; asking counts."""
        for number, fault in enumerate(self._faults):
            if fault.do == "quota" and fault.covers(name) and sum(map(fault.covers, names)) >= fault.machines:
                self._happened[number] += 1
                return fault
        return None


def _is_due(fault: Fault, chances: int) -> bool:
    number = chances - fault.skip
    return number >= 0 and number % fault.every == fault.every - 1 and number // fault.every < fault.times


def read(faults: Path | Iterable[object]) -> list[Fault]:
    """The faults in a file, or in tables that are given."""
    return read_file(faults) if isinstance(faults, Path) else parsed(faults)


def read_file(file: Path) -> list[Fault]:
    """The faults in a file, TOML or, if its name says so, JSON."""
    try:
        text = file.read_text(encoding="utf-8")
        document = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise SandboxError(f"The faults file {file} can't be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        why = " ".join(str(error).split())
        raise SandboxError(f"The faults file {file} is neither TOML nor JSON: {why}.") from None
    if not isinstance(document, dict) or set(document) - {"fault"} or not isinstance(document.get("fault", []), list):
        raise SandboxError(f"The faults file {file} needs [[fault]] tables, and nothing else.")
    try:
        return parsed(document.get("fault", []))
    except SandboxError as error:
        raise SandboxError(f"The faults file {file} is wrong: {error}") from None


def parsed(tables: Iterable[object]) -> list[Fault]:
    """Faults from tables; raises `SandboxError` with what is wrong in which."""
    return [_fault(number, table) for number, table in enumerate(tables, 1)]


def _fault(number: int, table: object) -> Fault:
    if not isinstance(table, Mapping):
        raise SandboxError(f"fault {number}: it isn't a table.")
    trouble = _trouble(table)
    if trouble:
        raise SandboxError(f"fault {number}: {trouble.removesuffix('?')}{'?' if trouble.endswith('?') else '.'}")
    return Fault(**table)


def _trouble(table: Mapping[str, object]) -> str:
    do = table.get("do")
    if not isinstance(do, str) or do not in KINDS:
        near = difflib.get_close_matches(str(do), KINDS, n=1)
        return f"do = {do!r} is none of " + (f"them; did you mean {near[0]}?" if near else ", ".join(KINDS))
    kind = KINDS[do]
    known = (*_EVERYWHERE, *kind.takes)
    for name, value in table.items():
        if name not in known:
            return f"{do} has no {name!r}, only " + ", ".join(known)
        if not _fits(name, value):
            return f"{name} = {value!r} won't do"
    if kind.needs and not any(name in table for name in kind.needs):
        return f"{do} needs " + " or ".join(kind.needs)
    return ""


def _fits(name: str, value: object) -> bool:
    if name in _WHOLE:
        highest = 599 if name == "status" else _HIGHEST
        return isinstance(value, int) and not isinstance(value, bool) and _WHOLE[name] <= value <= highest
    if name == "seconds":
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LONGEST_S
    allowed = {"on": _ON, "how": ("refuse", "hang")}.get(name)
    return isinstance(value, str) and (allowed is None or value in allowed)
