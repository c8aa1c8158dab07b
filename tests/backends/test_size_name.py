"""The vCPU counts in names, held against what the providers say themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.backends.size_name import vcpus_in_name

DATA = Path(__file__).resolve().parent.parent.parent / "mist_notebook" / "sandbox" / "data"


def sizes(provider: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DATA / f"{provider}.json").read_text(encoding="utf-8"))["sizes"]
    return found


EVERY_SIZE = [
    pytest.param(size["name"], size["cpus"], id=f"{path.stem}-{size['external_id']}")
    for path in sorted(DATA.glob("*.json"))
    if path.stem != "providers"
    for size in sizes(path.stem)
]


@pytest.mark.parametrize(("name", "cpus"), EVERY_SIZE)
def test_a_name_never_says_another_count_than_the_provider(name: str, cpus: float | None) -> None:
    read = vcpus_in_name(name)
    assert read is None or cpus is None or read == cpus


def test_the_counts_in_nephoscale_names_are_read() -> None:
    read = {size["external_id"]: vcpus_in_name(size["name"]) for size in sizes("nephoscale")}
    expected = {"219": 1.0, "221": 1.0}
    expected |= {size["external_id"]: size["cpus"] for size in sizes("nephoscale") if "Core" in size["name"]}
    assert {key: value for key, value in read.items() if value is not None} == {
        key: 1.0 if key in ("219", "221") else value for key, value in expected.items()
    }


def test_the_counts_in_softlayer_names_are_all_read() -> None:
    assert [vcpus_in_name(size["name"]) for size in sizes("softlayer")] == [size["cpus"] for size in sizes("softlayer")]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("CS05-SSD - 0.5GB, 1Core, 25GB, 10 Gbps", 1),
        ("16 x 2.0 GHz, 64GB RAM, 100GB", 16),
        ("2 vCPU, 4 GB", 2),
        ("4 vCPUs", 4),
        ("8 Cores", 8),
        ("0.5 CPU", 0.5),
        ("2vc", 2),
        ("1 x 2.0 GHz, 1 vCPU", 1),
        ("32768 MB RAM,400 GB SSD,16.00 TB BW", None),
        ("m1.small", None),
        ("cc2.8xlarge", None),
        ("512MB Standard Instance", None),
        ("dual core", None),
        ("1 core or 2 cores", None),
        ("0 cores", None),
        ("3.0 GHz", None),
        ("v1.2cores", None),
        ("10 Gbps", None),
        ("", None),
    ],
)
def test_a_count_is_read_only_where_the_name_has_exactly_one(name: str, count: float | None) -> None:
    assert vcpus_in_name(name) == count


def test_a_name_of_a_megabyte_is_read_at_once() -> None:
    assert vcpus_in_name("1 " * 500_000) is None
    assert vcpus_in_name("9" * 10_000) is None
