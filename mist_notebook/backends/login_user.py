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


def of(provider: str, image: Image) -> str | None:
    """The user of such a machine; `None` where the provider or the image is not known to have one."""
    if provider in _OWN:
        return _OWN[provider]
    if provider in _ROOT:
        return "root"
    if provider not in _CLOUD_IMAGES:
        return None
    said = f"{image.os or ''} {image.name} {image.id}".casefold()
    for system, pattern, user in _BY_SYSTEM:
        if re.search(pattern, said):
            return _BY_CLOUD.get((provider, system), user)
    return None
