"""Seeded images in any number, shaped like EC2's, for load tests and benchmarks: the cloud `Big`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from .clouds import first_id
from .listing import Image, item_id

BIG_NAME = "Big"
BIG_PROVIDER = "ec2"
BIG_ID = first_id(BIG_NAME)
MOST_IMAGES = 1_000_000

_SYSTEMS = (
    ("ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-{arch}-server-{date}", "099720109477", "Canonical, Ubuntu, 22.04 LTS"),
    ("ubuntu/images/hvm-ssd/ubuntu-focal-20.04-{arch}-server-{date}", "099720109477", "Canonical, Ubuntu, 20.04 LTS"),
    ("amzn2-ami-hvm-2.0.{date}.0-{arch}-gp2", "137112412989", "Amazon Linux 2 AMI 2.0"),
    ("debian-12-{arch}-{date}-1532", "136693071363", "Debian 12 (bookworm)"),
    ("RHEL-9.2.0_HVM-{date}-{arch}-59-Hourly2-GP2", "309956199498", "Provided by Red Hat, Inc."),
    ("suse-sles-15-sp5-v{date}-hvm-ssd-{arch}", "013907871322", "SUSE Linux Enterprise Server 15 SP5"),
)
_RARE_STAR = 0.002
_OFTEN_MISSING = ("description", "owner_alias", "platform", "boot_mode")


def images(count: int, seed: int, *, stars: dict[str, bool]) -> Iterator[Image]:
    """`count` images, the same for the same seed, of about 470 bytes each as JSON.

    Each has `{id, external_id, name, starred, extra}`; `extra` has 8 to 12 texts, as images differ in what they say.
    """
    source = random.Random(seed)  # noqa: S311 # the rows are to be repeatable, not secret
    for number in range(count):
        row = _row(source, number)
        row["starred"] = stars.get(row["external_id"], row["starred"])
        yield Image.of({"id": item_id(BIG_ID, "images", row["external_id"]), **row}, short=True)


def _row(source: random.Random, number: int) -> dict[str, Any]:
    pattern, owner, description = source.choice(_SYSTEMS)
    arch = source.choice(("amd64", "arm64"))
    date = f"{source.randint(2015, 2025)}{source.randint(1, 12):02}{source.randint(1, 28):02}"
    name = pattern.format(arch=arch, date=date)
    return {
        "external_id": f"ami-{number:06x}{source.getrandbits(44):011x}",
        "name": name,
        "starred": source.random() < _RARE_STAR,
        "extra": _extra(source, name=name, arch=arch, date=date, owner=owner, description=description),
    }


def _extra(source: random.Random, *, name: str, arch: str, date: str, owner: str, description: str) -> dict[str, str]:
    extra = {
        "architecture": "x86_64" if arch == "amd64" else arch,
        "state": "available",
        "image_location": f"{owner}/{name}",
        "root_device_type": source.choice(("ebs", "instance-store")),
        "virtualization_type": "hvm",
        "hypervisor": "xen",
        "owner_id": owner,
        "creation_date": f"{date[:4]}-{date[4:6]}-{date[6:]}T{source.randrange(24):02}:00:00.000Z",
        "description": f"{description} {arch}",
        "owner_alias": "amazon",
        "platform": "Linux/UNIX",
        "boot_mode": "uefi",
    }
    dropped = source.sample(_OFTEN_MISSING, source.randint(0, len(_OFTEN_MISSING)))
    return {key: value for key, value in extra.items() if key not in dropped}
