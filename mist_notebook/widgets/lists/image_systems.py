"""Which system an image is, and how new: read from its name, so that lists stand by systems and the newest first.

What isn't read is `other`, and never put before what is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from mist_notebook.records.model import Image

OTHER = "Other systems"
NEWEST_OF_EACH = 6
_MOST_READ = 5_000
_KNOWN = 20_000
_FAMILIES = (  # in the order in which people look for them
    ("Ubuntu", r"ubuntu|\b(?=2[02468]\.04\b)"),
    ("Debian", r"debian"),
    ("Rocky Linux", r"rocky"),
    ("AlmaLinux", r"alma"),
    ("CentOS", r"cent\s?os"),
    ("Red Hat", r"red ?hat|rhel"),
    ("Fedora", r"fedora"),
    ("openSUSE, SUSE", r"suse|sles"),
    ("Amazon Linux", r"amazon linux|amzn|al20\d\d"),
    ("Oracle Linux", r"oracle"),
    ("Alpine, Arch, Gentoo", r"alpine|arch ?linux|gentoo"),
    ("FreeBSD, OpenBSD", r"(?:free|open)bsd"),
    ("Windows", r"windows|win20\d\d"),
)
_FAMILY = re.compile("|".join(f"(?P<f{place}>{words})" for place, (_, words) in enumerate(_FAMILIES)))
_YEAR_MONTH = re.compile(r"(?<![\d.])(\d{2})[.]?(04|10)(?![\d])")
_FIGURE = re.compile(r"(?<![\d.a-z])(\d{1,2})(?:\.(\d{1,2}))?(?!\d|[.-]?bit|\s?gb)")
_SPECIAL = re.compile(
    r"\b(?:pro|fips|sql|gpu|cuda|nvidia|deep|docker|wordpress|lamp|plesk|cpanel|desktop|minimal|rescue|beta|daily|eks|ecs"
    r"|k8s|kubernetes|hardened|cis|preview|testing|devel|arm64-root|with|for|on)\b"
)
_LONG_TERM = ("Ubuntu", "Debian", "Rocky Linux", "AlmaLinux", "CentOS")


@dataclass(frozen=True)
class System:
    """What an image's name says: the place of its family, its version, whether that is kept long, and what is in it."""

    place: int
    version: tuple[int, int] = (0, 0)
    is_long: bool = False
    is_plain: bool = True

    @property
    def family(self) -> str:
        return _FAMILIES[self.place][0] if self.place < len(_FAMILIES) else OTHER

    @property
    def word(self) -> str:
        """Its family as a word that a machine can be called by."""
        return re.split(r"\W", self.family)[0].casefold() if self.family != OTHER else "machine"


@lru_cache(maxsize=_KNOWN)
def read(name: str, os: str | None = None) -> System:
    """What a name says, with what the provider calls its system."""
    text = name.casefold().replace("_", " ")
    found = _FAMILY.search(text) or _FAMILY.search((os or "").casefold())
    if found is None:
        return System(len(_FAMILIES))
    place = next(place for place in range(len(_FAMILIES)) if found.group(f"f{place}") is not None)
    family, after = _FAMILIES[place][0], text[found.start() :] if found.string == text else text
    dotted = _YEAR_MONTH.search(after) if family == "Ubuntu" else None
    figure = dotted or _FIGURE.search(after)
    version = (int(figure[1]), int(figure[2] or 0)) if figure else (0, 0)
    is_long = family in _LONG_TERM and version[0] > 0
    if family == "Ubuntu":
        is_long = version[1] == 4 and version[0] % 2 == 0
    return System(place, version, is_long, not _SPECIAL.search(text))


def newest(images: Sequence[Image]) -> Image | None:
    """The newest long-term image of the first common system that there is; `None` where none is one."""
    return min((image for image in islice(images, _MOST_READ) if _is_common(image)), key=_suits, default=None)


def grouped(
    images: Sequence[Image], most: int, each: int = NEWEST_OF_EACH, *, whole: str = ""
) -> list[tuple[str, list[Image]]]:
    """The families with `each` of their newest images at most, and what is of none; `most` together, starred first.

    Of the `whole` family the old ones are there too.
    """
    families = _families(images)
    found, left = [], most
    for place in sorted(families):
        is_known = place < len(_FAMILIES)
        is_cut = is_known and System(place).family != whole
        part = sorted(families[place], key=_age if is_known else _stars)[: min(each, left) if is_cut else left]
        left -= len(part)
        if part:
            found.append((System(place).family, part))
    return found


def folded(images: Sequence[Image], each: int = NEWEST_OF_EACH) -> dict[str, int]:
    """How many old ones each family has beyond these; none where it has no more."""
    families = {place: part for place, part in _families(images).items() if place < len(_FAMILIES)}
    counts = {System(place).family: len(families[place]) - each for place in sorted(families)}
    return {family: count for family, count in counts.items() if count > 0}


def _families(images: Sequence[Image]) -> dict[int, list[Image]]:
    families: dict[int, list[Image]] = {}
    for image in islice(images, _MOST_READ):
        families.setdefault(of(image).place, []).append(image)
    return families


def of(image: Image) -> System:
    """What the image's name says."""
    return read(image.name, image.os)


def _stars(image: Image) -> tuple[object, ...]:
    return (image.starred is not True,)


def _age(image: Image) -> tuple[object, ...]:
    """By which one family's images stand: starred, newer, plain, and of a usual processor first."""
    system, made = of(image), image.created.toordinal() if image.created else 0
    return (image.starred is not True, *(-part for part in system.version), not system.is_plain, _odd(image), -made)


def _is_common(image: Image) -> bool:
    return of(image).is_long and "community" not in (image.origin or "").casefold()


def _suits(image: Image) -> tuple[object, ...]:
    """By which the one to begin with is found: a plain one for a usual processor, of the first family, the newest."""
    system, made = of(image), image.created.toordinal() if image.created else 0
    newer = (-system.version[0], -system.version[1])
    return (not system.is_plain, _odd(image), system.place, newer, image.starred is not True, -made, len(image.name))


def _odd(image: Image) -> int:
    """Whether its processor is another than most have; 32 bits are the last."""
    words = f"{image.arch or ''} {image.name}".casefold()
    return 2 if re.search(r"i386|32.?bit|x32|i686", words) else 1 if re.search(r"arm|aarch|ppc|s390", words) else 0
