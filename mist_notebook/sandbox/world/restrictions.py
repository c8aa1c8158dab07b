"""What goes with what: which sizes a location has, which images start on a size. Listings say it, creates obey it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mist_notebook.sandbox.ground.refusals import bad_request

from .big import BIG_ID
from .catalogue import Catalogue
from .clouds import Cloud
from .listing import item_id

Row = Mapping[str, Any]


def available_sizes(row: Row, cloud: Cloud, catalogue: Catalogue) -> dict[str, dict[str, str]]:
    """The field of a location's item that says which sizes it has; no field where nothing restricts it."""
    ids = row.get("available_sizes")
    if ids is None:
        return {}
    there = set(ids)
    sizes = [size for size in catalogue.rows["sizes"] if size["external_id"] in there]
    return {"available_sizes": _named("sizes", sizes, cloud)}


def allowed_images(row: Row, cloud: Cloud, catalogue: Catalogue) -> dict[str, dict[str, str]]:
    """The field of a size's item that says which images start on it; no field where nothing restricts it.

    The images of `Big` are made up in any number, and none is in a catalogue: nothing restricts them.
    """
    allowed = row.get("allowed_images")
    if allowed is None or cloud.id == BIG_ID:
        return {}
    fitting = [image for image in catalogue.rows["images"] if _fits(image, allowed)]
    return {"allowed_images": _named("images", fitting, cloud)}


def first_with(size: Row, locations: list[Any]) -> Any:
    """The first location that has the size, as providers choose one themselves; a nameless one where there is none."""
    nowhere = {"id": "", "external_id": "", "name": ""}
    return next((place for place in locations if _has(place, size)), next(iter(locations), nowhere))


def check(image: Row, size: Row, location: Row) -> None:
    """Refuse what the listings say doesn't go together."""
    if not _has(location, size):
        raise bad_request(f"Size {size['name']} is not available in location {location['name']}")
    if "allowed_images" in size and image["id"] not in size["allowed_images"]:
        raise bad_request(f"Image {image['name'][:80]} can't be used with size {size['name']}")
    for what, least, has, unit in (
        ("disk", image.get("min_disk_size"), size["disk"], "GB"),
        ("memory", image.get("min_memory_size"), size["ram"], "MB"),
    ):
        if least and has and has < least:
            raise bad_request(f"Image {image['name'][:80]} needs {least:g} {unit} of {what}; {size['name']} has {has}")


def _has(location: Row, size: Row) -> bool:
    return "available_sizes" not in location or size["id"] in location["available_sizes"]


def _fits(image: Row, allowed: Mapping[str, list[str]]) -> bool:
    return all(image["extra"].get(field) in values for field, values in allowed.items())


def _named(kind: str, rows: list[dict[str, Any]], cloud: Cloud) -> dict[str, str]:
    return {item_id(cloud.id, kind, row["external_id"]): row["name"] for row in rows}
