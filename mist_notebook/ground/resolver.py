"""The one way from what a person typed to the one thing that it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from .errors import AmbiguousError, BadValueError, NotFoundError
from .text import beginning_alike, brief, is_pasteable, nearest

T = TypeVar("T")
Names = Callable[[T], Iterable[str]]
Label = Callable[[T], str]

_MOST_NAMED = 12
_BITS = re.compile(r"\b(?:x86_64|x86|i[36]86|amd64|arm64|\d\d[- ]?bit)\b", re.I)
_VERSION = re.compile(r"(?<![0-9.])[0-9]{1,9}(?:\.[0-9]{1,9})*")

PROVIDER_ALIASES = {
    "amazon": "ec2",
    "aws": "ec2",
    "azure": "azure_arm",
    "gcp": "gce",
    "google": "gce",
    "kvm": "libvirt",
    "ibm": "softlayer",
    "oracle": "oci",
    "packet": "equinixmetal",
    "do": "digitalocean",
    "aliyun": "aliyun_ecs",
}
_FIRST_ONE = {
    "key": "yet. %mist add-key NAME --generate makes one.",
    "machine": "yet. %mist form makes one by choosing.",
    "backend": "yet. %mist connect says how to connect one.",
}


def pick(
    wanted: Any,
    things: Sequence[T],
    *,
    what: str,
    ids: Names[T],
    names: Names[T],
    label: Label[T] | None = None,
    by_beginning: bool = False,
) -> T:
    """The thing whose id is `wanted`, else whose name is, exactly as it stands; else with its spaces trimmed; else the
    only one that matches without regard to case and spaces; else, where that will do, the only one whose name begins
    with it as a word.

    Raises BadValueError for an empty reference, NotFoundError with the nearest three, AmbiguousError with all.
    """
    text = reference_text(wanted, what)
    trimmed, folded = text.strip(), _folded(text)
    ways: list[Callable[[T], bool]] = [
        lambda thing: text in ids(thing),
        lambda thing: text in names(thing),
        lambda thing: trimmed in ids(thing),
        lambda thing: trimmed in names(thing),
        lambda thing: any(folded == _folded(name) for name in (*ids(thing), *names(thing))),
    ]
    if by_beginning:
        ways.append(lambda thing: any(_begins(name, trimmed) for name in names(thing)))
    for matches in ways:
        found = [thing for thing in things if matches(thing)]
        if len(found) == 1:
            return found[0]
        if found:
            label = label or (lambda thing: f"{_first(names, thing)} ({_first(ids, thing)})")
            several = ", ".join(_sayable(label(thing), _first(ids, thing)) for thing in found)
            raise AmbiguousError(f"{len(found)} {what}s match '{brief(text)}'.", f"Say which by its id: {several}.")
    known = [next(filter(is_pasteable, (*names(thing), *ids(thing))), "") for thing in things]
    raise NotFoundError(f"No {what} named '{brief(text)}'.", did_you_mean(trimmed, known, what))


def did_you_mean(wanted: str, names: Sequence[str], what: str) -> str:
    """The hint of a name that isn't there: the nearest three, or all if they are few; only what is safe to paste."""
    if not names:
        return f"There is no {what} {_FIRST_ONE.get(what, 'at all.')}"
    sayable = [name for name in names if is_pasteable(name)]
    if what == "image":
        sayable = newest_first(sayable)
    close = nearest(wanted, sayable) or beginning_alike(wanted, sayable)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    if len(sayable) == 1:
        return f"There is only {sayable[0]}."
    more = " and more" if len(sayable) > _MOST_NAMED else ""
    return f"There are {', '.join(sayable[:_MOST_NAMED])}{more}." if sayable else ""


def newest_first(names: Iterable[str]) -> list[str]:
    """Names with the highest version first; one without a figure comes last."""
    return sorted(names, key=_version, reverse=True)


def _version(name: str) -> tuple[tuple[int, ...], ...]:
    """The figures of a name as one compares versions, but for what says how many bits it has."""
    plain = _BITS.sub(" ", name)
    return tuple(tuple(map(int, version.split("."))) for version in _VERSION.findall(plain))


def reference_text(wanted: Any, what: str) -> str:
    """The text of a reference: a text itself, or the id of a dict, a Series or one of our objects."""
    if isinstance(wanted, str):
        text = wanted
    elif hasattr(wanted, "keys") and "id" in wanted:
        text = str(wanted["id"])
    else:
        text = str(getattr(wanted, "id", wanted if isinstance(wanted, int) else ""))
    if not text.strip():
        raise BadValueError(f"The {what} is empty.", "Give a name or an id.")
    return text


def _folded(text: str) -> str:
    """`text` without regard to case, to spaces at its ends, and to which spaces stand between its words."""
    return " ".join(text.casefold().split())


def _begins(name: str, word: str) -> bool:
    """Whether the name begins with it as a word: `CS1` of `CS1 - 1GB`, not of `CS16` nor of `CS1-SSD`."""
    return name.casefold().startswith(f"{word.casefold()} ")


def _sayable(label: str, thing_id: str) -> str:
    """The label, else the id: whichever is safe to paste."""
    return next(filter(is_pasteable, (label, thing_id)), "one whose id can't be typed")


def _first(of: Names[T], thing: T) -> str:
    return next(iter(of(thing)), "")
