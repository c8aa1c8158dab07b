"""GPUs of a wish among the offers: model, memory, form, how many, and parts of one."""

from __future__ import annotations

import pandas as pd
import pytest

from mist_notebook.ground.errors import NotFoundError
from mist_notebook.prices import catalogue
from mist_notebook.prices.comparing.compare import Ranking, compare
from mist_notebook.prices.likeness.like import like
from mist_notebook.prices.wishes import wish
from tests.rigs.offer_rows import offers

RIG = offers(
    *(
        {"provider": "p", "id": name, "region": "r", "vcpus": 8.0, "ram_gb": 64.0, "price_hourly": 1.0 + number / 10,
         "gpus": count, "gpu_name": gpu, "gpu_ram_gb": gib, "gpu_form": form}
        for number, (name, count, gpu, gib, form) in enumerate([
            ("a100-40", 8.0, "A100", 40.0, "SXM"), ("a100-80", 8.0, "NVIDIA A100-SXM4-80GB", 79.1, None),
            ("a100-pcie", 1.0, "A100", 80.0, "PCIe"), ("a10g", 8.0, "A10G", 22.4, None),
            ("a10", 1.0, "A10", 24.0, None), ("a10-part", 1 / 6, "A10", 4.0, None),
            ("h100", 8.0, "H100", 80.0, "SXM"), ("nvl", 1.0, "H100", 94.0, "NVL"),
            ("t4", 1.0, "nvidia-tesla-t4", None, None), ("v100-16", 1.0, "V100", 16.0, "SXM"),
            ("v100-32", 8.0, "V100", 32.0, "SXM"), ("none", 0.0, None, None, None),
        ])
    )
)  # fmt: skip


def fitting(text: str) -> list[str]:
    return sorted(compare(RIG, wish.read(gpu=text), Ranking(limit=None)).frame["id"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A100-80GB:8", ["a100-80"]),
        ("8x A100-80GB", ["a100-80"]),
        ("A100-80GB", ["a100-80", "a100-pcie"]),
        ("A100-40GB", ["a100-40"]),
        ("A100-80", ["a100-80", "a100-pcie"]),
        ("a100 80", ["a100-80", "a100-pcie"]),
        ("a100 40", ["a100-40"]),
        ("V100-32:8", ["v100-32"]),
        ("8 A100-80", ["a100-80"]),
        ("0.1xA10", ["a10", "a10-part"]),
        ("A100:40GB", ["a100-40", "a100-80", "a100-pcie"]),
        ("A100 SXM", ["a100-40", "a100-80"]),
        ("A100 PCIe", ["a100-pcie"]),
        ("NVIDIA A100-SXM4-80GB", ["a100-80"]),
        ("A10", ["a10"]),
        ("A10:1/6", ["a10", "a10-part"]),
        ("A10:0.1", ["a10", "a10-part"]),
        ("A10G-24GB", ["a10g"]),
        ("H100", ["h100", "nvl"]),
        ("H100-NVL", ["nvl"]),
        ("H100 SXM5", ["h100"]),
        ("H100-94GB", ["nvl"]),
        ("Tesla T4", ["t4"]),
        ("Tesla V100-SXM2-16GB", ["v100-16"]),
        ("V100-32GB:8", ["v100-32"]),
        ("A100-80GB,H100:8", ["a100-80", "h100"]),
    ],
)
def test_a_wish_finds_the_model_with_its_memory_and_its_form(text: str, expected: list[str]) -> None:
    assert fitting(text) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("A100-60GB", "A100 is offered with 40 GB, 79.1 GB, 80 GB and PCIe, SXM."),
        ("V100 PCIe", "V100 is offered with 16 GB, 32 GB and SXM."),
        ("A1000", "Did you mean A100"),
        ("mi-300x", "No list here has MI300X: %mist refresh may bring one."),
        ("NVIDIA GH200", "has GH200"),
    ],
)
def test_a_model_that_is_not_there_so_says_what_there_is(text: str, hint: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        fitting(text)
    assert caught.value.message == f"No offer has a GPU named '{text}'."
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "model", "gib"),
    [("A100-80GB:8", "A100", 80), ("A100-40GB:8", "A100", 40), ("8x H100 SXM", "H100", 80), ("V100-16GB", "V100", 16),
     ("nvidia-l4", "L4", 24), ("Tesla T4", "T4", 16), ("NVIDIA A100-SXM4-80GB", "A100", 80), ("H200", "H200", 141)],
)  # fmt: skip
def test_the_catalogue_answers_with_that_gpu(text: str, model: str, gib: float) -> None:
    found = compare(catalogue.snapshot(), wish.read(gpu=text), Ranking(limit=None)).frame
    assert len(found) and set(found["gpu_name"]) == {model}
    assert found["gpu_ram_gb"].between(gib * 0.93, gib * 1.01).all()
    priced = found.dropna(subset=["price_hourly"])
    assert len(priced) and (priced["usd_gpu_h"] == priced["price_hourly"] / priced["gpus"]).all()


def test_a_part_of_a_gpu_costs_a_part() -> None:
    found = compare(catalogue.snapshot(), wish.read(gpu="A10:1/6", providers="azure_arm", region="eastus")).frame
    part = found[found["id"] == "Standard_NV6ads_A10_v5"].iloc[0]
    assert (part["gpus"], part["gpu_ram_gb"]) == (pytest.approx(1 / 6), 4)
    assert part["usd_gpu_h"] == pytest.approx(0.454 * 6)


def test_when_none_has_so_many_the_nearest_is_of_the_model() -> None:
    found = compare(RIG, wish.read(gpu="A100-80GB:16"))
    assert "Nearest: p a100-80 in r" in found.notes[1] and found.notes[2] == "%mist compare --gpu A100-80GB:8"


def test_another_name_of_the_same_gpu_is_no_difference() -> None:
    one, other = RIG[RIG["id"] == "a100-80"], RIG[RIG["id"] == "a100-40"].assign(provider="q", gpu_ram_gb=80.0)
    frame = like(pd.concat([one, other], ignore_index=True), "p:a100-80").frame
    assert list(frame["id"]) == ["a100-40"] and list(frame["differs"]) == [""]
