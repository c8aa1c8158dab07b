"""Rackspace: recorded answers, and the price list of 2014."""

from __future__ import annotations

from pinned import Packages

from .pins import LIBCLOUD
from .records import COUNTRIES, Header, Record, catalogue, image, location, priced, size, source


def rackspace(packages: Packages) -> Record:
    header = Header(
        "Rackspace",
        "rackspace",
        packages.driver_name("rackspace", "RackspaceNodeDriver"),
        packages.prices_date(),
        (
            source(LIBCLOUD, "recorded answers that name Rackspace's servers (8 sizes, 13 images)"),
            source(LIBCLOUD, "price list of 2014-04-10 of the regions DFW, ORD, IAD and HKG, which adds 9 sizes"),
        ),
    )
    rows = packages.fixture("openstack_v1.1/_images_detail")["images"]
    images = [rackspace_image(row) for row in sorted(rows, key=lambda row: int(row["id"]))]
    return catalogue(header, images, rackspace_sizes(packages), rackspace_locations(packages))


def rackspace_image(row: Record) -> Record:
    """A recorded image; a least disk or memory of 0 is none."""
    extra = {key: row[key] for key in ("status", "updated", "minDisk", "minRam", "metadata")}
    least = {"min_disk_size": row["minDisk"] or None, "min_memory_size": row["minRam"] or None}
    return image(row["id"], row["name"], created=row["created"][:10], extra=extra, **least)


def rackspace_sizes(packages: Packages) -> list[Record]:
    """The recorded flavours, then those that only the price list has: the number in their id is their RAM in GB."""
    prices, as_of = packages.prices("rackspacenovaus"), packages.prices_date()
    rows = packages.fixture("openstack_v1.1/_flavors_detail")["flavors"]
    sizes = []
    for row in sorted(rows, key=lambda row: int(row["id"])):
        extra = priced(prices.pop(str(row["id"]), None), as_of, LIBCLOUD.label, source=LIBCLOUD.label)
        figures = {"cpus": row["vcpus"], "ram": row["ram"], "disk": row["disk"], "extra": extra}
        sizes.append(size(row["id"], row["name"], **figures))
    for name in sorted(prices, key=lambda name: (name.split("-")[0], int(name.split("-")[1]))):
        extra = priced(prices[name], as_of, LIBCLOUD.label, source=LIBCLOUD.label, ram_source="name")
        sizes.append(size(name, name, ram=int(name.split("-")[1]) * 1024, extra=extra))
    return sizes


def rackspace_locations(packages: Packages) -> list[Record]:
    """The regions whose prices these are; London and Sydney have price lists of their own."""
    regions = packages.table(LIBCLOUD, "rackspace", "ENDPOINT_ARGS_MAP")
    names = {key: entry["region"] for key, entry in regions.items() if key not in ("lon", "syd")}
    return [location(key, name, COUNTRIES[name], "region") for key, name in names.items()]
