"""Linode: recorded answers of 2014."""

from __future__ import annotations

from pinned import FIXTURES, Packages

from .pins import LIBCLOUD, LIBCLOUD_LINODE
from .records import Header, Record, catalogue, image, location, priced, size, source


def linode(packages: Packages) -> Record:
    member = f"{FIXTURES}/linode/_avail_linodeplans.json"
    as_of = packages.file_date(LIBCLOUD_LINODE, member)
    header = Header(
        "Linode",
        "linode",
        packages.driver_name("linode", "LinodeNodeDriver"),
        as_of,
        (
            source(LIBCLOUD, "recorded answers (30 distributions, 6 datacenters)"),
            source(LIBCLOUD_LINODE, f"recorded answer with 9 plans, their cores and prices, file of {as_of}"),
        ),
    )
    images = [linode_image(row) for row in packages.fixture("linode/_avail_distributions")["DATA"]]
    sizes = [linode_size(row, as_of) for row in packages.json(LIBCLOUD_LINODE, member)["DATA"]]
    places = packages.fixture("linode/_avail_datacenters")["DATA"]
    locations = [linode_location(row) for row in places]
    return catalogue(header, images, sizes, locations)


def linode_image(row: Record) -> Record:
    extra = {"pvops": row["REQUIRESPVOPSKERNEL"], "64bit": row["IS64BIT"], "min_image_size_mb": row["MINIMAGESIZE"]}
    more = {"os_type": "linux", "created": row["CREATE_DT"][:10], "extra": extra}
    return image(row["DISTRIBUTIONID"], row["LABEL"], min_disk_size=round(row["MINIMAGESIZE"] / 1024, 3), **more)


def linode_size(row: Record, as_of: str) -> Record:
    """PRICE is per month and HOURLY per hour; XFER is GB per month; DISK is GB (libcloud's driver turns it to MB)."""
    extra = priced(
        row["HOURLY"], as_of, LIBCLOUD_LINODE.label, price_monthly=row["PRICE"], source=LIBCLOUD_LINODE.label
    )
    figures = {"cpus": row["CORES"], "ram": row["RAM"], "disk": row["DISK"], "bandwidth": row["XFER"], "extra": extra}
    return size(row["PLANID"], row["LABEL"], **figures)


def linode_location(row: Record) -> Record:
    country = {"USA": "US", "UK": "GB", "JP": "JP"}[row["LOCATION"].split(", ")[-1]]
    return location(row["DATACENTERID"], row["LOCATION"], country, "region") | {"extra": {"abbr": row["ABBR"]}}
