"""SoftLayer: a recorded answer, and the first price list."""

from __future__ import annotations

import re
import xmlrpc.client
from typing import Any

from pinned import FIXTURES, Packages

from .pins import LIBCLOUD, LIBCLOUD_2015
from .records import Header, Record, catalogue, image, location, priced, size, source

SOFTLAYER_NOTE = "compute part only, a lower bound: SoftLayer billed memory and disk on top of it"


def softlayer(packages: Packages) -> Record:
    as_of = packages.file_date(LIBCLOUD_2015, "libcloud/data/pricing.json")
    member = f"{FIXTURES}/softlayer/v3__SoftLayer_Virtual_Guest_getCreateObjectOptions.xml"
    recorded = packages.file_date(LIBCLOUD, member)
    header = Header(
        "SoftLayer",
        "softlayer",
        packages.driver_name("softlayer", "SoftLayerNodeDriver"),
        as_of,
        (
            source(
                LIBCLOUD, f"recorded answer (operating systems, datacenters), file of {recorded}; 13 size templates"
            ),
            source(LIBCLOUD_2015, f"price list, file of {as_of}: the first release with SoftLayer's prices"),
        ),
    )
    answer: Any = xmlrpc.client.loads(packages.text(LIBCLOUD, member))[0][0]
    return catalogue(
        header,
        softlayer_images(answer["operatingSystems"]),
        softlayer_sizes(packages, as_of),
        softlayer_locations(packages, answer["datacenters"]),
    )


def softlayer_images(rows: list[Record]) -> list[Record]:
    """One image per reference code: a code that is listed once per range of cores keeps each description."""
    images: dict[str, Record] = {}
    for row in rows:
        code, text = row["template"]["operatingSystemReferenceCode"], row["itemPrice"]["item"]["description"]
        name = re.sub(r" \(\d+ - \d+ Core\)$", "", text)
        record = images.setdefault(code, image(code, name, extra={"descriptions": []}))
        record["os_type"] = record["os_type"] or "linux"
        record["extra"]["descriptions"].append(text)
    return list(images.values())


def softlayer_sizes(packages: Packages, as_of: str) -> list[Record]:
    prices = packages.prices("softlayer", LIBCLOUD_2015)
    sizes = []
    for number, row in enumerate(packages.table(LIBCLOUD, "softlayer", "SL_BASE_TEMPLATES")):
        price = prices.get(str(number))
        extra = priced(price, as_of, LIBCLOUD_2015.label, price_note=SOFTLAYER_NOTE, source=LIBCLOUD.label)
        figures = {"cpus": row["cpus"], "ram": row["ram"], "disk": row["disk"], "extra": extra}
        sizes.append(size(number, row["name"], **figures))
    return sizes


def softlayer_locations(packages: Packages, rows: list[Record]) -> list[Record]:
    """The datacenters of the recorded answer, named by the driver's table as libcloud shows them."""
    table = packages.table(LIBCLOUD, "softlayer", "DATACENTERS")
    keys = [row["template"]["datacenter"]["name"] for row in rows]
    return [location(key, table[key].get("name", key), table[key]["country"], "zone") for key in keys]
