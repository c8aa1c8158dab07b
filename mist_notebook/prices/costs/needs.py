"""What a machine needs beside its size, as a person types it: `ipv4, 100GB disk, 1TB out` → amounts of each part."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief, nearest

FORMS = '--with "ipv4, 100GB disk, 1TB out"'
DISK, ADDRESS, TRAFFIC = "disk", "address", "traffic"
_MEANS = {
    **dict.fromkeys(("disk", "disks", "volume", "storage", "ssd", "block storage"), DISK),
    **dict.fromkeys(("ipv4", "address", "addresses", "public address", "public addresses", "public ip"), ADDRESS),
    **dict.fromkeys(("public ips", "ip", "ips", "public ipv4"), ADDRESS),
    **dict.fromkeys(("out", "traffic", "egress", "transfer", "outbound", "to the internet"), TRAFFIC),
}
_GB = {"gb": 1.0, "gib": 1.0, "g": 1.0, "tb": 1024.0, "tib": 1024.0, "t": 1024.0}
_GB |= {"mb": 1 / 1024, "mib": 1 / 1024, "m": 1 / 1024}
_NUMBER, _UNIT = r"[0-9]{1,9}(?:\.[0-9]{1,6})?", r"[gtm]i?b?|x"
_ITEM = re.compile(
    rf"(?:(?P<n>{_NUMBER}) ?(?P<unit>{_UNIT})?(?: of)? ?\b)?(?P<word>[a-z][a-z0-9 -]*?)?"
    rf"(?:[ :=]+(?P<unit2>x)? ?(?P<n2>{_NUMBER}) ?(?P<unit3>{_UNIT})?)?(?: a month|/month| per month)?"
)
_LARGEST, _MOST_ADDRESSES = 1e7, 1000


@dataclass(frozen=True)
class Needs:
    """How much of each a machine needs: GB of disk beside its own, public addresses, GB out to the internet a month."""

    disk: float = 0.0
    address: float = 0.0
    traffic: float = 0.0

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are needed."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name))

    def __str__(self) -> str:
        said = {
            ADDRESS: f"{self.address:g} ipv4" if self.address != 1 else "ipv4",
            DISK: f"{_gb(self.disk)} disk",
            TRAFFIC: f"{_gb(self.traffic)} out",
        }
        return ", ".join(text for part, text in said.items() if part in self.parts)


def _gb(amount: float) -> str:
    return f"{amount / 1024:.12g}TB" if amount >= 1024 and amount % 1024 == 0 else f"{amount:.12g}GB"


def read(text: str) -> Needs:
    """What a line says that a machine needs beside its size. Raises BadValueError, with the nearest."""
    found: dict[str, float] = {}
    for item in re.split(r"[,;+]|\band\b", text):
        part, amount = _item(" ".join(item.split()))
        if part in found:
            raise BadValueError(f"'{brief(text)}' says {part} twice.", f"Say each part once: {FORMS}.")
        found[part] = amount
    return Needs(**found)


def _item(said: str) -> tuple[str, float]:
    """The part and the amount that one of the items means."""
    read = _ITEM.fullmatch(said.casefold())
    word = (read["word"] or "").strip() if read else said
    part = _MEANS.get(word)
    if read is None or part is None:
        raise _nonsense(said, word)
    number, unit = (read["n"], read["unit"]) if read["n"] else (read["n2"], read["unit3"] or read["unit2"])
    if part == ADDRESS:
        return part, _addresses(said, float(number or 1), (unit or "x") == "x")
    return part, _gigabytes(said, part, float(number or 0) * _GB.get(unit or "gb", math.nan))


def _nonsense(said: str, word: str) -> BadValueError:
    if not word and said:
        return BadValueError(f"'{brief(said)}' of what?", f"Say disk or out: {FORMS}.")
    near = nearest(word.rpartition(" ")[2], _MEANS)
    meant = f"Did you mean {near[0]}? " if near else ""
    what = f"'{brief(said)}' is nothing" if said else "An empty part is nothing"
    return BadValueError(f"{what} that a machine has beside its size.", f"{meant}Write {FORMS}.")


def _addresses(said: str, number: float, is_count: bool) -> float:
    if not is_count or number != int(number) or not 0 < number <= _MOST_ADDRESSES:
        raise BadValueError(f"'{brief(said)}' isn't a number of addresses.", "Write ipv4, or 2 ipv4.")
    return number


def _gigabytes(said: str, part: str, amount: float) -> float:
    if not 0 < amount <= _LARGEST:
        raise BadValueError(f"'{brief(said)}' isn't an amount of {part}.", f"Give it in GB or TB: {FORMS}.")
    return amount
