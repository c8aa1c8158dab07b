"""What is chosen, in a line each: the image, the size, where. What is still missing says so. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mist_notebook.ground.text import clean
from mist_notebook.records.model import BackendInfo, Image, Location, Size
from mist_notebook.widgets.lists import image_lines, size_choice, size_lines

_LIMIT = 80
LOADING, NONE = "Loading …", "not chosen yet"


def image(chosen: Image | None) -> str:
    """ "Ubuntu 22.04 LTS · x86_64 · of 2023-05-16"."""
    if chosen is None:
        return ""
    anybodys = f"{image_lines.OF_ANYBODY} image" if image_lines.is_of_anybody(chosen) else ""
    of = f"of {chosen.created}" if chosen.created else ""
    return _together(chosen.name, chosen.arch or "", of, anybodys)


def size(chosen: Size | None, currency: str) -> str:
    """ "CS1 · 1 vCPU · 1 GB RAM · 25 GB disk · 0.0500 $/h"."""
    if chosen is None:
        return ""
    vcpus, ram = chosen.vcpus, size_choice.ram_gb(chosen)
    return _together(
        chosen.name,
        f"{vcpus:g} vCPU{'s' if vcpus != 1 else ''}" if vcpus is not None else "",
        f"{size_lines.amount(ram)} GB RAM" if ram is not None else "",
        f"{size_lines.amount(chosen.disk_gb)} GB disk" if chosen.disk_gb is not None else "",
        size_lines.price(chosen, currency).partition(",")[0],
    )


def where(info: BackendInfo | None, location: Location | None, *, needs_location: bool) -> str:
    """ "NephoScale · SJC-1 · US"."""
    if info is None:
        return ""
    if not needs_location:
        return _together(info.name, "where the provider puts it")
    return _together(info.name, location.name, location.country or "") if location else ""


def more(texts: Mapping[str, str], names: Sequence[str]) -> str:
    """What of the rest is filled in."""
    many = f"{len(names)} machines, {names[0]} to {names[-1]}" if len(names) > 1 else ""
    said = [name if name == "script" else f"{name} {text}" for name, text in texts.items() if text.strip()]
    return _together(many, *said)


def _together(*parts: str) -> str:
    return " · ".join(clean(part, _LIMIT) for part in parts if part)
