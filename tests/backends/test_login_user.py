"""As whom one logs in to a new machine."""

from __future__ import annotations

import pytest

from mist_notebook.backends import login_user
from mist_notebook.records.model import Image


@pytest.mark.parametrize(
    ("provider", "name", "user"),
    [
        ("ec2", "ubuntu/images/hvm-ssd/ubuntu-noble-24.04-amd64-server-20240423", "ubuntu"),
        ("ec2", "debian-12-amd64-20240507-1740", "admin"),
        ("ec2", "al2023-ami-2023.4.20240429.0-kernel-6.1-x86_64", "ec2-user"),
        ("ec2", "RHEL-9.3.0_HVM-20240117-x86_64", "ec2-user"),
        ("ec2", "suse-sles-15-sp5-v20240129-hvm-ssd-x86_64", "ec2-user"),
        ("ec2", "CentOS Linux 7 x86_64", "centos"),
        ("ec2", "amzn2-ami-hvm-2.0.20240412.0-x86_64-gp2", "ec2-user"),
        ("openstack", "Debian 12", "debian"),
        ("openstack", "Ubuntu 22.04", "ubuntu"),
        ("gce", "debian-12-bookworm-v20240415", "debian"),
        ("azure_arm", "Debian 12", "azureuser"),
        ("digitalocean", "Ubuntu 24.04 (LTS) x64", "root"),
        ("hetzner", "Debian 12", "root"),
        ("nephoscale", "Linux Debian Server 6.0.3 64-bit", "root"),
        ("ec2", "my-golden-image", None),
        ("zzz", "Debian 12", None),
    ],
)
def test_the_user_comes_from_the_image_and_its_cloud(provider: str, name: str, user: str | None) -> None:
    assert login_user.of(provider, Image(id="i", name=name)) == user
