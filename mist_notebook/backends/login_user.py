"""As whom one logs in to a new machine: from what the image is, and whose cloud it runs in.

Some clouds let root in with the key, some make a user of their own, and the rest leave it to the image's vendor.
"""

from __future__ import annotations

import re

from mist_notebook.records.model import Image

_ROOT = {
    *("digitalocean", "hetzner", "linode", "vultr", "scaleway", "nephoscale", "rackspace", "softlayer", "equinixmetal"),
    *("packet", "maxihost", "onapp", "docker", "lxd"),
}
_OWN = {"azure": "azureuser", "azure_arm": "azureuser"}
_CLOUD_IMAGES = {"ec2", "openstack", "vexxhost", "gce", "libvirt", "aliyun_ecs", "oci"}
_BY_CLOUD = {  # where a vendor's image has another user in this cloud than elsewhere
    ("ec2", "debian"): "admin",
    ("ec2", "freebsd"): "ec2-user",
    ("ec2", "sles"): "ec2-user",
    ("ec2", "rhel"): "ec2-user",
    ("ec2", "alma"): "ec2-user",
}
_BY_SYSTEM = (
    ("ubuntu", r"ubuntu", "ubuntu"),
    ("debian", r"debian", "debian"),
    ("amazon", r"amazon ?linux|\bal20\d\d|\bamzn", "ec2-user"),
    ("rhel", r"\brhel\b|red ?hat", "cloud-user"),
    ("centos", r"centos", "centos"),
    ("rocky", r"\brocky", "rocky"),
    ("alma", r"\balma", "almalinux"),
    ("fedora", r"fedora", "fedora"),
    ("coreos", r"\b(core ?os|flatcar)", "core"),
    ("sles", r"\bsuse|\bsles", "opensuse"),
    ("freebsd", r"freebsd", "freebsd"),
    ("arch", r"\barch ?linux", "arch"),
    ("alpine", r"\balpine", "alpine"),
    ("oracle", r"\boracle ?linux", "opc"),
    ("bitnami", r"\bbitnami", "bitnami"),
)


_USUAL = ("root", "ubuntu", "ec2-user", "admin", "debian")
_MOST_OTHERS = 3  # each is one more refused login, which a guard such as fail2ban counts


def others(provider: str, image: Image) -> tuple[str, ...]:
    """As whom else to try, the likeliest first, where the first user is refused."""
    first, said = of(provider, image) or "root", _said(image)
    of_image = [user for _, pattern, user in _BY_SYSTEM if re.search(pattern, said)]
    of_image += [user for (_, system), user in _BY_CLOUD.items() if any(system == one for one in _systems(said))]
    every = dict.fromkeys((*of_image, *((_OWN[provider],) if provider in _OWN else ()), *_USUAL))
    return tuple(user for user in every if user != first)[:_MOST_OTHERS]


def is_cloud(provider: str) -> bool:
    """Whether it is known who logs in there."""
    return provider in _OWN or provider in _ROOT or provider in _CLOUD_IMAGES


def of(provider: str, image: Image) -> str | None:
    """The user of such a machine; `None` where the provider or the image is not known to have one."""
    if provider in _OWN:
        return _OWN[provider]
    if provider in _ROOT:
        return "root"
    if provider not in _CLOUD_IMAGES:
        return None
    said = _said(image)
    for system, pattern, user in _BY_SYSTEM:
        if re.search(pattern, said):
            return _BY_CLOUD.get((provider, system), user)
    return None


def _said(image: Image) -> str:
    return f"{image.os or ''} {image.name} {image.id}".casefold()


def _systems(said: str) -> list[str]:
    return [system for system, pattern, _ in _BY_SYSTEM if re.search(pattern, said)]
