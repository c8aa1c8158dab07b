"""What an Azure size's name tells of its shape."""

from __future__ import annotations

from datetime import date

import pytest

from mist_notebook.prices import catalogue
from mist_notebook.prices.catalogue import specs
from mist_notebook.prices.catalogue.reading import price_row
from mist_notebook.prices.catalogue.reading.price_row import PriceRow
from mist_notebook.prices.catalogue.sources import azure_shapes


@pytest.mark.parametrize(
    ("name", "family", "vcpus", "ram_gb", "arch"),
    [
        ("Standard_D2s_v5", "Dsv5", 2, 8, "x86_64"),
        ("Standard_D16alds_v6", "Daldsv6", 16, 32, "x86_64"),
        ("Standard_D4ps_v6", "Dpsv6", 4, 16, "arm64"),
        ("Standard_D8plds_v5", "Dpldsv5", 8, 16, "arm64"),
        ("Standard_E96-48ds_v6", "Edsv6", 48, 768, "x86_64"),
        ("Standard_E32-8ads_v5", "Eadsv5", 8, 256, "x86_64"),
        ("Standard_E64_v3", "Ev3", 64, 432, "x86_64"),
        ("Standard_E64s_v4", "Esv4", 64, 504, "x86_64"),
        ("Standard_E64s_v5", "Esv5", 64, 512, "x86_64"),
        ("Standard_E64-16as_v4", "Easv4", 16, 512, "x86_64"),
        ("Standard_E96as_v5", "Easv5", 96, 672, "x86_64"),
        ("Standard_E32ps_v5", "Epsv5", 32, 208, "arm64"),
        ("Standard_F8s_v2", "Fsv2", 8, 16, "x86_64"),
        ("Standard_F8as_v6", "Fasv6", 8, 32, "x86_64"),
        ("Standard_F8als_v6", "Falsv6", 8, 16, "x86_64"),
        ("Standard_F8ams_v6", "Famsv6", 8, 64, "x86_64"),
        ("Standard_FX12mds", "FXmds", 12, 252, "x86_64"),
        ("Standard_L8s_v3", "Lsv3", 8, 64, "x86_64"),
        ("Standard_B2ms", "Bms", 2, 8, "x86_64"),
        ("Standard_B1ls", "Bls", 1, 0.5, "x86_64"),
        ("Standard_B2ts_v2", "Btsv2", 2, 1, "x86_64"),
        ("Standard_B4als_v2", "Balsv2", 4, 8, "x86_64"),
        ("Standard_DC4as_v5", "DCasv5", 4, 16, "x86_64"),
        ("Standard_DC4s_v3", "DCsv3", 4, 32, "x86_64"),
        ("Standard_EC8ads_v5", "ECadsv5", 8, 64, "x86_64"),
        ("Standard_M128ms_v2", "Mmsv2", 128, None, "x86_64"),
        ("Standard_HB120rs_v3", "HBrsv3", 120, None, "x86_64"),
        ("d2s_v5", "Dsv5", 2, 8, "x86_64"),
    ],
)
def test_vcpus_memory_and_architecture(name: str, family: str, vcpus: float, ram_gb: float | None, arch: str) -> None:
    found = azure_shapes.shape(name)
    assert found is not None
    assert (found.family, found.vcpus, found.ram_gb, found.arch) == (family, vcpus, ram_gb, arch)


@pytest.mark.parametrize(
    ("name", "gpus"),
    [
        ("Standard_NC4as_T4_v3", (1, "T4", 16, None, 28)),
        ("Standard_NC48ads_A100_v4", (2, "A100", 80, "PCIe", 440)),
        ("Standard_NC40ads_H100_v5", (1, "H100", 94, "NVL", 320)),
        ("Standard_NC6s_v3", (1, "V100", 16, "PCIe", 112)),
        ("Standard_ND40rs_v2", (8, "V100", 32, "SXM", 672)),
        ("Standard_ND96asr_v4", (8, "A100", 40, "SXM", 900)),
        ("Standard_ND96amsr_A100_v4", (8, "A100", 80, "SXM", 1900)),
        ("Standard_ND96isr_H200_v5", (8, "H200", 141, "SXM", 1850)),
        ("Standard_ND96isr_MI300X_v5", (8, "MI300X", 192, None, 1850)),
        ("Standard_NV18ads_A10_v5", (0.5, "A10", 12, None, 220)),
        ("Standard_NV36adms_A10_v5", (1, "A10", 24, None, 880)),
        ("Standard_NV12s_v3", (1, "M60", 8, None, 112)),
        ("Standard_NC24rs_v9", (None, None, None, None, None)),
    ],
)
def test_gpus_with_their_memory_and_form(name: str, gpus: tuple[object, ...]) -> None:
    found = azure_shapes.shape(name)
    assert found is not None
    assert (found.gpus, found.gpu_name, found.gpu_ram_gb, found.gpu_form, found.ram_gb) == gpus


@pytest.mark.parametrize("name", ["", "x", "Basic_A1", "Standard_", "m5.large", "Standard_A", "D2s v3"])
def test_another_name_tells_nothing(name: str) -> None:
    assert azure_shapes.shape(name) is None


@pytest.mark.parametrize("name", ["Standard_DS11_v2", "Standard_A2m_v2", "Standard_G5", "Standard_D14_v2"])
def test_an_early_number_is_no_count_of_vcpus(name: str) -> None:
    found = azure_shapes.shape(name)
    assert found is not None and found.vcpus is None


def test_the_names_agree_with_the_table_of_shapes() -> None:
    known = catalogue.snapshot()
    own = known[(known["provider"] == "azure_arm").to_numpy()].drop_duplicates("id")
    told = {row.id: azure_shapes.shape(row.id) for row in own.itertuples()}
    wrong = [
        row.id
        for row in own.itertuples()
        if (shape := told[row.id])
        and ((shape.vcpus and shape.vcpus != row.vcpus) or (shape.ram_gb and abs(shape.ram_gb / row.ram_gb - 1) > 0.03))
    ]
    assert len(told) > 300 and wrong == []


def test_a_list_with_prices_alone_gets_the_shapes_that_the_names_tell() -> None:
    rows = [PriceRow(id=name, region="eastus", price_hourly=0.1) for name in
            ("Standard_D4as_v7", "Standard_D2s_v3", "Standard_NC80adis_H100_v5", "Standard_Odd")]  # fmt: skip
    listed = price_row.frame(rows, provider="azure_arm", as_of=date(2026, 11, 29), source="list")
    joined = specs.joined(listed, catalogue.snapshot(), "azure_arm")
    found = specs.named(joined, "azure_arm").set_index("id")
    assert tuple(found.loc["Standard_D4as_v7", ["vcpus", "ram_gb", "gpus", "arch", "family"]]) == (
        4, 16, 0, "x86_64", "Dasv7",
    )  # fmt: skip
    assert found.loc["Standard_D4as_v7", "spec_source"] == "the size's name"
    assert found.loc["Standard_D2s_v3", "spec_source"] == "@cloud-carbon-footprint/azure 1.8.0"
    assert tuple(found.loc["Standard_NC80adis_H100_v5", ["vcpus", "gpus", "gpu_name", "gpu_form"]]) == (
        80, 2, "H100", "NVL",
    )  # fmt: skip
    assert found.loc["Standard_Odd", ["vcpus", "ram_gb", "spec_source"]].isna().all()
