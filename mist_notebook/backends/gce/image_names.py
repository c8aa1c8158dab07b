"""One name for an image on every cloud, such as `ubuntu-24.04`, as Google's projects and families have it."""

from __future__ import annotations

import re
from collections.abc import Iterator

PROJECTS = (
    "debian-cloud", "ubuntu-os-cloud", "rocky-linux-cloud", "almalinux-cloud", "centos-cloud", "fedora-cloud",
    "opensuse-cloud", "cos-cloud",
)  # fmt: skip
_NAMED = re.compile(r"([a-z]+)[- ]?([0-9][0-9.]*)", re.I)
_SYSTEMS = {
    "debian": ("debian-cloud", "debian-{0}"),
    "ubuntu": ("ubuntu-os-cloud", "ubuntu-{1}-lts"),
    "rocky": ("rocky-linux-cloud", "rocky-linux-{0}"),
    "alma": ("almalinux-cloud", "almalinux-{0}"),
    "almalinux": ("almalinux-cloud", "almalinux-{0}"),
    "fedora": ("fedora-cloud", "fedora-cloud-{0}"),
}


def families(reference: str, architecture: str | None) -> Iterator[tuple[str, str]]:
    """The project and the families that may be meant, the likeliest first: some name their processors."""
    named = _NAMED.fullmatch(reference.strip())
    system = _SYSTEMS.get(named[1].casefold()) if named else None
    if named is None or system is None:
        return
    project, pattern = system
    family = pattern.format(named[2], named[2].replace(".", ""))
    if architecture == "arm64":
        yield project, f"{family}-arm64"
        return
    yield project, family
    yield project, f"{family}-amd64"
