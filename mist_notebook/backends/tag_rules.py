"""The tags that a person gives a machine: how they are written, what each provider takes, and what goes along of ours.

A provider that calls them labels or metadata has them all the same. What one wouldn't take is refused before anything
is sent; of a provider whose rules we don't know, the service decides.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief
from mist_notebook.records.model import OP_TAG, MachineSpec

WORD = "tags"
_OURS = "mist-notebook"
_NOTHING_SENT = "Nothing was sent."
_SUCH_AS = "Such as team=web."


@dataclass(frozen=True)
class Rule:
    """What names and values a provider takes, as patterns of the whole and in words; how many, and who is who."""

    name: str
    value: str
    says: str
    most: int = 50
    alike: bool = False  # names are the same whatever their case
    not_begun: tuple[str, ...] = ()


_WORDS = (r"[A-Za-z0-9_-]{1,200}", r"[A-Za-z0-9:_-]{0,200}", "letters, digits, dashes and underscores")
_RULES = {
    "ec2": Rule(
        r"(?s).{1,128}", r"(?s).{0,256}", "a name of at most 128 characters and a value of 256", not_begun=("aws:",)
    ),
    "gce": Rule(
        r"[a-z][a-z0-9_-]{0,62}",
        r"[a-z0-9_-]{0,63}",
        "lower-case letters, digits, dashes and underscores, at most 63, and a name begins with a letter",
        most=64,
    ),
    "azure": Rule(
        r"[^<>%&\\?/]{1,512}",
        r"(?s).{0,256}",
        "a name without < > % & \\ ? / and a value of at most 256 characters",
        alike=True,
        not_begun=("microsoft", "azure", "windows"),
    ),
    "hetzner": Rule(
        r"(?:[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?",
        r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?",
        "letters, digits, dashes, dots and underscores, at most 63, a letter or digit at the ends",
        not_begun=("hetzner.cloud/",),
    ),
    "digitalocean": Rule(*_WORDS),
    "linode": Rule(r"[^\s:,][^:,]{0,30}", r"[^,]{0,18}", "a name of at most 31 and a value of 18 characters", most=20),
    "openstack": Rule(
        r"[A-Za-z0-9_:. -]{1,255}",
        r"(?s).{0,255}",
        "a name of letters, digits, dashes, dots, colons and underscores; both of at most 255 characters",
        most=120,
    ),
    "scaleway": Rule(r"[^\s:,][^:,]{0,60}", r"[^,]{0,60}", "names and values of at most 61 characters"),
    "vultr": Rule(r"[^\s:,][^:,]{0,100}", r"[^,]{0,100}", "names and values of at most 101 characters"),
}
_RULES["azure_arm"] = _RULES["azure"]
_ANY = Rule(r"(?s).{1,255}", r"(?s).{0,255}", "a name and a value of at most 255 characters")


def read(text: str) -> tuple[str, str]:
    """`name=value` as a line has it, or a name alone. Raises BadValueError for no name."""
    name, _, value = text.partition("=")
    if not name.strip():
        raise BadValueError(f"The tag '{brief(text)}' has no name.", _SUCH_AS)
    return name.strip(), value.strip()


def several(text: str) -> list[tuple[str, str]]:
    """Tags as a field has them: with commas or lines between; in quotes where one has a comma in it."""
    try:
        cells = [cell for line in csv.reader(text.splitlines(), skipinitialspace=True) for cell in line]
    except csv.Error:
        raise BadValueError(f"'{brief(text)}' can't be read as tags.", f"{_SUCH_AS} {_NOTHING_SENT}") from None
    return [read(cell) for cell in cells if cell.strip()]


def written(tags: Mapping[str, str]) -> str:
    """The same the other way round: as a person reads them, and as a field takes them back."""
    return ", ".join(_quoted(f"{name}={value}" if value else name) for name, value in tags.items())


def checked(tags: Any, provider: str) -> dict[str, str]:
    """Tags as that provider takes them, from a dict, from pairs, or from texts; else BadValueError."""
    found: dict[str, str] = {}
    rule = _RULES.get(provider, _ANY)
    for name, value in _pairs(tags):
        check(name, value, provider)
        same = next((one for one in found if _is_same(one, name, rule)), None)
        if same is not None:
            raise BadValueError(f"The tag '{brief(name)}' is given twice.", f"Once each. {_NOTHING_SENT}")
        found[name] = value
    if len(found) > rule.most:
        raise BadValueError(f"{len(found)} tags are too many: {provider} takes {rule.most}.", _NOTHING_SENT)
    return found


def check(name: str, value: str, provider: str) -> None:
    """Refuse one that the provider would refuse, or that is ours to give. Raises BadValueError."""
    rule = _RULES.get(provider, _ANY)
    if not name.strip():
        raise BadValueError("A tag has no name.", f"{_SUCH_AS} {_NOTHING_SENT}")
    if not f"{name}{value}".isprintable():
        raise BadValueError(f"The tag '{brief(name)}' has characters that can't be seen.", _NOTHING_SENT)
    if name.casefold().startswith(_OURS):
        raise BadValueError(
            f"'{brief(name)}': tags that begin with {_OURS} are ours.", f"Another name. {_NOTHING_SENT}"
        )
    if provider == "ec2" and name == "Name":
        raise BadValueError("The tag 'Name' is the machine's name at EC2.", f"Give it with --name. {_NOTHING_SENT}")
    begins = next((one for one in rule.not_begun if name.casefold().startswith(one)), None)
    if begins:
        raise BadValueError(f"'{brief(name)}': tags that begin with {begins} are {provider}'s own.", _NOTHING_SENT)
    for what, text, pattern in (("name", name, rule.name), ("value", value, rule.value)):
        if not re.fullmatch(pattern, text):
            raise BadValueError(
                f"'{brief(text)}' can't be a tag's {what} at {provider}.", f"It takes {rule.says}. {_NOTHING_SENT}"
            )


def of(spec: MachineSpec) -> dict[str, str]:
    """All that a machine of that spec is to carry: a person's tags, and the operation's id."""
    return {**spec.extra.get(WORD, {}), **({OP_TAG: spec.op} if spec.op else {})}


def own(tags: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Those that a person gave: all but ours, and the name that EC2 keeps among them."""
    return {name: value for name, value in tags if not name.startswith(_OURS) and name != "Name"}


def _pairs(tags: Any) -> Iterator[tuple[str, str]]:
    if isinstance(tags, Mapping):
        for name, value in tags.items():
            yield _text(name, "name").strip(), _text(value, "value").strip()
    elif isinstance(tags, str):
        yield from several(tags)
    elif isinstance(tags, (list, tuple)):
        for one in tags:
            is_pair = isinstance(one, (list, tuple)) and len(one) == 2
            yield from [read(one)] if isinstance(one, str) else _pairs({one[0]: one[1]} if is_pair else one)
    else:
        raise BadValueError(
            f"tags is a {type(tags).__name__}.", f"Names and values: {{'team': 'web'}}. {_NOTHING_SENT}"
        )


def _text(value: Any, what: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None and what == "value":
        return ""
    if isinstance(value, (str, int, float)):
        return str(value)
    raise BadValueError(f"A tag's {what} is a {type(value).__name__}.", f"Give text. {_NOTHING_SENT}")


def _is_same(one: str, other: str, rule: Rule) -> bool:
    return one == other or (rule.alike and one.casefold() == other.casefold())


def _quoted(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if set(text) & set(',"\n') else text
