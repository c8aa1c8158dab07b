"""The committed catalogues of the sandbox: their counts, their facts and where they come from. No network."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "mist_notebook" / "sandbox" / "data"
PROVIDERS = ("nephoscale", "ec2", "rackspace", "digitalocean", "linode", "softlayer")

# images, sizes, sizes with a price, locations
COUNTS = {
    "nephoscale": (18, 15, 12, 2),
    "ec2": (72, 35, 33, 6),
    "rackspace": (13, 17, 16, 4),
    "digitalocean": (28, 10, 2, 2),
    "linode": (30, 9, 9, 6),
    "softlayer": (43, 13, 13, 7),
}
# The eight images of the Mist documentation: id, name, architecture.
DOCUMENTED_IMAGES = [
    ("3", "Linux CentOS 5.5 32-bit", "x86"),
    ("5", "Linux CentOS 5.5 64-bit", "x86_64"),
    ("23", "Linux Debian Server 5.05 32-bit", "x86"),
    ("43", "Linux Ubuntu Server 10.04 LTS 32-bit", "x86"),
    ("45", "Linux CentOS 5.7 32-bit", "x86"),
    ("49", "Linux Ubuntu Server 10.04 LTS 64-bit", "x86_64"),
    ("51", "Linux Debian Server 6.0.3 64-bit", "x86_64"),
    ("55", "Linux Debian 5.0.9 64-bit", "x86_64"),
]
NEPHOSCALE_KEYS = {"architecture", "billable_type", "cores", "disks", "pcpus", "storage", "uri"}
IMAGE_KEYS = {
    "external_id", "name", "os_type", "os_distro", "architecture", "starred", "default", "min_disk_size",
    "min_memory_size", "origin", "created", "owner", "extra",
}  # fmt: skip
SIZE_KEYS = {
    *("external_id", "name", "cpus", "ram", "disk", "bandwidth", "architecture", "allowed_images", "extra"),
}  # fmt: skip
LOCATION_KEYS = {"external_id", "name", "country", "location_type", "available_sizes", "extra"}


def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def by_id(records: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {record["external_id"]: record for record in records}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    sys.path.insert(0, str(ROOT / "tools"))  # as Python does for a script that is run from there
    spec = importlib.util.spec_from_file_location("make_sandbox_data", ROOT / "tools" / "make_sandbox_data.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_catalogue_has_all_its_records(provider: str) -> None:
    data = load(provider)
    priced = [size for size in data["sizes"] if "price" in size["extra"]]
    assert (len(data["images"]), len(data["sizes"]), len(priced), len(data["locations"])) == COUNTS[provider]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_record_has_the_same_fields(provider: str) -> None:
    data = load(provider)
    assert data["provider"] == provider
    assert data["currency"] == "USD"
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", data["as_of"])
    for records, keys in ((data["images"], IMAGE_KEYS), (data["sizes"], SIZE_KEYS), (data["locations"], LOCATION_KEYS)):
        assert {frozenset(record) for record in records} == {frozenset(keys)}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_ids_are_unique_text(provider: str) -> None:
    data = load(provider)
    for kind in ("images", "sizes", "locations"):
        ids = [record["external_id"] for record in data[kind]]
        assert all(isinstance(one, str) and one for one in ids)
        assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_price_is_zero_or_below(provider: str) -> None:
    for size in load(provider)["sizes"]:
        for key in ("price", "price_hourly", "price_monthly"):
            if key in size["extra"]:
                assert isinstance(size["extra"][key], float)
                assert size["extra"][key] > 0


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_price_has_its_date_and_source(provider: str, tool: ModuleType) -> None:
    pins = {pin.label for pin in tool.PINS}
    for size in load(provider)["sizes"]:
        extra = size["extra"]
        has_price = any(key in extra for key in ("price", "price_hourly", "price_monthly"))
        assert ("price_as_of" in extra) == ("price_source" in extra) == has_price
        if has_price:
            assert re.fullmatch(r"201[45]-\d\d-\d\d", extra["price_as_of"])
            assert extra["price_source"] in pins


@pytest.mark.parametrize("provider", PROVIDERS)
def test_memory_is_megabytes_and_disk_is_gigabytes(provider: str) -> None:
    for size in load(provider)["sizes"]:
        assert 256 <= size["ram"] <= 256 * 1024
        assert size["disk"] is None or 1 <= size["disk"] <= 48000
        assert size["cpus"] is None or 1 <= size["cpus"] <= 32


@pytest.mark.parametrize("provider", PROVIDERS)
def test_locations_have_a_country_and_a_kind(provider: str) -> None:
    for location in load(provider)["locations"]:
        assert re.fullmatch(r"[A-Z]{2}", location["country"])
        assert location["location_type"] in {"zone", "region"}


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name != "ec2"])
def test_every_image_is_starred_and_default_except_on_ec2(provider: str) -> None:
    assert all(image["starred"] and image["default"] for image in load(provider)["images"])


def test_files_hold_no_machine_path_and_no_registry() -> None:
    scripts = [ROOT / "tools" / "make_sandbox_data.py", *(ROOT / "tools" / "sandbox_data").glob("*.py")]
    for path in [*DATA.glob("*.json"), ROOT / "NOTICE", *scripts]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/tmp/|/home/|/work/|/root/|pypi\.|files\.pythonhosted", text), path.name
        assert text.isascii() or path.name == "NOTICE"  # which has people's names
        assert text.endswith("\n")


def test_the_data_stays_small() -> None:
    assert sum(path.stat().st_size for path in DATA.glob("*.json")) < 400_000


# ------------------------------------------------------------------------------------------------------- NephoScale


@pytest.mark.parametrize(("external_id", "name", "architecture"), DOCUMENTED_IMAGES)
def test_documented_images_are_as_documented(external_id: str, name: str, architecture: str) -> None:
    image = by_id(load("nephoscale")["images"])[external_id]
    assert image["name"] == name
    assert image["starred"] is True
    assert image["extra"] == {
        "architecture": architecture,
        "billable_type": None,
        "cores": None,
        "disks": None,
        "pcpus": None,
        "storage": None,
        "uri": "",
    }


def test_documented_images_keep_their_order_and_the_first_is_3() -> None:
    ids = [image["external_id"] for image in load("nephoscale")["images"]]
    assert ids[0] == "3"
    assert [one for one in ids if one in dict.fromkeys(row[0] for row in DOCUMENTED_IMAGES)] == [
        row[0] for row in DOCUMENTED_IMAGES
    ]


def test_the_other_images_have_the_same_seven_extras_and_their_address() -> None:
    for image in load("nephoscale")["images"]:
        assert set(image["extra"]) == NEPHOSCALE_KEYS
        assert image["extra"]["uri"] in ("", f"https://api.nephoscale.com/image/server/{image['external_id']}/")


def test_documented_sizes_come_first_and_as_documented() -> None:
    first, second = load("nephoscale")["sizes"][:2]
    source = {"source": "Mist client documentation, machines page, 2014"}
    unknown = {"cpus": None, "bandwidth": None, "architecture": None, "disk": 25, "allowed_images": None}
    unknown |= {"extra": source}
    assert first == unknown | {"external_id": "219", "name": "CS05-SSD - 0.5GB, 1Core, 25GB, 10 Gbps", "ram": 512}
    assert second == unknown | {"external_id": "221", "name": "CS1-SSD - 1GB, 1Core, 25GB, 10 Gbps", "ram": 1024}
    assert load("nephoscale")["driver"] == "NephoScale"


def test_documented_locations_are_as_documented() -> None:
    places = [(place["external_id"], place["name"], place["country"]) for place in load("nephoscale")["locations"]]
    assert places == [("86945", "SJC-1", "US"), ("87729", "RIC-1", "US")]


def test_unknown_prices_are_left_out() -> None:
    unknown = {size["external_id"] for size in load("nephoscale")["sizes"] if "price" not in size["extra"]}
    assert unknown == {"219", "221", "27"}


def test_the_answer_wins_over_the_name_of_a_size() -> None:
    size = by_id(load("nephoscale")["sizes"])["27"]
    assert (size["name"], size["disk"], size["cpus"], size["ram"]) == ("CS025 - 0.25GB, 10GB", 15, 1, 256)


def test_recorded_sizes_have_cpus_and_the_prices_of_april_2014() -> None:
    size = by_id(load("nephoscale")["sizes"])["52"]
    assert (size["cpus"], size["ram"], size["disk"]) == (8, 16384, 600)
    assert (size["extra"]["price"], size["extra"]["price_as_of"]) == (0.48, "2014-04-10")
    assert all(size["cpus"] for size in load("nephoscale")["sizes"][2:])


# -------------------------------------------------------------------------------------------------------------- EC2


def test_every_ec2_image_has_an_owner_and_a_date() -> None:
    for image in load("ec2")["images"]:
        assert re.fullmatch(r"\d{12}", image["owner"])
        assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", image["created"])
        assert image["extra"]["created_from"]
        assert image["extra"]["source"].startswith(("moto 5.2.5", "An answer of EC2, recorded"))


def test_ec2_images_are_real_ones() -> None:
    assert all(re.fullmatch(r"ami-[0-9a-f]{8}([0-9a-f]{9})?", image["external_id"]) for image in load("ec2")["images"])


def test_the_ec2_short_list_is_short_and_only_it_is_starred() -> None:
    images = load("ec2")["images"]
    short = [image for image in images if image["default"]]
    assert 8 <= len(short) <= 12
    assert {image["os_distro"] for image in short} == {"amazon", "ubuntu", "redhat", "suse", "windows"}
    assert [image for image in images if image["starred"]] == short


def test_the_ec2_short_list_has_the_newest_of_its_line() -> None:
    images = load("ec2")["images"]
    line = [image for image in images if re.match(r"al2023-ami-2023\..*-x86_64$", image["name"])]
    (chosen,) = [image for image in line if image["default"]]
    assert chosen["created"] == max(image["created"] for image in line)
    assert chosen["name"] == "al2023-ami-2023.12.20260930.0-kernel-6.18-x86_64"


def test_ec2_windows_images_are_kept() -> None:
    windows = [image for image in load("ec2")["images"] if image["os_type"] == "windows"]
    assert len(windows) == 23
    assert all(image["name"].startswith("Windows_Server-") for image in windows)


def test_only_vendors_images_are_of_origin_system() -> None:
    for image in load("ec2")["images"]:
        assert (image["origin"] == "system") == (image["extra"]["owner_alias"] is not None)


def test_ec2_sizes_are_those_of_2014() -> None:
    sizes = by_id(load("ec2")["sizes"])
    small = sizes["m1.small"]
    assert (small["name"], small["cpus"], small["ram"], small["disk"]) == ("Small Instance", 1, 1740, 160)
    assert (small["extra"]["price"], small["extra"]["cpus_source"]) == (0.044, "moto 5.2.5")
    assert {key for key, size in sizes.items() if "price" not in size["extra"]} == {"cc1.4xlarge", "hs1.4xlarge"}
    assert load("ec2")["driver"] == "Amazon EC2"


def test_ec2_cpus_are_unknown_where_moto_has_no_such_type() -> None:
    unknown = {size["external_id"] for size in load("ec2")["sizes"] if size["cpus"] is None}
    old = {"cg1.4xlarge", "g2.2xlarge", "cc1.4xlarge", "cc2.8xlarge", "cr1.8xlarge", "hs1.4xlarge", "hs1.8xlarge"}
    assert unknown == old


def test_disks_that_the_source_gives_in_megabytes_are_put_right() -> None:
    sizes = by_id(load("ec2")["sizes"])
    disks = {key: sizes[key]["disk"] for key in ("m3.medium", "m3.large", "m3.xlarge", "m3.2xlarge")}
    assert disks == {"m3.medium": 4, "m3.large": 32, "m3.xlarge": 80, "m3.2xlarge": 160}
    assert "4000" in sizes["m3.medium"]["extra"]["disk_note"]


def test_ec2_locations_are_the_zones_of_the_region() -> None:
    data = load("ec2")
    assert data["region"] == "us-east-1"
    assert [zone["external_id"] for zone in data["locations"]] == [f"us-east-1{letter}" for letter in "abcdef"]


def test_ec2_zones_have_the_types_that_are_offered_there_and_those_that_nobody_knows_of() -> None:
    data = load("ec2")
    zones = {zone["external_id"][-1]: set(zone["available_sizes"]) for zone in data["locations"]}
    unknown = {size["external_id"] for size in data["sizes"] if size["cpus"] is None}
    assert zones["f"] == {"t1.micro"} | unknown
    assert {letter for letter, types in zones.items() if "m1.small" in types} == set("abcd")
    assert {letter for letter, types in zones.items() if "m3.medium" in types} == set("abce")
    assert all(unknown <= types for types in zones.values())


def test_ec2_types_say_which_images_start_on_them() -> None:
    sizes = by_id(load("ec2")["sizes"])
    assert sizes["m1.small"]["allowed_images"] == {
        "architecture": ["i386", "x86_64"],
        "virtualization_type": ["hvm", "paravirtual"],
    }
    assert sizes["r3.large"]["allowed_images"] == {"architecture": ["x86_64"], "virtualization_type": ["hvm"]}
    assert all((size["allowed_images"] is None) == (size["cpus"] is None) for size in sizes.values())


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_restricted_names_only_what_there_is(provider: str) -> None:
    data = load(provider)
    sizes, images = by_id(data["sizes"]), data["images"]
    for location in data["locations"]:
        assert set(location["available_sizes"] or sizes) <= set(sizes)
    for size in sizes.values():
        fields = size["allowed_images"] or {}
        assert all(image["extra"][field] for image in images for field in fields)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_providers_say_which_restrictions_their_records_have(provider: str) -> None:
    data = load(provider)
    row = by_id([row | {"external_id": row["driver"]} for row in load("providers")["supported_providers"]])[provider]
    assert row["features"]["provision"]["restrictions"] == {
        "size-image-restriction": provider == "ec2",
        "location-size-restriction": provider in ("ec2", "digitalocean"),
        "location-image-restriction": False,
    }
    assert any(size["allowed_images"] for size in data["sizes"]) == (provider == "ec2")
    assert any(place["available_sizes"] for place in data["locations"]) == (provider in ("ec2", "digitalocean"))


# -------------------------------------------------------------------------------------------------- other providers


def test_digitalocean_regions_have_the_recorded_sizes_and_those_that_nobody_knows_of() -> None:
    data = load("digitalocean")
    assert {place["name"]: len(place["available_sizes"]) for place in data["locations"]} == {
        "New York 1": 10,
        "Amsterdam 1": 10,
    }


def test_linode_prices_are_per_hour_and_per_month() -> None:
    size = by_id(load("linode")["sizes"])["2"]
    assert (size["name"], size["cpus"], size["ram"], size["disk"]) == ("Linode 2048", 2, 2048, 48)
    assert (size["extra"]["price"], size["extra"]["price_monthly"]) == (0.03, 20.0)


def test_monthly_prices_are_near_the_hourly_ones() -> None:
    for provider in ("linode", "digitalocean"):
        for size in load(provider)["sizes"]:
            if "price_monthly" in size["extra"]:
                assert 660 < size["extra"]["price_monthly"] / size["extra"]["price"] < 675


def test_softlayer_prices_say_that_they_are_a_lower_bound() -> None:
    for size in load("softlayer")["sizes"]:
        assert "lower bound" in size["extra"]["price_note"]


def test_softlayer_codes_that_are_listed_twice_are_one_image() -> None:
    image = by_id(load("softlayer")["images"])["REDHAT_6_64"]
    assert image["name"] == "Red Hat Enterprise Linux 6 - Minimal Install (64 bit)"
    assert len(image["extra"]["descriptions"]) == 2


def test_digitalocean_sizes_without_a_recorded_plan_have_neither_price_nor_disk() -> None:
    sizes = by_id(load("digitalocean")["sizes"])
    assert sizes["66"]["extra"]["price_hourly"] == sizes["66"]["extra"]["price"] == 0.00744
    assert (sizes["62"]["name"], sizes["62"]["ram"], sizes["62"]["disk"], sizes["62"]["cpus"]) == (
        "2GB",
        2048,
        None,
        None,
    )
    assert "price" not in sizes["62"]["extra"]


def test_rackspace_sizes_of_the_price_list_take_their_memory_from_the_name() -> None:
    size = by_id(load("rackspace")["sizes"])["performance1-4"]
    assert (size["ram"], size["cpus"], size["disk"], size["extra"]["price"]) == (4096, None, None, 0.16)
    assert size["extra"]["ram_source"] == "name"


@pytest.mark.parametrize(
    ("name", "distro"),
    [
        ("Linux CentOS 5.5 32-bit", "centos"),
        ("Debian 7.1 64-bit", "debian"),
        ("LAMP on Ubuntu 12.04", "ubuntu"),
        ("openSUSE 12.3", "opensuse"),
        ("suse-sles-11-sp4-v20151207-pv-ssd-x86_64", "suse"),
        ("RHEL-7.4_HVM_GA-20170808-x86_64-2-Hourly2-GP2", "redhat"),
        ("al2023-ami-2023.12.20260930.0-kernel-6.18-x86_64", "amazon"),
        ("amzn2-ami-hvm-2.0.20180810-x86_64-gp2", "amazon"),
        ("Arch Linux 2013.06", "arch"),
        ("Windows 2008 R2 x64 (B24)", "windows"),
        ("VOD Cloud Storage Proxy (FTP:HTTP)", ""),
    ],
)
def test_the_distribution_comes_from_the_name(tool: ModuleType, name: str, distro: str) -> None:
    assert sys.modules["sandbox_data.records"].distro_of(name) == distro


# --------------------------------------------------------------------------------------------- providers and NOTICE


def test_providers_are_in_the_shape_of_the_api() -> None:
    rows = load("providers")["supported_providers"]
    for row in rows:
        assert {"name", "aliases", "driver", "category", "features"} <= set(row)
        assert set(row["features"]) == {
            "compute", "console", "provision", "container", "dns", "storage", "networks", "objectstorage", "metal",
        }  # fmt: skip
        provision = row["features"]["provision"]
        assert (provision is False) == (row["driver"] == "other")
        if provision:
            assert {"location", "cloudinit", "custom_size", "custom_image", "key", "restrictions"} == set(provision)
    assert tuple(row["driver"] for row in rows)[: len(PROVIDERS)] == PROVIDERS
    assert len({row["driver"] for row in rows}) == len(rows) == 24


def test_ec2_has_its_aliases_and_the_regions_of_2014() -> None:
    rows = {row["driver"]: row for row in load("providers")["supported_providers"]}
    assert rows["ec2"]["aliases"] == ["amazon", "aws"]
    regions = {region["id"]: region["location"] for region in rows["ec2"]["regions"]}
    assert len(regions) == 8
    assert regions["us-east-1"] == "US East (Northern Virginia)"


def test_notice_lists_each_pinned_package(tool: ModuleType) -> None:
    text = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for pin in tool.PINS:
        assert f"* {pin.package} {pin.version} ({pin.licence}), files up to {pin.date}\n" in text
        assert pin.sha256 in text
    assert "Mist client documentation" in text


def test_notice_is_as_the_tool_writes_it(tool: ModuleType) -> None:
    text = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert tool.notice(text) == text


def test_notice_keeps_what_others_wrote(tool: ModuleType) -> None:
    text = "mine\n\n" + sys.modules["sandbox_data.pins"].notice_section() + "\nyours\n"
    assert tool.notice(text.replace("5.2.5", "5.2.4")) == text


def test_a_wheel_that_is_not_the_pinned_one_is_refused(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "moto-5.2.5-py3-none-any.whl").write_bytes(b"another file")
    with pytest.raises(SystemExit, match="sha256"):
        sys.modules["pinned"].open_wheel(tmp_path, sys.modules["sandbox_data.pins"].MOTO)


def test_files_are_written_with_one_record_per_line(tool: ModuleType) -> None:
    for path in DATA.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert tool.dumped(json.loads(text)) == text


def test_a_changed_file_is_reported(tool: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    path = DATA / "nephoscale.json"
    text = path.read_text(encoding="utf-8")
    files = {one: one.read_text(encoding="utf-8") for one in DATA.glob("*.json")}
    assert tool.compare(files) == 0
    assert tool.compare(files | {path: text.replace("SJC-1", "SJC-9")}) == 1
    assert "SJC-9" in capsys.readouterr().out


@pytest.mark.parametrize("term", ["Debian", "debian-12", "ami-058bd2d5", "bian-12-amd64"])
def test_a_search_for_debian_at_ec2_finds_the_community_image_that_the_plain_list_lacks(term: str) -> None:
    from mist_notebook import MistClient

    with MistClient("sandbox") as client:
        backend = client.backend_from_name("EC2")
        listed = {image["id"] for image in backend.images}
        (image,) = backend.search_image(term)
        assert (image["id"], image["name"]) == ("ami-058bd2d568351da34", "debian-12-amd64-20231013-1532")
        assert image["id"] not in listed
        record = backend.adapter.find_image(image["id"])
        assert (record.owner, record.origin, record.arch) == ("136693071363", "community", "x86_64")
