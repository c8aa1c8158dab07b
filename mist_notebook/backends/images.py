"""One image that a reference means, without listing all that there are; and whether an image starts on a size."""

from __future__ import annotations

from typing import Any, Protocol

from mist_notebook.ground.errors import BadValueError, NotFoundError
from mist_notebook.ground.resolver import pick, reference_text
from mist_notebook.records.model import Image, Listing, Size

_FAMILIES = {
    "i386": "x86",
    "i686": "x86",
    "x86": "x86",
    "x86_64": "x86",
    "amd64": "x86",
    "arm64": "arm",
    "aarch64": "arm",
}


class Lister(Protocol):
    """How a backend lists images: by itself, or those that a search finds."""

    def __call__(self, search: str = "", /) -> Listing[Image]: ...


def find(reference: Any, architecture: str | None, listed: Lister) -> Image:
    """The image in the plain list, else among those that a search for the reference finds; these are named, if any."""
    try:
        return picked(reference, listed().records, architecture)
    except NotFoundError as missing:
        found = listed(reference_text(reference, "image")).records
        try:
            return picked(reference, found, architecture)
        except NotFoundError as nearer:
            raise (nearer if found else missing) from None


def picked(reference: Any, images: list[Image], architecture: str | None = None) -> Image:
    """The one of these that the reference means; of several of one name that of the architecture, if that is one."""
    fitting = [image for image in images if starts_on(image.arch, architecture)] if architecture else images
    text = reference_text(reference, "image")
    wanted = fitting if any(text in (image.id, image.mist_id, image.name) for image in fitting) else images
    return pick(
        reference,
        wanted,
        what="image",
        ids=lambda image: (image.id, image.mist_id),
        names=lambda image: (image.name,),
    )


def starts_on(image_arch: str | None, size_arch: str | None) -> bool:
    """Whether processors go together; 32 bits start on 64, so families count; what is unknown fits."""
    needed, has = _FAMILIES.get(image_arch or ""), _FAMILIES.get(size_arch or "")
    return not (needed and has and needed != has)


def check_starts(image: Image, size: Size) -> None:
    """Refuse an image for other processors than the size has."""
    if not starts_on(image.arch, size.arch):
        raise BadValueError(
            f"'{image.name}' is for {image.arch}, and {size.name} has {size.arch}.",
            "Nothing was sent. Choose an image and a size of one architecture.",
        )
