"""Whether a location, an image and a size go together, and if not, why not; what is unknown doesn't keep them apart."""

from __future__ import annotations

from mist_notebook.backends.images import starts_on
from mist_notebook.records.model import Image, Location, Size
from mist_notebook.records.units import MB_PER_GB


def unfit_image(image: Image, location: Location | None) -> str:
    """Why the image can't be had in the location; empty if it can."""
    if location is None or _is_named(image, location.available_images):
        return ""
    return f"{location.name} doesn't have this image"


def unfit_size(size: Size, *, location: Location | None, image: Image | None) -> str:
    """Why a machine of this size can't stand in the location, or start from the image; empty if it can."""
    if location is not None and not _is_named(size, location.available_sizes):
        return f"{location.name} doesn't have it"
    if image is None:
        return ""
    if not _is_named(image, size.allowed_images):
        return "this image doesn't start on it"
    return _other_family(image, size) or _too_small(image, size)


def _is_named(record: Image | Size, ids: frozenset[str] | None) -> bool:
    return ids is None or record.mist_id in ids or record.id in ids


def _other_family(image: Image, size: Size) -> str:
    """Processors of another kind."""
    return "" if starts_on(image.arch, size.arch) else f"the image is for {image.arch}"


def _too_small(image: Image, size: Size) -> str:
    if image.min_ram_mb and size.ram_mb is not None and size.ram_mb < image.min_ram_mb:
        return f"the image needs {image.min_ram_mb / MB_PER_GB:g} GB of memory"
    if image.min_disk_gb and size.disk_gb and size.disk_gb < image.min_disk_gb:
        return f"the image needs {image.min_disk_gb:g} GB of disk"
    return ""
