"""What people call the providers: one name each, whichever way a backend, a price list or a server spells it."""

from __future__ import annotations

from mist_notebook.ground.resolver import PROVIDER_ALIASES

# In the order in which charts give them colours and marks, which stay theirs: new ones go to the end.
NAMES: dict[str, str] = {
    "ec2": "EC2",
    "gce": "GCE",
    "azure_arm": "Azure",
    "oci": "OCI",
    "digitalocean": "DigitalOcean",
    "linode": "Linode",
    "vultr": "Vultr",
    "rackspace": "Rackspace",
    "softlayer": "SoftLayer",
    "nephoscale": "NephoScale",
    "equinixmetal": "Equinix Metal",
    "aliyun_ecs": "Alibaba Cloud",
    "hetzner": "Hetzner",
    "scaleway": "Scaleway",
    "ovh": "OVH",
    "upcloud": "UpCloud",
    "exoscale": "Exoscale",
    "openstack": "OpenStack",
    "libvirt": "KVM",
    "docker": "Docker",
    "lambda": "Lambda",
    "runpod": "RunPod",
    "verda": "Verda",
    "coreweave": "CoreWeave",
    "nebius": "Nebius",
    "crusoe": "Crusoe",
    "vexxhost": "Vexxhost",
    "vsphere": "vSphere",
    "lxd": "LXD",
    "kubernetes": "Kubernetes",
    "kubevirt": "KubeVirt",
    "openshift": "OpenShift",
    "onapp": "OnApp",
    "cloudsigma": "CloudSigma",
    "maxihost": "Maxihost",
    "podman": "Podman",
    "ssh-config": "SSH hosts",
}
_BY_NAME = {name.casefold(): key for key, name in NAMES.items()}


def key_of(text: str) -> str | None:
    """The provider that the text names, in any spelling; `None` for a name of somebody's own."""
    folded = text.strip().casefold()
    known = PROVIDER_ALIASES.get(folded) or _BY_NAME.get(folded) or folded
    return known if known in NAMES else None


def called(text: str) -> str:
    """The provider as people call it: `EC2` for `ec2`; a name of somebody's own as it is."""
    key = key_of(text)
    return NAMES[key] if key else text
