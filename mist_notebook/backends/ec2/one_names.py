"""One name for a system on every cloud, as Amazon has it: public parameters, else owners with patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

AMAZON, CANONICAL, DEBIAN = "137112412989", "099720109477", "136693071363"
VENDORS: Mapping[str, str] = {
    AMAZON: "Amazon",
    CANONICAL: "Canonical",
    DEBIAN: "Debian",
    "309956199498": "Red Hat",
    "125523088429": "Fedora",
    "792107900819": "Rocky Linux",
    "764336703387": "AlmaLinux",
    "013907871322": "SUSE",
    "782442783671": "FreeBSD",
    "801119661308": "Amazon, Windows",
    "591542846629": "Amazon, containers",
    "898082745236": "Amazon, deep learning",
}
SHOWN = ("ubuntu-24.04", "ubuntu-22.04", "debian-13", "debian-12", "amazon-linux-2023")
ARCHITECTURES = ("x86_64", "arm64")
_DEB = {"x86_64": "amd64", "arm64": "arm64"}
_NAME = re.compile(r"(ubuntu|debian|amazon-linux|al)[- ]?(\d{1,4}(?:\.\d\d)?)", re.IGNORECASE | re.ASCII)
_OF_NAMES = (
    (re.compile(r"ubuntu-[a-z]+-(\d\d\.\d\d)-"), CANONICAL, "ubuntu-{}"),
    (re.compile(r"^debian-(\d+)-"), DEBIAN, "debian-{}"),
    (re.compile(r"^al(\d{4})-ami-(?!minimal|ecs)"), AMAZON, "amazon-linux-{}"),
    (re.compile(r"^amzn(2)-ami-(?!minimal|ecs)"), AMAZON, "amazon-linux-{}"),
)


@dataclass(frozen=True)
class OneName:
    """A system by its one name: the parameter that holds its newest image, else whose it is and how it is called."""

    name: str
    parameter: str
    owner: str
    pattern: str


def meant(reference: str, architecture: str) -> OneName | None:
    """What a name for all clouds means at EC2; `None` for whatever is no such name."""
    match = _NAME.fullmatch(reference.strip())
    deb = _DEB.get(architecture)
    if match is None or deb is None:
        return None
    system, version = match[1].casefold(), match[2]
    if system == "ubuntu" and re.fullmatch(r"\d\d\.\d\d", version):
        return _ubuntu(version, deb)
    if system == "debian" and version.isdigit():
        path = f"/aws/service/debian/release/{version}/latest/{deb}"
        return OneName(f"debian-{version}", path, DEBIAN, f"debian-{version}-{deb}-*")
    if system in ("amazon-linux", "al") and version.isdigit():
        return _amazon(version, architecture)
    return None


def _ubuntu(version: str, deb: str) -> OneName:
    disk = "ebs-gp3" if int(version[:2]) >= 24 else "ebs-gp2"
    path = f"/aws/service/canonical/ubuntu/server/{version}/stable/current/{deb}/hvm/{disk}/ami-id"
    return OneName(f"ubuntu-{version}", path, CANONICAL, f"ubuntu/images/hvm-ssd*/ubuntu-*-{version}-{deb}-server-*")


def _amazon(version: str, architecture: str) -> OneName:
    if version == "2":
        path = f"/aws/service/ami-amazon-linux-latest/amzn2-ami-kernel-5.10-hvm-{architecture}-gp2"
        return OneName("amazon-linux-2", path, AMAZON, f"amzn2-ami-kernel-*-hvm-*-{architecture}-gp2")
    path = f"/aws/service/ami-amazon-linux-latest/al{version}-ami-kernel-default-{architecture}"
    return OneName(f"amazon-linux-{version}", path, AMAZON, f"al{version}-ami-{version}.*-kernel-*-{architecture}")


def one_name_of(name: str, owner: str) -> str | None:
    """The one name of a system that an image is of, where its vendor's name for it tells."""
    for pattern, whose, form in _OF_NAMES:
        match = pattern.search(name) if owner == whose else None
        if match:
            return form.format(match[1])
    return None
