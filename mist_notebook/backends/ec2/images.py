"""Images of EC2, never all of them: those that everybody means, what a search finds, and the one of a reference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from mist_notebook.backends.images import picked
from mist_notebook.ground.errors import ApiError, MistError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean, reference_text
from mist_notebook.records.model import Image

from . import records
from .asking.calls import Calls, everywhere
from .one_names import ARCHITECTURES, SHOWN, VENDORS, OneName, meant

_ID = re.compile(r"ami-[0-9a-f]{8,32}")
_NOT_THERE = ("InvalidAMIID.NotFound", "InvalidAMIID.Malformed", "InvalidAMIID.Unavailable")
_NO_PARAMETERS = ("UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "ParameterNotFound")
_BATCH = 10  # as many parameters as one question takes
_OWNERS = ["self", "amazon", *VENDORS]


class Images:
    """The images of one account, in its regions."""

    def __init__(self, calls: Calls, account: str) -> None:
        self._calls, self._account = calls, account

    def usual(self, region: str) -> list[Image]:
        """What everybody means, by one name each, for both kinds of processor."""
        wanted = [one for name in SHOWN for arch in ARCHITECTURES if (one := meant(name, arch))]
        found = self._by_parameters(wanted, region)
        rows = {image.id: image for image in self._by_ids(list(found.values()), region)}
        missing = [one for one in wanted if found.get(one.parameter) not in rows]
        images = [rows[own] for one in wanted if (own := found.get(one.parameter)) in rows]
        images += [image for one in missing if (image := self._newest(one, region)) is not None]
        return [replace(image, starred=True) for image in images]

    def search(self, words: str, region: str, *, anybody: bool = False) -> list[Image]:
        """Those of known owners and one's own, or of anybody, whose name holds the words in their order; newest first.

        EC2 looks for them; it minds upper and lower case, so that each usual way to write them is asked for.
        """
        found = self._named(_patterns(words), region, None if anybody else _OWNERS)
        return sorted(found, key=lambda image: str(image.created or ""), reverse=True)

    def find(self, reference: Any, architecture: str | None, regions: Sequence[str]) -> Image:
        """The one that a reference means, in the first region that has it. Raises NotFoundError with the nearest."""
        text = reference_text(reference, "image").strip()
        if _ID.fullmatch(text):
            return self._of_id(text, regions)
        one = meant(text, architecture or ARCHITECTURES[0])
        if one is not None:
            image = self.named(one, regions[0])
            if image is not None:
                return image
        for region in regions:
            exact = self._named([text], region, _OWNERS)
            if exact:
                return picked(text, exact, architecture)
        nearest = self._nearest(text, regions[0])
        raise NotFoundError(f"No image named '{text}' in {', '.join(regions)}.", did_you_mean(text, nearest, "image"))

    def named(self, one: OneName, region: str) -> Image | None:
        """The newest image of a system that is known by one name."""
        found = self._by_parameters([one], region).get(one.parameter)
        images = self._by_ids([found], region) if found else []
        image = images[0] if images else self._newest(one, region)
        return image and replace(image, called=one.name)

    def _of_id(self, own: str, regions: Sequence[str]) -> Image:
        answers = everywhere(regions, lambda region: self._by_ids([own], region)).answers
        for images in answers.values():
            if images:
                return images[0]  # type: ignore[no-any-return]
        raise NotFoundError(f"No image {own} in {', '.join(regions)}.", "An image's id is of one region alone.")

    def _nearest(self, text: str, region: str) -> list[str]:
        words = re.split(r"[^A-Za-z0-9.]+", text)
        try:
            found = self.search(words[0], region)[:50] if words[0] else []
        except MistError:
            found = []
        return [*SHOWN, *(image.name for image in found)]

    def _by_parameters(self, wanted: Sequence[OneName], region: str) -> dict[str, str]:
        """The ids that Amazon keeps under these parameters; none where this account may not read them."""
        found: dict[str, str] = {}
        for first in range(0, len(wanted), _BATCH):
            names = [one.parameter for one in wanted[first : first + _BATCH]]
            try:
                answer = self._calls.ask("GetParameters", region, "Parameters", "ssm", Names=names)
            except ApiError as error:
                if error.code in _NO_PARAMETERS:
                    return found
                raise
            found |= {str(row["Name"]): str(row["Value"]) for row in answer["Parameters"] if "Value" in row}
        return found

    def _by_ids(self, ids: Sequence[str], region: str) -> list[Image]:
        if not ids:
            return []
        try:
            answer = self._calls.ask("DescribeImages", region, "Images", ImageIds=list(ids))
        except ApiError as error:
            if error.code in _NOT_THERE:
                return [] if len(ids) == 1 else [one for own in ids for one in self._by_ids([own], region)]
            raise
        return self._read(answer["Images"], region)

    def _newest(self, one: OneName, region: str) -> Image | None:
        found = self._named([one.pattern], region, [one.owner])
        return max(found, key=lambda image: str(image.created or ""), default=None)

    def _named(self, patterns: Sequence[str], region: str, owners: Sequence[str] | None) -> list[Image]:
        asked = [{"Name": "name", "Values": list(patterns)}, {"Name": "state", "Values": ["available"]}]
        of: dict[str, Any] = {"Owners": list(owners)} if owners else {}
        return self._read(self._calls.pages("DescribeImages", region, "Images", Filters=asked, **of), region)

    def _read(self, rows: Iterable[records.Row], region: str) -> list[Image]:
        return [image for row in rows if (image := records.image(row, region, self._account)) is not None]


def _patterns(words: str) -> list[str]:
    """Each usual way in which a vendor writes these words in a name."""
    parts = [part.replace("*", "").replace("?", "") for part in words.replace("-", " ").split()]
    ways = ([*parts], [part.lower() for part in parts], [part.upper() for part in parts], [p.title() for p in parts])
    return list(dict.fromkeys(f"*{'*'.join(way)}*" for way in ways))
