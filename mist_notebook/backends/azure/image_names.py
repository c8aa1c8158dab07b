"""One name for an image on every cloud, such as `ubuntu-24.04`, as Azure's publishers, offers and SKUs have it."""

from __future__ import annotations

from typing import Any

from mist_notebook.backends import images
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.resolver import reference_text
from mist_notebook.records.model import Image

_KNOWN = (
    ("ubuntu-24.04", "x86_64", "Canonical:ubuntu-24_04-lts:server:latest"),
    ("ubuntu-24.04", "arm64", "Canonical:ubuntu-24_04-lts:server-arm64:latest"),
    ("ubuntu-22.04", "x86_64", "Canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2:latest"),
    ("ubuntu-22.04", "arm64", "Canonical:0001-com-ubuntu-server-jammy:22_04-lts-arm64:latest"),
    ("debian-12", "x86_64", "Debian:debian-12:12-gen2:latest"),
    ("debian-12", "arm64", "Debian:debian-12:12-arm64:latest"),
    ("debian-11", "x86_64", "Debian:debian-11:11-gen2:latest"),
    ("alma-9", "x86_64", "almalinux:almalinux-x86_64:9-gen2:latest"),
    ("alma-9", "arm64", "almalinux:almalinux-arm:9-arm-gen2:latest"),
)
_PARTS = 4


def listed() -> list[Image]:
    """The images that have a name of ours; Azure has tens of thousands, which one names by their URN."""
    return [of_urn(urn, name, arch) for name, arch, urn in _KNOWN]


def of_urn(urn: str, name: str = "", arch: str | None = None) -> Image:
    """The image that publisher:offer:sku:version means; its processors by the SKU's name."""
    parts = urn.split(":")
    if len(parts) != _PARTS or not all(parts):
        raise BadValueError(
            f"'{urn}' isn't an image of Azure's.", "It is publisher:offer:sku:version, or such as debian-12."
        )
    arch = arch or ("arm64" if "arm64" in parts[2].casefold() else None)
    return Image(id=urn, mist_id=urn, name=name or urn, arch=arch, owner=parts[0], os=parts[1])


def find(reference: Any, architecture: str | None) -> Image:
    """By a name of ours that goes with the processors, or by its URN."""
    text = reference_text(reference, "image").strip()
    known = listed()
    if text.count(":") and not any(text == one.id for one in known):
        return of_urn(text)
    wanted = text if ":" in text else text.casefold().replace(" ", "-")
    return images.picked(wanted, known, architecture or "x86_64")
