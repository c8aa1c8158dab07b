"""DigitalOcean: recorded answers of both versions of its API."""

from __future__ import annotations

import re

from pinned import FIXTURES, Packages

from .pins import LIBCLOUD, LIBCLOUD_2015
from .records import COUNTRIES, Header, Record, catalogue, image, location, priced, restricted, size, source


def digitalocean(packages: Packages) -> Record:
    member = f"{FIXTURES}/digitalocean_v2/list_sizes.json"
    as_of = packages.file_date(LIBCLOUD_2015, member)
    recorded = packages.file_date(LIBCLOUD, f"{FIXTURES}/digitalocean/list_sizes.json")
    header = Header(
        "DigitalOcean",
        "digitalocean",
        packages.driver_name("digitalocean", "DigitalOceanNodeDriver"),
        as_of,
        (
            source(LIBCLOUD, f"recorded answers of API v1 (28 images, 10 sizes, 2 locations), files of {recorded}"),
            source(LIBCLOUD_2015, f"recorded answers of API v2: two sizes with prices and regions, files of {as_of}"),
        ),
    )
    images = [digitalocean_image(row) for row in packages.fixture("digitalocean/list_images")["images"]]
    plans = {row["memory"]: row for row in packages.json(LIBCLOUD_2015, member)["sizes"]}
    rows = packages.fixture("digitalocean/list_sizes")["sizes"]
    places = packages.fixture("digitalocean/list_locations")["regions"]
    locations = [location(row["id"], row["name"], COUNTRIES[row["name"]], "region") for row in places]
    sizes = [digitalocean_size(row, plans, as_of) for row in rows]
    return catalogue(header, images, sizes, restricted(locations, sizes, digitalocean_places(packages, sizes, places)))


def digitalocean_places(packages: Packages, sizes: list[Record], places: list[Record]) -> dict[str, set[str]]:
    """Where a size is: API v2 says it by the slugs of sizes and regions, and API v1 has the same regions' names."""
    regions = packages.fixture("digitalocean_v2/list_locations", LIBCLOUD_2015)["regions"]
    ids = {row["name"]: str(row["id"]) for row in places}
    slugs = {row["slug"]: ids[row["name"]] for row in regions if row["name"] in ids}
    plans = {
        row["slug"]: row["regions"] for row in packages.fixture("digitalocean_v2/list_sizes", LIBCLOUD_2015)["sizes"]
    }
    return {
        one["external_id"]: {slugs[slug] for slug in plans[one["extra"]["slug"]] if slug in slugs}
        for one in sizes
        if "slug" in one["extra"]
    }


def digitalocean_image(row: Record) -> Record:
    origin = "marketplace" if row["name"].startswith("LAMP") else "system"
    return image(row["id"], row["name"], origin=origin, extra={"distribution": row["distribution"]})


def digitalocean_size(row: Record, plans: dict[int, Record], as_of: str) -> Record:
    """API v1 names a size by its RAM and says nothing else; API v2 has the rest, for the sizes recorded there."""
    number, unit = re.fullmatch(r"(\d+)(MB|GB)", row["name"]).groups()  # type: ignore[union-attr]
    ram = int(number) * (1024 if unit == "GB" else 1)
    if not (plan := plans.get(ram)):
        return size(row["id"], row["name"], ram=ram, extra={"source": LIBCLOUD.label})
    hourly, monthly = plan["price_hourly"], plan["price_monthly"]
    extra = priced(hourly, as_of, LIBCLOUD_2015.label, source=LIBCLOUD.label, slug=plan["slug"])
    extra |= {"price_hourly": hourly, "price_monthly": monthly, "transfer_tb": plan["transfer"]}
    return size(row["id"], row["name"], cpus=plan["vcpus"], ram=ram, disk=plan["disk"], extra=extra)
