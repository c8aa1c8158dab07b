"""What a person wishes of an offer: read from the words of a command or a call, and spelled as these words again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.amounts.quantity import GpuWish, RamWish, Range
from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.text import brief, nearest
from mist_notebook.ground.typed_word import option

ANY = "any"
KINDS = ("on-demand", "spot", "reserved-1y", "reserved-3y", ANY)
_KIND_WORDS = {"ondemand": KINDS[0], "preemptible": KINDS[1], "1y": KINDS[2], "3y": KINDS[3]}
LINUX, WINDOWS = "linux", "windows"
ARCHITECTURES = {"x86_64": "x86_64", "arm64": "arm64", "i386": "i386"}
_ARCHITECTURE_WORDS = ARCHITECTURES | {"amd64": "x86_64", "x64": "x86_64", "64-bit": "x86_64", "x86-64": "x86_64"}
_ARCHITECTURE_WORDS |= {"aarch64": "arm64", "arm": "arm64", "i686": "i386", "32-bit": "i386"}
_YES = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}


@dataclass(frozen=True)
class Wish:
    """What an offer has to be to fit; `None` or nothing is no condition.

    `providers` and `regions` are words, as a person typed them; what they mean depends on which offers there are.
    `kind` is one of KINDS, or several of them with commas between; an offer that says no system is taken for one
    of Linux, and no `os` is any.
    """

    kind: str = "on-demand"
    os: str = LINUX
    providers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    search: str = ""
    arch: tuple[str, ...] = ()
    gpu: GpuWish | None = None
    cpus: Range | None = None
    ram: RamWish | None = None
    disk: Range | None = None
    net: Range | None = None
    burstable: bool | None = None
    bare_metal: bool | None = None
    max_price: float | None = None
    max_age: float | None = None

    def spelled(self, name: str) -> str:
        """One condition as one types it: `--ram 16GB`; nothing where there is none."""
        value = getattr(self, name)
        if value == DEFAULTS[name]:
            return ""
        text = _spelled(name, value)
        return option(flag(name), text)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of price that fit; nothing where any does."""
        return () if self.kind == ANY else tuple(self.kind.split(","))

    @property
    def apart(self) -> tuple[str, ...]:
        """What tells the offers of a size apart: kinds and systems, where several are asked for by name."""
        return ("kind",) * (len(self.kinds) > 1) + ("os",) * (not self.os)

    @property
    def words(self) -> tuple[str, ...]:
        """Every condition, as one types it."""
        return tuple(filter(None, (self.spelled(name) for name in DEFAULTS)))


DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Wish)}


def flag(name: str) -> str:
    """The option for a condition."""
    return f"--{'region' if name == 'regions' else name.replace('_', '-')}"


def read(**words: Any) -> Wish:
    """The wish that these words say, as on the command line: `read(cpus="4+", ram="16GB", region="eu")`.

    Numbers and lists are taken as well as text, and `None` is no condition. Raises MistUsageError for a word that there
    is none of, BadValueError for a value that can't be read.
    """
    values: dict[str, Any] = {}
    for name, value in words.items():
        field = "regions" if name == "region" else "providers" if name == "provider" else name
        if field not in READERS:
            close = nearest(name, READERS)
            raise MistUsageError(f"There is no condition '{brief(name)}'.", f"There are {', '.join(close or READERS)}.")
        if value is not None:
            values[field] = _value(field, value)
    return Wish(**values)


def _value(name: str, value: Any) -> Any:
    if isinstance(value, Range | RamWish | GpuWish):
        return value
    text = ",".join(map(str, value)) if isinstance(value, list | tuple | set) else value
    text = ("yes" if text else "no") if isinstance(text, bool) else str(text)
    try:
        return READERS[name](text)
    except BadValueError as error:
        raise BadValueError(f"{name}: {error.message}", error.hint) from None


def _spelled(name: str, value: Any) -> str:
    if name == "disk":
        return str(value.spelled("GB"))
    if name == "os":
        return value or ANY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(value)
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def names(text: str) -> tuple[str, ...]:
    """Names with commas between."""
    found = tuple(name.strip() for name in text.split(","))
    if not all(found):
        raise BadValueError(f"'{brief(text)}' has an empty name in it.", "Give one name, or several with commas.")
    return found


def region_names(text: str) -> tuple[str, ...]:
    """Names with commas between; a comma before a space is a part of one, as in `London, England, UK`."""
    found = tuple(name.strip() for name in re.split(r",(?! )", text))
    if not all(found):
        raise BadValueError(f"'{brief(text)}' has an empty name in it.", "Give one name, or several with commas.")
    return found


def architecture(text: str) -> tuple[str, ...]:
    """Architectures with commas between, in our words."""
    found = []
    for name in names(text):
        arch = _ARCHITECTURE_WORDS.get(name.casefold())
        if arch is None:
            raise BadValueError(f"'{brief(name)}' isn't an architecture.", f"There are {', '.join(ARCHITECTURES)}.")
        found.append(arch)
    return tuple(dict.fromkeys(found))


def kind(text: str) -> str:
    """Kinds of price with commas between, in our words and order: `spot,on-demand` is `on-demand,spot`."""
    found: set[str] = set()
    for name in names(text):
        folded = name.casefold().replace(" ", "-").replace("_", "-")
        meant = [one for one in KINDS if folded == "reserved" and one.startswith(folded)] or [
            _KIND_WORDS.get(folded.removeprefix("reserved-"), folded)
        ]
        if meant[0] not in KINDS:
            near = nearest(folded, KINDS)
            hint = f"Did you mean {near[0]}? " if near else ""
            raise BadValueError(f"'{brief(name)}' isn't a kind of price.", f"{hint}There are {', '.join(KINDS)}.")
        found |= set(meant)
    every = [one for one in KINDS if one in found]
    return ANY if ANY in every or len(every) == len(KINDS) - 1 else ",".join(every)


def system(text: str) -> str:
    """An operating system; nothing for `any`."""
    found = some_text(text)
    return {ANY: "", LINUX: LINUX}.get(found.casefold(), found)


def yes_or_no(text: str) -> bool:
    """Yes or no."""
    folded = text.strip().casefold()
    if folded not in _YES:
        raise BadValueError(f"'{brief(text)}' is neither yes nor no.", "Say yes or no.")
    return _YES[folded]


def some_text(text: str) -> str:
    """A text that isn't empty."""
    if not text.strip():
        raise BadValueError("It is empty.", "Give a text, or leave the option out.")
    return text.strip()


READERS: dict[str, Callable[[str], Any]] = {
    "kind": kind,
    "os": system,
    "providers": names,
    "regions": region_names,
    "search": some_text,
    "arch": architecture,
    "gpu": quantity.gpu,
    "cpus": quantity.count,
    "ram": quantity.ram,
    "disk": quantity.disk,
    "net": quantity.count,
    "burstable": yes_or_no,
    "bare_metal": yes_or_no,
    "max_price": quantity.price,
    "max_age": quantity.days,
}
