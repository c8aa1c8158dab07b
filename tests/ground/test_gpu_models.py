"""GPUs by the names of vendors, clouds and people: one table, with memory and form."""

from __future__ import annotations

import pytest

from mist_notebook.ground.amounts import gpu_models, quantity
from mist_notebook.ground.amounts.gpu_models import Gpu
from mist_notebook.ground.amounts.quantity import Range


@pytest.mark.parametrize(
    ("name", "gpu"),
    [
        ("A100", Gpu("A100")),
        ("A100-80GB", Gpu("A100", 80)),
        ("a100_40g", Gpu("A100", 40)),
        ("A100 80GB", Gpu("A100", 80)),
        ("NVIDIA A100-SXM4-80GB", Gpu("A100", 80, "SXM")),
        ("A100 (80 GB SXM4)", Gpu("A100", 80, "SXM")),
        ("A100-SXM-40GB", Gpu("A100", 40, "SXM")),
        ("A100-PCIE-40GB", Gpu("A100", 40, "PCIe")),
        ("nvidia-a100-80gb", Gpu("A100", 80)),
        ("nvidia-tesla-a100", Gpu("A100")),
        ("NVIDIA_A100", Gpu("A100")),
        ("nvidia-tesla-t4", Gpu("T4")),
        ("Tesla V100-SXM2-16GB", Gpu("V100", 16, "SXM")),
        ("V100-32GB", Gpu("V100", 32)),
        ("Tesla V100S", Gpu("V100S")),
        ("nvidia-h100-mega-80gb", Gpu("H100", 80, "SXM")),
        ("NVIDIA H100 80GB HBM3", Gpu("H100", 80)),
        ("H100 PCIe", Gpu("H100", form="PCIe")),
        ("H100-NVL", Gpu("H100", form="NVL")),
        ("H100 SXM5 80GB", Gpu("H100", 80, "SXM")),
        ("nvidia-h200-141gb", Gpu("H200", 141)),
        ("B200", Gpu("B200")),
        ("GB200", Gpu("GB200")),
        ("nvidia-l4", Gpu("L4")),
        ("L40", Gpu("L40")),
        ("l40s", Gpu("L40S")),
        ("A10", Gpu("A10")),
        ("A10G", Gpu("A10G")),
        ("A10-24GB", Gpu("A10", 24)),
        ("T4G", Gpu("T4g")),
        ("AMD Instinct MI300X OAM", Gpu("MI300X")),
        ("MI300X-192GB", Gpu("MI300X", 192)),
        ("NVIDIA GeForce RTX 4090", Gpu("RTX 4090")),
        ("rtx4090", Gpu("RTX 4090")),
        ("A6000", Gpu("RTX A6000")),
        ("NVIDIA RTX 6000 Ada Generation", Gpu("RTX 6000 Ada")),
        ("Quadro RTX 6000", Gpu("RTX 6000")),
        ("P100-PCIE-16GB", Gpu("P100", 16, "PCIe")),
        ("Gaudi2", Gpu("Gaudi 2")),
    ],
)
def test_a_name_is_a_model_with_its_memory_and_its_form(name: str, gpu: Gpu) -> None:
    assert gpu_models.read(name) == gpu


@pytest.mark.parametrize("name", ["A1000", "H1000", "RTX A1000", "banana", "80GB", "", "100", "SXM", "A100X7", "T40"])
def test_what_is_no_model_is_none(name: str) -> None:
    assert gpu_models.read(name) is None


def test_every_model_is_read_as_itself() -> None:
    for model, (memories, forms) in gpu_models.MODELS.items():
        assert gpu_models.read(model) == Gpu(model)
        for gib in memories:
            assert gpu_models.read(f"NVIDIA {model}-{gib:g}GB") == Gpu(model, gib)
            for form in forms:
                assert gpu_models.read(f"{model} {form} {gib:g}GB") == Gpu(model, gib, form)
    for alias, model in gpu_models.ALIASES.items():
        assert gpu_models.read(alias) == Gpu(model)


@pytest.mark.parametrize(
    ("text", "models", "count"),
    [
        ("A100-80GB:8", ("A100-80GB",), Range(8)),
        ("8x A100-80GB", ("A100-80GB",), Range(8)),
        ("8xA100", ("A100",), Range(8)),
        ("H100 x8", ("H100",), Range(8)),
        ("2 × L40S", ("L40S",), Range(2)),
        ("NVIDIA A100-SXM4-80GB", ("NVIDIA A100-SXM4-80GB",), Range(1)),
        ("A100 (80 GB SXM4):4", ("A100 (80 GB SXM4)",), Range(4)),
        ("A100-40GB,H100:2", ("A100-40GB", "H100"), Range(2)),
        ("A10:1/2", ("A10",), Range(0.5)),
        ("A10:1/6", ("A10",), Range(1 / 6)),
    ],
)
def test_a_wish_says_them_as_people_do(text: str, models: tuple[str, ...], count: Range) -> None:
    wished = quantity.gpu(text)
    assert (wished.models, wished.count, wished.gib) == (models, count, None)


@pytest.mark.parametrize(
    ("wanted", "name", "is_one"),
    [
        ("A100-80GB", "A100", True),
        ("A100-80GB", "NVIDIA A100-SXM4-40GB", False),
        ("A100-80GB", "A10G", False),
        ("H100 PCIe", "H100 SXM5", False),
        ("H100", "NVIDIA H100 NVL", True),
        ("T4", "nvidia-tesla-t4", True),
        ("V100-16GB", "Tesla V100-SXM2-16GB", True),
        ("A100", "NVIDIA A100-SXM4-80GB MIG 1g.10gb", True),
    ],
)
def test_a_model_is_found_by_what_both_names_say(wanted: str, name: str, is_one: bool) -> None:
    assert quantity.gpu(wanted).is_model(name) is is_one


def test_two_names_may_be_one_model() -> None:
    assert gpu_models.is_same("A100", "NVIDIA A100-SXM4-80GB")
    assert gpu_models.is_same("RTX6000", "Quadro RTX 6000")
    assert not gpu_models.is_same("A100", "A10")
    assert gpu_models.is_same("odd", "odd") and not gpu_models.is_same("odd", "even")
