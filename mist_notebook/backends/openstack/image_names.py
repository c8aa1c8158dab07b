"""One name for an image on every cloud, such as `ubuntu-24.04`, as OpenStack's properties say it."""

from __future__ import annotations

import re
from collections.abc import Callable

from mist_notebook.backends.images import starts_on
from mist_notebook.records.model import Image

_NAMED = re.compile(r"([a-z]+)[- ]?([0-9][0-9.]*)", re.I)


def newest(text: str, architecture: str | None, ask: Callable[[dict[str, str]], list[Image]]) -> Image | None:
    """The newest active image of the system and version that the name says; `None` where there is none."""
    named = _NAMED.fullmatch(text.strip())
    if named is None:
        return None
    distro, version = named[1].casefold(), named[2]
    found = [one for one in ask({"os_distro": distro}) if _is_of(one, version)]
    fitting = [one for one in found if starts_on(one.arch, architecture)]
    return max(fitting, key=lambda one: (str(one.extra.get("created_at") or ""), one.id), default=None)


def _is_of(image: Image, version: str) -> bool:
    """Whether it is of that version, or a point release of it: 12.5 is a 12, 24.04.1 a 24.04, and 24.10 no 24.1."""
    said = str(image.extra.get("os_version") or "")
    return said == version or said.startswith(f"{version}.")
