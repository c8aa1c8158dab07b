"""What an image's name says about the system in it: distribution, version, kernel, architecture, usual user."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = {
    "amazon": ("amzn", "Amazon Linux", "ec2-user", "2017.09"),
    "arch": ("arch", "Arch Linux", "root", ""),
    "centos": ("centos", "CentOS Linux", "centos", "6.2"),
    "cloudlinux": ("cloudlinux", "CloudLinux", "root", "6"),
    "debian": ("debian", "Debian GNU/Linux", "debian", "7"),
    "fedora": ("fedora", "Fedora", "fedora", "19"),
    "gentoo": ("gentoo", "Gentoo", "root", ""),
    "opensuse": ("opensuse", "openSUSE", "root", "12.3"),
    "redhat": ("rhel", "Red Hat Enterprise Linux", "ec2-user", "7.4"),
    "slackware": ("slackware", "Slackware", "root", "13.37"),
    "suse": ("sles", "SUSE Linux Enterprise Server", "ec2-user", "12"),
    "ubuntu": ("ubuntu", "Ubuntu", "ubuntu", "16.04"),
    "vyatta": ("vyatta", "Vyatta Core", "root", "6.6"),
}
_UNKNOWN = ("linux", "Linux", "root", "")
_KERNELS = {
    "amzn": {"2017": "4.9.51-10.52.amzn1", "2018": "4.14.336-180.562.amzn1", "2": "4.14.336-257.562.amzn2"},
    "centos": {"5": "2.6.18-194.el5", "6": "2.6.32-220.el6", "7": "3.10.0-693.el7"},
    "debian": {"5": "2.6.26-2", "6": "2.6.32-5", "7": "3.2.0-4", "12": "6.1.0-18"},
    "fedora": {"14": "2.6.35.6-45.fc14", "15": "2.6.38.6-26.fc15", "16": "3.1.0-7.fc16", "17": "3.3.4-5.fc17"},
    "rhel": {"5": "2.6.18-164.el5", "6": "2.6.32-131.el6", "7": "3.10.0-693.el7", "9": "5.14.0-284.el9"},
    "ubuntu": {
        **{"8": "2.6.24-26", "10": "2.6.32-38", "11": "3.0.0-12", "12": "3.2.0-24", "13": "3.8.0-19"},
        **{"14": "3.13.0-126", "16": "4.4.0-87", "20": "5.4.0-150", "22": "5.15.0-76"},
    },
}
_OTHER_KERNEL = "3.10.0"
_VERSIONS = {
    "ubuntu": re.compile(r"(?<!\d)(\d{1,2}\.(?:04|10))(?!\d)"),
    "amazon": re.compile(r"(?:al|amzn)(20\d\d|2)-|amzn-ami-.*?(20\d\d\.\d\d)"),
}
_VERSION = re.compile(r"(?<![\d.x])(\d{1,2}(?:\.\d+){0,2})(?!\d)(?!\s*-?bit)")
_KERNEL_IN_NAME = re.compile(r"kernel-(\d+\.\d+)")
_SIGNS = (
    *(("ubuntu", "ubuntu"), ("debian", "debian"), ("amzn", "amazon"), ("rhel", "redhat"), ("suse", "suse")),
    *(("centos", "centos"), ("fedora", "fedora")),
)
_BITS_32 = re.compile(r"(?:^|\W|x)32(?:\W|$|bit)")


@dataclass(frozen=True)
class Distribution:
    """A distribution, as /etc/os-release and uname name it."""

    id: str
    name: str
    version: str
    kernel: str
    user: str

    @property
    def title(self) -> str:
        """Its name and version."""
        return f"{self.name} {self.version}".strip()


def distribution(os_distro: str, image_name: str) -> Distribution:
    """The distribution in an image of that name."""
    id_, name, user, usual = _NAMES.get(os_distro, _UNKNOWN)
    version = (_found(_VERSIONS.get(os_distro, _VERSION), image_name) or usual) if usual else ""
    named = _KERNEL_IN_NAME.search(image_name)
    kernel = f"{named[1]}.0-sandbox" if named else _KERNELS.get(id_, {}).get(version.split(".")[0], _OTHER_KERNEL)
    return Distribution(id_, name, version, kernel, user)


def distro_in(image_name: str) -> str:
    """The distribution that an image's name speaks of, where nothing else says it."""
    found = (known for sign, known in _SIGNS if sign in image_name.lower())
    return next(found, "")


def architecture(listed: list[str], image_name: str) -> str:
    """What `uname -m` says on an image."""
    if "arm" in listed or "arm64" in image_name:
        return "aarch64"
    return "i686" if _BITS_32.search(image_name) else "x86_64"


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return next((group for group in match.groups() if group), "") if match else ""
