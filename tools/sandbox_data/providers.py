"""The providers that a Mist server of the sandbox's kind lists, and what each can do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pinned import DRIVERS, Packages

from .digitalocean import digitalocean
from .ec2 import ec2
from .linode import linode
from .nephoscale import nephoscale
from .pins import LIBCLOUD
from .rackspace import rackspace
from .records import Record
from .softlayer import softlayer

CATALOGUES: dict[str, Callable[[Packages], Record]] = {
    "nephoscale": nephoscale,
    "ec2": ec2,
    "rackspace": rackspace,
    "digitalocean": digitalocean,
    "linode": linode,
    "softlayer": softlayer,
}


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
