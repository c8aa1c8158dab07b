"""The vCPU count that a size's name gives away, for services whose API has no field for it.

Only the count of cores: a name loses to the API, and memory and disk are always in the API.
"""

from __future__ import annotations

import re

_NETWORK = re.compile(r"(?<!\d)\d+(?:\.\d+)?\s*(?:[GM]bps|[GM]bit(?:/s)?|TB\s+BW)", re.I)
_CORES = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s*(?:x\s*[\d.]+\s*GHz|x?\s*(?:v?cores?|v?cpus?|vc)(?![a-z]))", re.I)


def vcpus_in_name(name: str) -> float | None:
    """The count before Core, vCPU or CPU in `name`; `None` where the name has none, or two that differ."""
    counts = {float(count) for count in _CORES.findall(_NETWORK.sub(" ", name))}
    if len(counts) != 1:
        return None
    count = counts.pop()
    return count if count > 0 else None
