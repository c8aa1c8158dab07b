"""The tool that makes the embedded catalogue: its rules on small made inputs, its files, its NOTICE. No network."""

from __future__ import annotations

import csv
import gzip
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))  # as Python does for a script that is run from there

import make_catalogue as tool  # noqa: E402
from catalogue import azure, check_rows, checks, ec2, files, fill, flat, gce, history, oracle, repair  # noqa: E402
from catalogue.rows import Offer, Size, Snapshot, check, known_price  # noqa: E402
from pinned import Package, Pin, open_wheel, replaced  # noqa: E402

EARLY = repair.Release("early", "2020-01-01", {"m5.large": {"us": 0.1, "eu": "0.2"}, "m5.xlarge": {"us": 0.21}})
LATE = repair.Release("late", "2025-01-01", {"m5.large": {"us": 0.0, "eu": 0.22}, "m5.xlarge": {"us": 0.2, "eu": 0.44}})


def family(size: str) -> str:
    return size.partition(".")[0]


def seen(prices: dict[str, float]) -> dict[repair.Cell, repair.Seen]:
    """Cells of one list, written as size/region."""
    return {tuple(key.split("/")): repair.Seen(price, "list", "2025-01-01") for key, price in prices.items()}  # type: ignore[misc]


def sizes_at(cells: dict[repair.Cell, repair.Seen]) -> set[str]:
    return {"/".join(cell) for cell in cells}


# ---------------------------------------------------------------------------------------------------------- repair


def test_the_lowest_price_above_zero_counts_and_the_last_list_that_has_it() -> None:
    assert repair.lowest([EARLY, LATE]) == {
        ("m5.large", "us"): repair.Seen(0.1, "early", "2020-01-01"),
        ("m5.large", "eu"): repair.Seen(0.2, "early", "2020-01-01"),
        ("m5.xlarge", "us"): repair.Seen(0.2, "late", "2025-01-01"),
        ("m5.xlarge", "eu"): repair.Seen(0.44, "late", "2025-01-01"),
    }
    assert repair.lowest([EARLY, EARLY])["m5.large", "us"].release == "early"


def test_a_price_dearer_than_its_family_per_vcpu_is_dropped() -> None:
    cells = seen({"m5.large/us": 0.1, "m5.xlarge/us": 0.202, "m5.2xlarge/us": 0.424, "m5.4xlarge/eu": 0.848})
    units = {"m5.large": 2, "m5.xlarge": 4, "m5.2xlarge": 8, "m5.4xlarge": 16}
    assert sizes_at(repair.linear(cells, family=family, units=units)) == {
        "m5.large/us",
        "m5.xlarge/us",
        "m5.4xlarge/eu",
    }


def test_a_size_of_unknown_shape_is_dropped() -> None:
    assert repair.linear(seen({"m5.large/us": 0.1}), family=family, units={}) == {}


def test_a_size_that_is_alone_in_its_region_is_dropped() -> None:
    cells = seen({"m5.large/us": 0.1, "m5.xlarge/us": 0.2, "m5.large/eu": 0.1, "c5.large/us": 0.1})
    assert sizes_at(repair.without_lone_sizes(cells, family=family)) == {"m5.large/us", "m5.xlarge/us"}


def test_an_early_list_vouches_for_its_prices() -> None:
    cells = repair.lowest([EARLY, LATE])
    assert sizes_at(repair.sound(cells, [EARLY], among={"m5.large", "m5.xlarge"})) == {"m5.large/us", "m5.large/eu"}
    assert repair.sound(cells, [EARLY], among={"m5.xlarge"}) == {}


def factors(dearer: dict[str, float], regions: str = "abcdefg") -> dict[repair.Cell, repair.Seen]:
    """Three sizes whose prices are no multiple of anything, at regions with a factor each; some cells dearer."""
    prices = {
        f"g5.{size}/{region}": round(base * (1 + 0.07 * number), 6)
        for size, base in (("xlarge", 1.006), ("2xlarge", 1.212), ("12xlarge", 5.672))
        for number, region in enumerate(regions)
    }
    return seen({key: price * dearer.get(key, 1) for key, price in prices.items()})


def test_a_cell_that_breaks_the_factors_of_its_family_is_dropped() -> None:
    cells = factors({"g5.xlarge/b": 1.06, "g5.12xlarge/e": 1.1})
    among = {"g5.xlarge", "g5.2xlarge", "g5.12xlarge"}
    kept = repair.by_factors(cells, family=family, among=among)
    assert sizes_at(cells) - sizes_at(kept) == {"g5.xlarge/b", "g5.12xlarge/e"}


def test_a_family_with_too_little_to_go_by_is_left_out() -> None:
    among = {"g5.xlarge", "g5.2xlarge", "g5.12xlarge"}
    assert repair.by_factors(factors({}, "abcd"), family=family, among=among) == {}
    assert repair.by_factors(factors({}), family=family, among={"g5.xlarge", "g5.2xlarge"}) == {}
    cells = [f"g5.{size}/{region}" for size in ("xlarge", "2xlarge", "12xlarge") for region in "abcdefg"]
    scattered = {cell: 1 + 0.04 * (number**2 % 5) for number, cell in enumerate(cells)}
    assert repair.by_factors(factors(scattered), family=family, among=among) == {}


def generations(later: str = "m8i") -> dict[repair.Cell, repair.Seen]:
    """What the family before costs at home and in two regions, and the newest one at home alone."""
    prices = {"us-east-1": 1.0, "eu": 1.15, "ap": 1.2}
    old = {
        f"m7i.{size}/{at}": times * n for at, times in prices.items() for size, n in (("large", 0.1), ("xlarge", 0.2))
    }
    return seen(old | {f"{later}.large/us-east-1": 0.105, f"{later}.xlarge/us-east-1": 0.21})


def test_the_newest_family_costs_elsewhere_the_multiple_of_the_one_before() -> None:
    cells = generations()
    vcpus = dict.fromkeys((size for size, _ in cells), 2.0)
    families = fill.Family(family, vcpus, lambda size, region: (size, region) != ("m8i.xlarge", "ap"))
    home = {size: one for (size, region), one in cells.items() if region == fill.HOME}
    found = fill.by_generation(home, cells, families, ec2.before)
    assert {cell: one.price for cell, one in found.items()} == {
        ("m8i.large", "eu"): 0.12075, ("m8i.xlarge", "eu"): 0.2415, ("m8i.large", "ap"): 0.126,
    }  # fmt: skip
    disagreeing = cells | seen({"m7i.large/eu": 0.118})
    assert ("m8i.large", "eu") not in fill.by_generation(home, disagreeing, families, ec2.before)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("m8i", "m7i"), ("c8g", "c7g"), ("r8a", "r7a"), ("m8i-flex", "m7i-flex"), ("c8gn", None), ("i8g", None)],
)
def test_only_general_families_follow_the_one_before(name: str, expected: str | None) -> None:
    assert ec2.before(name) == expected


@pytest.mark.parametrize(
    ("size", "region", "is_same"),
    [
        ("m8i.large", "us-west-2", True),
        ("c8g.large", "us-west-2", True),
        ("c8i.large", "us-east-2", True),
        ("c8g.large", "us-east-2", False),
        ("c8gd.large", "us-east-2", False),
        ("r3.large", "us-east-2", False),
    ],
)
def test_where_a_size_costs_what_it_does_at_home(size: str, region: str, is_same: bool) -> None:
    assert bool(ec2.AS_AT_HOME[region].match(size)) is is_same


def ec2_type(name: str, vcpus: float, *, accelerated: bool = False, bare_metal: bool = False) -> ec2.Type:
    size = Size(provider="ec2", id=name, name=name, vcpus=vcpus, ram_gb=vcpus * 4, burstable=name[0] == "t")
    return ec2.Type(Size(**{**vars(size), "bare_metal": bare_metal}), accelerated)


def test_the_rules_together_keep_what_is_right_and_drop_the_rest() -> None:
    early = {"c4.large": {"us": 0.1}, "c4.8xlarge": {"us": 1.591}, "c4.metal": {"us": 5.0}}
    late = {
        "m7.large": {"us": 0.1}, "m7.xlarge": {"us": 0.2}, "m7.2xlarge": {"us": 0.44}, "m7.metal": {"us": 0.8},
        "t9.small": {"us": 0.02}, "t9.medium": {"us": 0.04}, "t9.large": {"us": 0.085},
        "p5.48xlarge": {"us": 98.0}, "x9.large": {"us": 1.0},
    }  # fmt: skip
    lists = [
        repair.Release("apache-libcloud 3.6.0", "2022-05-22", early),
        repair.Release("apache-libcloud 3.6.1", "2022-10-02", {}),
        repair.Release("apache-libcloud 3.9.1", "2025-03-02", late),
    ]
    types = [
        ec2_type("c4.large", 2), ec2_type("c4.8xlarge", 36), ec2_type("c4.metal", 36, bare_metal=True),
        ec2_type("m7.large", 2), ec2_type("m7.xlarge", 4), ec2_type("m7.2xlarge", 8),
        ec2_type("m7.metal", 16, bare_metal=True), ec2_type("t9.small", 1), ec2_type("t9.medium", 2),
        ec2_type("t9.large", 4), ec2_type("p5.48xlarge", 192, accelerated=True), ec2_type("x9.large", 2),
    ]  # fmt: skip
    assert sizes_at(ec2.repaired(lists, types)) == {
        "c4.large/us", "c4.8xlarge/us", "m7.large/us", "m7.xlarge/us", "m7.metal/us", "t9.small/us", "t9.medium/us",
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ rows


@pytest.mark.parametrize(
    ("listed", "price"), [(0.1, 0.1), ("0.1", 0.1), (1, 1.0), (0, None), ("0.0", None), (-1, None), ("N/A", None)]
)
def test_what_is_no_price_is_unknown(listed: object, price: float | None) -> None:
    assert known_price(listed) == price


@pytest.mark.parametrize("price", [0.0, -0.1, 1e9, float("nan")])
def test_a_row_with_an_impossible_price_is_refused(price: float) -> None:
    with pytest.raises(ValueError, match="a price of"):
        check(Offer(provider="ec2", id="m5.large", as_of="2025-03-02", source="list", hourly=price))


def test_a_row_without_a_date_is_refused() -> None:
    with pytest.raises(ValueError, match="no date"):
        check(Offer(provider="ec2", id="m5.large", as_of="", source="list", hourly=0.1))


def test_the_newer_offer_of_the_same_thing_counts() -> None:
    old = Offer(provider="ec2", id="a", region="r", as_of="2020-01-01", source="old", hourly=1.0)
    new = Offer(provider="ec2", id="a", region="r", as_of="2026-01-01", source="new", hourly=2.0)
    for order in ([old, new], [new, old]):
        snapshot = Snapshot()
        snapshot.add([], order)
        assert list(snapshot.offers.values()) == [new]


def test_a_size_with_a_price_needs_no_row_that_says_it_has_none() -> None:
    snapshot = Snapshot()
    priced = Offer(provider="ec2", id="a", region="r", as_of="2020-01-01", source="old", hourly=1.0)
    nowhere = Offer(provider="ec2", id="a", as_of="2026-01-01", source="types")
    unknown = Offer(provider="ec2", id="b", as_of="2026-01-01", source="types")
    snapshot.add([], [priced, nowhere, unknown])
    assert list(tool.without_needless_unknowns(snapshot).offers.values()) == [priced, unknown]


# --------------------------------------------------------------------------------------------------------- sources


@pytest.mark.parametrize(
    ("name", "spelled", "family"),
    [
        ("D2s v3", "Standard_D2s_v3", "Dsv3"),
        ("Ds2 v2", "Standard_DS2_v2", "DSv2"),
        ("DS11-1 v2", "Standard_DS11-1_v2", "DSv2"),
        ("B1Ls", "Standard_B1ls", "Bls"),
        ("E64i v3 1", "Standard_E64i_v3", "Eiv3"),
        ("M64 1", "Standard_M64", "M"),
        ("E4-2ds v4", "Standard_E4-2ds_v4", "Edsv4"),
        ("NC4as T4 v3", "Standard_NC4as_T4_v3", "NCasT4v3"),
        ("Gs5-16", "Standard_GS5-16", "GS"),
        ("HB120rs v2", "Standard_HB120rs_v2", "HBrsv2"),
    ],
)
def test_azure_sizes_are_spelled_as_azure_does(name: str, spelled: str, family: str) -> None:
    assert azure.spelling(name) == spelled
    assert azure.family(spelled) == family


def test_azure_sizes_join_without_case_and_punctuation() -> None:
    assert azure.key("Standard_NC4as_T4_v3") == "standardnc4ast4v3"


def test_a_shared_core_is_charged_in_part() -> None:
    by_id = {shape.id: shape for shape in gce.shapes()}
    assert len(by_id) == 105
    core, gb = 0.02181159, 0.00292353
    found = {name: gce.price(by_id[name], core, gb) for name in ("e2-micro", "e2-small", "e2-medium", "e2-standard-4")}
    assert found == {"e2-micro": 0.008376, "e2-small": 0.016753, "e2-medium": 0.033506, "e2-standard-4": 0.134023}


def test_a_region_where_a_core_or_a_gb_has_no_price_is_left_out() -> None:
    block = {
        "cpu": {"on_demand": {"a": {"price": 0.02}, "b": {"price": 0}, "c": {"price": 0.02}, "d": {"price": 0.02}}},
        "ram": {"on_demand": {"a": {"price": 0.003}, "b": {"price": 0.003}, "c": {"price": 0}}},
    }
    assert list(gce.rates(block)) == [("a", 0.02, 0.003)]
    assert list(gce.rates({"cpu": block["cpu"]})) == [("a", 0.02, 0), ("c", 0.02, 0), ("d", 0.02, 0)]


def test_a_check_row_of_zero_is_unknown() -> None:
    day = {
        "as_of": "2026-09-06",
        "oci": {
            "region": "us-ashburn-1",
            "instances": [
                {"sku": "VM.Standard.A1.Flex.AlwaysFree", "vcpus": 4, "memory_gb": 24, "hourly_usd": 0.0},
                {"sku": "VM.Standard.A2.Flex.1OCPU", "vcpus": 1, "memory_gb": 6, "hourly_usd": 0.0},
                {"sku": "BM.GPU4.8", "vcpus": 64, "memory_gb": 2048, "hourly_usd": 24.4, "spot_hourly_usd": 12.2},
            ],
        },
    }
    sizes, offers = check_rows.of_day(day)
    assert [(size.arch, size.bare_metal, size.family, size.vcpus) for size in sizes] == [
        ("arm64", False, "VM.Standard.A2", 2),
        ("x86_64", True, "BM.GPU4", 128),
    ]
    assert [(offer.hourly, offer.kind, offer.confidence) for offer in offers] == [
        (None, "on-demand", None),
        (24.4, "on-demand", "list"),
        (12.2, "spot", "list"),
    ]


# --------------------------------------------------------------------------------------------------------- history

SERIES = ("ec2", "m4.large", "us-east-1")


def observed(*prices: tuple[str, float], series: tuple[str, str, str] = SERIES) -> list[history.Observation]:
    return [history.Observation(series, price, day, f"list of {day}") for day, price in prices]


def test_a_price_is_a_span_from_its_first_list_to_its_last() -> None:
    seen_on = observed(("2015-12-02", 0.126), ("2016-05-20", 0.12), ("2016-06-28", 0.12), ("2017-04-04", 0.108))
    assert [(one.price, one.since, one.until, one.source) for one in history.spans(seen_on)] == [
        (0.126, "2015-12-02", "2015-12-02", "list of 2015-12-02"),
        (0.12, "2016-05-20", "2016-06-28", "list of 2016-05-20"),
        (0.108, "2017-04-04", "2017-04-04", "list of 2017-04-04"),
    ]


def test_a_price_that_ec2_would_have_raised_was_wrong() -> None:
    seen_on = observed(("2014-01-25", 0.85), ("2014-04-10", 1.001), ("2020-08-30", 1.001), ("2025-03-02", 0.9))
    assert [one.price for one in history.never_raised(seen_on)] == [1.001, 1.001, 0.9]
    others = observed(("2014-01-25", 0.85), ("2014-04-10", 1.001), series=("rackspace", "1", "dfw"))
    assert history.never_raised(others) == others


# ----------------------------------------------------------------------------------------------------------- files


def small() -> Snapshot:
    snapshot = Snapshot()
    snapshot.add(
        [
            Size(provider="ec2", id="b", name="b", vcpus=2.0, bare_metal=False),
            Size(provider="ec2", id="a", name="a, b"),
        ],
        [
            Offer(provider="ec2", id="b", region="r", as_of="2025-03-02", source="s", hourly=0.0896, confidence="list"),
            Offer(provider="ec2", id="a", as_of="2026-10-27", source="t"),
        ],
    )
    return snapshot


def test_a_snapshot_is_four_tables() -> None:
    tables = {table.name: table.text.splitlines() for table in files.snapshot_tables("current", small())}
    assert tables["current/sizes"][1:] == ['ec2,a,"a, b",,,,,,,,,,,,,', "ec2,b,b,,2,,,,,,,,,0,,"]
    assert tables["current/regions"] == ["region", "r"]
    assert tables["current/terms"][1:] == [
        "on-demand,linux,,USD,2025-03-02,s,list",
        "on-demand,linux,,USD,2026-10-27,t,",
    ]
    assert tables["current/offers"][1:] == ["0,-1,1,,", "1,0,0,89600,"]


def test_files_are_the_same_each_time_and_are_read_as_written(tmp_path: Path) -> None:
    tables = files.snapshot_tables("current", small())
    made = files.content(tables, files.manifest(tables, (), {"current": small()}))
    files.write(tmp_path / "one", made)
    files.write(tmp_path / "two", made)
    assert files.read(tmp_path / "one") == made
    for path in (tmp_path / "one").rglob("*.gz"):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


def test_a_price_too_small_for_the_file_is_refused() -> None:
    assert files.micro(0.0896) == 89600
    with pytest.raises(ValueError, match="a price of"):
        files.micro(0.0000001)


def test_committed_files_are_compared_by_their_content(tmp_path: Path) -> None:
    made = {"current/offers.csv.gz": "a\n1\n", "manifest.json": "{}\n"}
    files.write(tmp_path, made)
    (tmp_path / "current" / "offers.csv.gz").write_bytes(gzip.compress(b"a\n1\n", 1))
    assert tool.differences(files.read(tmp_path), made) == []
    assert tool.differences(files.read(tmp_path), made | {"current/offers.csv.gz": "a\n2\n"}) == [
        "current/offers.csv.gz differs:", "  @@ -2 +2 @@", "  -1", "  +2",
    ]  # fmt: skip
    assert tool.differences({}, {"manifest.json": ""}) == ["manifest.json: not committed"]
    assert tool.differences({"old.csv": ""}, {}) == ["old.csv: not made by this tool"]


# ---------------------------------------------------------------------------------------------------------- NOTICE


def test_the_documents_table_of_coverage_is_what_the_data_has() -> None:
    text = tool.DOCUMENT.read_text(encoding="utf-8")
    assert tool.documented() == text
    assert f"The snapshot `current`: {len(tool.embedded.read('current', tool.DATA)):,} offers." in text


def test_notice_is_as_the_tool_writes_it() -> None:
    text = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert tool.notice(text) == text
    for pin in tool.PINS:
        assert f"* {pin.package} {pin.version} ({pin.licence}), " in text
        assert pin.sha256 in text
    assert "Ali Albaker" in text


def test_a_new_section_of_notice_stands_after_an_empty_line() -> None:
    assert replaced("mine\n", "[", "]", "[new]\n") == "mine\n\n[new]\n"
    assert replaced("mine\n\n[old]\n\nyours\n", "[", "]", "[new]\n") == "mine\n\n[new]\n\nyours\n"


def test_pins_are_the_same_in_both_tools() -> None:
    from sandbox_data.pins import PINS as OTHERS

    known = {(pin.package, pin.version): pin.sha256 for pin in tool.PINS}
    assert {(pin.package, pin.version): pin.sha256 for pin in OTHERS}.items() <= known.items()


def test_an_npm_package_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    pin = Pin("@scope/name", "1.0.0", "0" * 64, "2026-01-01", "MIT", "", dated=False, registry="npm")
    with pytest.raises(SystemExit, match="no wheel in the packages folder"):
        open_wheel(tmp_path, pin)
    (tmp_path / "scope-name-1.0.0.tgz").write_bytes(b"another file")
    with pytest.raises(SystemExit, match="sha256"):
        open_wheel(tmp_path, pin)


def test_a_member_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tgz", "w:gz"):
        pass
    with pytest.raises(KeyError):
        Package(tmp_path / "a.tgz").read("nothing")


def test_tools_name_no_machine_and_no_registry() -> None:
    for path in [
        ROOT / "tools" / "pinned.py",
        ROOT / "tools" / "make_catalogue.py",
        *(ROOT / "tools" / "catalogue").glob("*.py"),
    ]:
        text = path.read_text(encoding="utf-8")
        assert not any(word in text for word in ("/tmp/", "/home/", "/work/", "/root/", "pythonhosted", "npmjs")), path


# ------------------------------------------------------------------------------------------ what follows, and the check

OFFERED = {"m5.large", "m5.xlarge", "m5.4xlarge", "m5.metal", "g5.xlarge", "g5.2xlarge", "g5.12xlarge"}


def families(vcpus: dict[str, float]) -> fill.Family:
    return fill.Family(family, vcpus, lambda size, region: size in OFFERED and region != "nowhere")


def test_a_missing_cell_follows_from_the_largest_size_of_its_family() -> None:
    cells = seen({"m5.large/us": 0.096, "m5.xlarge/us": 0.192, "m5.large/eu": 0.1})
    found = fill.per_vcpu(cells, families({"m5.large": 2, "m5.xlarge": 4, "m5.4xlarge": 16}))
    assert {cell: one.price for cell, one in found.items()} == {("m5.4xlarge", "us"): 0.768}


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"m5.large/us": 0.096, "m5.xlarge/us": 0.21}, "it is not charged by the vCPU"),
        ({"m5.large/us": 0.096}, "one alone is no witness"),
        ({"m5.large/nowhere": 0.096, "m5.xlarge/nowhere": 0.192}, "it is not offered there"),
    ],
)
def test_a_missing_cell_without_enough_to_go_by_stays_unknown(cells: dict[str, float], why: str) -> None:
    vcpus = {"m5.large": 2, "m5.xlarge": 4, "m5.4xlarge": 16}
    assert fill.per_vcpu(seen(cells), families(vcpus)) == {}, why


def test_a_family_with_accelerators_costs_a_multiple_of_its_price_at_home() -> None:
    home = {size: repair.Seen(price, "home", "2026-10-13") for size, price in (
        ("g5.xlarge", 1.0), ("g5.2xlarge", 1.2), ("g5.12xlarge", 5.6))}  # fmt: skip
    cells = seen({"g5.xlarge/eu": 1.1, "g5.2xlarge/eu": 1.32, "g5.12xlarge/eu": 6.776, "g5.xlarge/ap": 1.3})
    held, filled = fill.by_multiple(home, cells, families({}))
    assert sizes_at(held) == {"g5.xlarge/eu", "g5.2xlarge/eu"}
    assert {cell: one.price for cell, one in filled.items()} == {("g5.12xlarge", "eu"): 6.16}


def test_linode_raised_what_it_sells_by_the_core() -> None:
    offer = Offer(provider="linode", id="g6-standard-2", region="us-east", as_of="2020-12-13", source="answer",
                  hourly=0.03, monthly=20.0)  # fmt: skip
    raised = flat._raised(offer)
    assert (raised.hourly, raised.monthly, raised.as_of, raised.confidence) == (0.036, 24.0, "2023-04-01", "computed")
    elsewhere = {region: flat._elsewhere(raised, region) for region in ("us-ord", "id-cgk", "br-gru")}
    assert {region: (one.hourly, one.monthly) for region, one in elsewhere.items()} == {
        "us-ord": (0.036, 24.0),
        "id-cgk": (0.043, 28.8),
        "br-gru": (0.05, 33.6),
    }


@pytest.mark.parametrize(
    ("size", "listed", "vcpus"),
    [
        ("VM.Standard.E5.Flex.2OCPU", 4, 4),
        ("VM.Standard.A1.Flex", 4, 4),
        ("VM.Standard.A2.Flex.1OCPU", 1, 2),
        ("VM.GPU.A10.1", 15, 30),
        ("BM.GPU4.8", 64, 128),
    ],
)
def test_oracles_cores_become_vcpus(size: str, listed: float, vcpus: float) -> None:
    assert oracle.vcpus(size, listed) == vcpus


def checked(offer: Offer, **other: object) -> str:
    snapshot = Snapshot()
    snapshot.add([Size(provider="ec2", id="m5.large", name="m5.large")], [offer])
    same = {"provider": "ec2", "size": "m5.large", "region": "us", "os": "linux", "kind": "on-demand", "price": 0.1}
    known = same | {"currency": "USD", "vcpus": 2.0, "ram_gb": 8.0} | other
    return checks.outcome(checks.Check(**known), snapshot)[0]  # type: ignore[arg-type]


def test_a_check_row_is_right_wrong_or_absent() -> None:
    offer = Offer(provider="ec2", id="m5.large", region="us", as_of="2026-01-01", source="s", hourly=0.1002)
    assert checked(offer) == "right"
    assert checked(offer, price=0.12) == "wrong"
    assert checked(offer, price=0.12, tolerance=0.3) == "right"
    assert checked(offer, currency="EUR") == "wrong"
    assert checked(offer, region="eu") == "absent"
    assert checked(offer, kind="spot") == "absent"
    assert checked(replace(offer, hourly=None)) == "absent"


def test_a_wrong_check_row_is_counted_and_named() -> None:
    snapshot = Snapshot()
    offers = [Offer(provider="ec2", id=name, region="us", as_of="2026-01-01", source="s", hourly=1.0) for name in "ab"]
    snapshot.add([], offers)
    rows = [
        checks.Check("ec2", name, "us", "linux", "on-demand", price, "USD", None, None)
        for name, price in (("a", 1.0), ("b", 2.0), ("c", 3.0))
    ]
    lines, wrong = checks.report(rows, snapshot)
    assert (wrong, lines) == (
        1,
        [
            "                 right   wrong  absent",
            "ec2                  1       1       1",
            "all                  1       1       1",
            "wrong: ec2 b in us (linux, on-demand): 1, and should be 2 USD",
        ],
    )


def test_the_check_rows_name_their_source_and_their_day() -> None:
    rows = checks.read()
    assert len(rows) == 71
    with checks.FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            assert row["source"] and row["as_of"][:2] == "20", row


def test_the_documentation_says_what_the_committed_data_covers() -> None:
    assert tool.documented() == tool.DOCUMENT.read_text(encoding="utf-8"), "run tools/make_catalogue.py"
