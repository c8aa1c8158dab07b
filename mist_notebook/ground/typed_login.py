"""A typed word without what may be a password: of `user:…` the user alone is ever shown again."""

from __future__ import annotations

import ipaddress
import re

_LOGIN = re.compile(r"([^\s:/@'\"]{1,64}):(?!//|\\)(\S.*)", re.S)
_GPU = re.compile(r"[A-Z]{1,3}[0-9]{1,4}[A-Z]{0,2}")
_SCHEMES = {"http", "https", "ftp", "ssh", "file", "mailto"}
# What stands before a size: PROVIDER:SIZE. A provider that isn't here is shown without its size, which harms nobody.
_PROVIDERS = {
    *("aliyun", "aliyun_ecs", "amazon", "aws", "azure", "azure_arm", "cloudsigma", "cudo", "digitalocean", "docker"),
    *("do", "ec2", "equinixmetal", "exoscale", "gce", "gcp", "google", "hetzner", "ibm", "kubevirt", "kvm", "lambda"),
    *("libvirt", "linode", "lxd", "maxihost", "nebius", "nephoscale", "oci", "onapp", "openstack", "oracle", "ovh"),
    *("packet", "rackspace", "runpod", "scaleway", "softlayer", "tensordock", "upcloud", "vastai", "vexxhost"),
    *("vsphere", "vultr"),
}


def without_password(text: str) -> str:
    """`text`; of a login the user, then `…`. An address, a URL and PROVIDER:SIZE are none."""
    login = _LOGIN.fullmatch(text.strip())
    if login is None or login[1].casefold() in _SCHEMES | _PROVIDERS or _GPU.fullmatch(login[1]) or _is_address(text):
        return text
    return f"{login[1]}:…"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return False
    return True
