"""What a create asks for: a request understood and checked, before anything is made."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from mist_notebook.sandbox.accounts.keys import Keys
from mist_notebook.sandbox.ground.params import Params
from mist_notebook.sandbox.ground.refusals import bad_request, missing, not_found
from mist_notebook.sandbox.world import restrictions
from mist_notebook.sandbox.world.catalogue import Catalogues
from mist_notebook.sandbox.world.clouds import Cloud
from mist_notebook.sandbox.world.listing import Images
from mist_notebook.sandbox.world.providers import checked_name, fields

from .prices import price
from .wishes import tags

Item = Mapping[str, Any]
MOST_AT_ONCE = 1000
_LONGEST_FIELD = 10_000
_LONGEST_SCRIPT = 65_536
_JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CORES_IN_NAME = re.compile(r"(\d+) ?Core", re.IGNORECASE)
_UNKNOWN_DISK_GB = 20
_UNKNOWN_RAM_MB = 1024


class Offer(Protocol):
    """What can be ordered: clouds, what each lists, and keys."""

    keys: Keys
    catalogues: Catalogues

    def open_cloud(self, cloud_id: str) -> Cloud:
        """The cloud of that id, if it is enabled."""

    def check_credentials(self, cloud: Cloud) -> None:
        """Refuse while the cloud doesn't take its credentials."""

    def images(self, cloud: Cloud) -> Images:
        """The cloud's images."""

    def items(self, cloud: Cloud, kind: str) -> list[dict[str, object]]:
        """The cloud's sizes, locations or networks."""


@dataclass(frozen=True)
class Order:
    """A create that can be done."""

    cloud: Cloud
    names: tuple[str, ...]
    image: Item
    size: Item
    location: Item
    key_id: str
    script: str
    tags: Mapping[str, str]
    expiration: object
    extra: Mapping[str, Any]
    job_id: str
    is_async: bool

    @property
    def cpus(self) -> int:
        """The size's processors; where it doesn't say, its name may, else one."""
        in_name = _CORES_IN_NAME.search(self.size["name"])
        return self.size["cpus"] or (int(in_name[1]) if in_name else 1)

    @property
    def ram_mb(self) -> int:
        """The size's memory, or a guess."""
        return self.size["ram"] or _UNKNOWN_RAM_MB

    @property
    def disk_gb(self) -> int:
        """The size's disk, or a guess."""
        return self.size["disk"] or _UNKNOWN_DISK_GB

    @property
    def prices(self) -> tuple[float | None, float | None]:
        """The size's price per hour and per month, as far as it is known."""
        extra = self.size["extra"]
        return price(extra, "price"), price(extra, "price_monthly")


def read(offer: Offer, cloud_id: str, params: Params) -> Order:
    """The order in a request; raises what a Mist server would refuse it with, what is missing first."""
    for name in ("name", "size", "image"):
        if name not in params:
            raise missing(name)
    params.required("image", "image_id")
    cloud = offer.open_cloud(cloud_id)
    offer.check_credentials(cloud)
    is_async = params.truth("async", False)
    name = checked_name(cloud.provider, params.required("name"))
    image = _image(offer, cloud, params.required("image", "image_id"))
    size = _item(offer, cloud, "sizes", _size_id(params))
    location = _location(offer, cloud, params.text("location", "location_id"), size)
    restrictions.check(image, size, location)
    return Order(
        cloud=cloud,
        names=_names(name, _quantity(params) if is_async else 1),
        image=image,
        size=size,
        location=location,
        key_id=_key(offer, cloud, params.text("key", "key_id")),
        script=_short(params.text("script"), "script", _LONGEST_SCRIPT),
        tags=tags(params.value("tags")),
        expiration=params.value("expiration"),
        extra=_extra(cloud, params),
        job_id=_job_id(params.text("job_id")),
        is_async=is_async,
    )


def _quantity(params: Params) -> int:
    quantity = params.whole("quantity", 1)
    if quantity is None or not 1 <= quantity <= MOST_AT_ONCE:
        raise bad_request(f"quantity must be 1 to {MOST_AT_ONCE}")
    return quantity


def _names(name: str, quantity: int) -> tuple[str, ...]:
    return (name,) if quantity == 1 else tuple(f"{name}-{number}" for number in range(1, quantity + 1))


def _image(offer: Offer, cloud: Cloud, either_id: str) -> Item:
    image = offer.images(cloud).find(either_id)
    if image is None:
        raise not_found(f"Image does not exist: {either_id[:80]}")
    return image.item()


def _size_id(params: Params) -> str:
    if isinstance(params.value("size"), dict):
        raise bad_request("this provider has no custom sizes")
    return params.required("size")


def _item(offer: Offer, cloud: Cloud, kind: str, either_id: str) -> Item:
    for item in offer.items(cloud, kind):
        if either_id in (item["id"], item["external_id"]):
            return item
    raise not_found(f"{kind[:-1].title()} does not exist: {either_id[:80]}")


def _location(offer: Offer, cloud: Cloud, either_id: str, size: Item) -> Item:
    """The location asked for; else the first that has the size, as providers choose one themselves."""
    if either_id:
        return _item(offer, cloud, "locations", either_id)
    location: Item = restrictions.first_with(size, offer.items(cloud, "locations"))
    return location


def _key(offer: Offer, cloud: Cloud, either: str) -> str:
    """The key's id, for its id or, as in 2014, its name."""
    if either:
        return offer.keys.find(either)
    if offer.catalogues.requires_key(cloud.provider):
        raise missing("key")
    return ""


def _extra(cloud: Cloud, params: Params) -> dict[str, object]:
    given = {name: params.value(name) for name in fields(cloud.provider) if params.given(name)}
    for name, value in given.items():
        _short(str(value), name, _LONGEST_FIELD)
    return given


def _job_id(given: str) -> str:
    if given and not _JOB_ID.fullmatch(given):
        raise bad_request("job_id must be at most 64 letters, digits and dashes")
    return given or uuid.uuid4().hex


def _short(text: str, name: str, longest: int) -> str:
    if len(text) > longest:
        raise bad_request(f"{name} is longer than {longest} characters")
    return text
