"""What a cloud lists, rendered once: JSON bytes, with and without gzip, kept until something changes."""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

MOST_HITS = 40
MOST_ASKED = 50
EVERYTHING = "*"
# On loopback the time to compress costs more than the bytes.
_GZIP_LEVEL = 1


class Body:
    """The bytes of one answer."""

    def __init__(self, plain: bytes) -> None:
        self.plain = plain

    @cached_property
    def gzipped(self) -> bytes:
        """The same, compressed; made when first asked for."""
        return gzip.compress(self.plain, _GZIP_LEVEL, mtime=0)


@dataclass(frozen=True, slots=True)
class Image:
    """One image: what sorting, searching and starring need, and the item as the API answers it."""

    id: str
    external_id: str
    name: str
    starred: bool
    short: bool
    document: bytes

    @classmethod
    def of(cls, document: Mapping[str, Any], *, short: bool) -> Image:
        """An image from its item; a `short` one is in the list that nobody searched."""
        return cls(
            document["id"], document["external_id"], document["name"], document["starred"], short, rendered(document)
        )

    def item(self) -> dict[str, Any]:
        """The item as the API answers it, as a record."""
        item: dict[str, Any] = json.loads(self.document)
        return item

    def toggled(self) -> Image:
        """The same image with its star turned on or off."""
        document = self.item()
        return Image.of({**document, "starred": not self.starred}, short=self.short)


class Images:
    """All images of one cloud: starred ones first, else in the provider's order.

    Mist sorts by name after that; its documentation shows the provider's order, and that is what must come out here.
    """

    def __init__(self, images: Iterable[Image]) -> None:
        self._provided = list(images)

    @cached_property
    def _images(self) -> list[Image]:
        return sorted(self._provided, key=lambda image: not image.starred)

    @cached_property
    def short_list(self) -> Body:
        """The images that nobody has to search for: the provider's short list and all starred ones."""
        return joined(image for image in self._images if image.short or image.starred)

    def hits(self, term: str) -> list[Image]:
        """At most 40 images with `term` in an id or a name, in any case; for `*`, all that the provider has."""
        if term == EVERYTHING:
            return self._images
        wanted = term.lower()
        hits = [image for image in self._images if wanted in image.name.lower() or wanted in image.external_id.lower()]
        return hits[:MOST_HITS]

    def list_also(self, external_ids: Collection[str]) -> None:
        """Have these in the short list from now on."""
        self._provided = [
            replace(image, short=True) if image.external_id in external_ids else image for image in self._provided
        ]
        self._forget_what_was_made()

    def find(self, either_id: str) -> Image | None:
        """The image of that id, Mist's or the provider's."""
        return next((image for image in self._images if either_id in (image.id, image.external_id)), None)

    def replace(self, image: Image) -> None:
        """Put `image` where the one of its id was."""
        self._provided = [image if other.id == image.id else other for other in self._provided]
        self._forget_what_was_made()

    def _forget_what_was_made(self) -> None:
        for made_of_them in ("_images", "short_list"):
            self.__dict__.pop(made_of_them, None)


def rendered(document: object) -> bytes:
    """JSON, as small as it gets."""
    return json.dumps(document, separators=(",", ":")).encode()


def item_id(cloud_id: str, kind: str, external_id: str) -> str:
    """Mist's id of an item: the same in every run."""
    return uuid.uuid5(uuid.UUID(cloud_id), f"{kind}/{external_id}").hex


def without_extra(body: Body) -> Body:
    """The same items with an empty `extra`."""
    return Body(rendered([{**item, "extra": {}} for item in json.loads(body.plain)]))


def joined(images: Iterable[Image]) -> Body:
    """Images as one listing."""
    return Body(b"[" + b",".join(image.document for image in images) + b"]")
