"""Oracle Cloud: the curated rows, in vCPUs, at every commercial region, in which Oracle asks the same everywhere.

Oracle counts OCPUs: a core with its two threads on x86 and two cores on the newer Arm, but one core on the first Arm.
The rows count flexible x86 shapes in vCPUs, and all else in OCPUs. A preemptible machine costs half. Which shapes a
region has at all is not in any list that is packaged.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import replace

from pinned import Packages

from .pins import OCI
from .rows import COMPUTED, Offer

PROVIDER = "oci"
MODULE = "oci/regions_definitions.py"
COMMERCIAL = "oc1"
_FLEX = re.compile(r"(VM\.\w+\.(\w+)\.Flex)(?:\.\d+OCPU)?")
VCPUS_OF_AN_OCPU = {"A1": 1}
_LISTED_IN_VCPUS = re.compile(r"VM\.\w+\.E\d+\.Flex")


def is_arm(size: str) -> bool:
    return bool(re.search(r"\.A\d\.Flex", size))


def family(size: str) -> str:
    """The shape without its count: `VM.Standard.E5`, `BM.GPU.A100-v2`."""
    return re.sub(r"(\.Flex)?(\.\w+)?$", "", size, count=1)


def vcpus(size: str, listed: float) -> float:
    """The vCPUs of what a row counts in its own way."""
    if _LISTED_IN_VCPUS.match(size):
        return listed
    found = _FLEX.match(size)
    return listed * VCPUS_OF_AN_OCPU.get(found[2] if found else "", 2)


def regions(packages: Packages) -> list[str]:
    """The commercial regions, as Oracle's own library names them."""
    for node in ast.parse(packages.text(OCI, MODULE)).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "REGION_REALMS":
            realms = ast.literal_eval(node.value)
            return sorted(region for region, realm in realms.items() if realm == COMMERCIAL)
    raise KeyError(f"{OCI.label}: {MODULE} has no table of realms")


def everywhere(packages: Packages, offers: Iterable[Offer]) -> list[Offer]:
    """Each of Oracle's offers at every commercial region; those of others as they are."""
    places = regions(packages)
    found = []
    for offer in offers:
        if offer.provider != PROVIDER or not offer.hourly:
            found.append(offer)
            continue
        found.append(offer)
        found += [replace(offer, region=region, confidence=COMPUTED) for region in places if region != offer.region]
    return found
