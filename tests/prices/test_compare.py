"""The comparison: which offers fit, in which order, with which figures; why; and what to do when nothing fits."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mist_notebook.ground.errors import BadValueError, MistUsageError, NotFoundError
from mist_notebook.prices import catalogue
from mist_notebook.prices.comparing.compare import Comparison, compare, compare_words
from mist_notebook.prices.comparing.figures import COMPUTED
from mist_notebook.prices.comparing.pivot import pivot
from mist_notebook.prices.comparing.ranking import EVERY_OFFER, Ranking
from mist_notebook.prices.wishes import expression, wish
from mist_notebook.prices.wishes.wish import Wish
from mist_notebook.records.columns import COMPARED, FIGURE, OFFERS
from tests.rigs.offer_rows import offers

TODAY = date(2025, 3, 12)
ANY = Wish(kind="any")


def size(name: str, vcpus: float | None, ram_gb: float | None, price: float | None, **more: Any) -> dict[str, Any]:
    """A size of EC2 in one region, unless it says more."""
    usual = {"provider": "ec2", "region": "us-east-1", "family": name.partition(".")[0], "arch": "x86_64", "gpus": 0.0}
    usual |= {"burstable": False, "bare_metal": False, "disk_gb": 0.0, "price_monthly": price and price * 730}
    return usual | {"id": name, "name": name, "vcpus": vcpus, "ram_gb": ram_gb, "price_hourly": price} | more


def market(*, categories: bool = False) -> pd.DataFrame:
    """A few sizes of three clouds: ties, gaps, several regions, GPUs, old prices and a spot price."""
    return offers(
        size("m.large", 2, 8, 0.10),
        size("m.large", 2, 8, 0.09, region="eu-west-1"),
        size("m.xlarge", 4, 16, 0.20, as_of="2020-01-01"),
        size("m.xlarge", 4, 16, 0.06, kind="spot"),
        size("m.arm", 4, 16, 0.18, arch="arm64", burstable=True),
        size("m.metal", 64, 256, 4.0, bare_metal=True, net_gbps=25.0, disk_gb=2000.0),
        size("m.new", 4, 16, None, as_of=None),
        size("g.one", 4, 16, 1.0, gpus=1.0, gpu_name="NVIDIA A100", gpu_ram_gb=40.0),
        size("g.eight", 32, 256, 7.0, gpus=8.0, gpu_name="NVIDIA A100", gpu_ram_gb=80.0),
        size("l-4", 4, 16, 0.18, provider="linode", region="eu-central", price_monthly=120.0, cap_hours=2000 / 3),
        size("l-6", 6, 16, 0.18, provider="linode", region="eu-central", price_monthly=120.0, cap_hours=2000 / 3),
        size("odd", None, 16, 0.01, provider="vultr", region="ams", arch=None, gpus=None, burstable=None),
        categories=categories,
    )


def answer(wished: Wish, ranking: Ranking | None = None, **more: Any) -> Comparison:
    return compare(market(), wished, ranking or Ranking(), today=TODAY, **more)


def ids(found: Comparison) -> list[str]:
    return list(found.frame["id"])


def rounded(found: Comparison, name: str) -> list[float | None]:
    return [None if pd.isna(value) else round(value, 6) for value in found.frame[name]]


FOUR = wish.read(cpus="4+", ram="16GB")

# --------------------------------------------------------------------------------------------------------------- order


@pytest.mark.parametrize("categories", [False, True], ids=["text", "categories"])
def test_the_cheapest_come_first_each_size_once_and_unpriced_ones_last(categories: bool) -> None:
    found = compare(market(categories=categories), wish.read(ram="8GB"), today=TODAY)
    assert ids(found) == ["odd", "m.large", "m.arm", "l-4", "l-6", "m.xlarge", "g.one", "m.metal", "g.eight", "m.new"]
    assert list(found.frame["region"])[:2] == ["ams", "eu-west-1"]


def test_equal_prices_stand_in_the_order_of_what_is_to_spare_and_then_of_the_provider() -> None:
    assert ids(answer(FOUR))[:3] == ["m.arm", "l-4", "l-6"]
    assert ids(answer(wish.read(cpus="4+", ram="16GB", providers="linode"))) == ["l-4", "l-6"]


def test_a_frame_has_all_columns_with_their_dtypes_also_when_it_is_empty() -> None:
    full = answer(FOUR)
    names = [column.name for column in OFFERS] + [name for name in COMPARED if name not in ("total", "by")]
    for found in (full, answer(wish.read(cpus="999")), compare(market(categories=True), FOUR, today=TODAY)):
        assert list(found.frame.columns) == names
        assert list(found.frame.dtypes) == list(full.frame.dtypes)
        assert list(found.frame.index) == list(range(len(found.frame)))
    expected = market().dtypes.to_dict() | dict.fromkeys(names[len(OFFERS) :], np.dtype(FIGURE))
    assert full.frame.dtypes.to_dict() == expected


def test_the_offers_that_are_compared_stay_as_they_are() -> None:
    before = market()
    compare(before, FOUR, Ranking(hours=10), today=TODAY)
    pd.testing.assert_frame_equal(before, market())


def test_every_column_that_is_computed_is_a_column_that_completion_knows() -> None:
    assert (*COMPUTED, "by") == COMPARED


def test_a_limit_cuts_and_says_of_how_many() -> None:
    found = answer(FOUR, Ranking(limit=2))
    assert (ids(found), found.fits, found.of) == (["m.arm", "l-4"], 8, 8)
    assert len(answer(FOUR, Ranking(limit=None)).frame) == 8


def test_a_limit_finds_the_same_rows_as_all_of_them_do() -> None:
    known = catalogue.snapshot()
    wished = wish.read(cpus="2+", region="eu")
    every = compare(known, wished, Ranking(limit=None), today=TODAY).frame
    for limit in (1, 7, 50):
        few = compare(known, wished, Ranking(limit=limit), today=TODAY).frame
        pd.testing.assert_frame_equal(few, every.head(limit))


def test_every_region_has_its_row_when_that_is_asked_for() -> None:
    found = answer(wish.read(search="m.large"), Ranking(per=EVERY_OFFER))
    assert list(zip(found.frame["id"], found.frame["region"], strict=True)) == [
        ("m.large", "eu-west-1"),
        ("m.large", "us-east-1"),
    ]


def test_descending_turns_the_order_and_unknown_stays_last() -> None:
    assert ids(answer(FOUR, Ranking(descending=True))) == [
        *("g.eight", "m.metal", "g.one", "m.xlarge", "l-6", "l-4", "m.arm", "m.new")
    ]
    assert ids(answer(FOUR, Ranking(descending=True, limit=1))) == ["g.eight"]


def test_another_order_is_by_a_column_of_the_best_row_of_each() -> None:
    assert ids(answer(FOUR, Ranking(sort="ram", descending=True, limit=2))) == ["m.metal", "g.eight"]
    assert ids(answer(FOUR, Ranking(sort="usd_gib_h", limit=1))) == ["m.arm"]
    with pytest.raises(NotFoundError, match="No column named 'nope' to sort by"):
        answer(FOUR, Ranking(sort="nope"))


# ------------------------------------------------------------------------------------------------------------- filters


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"cpus": "=4", "max_price": "0.2"}, ["m.arm", "l-4", "m.xlarge"]),
        ({"cpus": "6..32"}, ["l-6", "g.eight"]),
        ({"cpus": "6..64", "ram": "4x"}, ["m.metal", "g.eight"]),
        ({"ram": "..8GB"}, ["m.large"]),
        ({"disk": "1TB"}, ["m.metal"]),
        ({"net": "10+"}, ["m.metal"]),
        ({"gpu": "A100"}, ["g.one", "g.eight"]),
        ({"gpu": "a100:2"}, ["g.eight"]),
        ({"gpu": "A100:80GB"}, ["g.eight"]),
        ({"gpu": "2"}, ["g.eight"]),
        ({"arch": "arm64"}, ["m.arm"]),
        ({"providers": "Linode"}, ["l-4", "l-6"]),
        ({"providers": "aws,linode", "cpus": "=6"}, ["l-6"]),
        ({"region": "eu"}, ["odd", "m.large", "l-4", "l-6"]),
        ({"region": "eu-c"}, ["l-4", "l-6"]),
        ({"region": "eu-west-1,nl"}, ["odd", "m.large"]),
        ({"burstable": "yes"}, ["m.arm"]),
        ({"bare_metal": "yes"}, ["m.metal"]),
        ({"kind": "spot"}, ["m.xlarge"]),
        ({"kind": "any", "search": "xlarge"}, ["m.xlarge"]),
        ({"search": "LARGE"}, ["m.large", "m.xlarge"]),
        ({"max_price": "0.05"}, ["odd"]),
        ({"max_age": "400", "cpus": "64"}, ["m.metal"]),
        ({"os": "Linux", "cpus": "64"}, ["m.metal"]),
    ],
    ids=str,
)
def test_a_condition_leaves_just_what_fits_and_nothing_unknown(words: dict[str, Any], expected: list[str]) -> None:
    assert ids(answer(wish.read(**words))) == expected


def test_a_spot_price_is_never_among_the_usual_ones() -> None:
    assert 0.06 not in rounded(answer(wish.read(search="m.xlarge")), "price_hourly")
    assert rounded(answer(wish.read(search="m.xlarge", kind="any")), "price_hourly") == [0.06]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ({"providers": "linod"}, "No offers of a provider named 'linod'.", "Did you mean linode?"),
        ({"providers": "awss"}, "No offers of a provider named 'awss'.", "Did you mean aws?"),
        ({"providers": "zzz"}, "No offers of a provider named 'zzz'.", "There are ec2, linode, vultr."),
        ({"region": "eu-wset-1"}, "No region named 'eu-wset-1'.", "Did you mean eu-west-1"),
        ({"region": "mars"}, "No region named 'mars'.", "Give a region, the beginning of one, or eu, us,"),
        ({"region": "asia"}, "No offer is in 'asia'.", "--group region"),
        ({"region": "eu, us"}, "No region named 'eu, us'.", "a comma without a space"),
        ({"gpu": "A1000"}, "No offer has a GPU named 'A1000'.", "There is only NVIDIA A100."),
        ({"os": "windows"}, "No offer is for 'windows'.", "There is only linux."),
    ],
)
def test_a_word_that_means_nothing_here_is_named_with_the_nearest(
    words: dict[str, Any], message: str, hint: str
) -> None:
    with pytest.raises(NotFoundError) as caught:
        answer(wish.read(**words))
    assert caught.value.message == message
    assert hint in caught.value.hint


def test_a_beginning_of_a_region_is_looked_for_at_each_provider_by_itself() -> None:
    known = catalogue.snapshot()
    found = compare(known, wish.read(region="us-east"), Ranking(per="region", limit=None), today=TODAY)
    assert set(zip(found.frame["provider"], found.frame["region"], strict=True)) >= {
        *(("ec2", "us-east-1"), ("ec2", "us-east-2"), ("linode", "us-east"), ("gce", "us-east1"))
    }
    only = compare(known, wish.read(region="eastus"), Ranking(per="region", limit=None), today=TODAY)
    assert list(only.frame["region"]) == ["eastus"]


# ------------------------------------------------------------------------------------------------------------- figures


def test_prices_for_each_part_what_is_to_spare_and_the_waste_are_computed() -> None:
    found = answer(wish.read(cpus="4", ram="12GB", providers="linode"))
    assert rounded(found, "usd_vcpu_h") == [0.045, 0.03]
    assert rounded(found, "usd_gib_h") == [0.01125, 0.01125]
    assert rounded(found, "usd_gpu_h") == [None, None]
    assert rounded(found, "spare_vcpus") == [0.0, 2.0]
    assert rounded(found, "spare_ram_gb") == [4.0, 4.0]
    assert rounded(found, "waste") == [0.125, round((2 / 6 + 4 / 16) / 2, 6)]


def test_what_was_not_asked_for_has_nothing_to_spare() -> None:
    found = answer(wish.read(gpu="8"))
    assert rounded(found, "usd_gpu_h") == [0.875]
    assert [rounded(found, name) for name in ("spare_vcpus", "spare_ram_gb", "waste")] == [[None]] * 3


def test_memory_for_each_vcpu_is_spare_beyond_that() -> None:
    assert rounded(answer(wish.read(cpus="=6", ram="2x")), "spare_ram_gb") == [4.0]


@pytest.mark.parametrize(
    ("hours", "linode", "ec2"),
    [(100, 18.0, 18.0), (700, 120.0, 126.0), (730, 120.0, 131.4), (830, 138.0, 149.4), (1500, 247.2, 270.0)],
)
def test_a_total_never_charges_more_for_a_month_than_the_month(hours: float, linode: float, ec2: float) -> None:
    found = answer(wish.read(cpus="=4", max_price="0.18"), Ranking(hours=hours))
    assert dict(zip(found.frame["id"], rounded(found, "total"), strict=True)) == {"m.arm": ec2, "l-4": linode}


def test_a_total_of_an_unknown_price_is_unknown() -> None:
    assert rounded(answer(wish.read(search="m.new"), Ranking(hours=5)), "total") == [None]


def test_the_smallest_of_an_expression_is_best() -> None:
    found = answer(wish.read(gpu="A100"), Ranking(by=expression.read("price_hourly / gpus")))
    assert (ids(found), rounded(found, "by")) == (["g.eight", "g.one"], [0.875, 1.0])
    found = answer(ANY, Ranking(by=expression.read("ram / price"), descending=True, limit=2))
    assert (ids(found), rounded(found, "by")) == (["odd", "m.xlarge"], [1600.0, 266.666667])


def test_an_expression_chooses_the_region_of_each_size_too() -> None:
    found = answer(wish.read(search="m.large"), Ranking(by=expression.read("-price"), hours=3))
    assert list(found.frame["region"]) == ["us-east-1"]
    assert rounded(answer(FOUR, Ranking(by=expression.read("total"), hours=10, limit=1)), "by") == [1.8]


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("pric", NotFoundError, "No column named 'pric' in 'pric'."),
        ("total", NotFoundError, "No column named 'total' in 'total'."),
        ("provider", BadValueError, "provider is text, and no figure."),
        ("burstable", BadValueError, "burstable is text, and no figure."),
    ],
)
def test_an_expression_over_what_is_no_figure_is_refused(text: str, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        answer(FOUR, Ranking(by=expression.read(text)))


# -------------------------------------------------------------------------------------------------- groups and a pivot


def test_a_group_has_its_best_offer_and_its_counts() -> None:
    found = answer(Wish(), Ranking(per="provider"))
    columns = ["provider", "id", "price_hourly", "offers", "sizes"]
    assert found.frame[columns].to_numpy().tolist() == [
        ["vultr", "odd", 0.01, 1.0, 1.0],
        ["ec2", "m.large", 0.09, 8.0, 7.0],
        ["linode", "l-4", 0.18, 2.0, 2.0],
    ]
    assert found.of == 3


def test_regions_and_families_are_those_of_a_provider() -> None:
    assert list(answer(Wish(), Ranking(per="region")).frame["region"]) == [
        "ams",
        "eu-west-1",
        "us-east-1",
        "eu-central",
    ]
    assert list(answer(Wish(providers=("ec2",)), Ranking(per="family")).frame["family"]) == ["m", "g"]


def test_a_pivot_has_a_row_for_each_size_and_a_column_for_each_region_cheapest_first() -> None:
    found = pivot(market(), wish.read(cpus="2+"), Ranking(limit=3), today=TODAY)
    assert list(found.frame.columns) == [
        "backend",
        "provider",
        "id",
        "vcpus",
        "ram_gb",
        "eu-central",
        "eu-west-1",
        "us-east-1",
    ]
    assert list(found.frame["id"]) == ["m.large", "m.arm", "l-4"]
    assert found.frame[["eu-west-1", "us-east-1", "eu-central"]].astype(object).where(
        lambda it: it.notna(), None
    ).to_numpy().tolist() == [
        [0.09, 0.1, None],
        [None, 0.18, None],
        [None, None, 0.18],
    ]
    assert found.line == "%mist compare --cpus 2+ --limit 3 --pivot"


def test_a_pivot_is_of_an_expression_where_there_is_one() -> None:
    by = expression.read("ram / price")
    found = pivot(market(), wish.read(search="m.large"), Ranking(by=by, descending=True), today=TODAY)
    assert found.frame[["us-east-1", "eu-west-1"]].round(2).to_numpy().tolist() == [[80.0, 88.89]]


def test_a_pivot_of_nothing_has_no_region() -> None:
    assert list(pivot(market(), wish.read(cpus="999"), Ranking(), today=TODAY).frame.columns) == [
        *("backend", "provider", "id", "vcpus", "ram_gb")
    ]


# ----------------------------------------------------------------------------------------------------------------- why


def test_the_lines_say_what_was_left_out_and_why_the_first_one_won() -> None:
    assert answer(FOUR).notes == (
        "Left out of 12 offers: 1 by --kind on-demand; 3 by --cpus 4+ (1 of them unknown). "
        "1 offer without a known price stands last. 1 of 7 prices are older than 180 days, with GPUs 60, the oldest of "
        "2020-01-01. Ages in days: EC2 10 to 1,897, Linode 10.",
        "Cheapest: EC2 m.arm in us-east-1, 0.1800 USD/h, price of 2025-03-02, nothing to spare. "
        "Next: Linode l-4 in eu-central, the same, nothing to spare.",
    )


def test_the_lines_say_what_is_to_spare_and_how_much_more_the_next_one_costs() -> None:
    assert answer(wish.read(cpus="1", ram="4GB", max_price="0.1", providers="ec2")).notes[1] == (
        "Cheapest: EC2 m.large in eu-west-1, 0.0900 USD/h, price of 2025-03-02, with 1 vCPU and 4 GB to spare."
    )
    assert answer(wish.read(max_price="0.1")).notes[1] == (
        "Cheapest: Vultr odd in ams, 0.0100 USD/h, price of 2025-03-02. "
        "Next: EC2 m.large in eu-west-1, 0.0900 USD/h, 800 % more."
    )


def test_the_lines_speak_of_the_expression_that_decided() -> None:
    by = Ranking(by=expression.read("price_hourly / gpus"))
    assert answer(wish.read(gpu="1"), by).notes[-1] == (
        "Smallest price_hourly / gpus: EC2 g.eight in us-east-1, 0.875, price of 2025-03-02. "
        "Next: EC2 g.one in us-east-1, 1, 14 % more."
    )
    largest = Ranking(by=expression.read("ram_gb / price_hourly"), descending=True, limit=1)
    assert (
        answer(wish.read(gpu="1"), largest)
        .notes[-1]
        .startswith("Largest ram_gb / price_hourly: EC2 g.eight in us-east-1, 36.5714, price of 2025-03-02.")
    )


def test_an_order_without_a_price_says_of_how_many_none_is_known_and_not_that_they_stand_last() -> None:
    by = Ranking(by=expression.read("-ram_gb"))
    assert "1 offer has no known price." in answer(wish.read(ram="16GB"), by).notes[0]
    assert "--by=-ram_gb" in answer(wish.read(ram="16GB"), by).line
    assert "1 offer without a known price stands last." in answer(wish.read(ram="16GB")).notes[0]


def test_unknown_is_never_the_cheapest() -> None:
    found = answer(wish.read(search="m.new"))
    assert found.notes[-1] == "No price is known for any of these."
    assert rounded(found, "price_hourly") == [None]


def test_prices_are_old_from_as_many_days_as_are_set() -> None:
    assert "All 7 prices are older than 9 days, the oldest of 2020-01-01." in answer(FOUR, stale_days=9.0).notes[0]
    assert "older" not in answer(wish.read(cpus="64")).notes[0]


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (
            {"cpus": "4", "ram": "300GB"},
            (
                "Nothing fits. Of 12 offers --kind on-demand leaves 11, then --cpus 4+ leaves 8, "
                "then --ram 300GB leaves 0.",
                "Nearest: EC2 m.metal in us-east-1 (64 vCPUs, 256 GB, 4.0000 USD/h); it misses --ram 300GB. "
                "This line finds it:",
                "%mist compare --cpus 4+ --ram 256GB",
            ),
        ),
        (
            {"gpu": "A100:80GB:16"},
            (
                "Nothing fits. Of 12 offers --kind on-demand leaves 11, then --gpu A100:80GB:16 leaves 0.",
                "Nearest: EC2 g.eight in us-east-1 (32 vCPUs, 256 GB, 8 GPUs, 7.0000 USD/h); "
                "it misses --gpu A100:80GB:16. This line finds it:",
                "%mist compare --gpu A100:80GB:8",
            ),
        ),
        (
            {"providers": "linode", "arch": "arm64", "max_price": "0.1"},
            (
                "Nothing fits. Of 12 offers --kind on-demand leaves 11, then --providers linode leaves 2, "
                "then --arch arm64 leaves 0.",
                "Nearest: EC2 m.arm in us-east-1 (4 vCPUs, 16 GB, 0.1800 USD/h); "
                "it misses --providers linode and --max-price 0.1. This line finds it:",
                "%mist compare --arch arm64 --max-price 0.18",
            ),
        ),
        (
            {"cpus": "5..5", "kind": "spot"},
            (
                "Nothing fits. Of 12 offers --kind spot leaves 1, then --cpus =5 leaves 0.",
                "The table has 1 spot price in 1 region: EC2 1 in us-east-1.",
                "Nearest: EC2 m.xlarge in us-east-1 (4 vCPUs, 16 GB, 0.0600 USD/h); it misses --cpus =5. "
                "This line finds it:",
                "%mist compare --kind spot --cpus 4..5",
            ),
        ),
    ],
    ids=str,
)
def test_when_nothing_fits_the_lines_say_where_it_ended_and_what_to_type(
    words: dict[str, Any], lines: tuple[str, ...]
) -> None:
    assert answer(wish.read(**words)).notes == lines


def test_what_is_beside_the_wish_stays_in_the_line_to_type() -> None:
    ranking = Ranking(by=expression.read("price / vcpus"), hours=200, per="provider", limit=None)
    found = answer(wish.read(cpus="999"), ranking, more=("--snapshot 2014",))
    assert found.notes[-1] == (
        '%mist compare --cpus 64+ --by "price / vcpus" --hours 200 --group provider --limit all --snapshot 2014'
    )
    assert found.line.startswith("%mist compare --cpus 999+ --by")


def test_no_offers_at_all_are_said_so() -> None:
    assert compare(market().head(0), FOUR, today=TODAY).notes == ("There are no offers at all to compare.",)


def test_the_frame_says_which_question_it_answers() -> None:
    about = answer(FOUR, Ranking(limit=3)).frame.attrs["mist"]
    assert {name: about[name] for name in ("kind", "question", "fits", "of", "rows", "per")} == {
        "kind": "offers",
        "question": "%mist compare --cpus 4+ --ram 16GB --limit 3",
        "fits": 8,
        "of": 8,
        "rows": 3,
        "per": "size",
    }
    assert about["lines"] == list(answer(FOUR).notes)


# ------------------------------------------------------------------------------------------------------- from Python


def test_a_persons_words_are_a_wish_and_a_ranking() -> None:
    found = compare_words(market(), {"cpus": "4+", "by": "price / vcpus", "limit": 1, "hours": 10}, today=TODAY)
    assert (ids(found), found.line) == (
        ["l-6"],
        '%mist compare --cpus 4+ --by "price / vcpus" --hours 10 --limit 1',
    )


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ({"per": "planet"}, BadValueError),
        ({"limit": 0}, BadValueError),
        ({"limit": -1}, BadValueError),
        ({"hours": 0}, BadValueError),
        ({"hours": float("nan")}, BadValueError),
        ({"by": "price.x"}, BadValueError),
        ({"cpu": 4}, MistUsageError),
    ],
    ids=str,
)
def test_a_persons_words_that_cannot_be_are_refused(words: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        compare_words(market(), words)


# ------------------------------------------------------------------------------------------- the catalogue, documented


def test_the_documented_question_has_its_documented_answer() -> None:
    """4 vCPUs and 16 GB of each provider, within one snapshot."""
    found = compare(catalogue.snapshot(), FOUR, Ranking(per="provider"), today=TODAY)
    best = dict(
        zip(found.frame["provider"], zip(found.frame["id"], rounded(found, "price_hourly"), strict=True), strict=True)
    )
    assert best["ec2"] == ("t4g.xlarge", 0.0896)
    assert best["vultr"] == ("vc2-6c-16gb", round(80 / 730, 6))
    assert best["linode"] == ("g6-standard-6", 0.144)
    assert best["gce"] == ("n2d-standard-4", 0.11153)
    x86 = wish.read(cpus="4+", ram="16GB", arch="x86_64", providers="ec2", region="us-east-1")
    first = compare(catalogue.snapshot(), x86, today=TODAY).frame.iloc[0]
    assert (first["id"], round(first["price_hourly"], 4)) == ("t3a.xlarge", 0.1504)


def test_the_world_of_the_mist_documentation_answers_too() -> None:
    found = compare(catalogue.snapshot("2014"), wish.read(ram="1GB", providers="NephoScale"), today=TODAY)
    assert (found.frame["name"].iloc[0], found.frame["price_hourly"].iloc[0]) == ("CS1 - 1GB, 1Core, 50GB", 0.063)
