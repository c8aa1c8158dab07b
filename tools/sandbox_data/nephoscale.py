"""NephoScale: recorded answers of 2014, and the images and sizes of the Mist documentation."""

from __future__ import annotations

from pinned import Packages

from .pins import DOCUMENTATION, LIBCLOUD
from .records import Header, Record, catalogue, image, location, priced, size, source

NEPHOSCALE_EXTRA = ("architecture", "billable_type", "cores", "disks", "pcpus", "storage", "uri")
# The images of the Mist documentation, which shows each with these extras unknown and the address taken out.
DOCUMENTED_IMAGES = ("3", "5", "23", "43", "45", "49", "51", "55")
DOCUMENTED_SIZES = (
    ("219", "CS05-SSD - 0.5GB, 1Core, 25GB, 10 Gbps", 512, 25),
    ("221", "CS1-SSD - 1GB, 1Core, 25GB, 10 Gbps", 1024, 25),
)


def nephoscale(packages: Packages) -> Record:
    header = Header(
        "NephoScale",
        "nephoscale",
        packages.driver_name("nephoscale", "NephoscaleNodeDriver"),
        packages.prices_date(),
        (
            f"{DOCUMENTATION}: the extras of eight images, sizes 219 and 221, both locations",
            source(LIBCLOUD, "recorded answers (18 images, 13 sizes, 2 locations) and the price list of 2014-04-10"),
        ),
    )
    images = [nephoscale_image(row) for row in packages.fixture("nephoscale/list_images")["data"]]
    places = packages.fixture("nephoscale/list_locations")["data"]
    locations = [location(row["id"], row["name"], "US", "zone") for row in places]
    return catalogue(header, images, nephoscale_sizes(packages), locations)


def nephoscale_image(row: Record) -> Record:
    """``extra`` has the keys that libcloud's driver takes from the answer; the documented ones as documented."""
    extra = {key: row.get(key) for key in NEPHOSCALE_EXTRA}
    if str(row["id"]) in DOCUMENTED_IMAGES:
        extra["uri"] = ""
    more = {"os_type": row["base_type"], "created": row["create_time"][:10], "extra": extra}
    return image(row["id"], row["friendly_name"], **more)


def nephoscale_sizes(packages: Packages) -> list[Record]:
    """The two documented ones, without a price, then the recorded ones. The answer's figures win over the name."""
    prices, as_of = packages.prices("nephoscale"), packages.prices_date()
    sizes = [
        size(external_id, name, ram=ram, disk=disk, extra={"source": DOCUMENTATION})
        for external_id, name, ram, disk in DOCUMENTED_SIZES
    ]
    for row in packages.fixture("nephoscale/list_sizes")["data"]:
        extra = priced(prices.get(str(row["id"])), as_of, LIBCLOUD.label, source=LIBCLOUD.label, sku=row["sku"]["name"])
        figures = {"cpus": row["vcpus"], "ram": row["ram"], "disk": row["storage"], "extra": extra}
        sizes.append(size(row["id"], row["friendly_name"], **figures))
    return sizes
