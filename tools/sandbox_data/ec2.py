"""EC2: the instance types and prices of 2014, and the images that are recorded with their owners and dates."""

from __future__ import annotations

import re

from pinned import Packages, day_of

from .pins import LIBCLOUD, MOTO, RECORDED_AMIS
from .records import Header, Record, catalogue, image, location, priced, restricted, size, source

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
# Two community images as DescribeImages answered for us-east-1 in February 2024, which no package holds: id, name,
# description, owner. That they ran on a t2.micro says that they are HVM; the rest of the answer was not kept.
EC2_RECORDED = (
    (
        "ami-058bd2d568351da34",
        "debian-12-amd64-20231013-1532",
        "Debian 12 (20231013-1532)",
        "136693071363",
    ),
    (
        "ami-0c7217cdde317cfec",
        "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20231207",
        "Canonical, Ubuntu, 22.04 LTS, amd64 jammy image build on 2023-12-07",
        "099720109477",
    ),
)
# Months as they stand in the names of two EC2 images.
MONTHS = {"Oct": "10"}


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
            f"{ec2_recorded_source()}: two images of us-east-1",
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
    """Every image that is known of the region, by name; ``default`` and ``starred`` are the short list."""
    lists = {
        f"{MOTO.label} latest_amis/{EC2_REGION}": packages.json(MOTO, f"{MOTO_EC2}/latest_amis/{EC2_REGION}.json.gz"),
        f"{MOTO.label} amis (listed in every region)": packages.json(MOTO, f"{MOTO_EC2}/amis.json.gz"),
    }
    lists[f"{ec2_recorded_source()} (DescribeImages, us-east-1)"] = ec2_recorded()
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


def ec2_recorded_source() -> str:
    return f"{RECORDED_AMIS}, 2024-02"


def ec2_recorded() -> list[Record]:
    """The recorded images in the shape of moto's rows; what was not recorded is `None`."""
    return [
        {
            "ami_id": ami_id,
            "name": name,
            "description": description,
            "owner_id": owner,
            "architecture": "x86_64",
            "public": True,
            "platform": None,
            "root_device_type": None,
            "virtualization_type": "hvm",
            "hypervisor": None,
        }
        for ami_id, name, description, owner in EC2_RECORDED
    ]


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
