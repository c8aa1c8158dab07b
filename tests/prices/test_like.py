"""The offers most like one size: which size is meant, how far others are, what they save, and what to do for none."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mist_notebook.ground.errors import AmbiguousError, BadValueError, MistUsageError, NotFoundError
from mist_notebook.prices import catalogue
from mist_notebook.prices.costs import currencies
from mist_notebook.prices.likeness.like import Alike, Likeness, distances, find, like, like_words
from mist_notebook.prices.wishes import wish
from mist_notebook.records.columns import ALIKE, OFFERS
from tests.prices.test_compare import size
from tests.rigs.offer_rows import offers

TODAY = date(2026, 11, 25)


def market() -> pd.DataFrame:
    """A reference in two regions, and around it what differs from it in one thing, or in two."""
    return offers(
        size("m.xlarge", 4, 16, 0.20),
        size("m.xlarge", 4, 16, 0.25, region="eu-west-1"),
        size("m.xlarge", 4, 16, 0.05, kind="spot"),
        size("m2.xlarge", 4, 16, 0.15),
        size("same", 4, 16, 0.16, provider="gce", region="us-east1"),
        size("same", 4, 16, 0.14, provider="gce", region="europe-west1"),
        size("arm", 4, 16, 0.10, provider="gce", region="us-east1", arch="arm64"),
        size("burst", 4, 16, 0.11, provider="gce", region="us-east1", burstable=True, bare_metal=True),
        size("less", 3, 16, 0.12, provider="linode", region="eu-west", disk_gb=160.0),
        size("half", 4, 8, 0.02, provider="linode", region="eu-west"),
        size("unpriced", 4, 16, None, provider="linode", region="eu-west"),
        size("blank", None, 16, 0.01, provider="vultr", region="ams"),
        size("gpu", 4, 16, 0.5, provider="vultr", region="ams", gpus=1.0, gpu_name="A100", gpu_ram_gb=40.0),
        size("other-gpu", 4, 16, 0.4, provider="gce", region="us-east1", gpus=1.0, gpu_name="T4", gpu_ram_gb=16.0),
        size("same", 1, 1, 0.001, provider="vultr", region="ams"),
        size("local", 4, 16, 0.3, provider="vultr", region="ams", disk_gb=300.0),
    )


def alike(reference: Any = "ec2:m.xlarge", likeness: Likeness | None = None, **words: Any) -> Alike:
    return like(market(), reference, wish.read(**words), likeness or Likeness(), today=TODAY)


def told(found: Alike) -> list[tuple[Any, ...]]:
    rows = found.frame[["id", "distance", "differs"]].itertuples(index=False)
    return [(row[0], round(row[1], 4), row[2]) for row in rows]


def test_the_nearest_sizes_elsewhere_come_cheapest_first_in_their_best_region() -> None:
    found = alike()
    assert told(found) == [
        ("arm", 0.1, "arm64"),
        ("burst", 0.2, "burstable, bare metal"),
        ("less", 0.25, ""),
        ("same", 0.0, ""),
        ("local", 0.0, ""),
        ("unpriced", 0.0, ""),
    ]
    assert list(found.frame["region"])[3] == "europe-west1"
    assert found.of == 6


def test_the_differences_are_from_the_reference_to_the_offer() -> None:
    row = alike().frame.iloc[2]
    differences = {name: round(row[name], 6) for name in ALIKE if name not in ("distance", "differs")}
    assert differences == {
        "diff_vcpus": -1.0,
        "diff_ram_gb": 0.0,
        "diff_disk_gb": 160.0,
        "diff_hourly": -0.08,
        "diff_percent": -40.0,
        "saved_monthly": 58.4,
    }


def test_the_frame_has_the_columns_of_offers_and_those_of_likeness_also_when_it_is_empty() -> None:
    names = [*(column.name for column in OFFERS), *ALIKE]
    full = alike()
    for found in (full, alike("vultr:same")):
        assert list(found.frame.columns) == names
        assert list(found.frame.dtypes) == list(full.frame.dtypes)


def test_what_is_less_is_a_part_of_the_larger_and_more_local_disk_is_no_difference() -> None:
    frame = market()
    own = frame.iloc[find(frame, "ec2:m.xlarge")]
    distance = dict(zip(frame["id"], distances(frame, np.arange(len(frame)), own), strict=True))
    assert (distance["m.xlarge"], distance["half"], distance["less"]) == (0.0, 0.5, 0.25)
    assert (distance["gpu"], distance["local"]) == (1.0, 0.0)
    assert np.isnan(distance["blank"])
    disked = frame.iloc[find(frame, "vultr:local")]
    assert dict(zip(frame["id"], distances(frame, np.arange(len(frame)), disked), strict=True))["m2.xlarge"] == 0.1


def test_another_gpu_is_far_and_no_gpu_further() -> None:
    found = alike("vultr:gpu", Likeness(tolerance=1.0))
    assert [row for row in told(found) if "gpu" in row[0]] == [("other-gpu", 0.5, "T4")]
    assert found.of == 5


def test_the_same_provider_is_left_out_unless_it_is_asked_for() -> None:
    assert "m2.xlarge" not in [row[0] for row in told(alike())]
    assert "m2.xlarge" in [row[0] for row in told(alike("ec2:m.xlarge", Likeness(anywhere=True)))]
    assert told(alike(providers="ec2")) == [("m2.xlarge", 0.0, "")]


def test_conditions_and_a_limit_narrow_it() -> None:
    assert [row[0] for row in told(alike(region="eu"))] == ["less", "same", "local", "unpriced"]
    assert [row[0] for row in told(alike(arch="arm64"))] == ["arm"]
    assert [row[0] for row in told(alike(likeness=Likeness(limit=2)))] == ["arm", "burst"]
    every = alike(likeness=Likeness(per="offer", limit=None))
    assert [row[0] for row in told(every)].count("same") == 2


def test_the_lines_say_what_the_reference_is_and_what_the_cheapest_saves() -> None:
    assert alike().notes == (
        "EC2 m.xlarge in us-east-1: 4 vCPUs, 16 GB, x86_64, 0.2000 USD/h, 146.00 a month.",
        "Cheapest: GCE arm in us-east1 (arm64) saves 73.00 USD a month, 50 %. "
        "Price of 2025-03-02, the other one's price of 2025-03-02. "
        "Distance: 0 is the same shape, 0.5 half the vCPUs or the RAM; up to 0.25 is shown.",
    )
    assert "Cheapest: Vultr local in ams costs 73.00 USD a month more." in alike(disk="300GB").notes[1]


def test_the_same_price_saves_nothing() -> None:
    twin = offers(size("a", 2, 4, 0.1), size("b", 2, 4, 0.1, provider="gce"))
    assert "GCE b in us-east-1 costs the same." in like(twin, "ec2:a", today=TODAY).notes[1]


def test_without_a_price_there_is_nothing_to_save() -> None:
    found = alike("linode:unpriced", region="us")
    assert found.notes[0] == "Linode unpriced in eu-west: 4 vCPUs, 16 GB, x86_64, price unknown."
    assert found.notes[1].startswith("No price to compare with is known.")
    assert found.frame["saved_monthly"].isna().all()


def test_an_unknown_figure_of_the_reference_is_said_and_not_compared() -> None:
    found = alike("vultr:blank")
    assert "Its vcpus is unknown, and not compared." in found.notes[0]
    assert "less" in [row[0] for row in told(found)]


def test_when_nothing_is_near_the_line_says_the_tolerance_that_it_needs() -> None:
    found = alike("vultr:same")
    assert (len(found.frame), found.of) == (0, 0)
    assert found.notes[1] == "Nothing is within 0.25 of it. The nearest is Linode less in eu-west: add --tolerance 1.61"
    assert alike("vultr:same", Likeness(tolerance=1.61)).of == 1


def test_nothing_at_all_to_compare_with_is_said() -> None:
    alone = offers(size("a", 2, 4, 0.1))
    assert like(alone, "ec2:a", today=TODAY).notes[1] == "There is nothing else of a known shape to compare with."


# --------------------------------------------------------------------------------------------------------- a reference


@pytest.mark.parametrize(
    ("reference", "place"),
    [
        ("ec2:m.xlarge", ("ec2", "us-east-1", "on-demand")),
        ("AWS:m.xlarge", ("ec2", "us-east-1", "on-demand")),
        ("m.xlarge", ("ec2", "us-east-1", "on-demand")),
        ("EC2:M.XLARGE", ("ec2", "us-east-1", "on-demand")),
        (" ec2 : m.xlarge @ eu ", ("ec2", "eu-west-1", "on-demand")),
        ("ec2:m.xlarge@eu-west-1", ("ec2", "eu-west-1", "on-demand")),
        ("gce:same", ("gce", "europe-west1", "on-demand")),
        ({"provider": "gce", "id": "same", "region": "us-east1"}, ("gce", "us-east1", "on-demand")),
        (pd.Series({"provider": "ec2", "id": "m.xlarge", "region": None}), ("ec2", "us-east-1", "on-demand")),
    ],
    ids=str,
)  # fmt: skip
def test_a_reference_is_a_size_of_a_provider_in_its_cheapest_region_or_in_that_one(
    reference: Any, place: tuple[str, str, str]
) -> None:
    row = market().iloc[find(market(), reference)]
    assert (row["provider"], row["region"], row["kind"]) == place


def test_a_backends_own_name_is_a_reference_too() -> None:
    mine = offers(size("s", 2, 4, 0.1, backend="Rack 7", provider="openstack"), size("s", 2, 4, 0.05))
    assert find(mine, "rack 7:s") == 0
    assert find(mine, mine.iloc[0]) == 0


@pytest.mark.parametrize(
    ("reference", "kind", "message", "hint"),
    [
        ("", BadValueError, "Like what? The size is empty.", "EC2:m5.xlarge"),
        ("ec2:", BadValueError, "Like what? The size is empty.", "EC2:m5.xlarge"),
        ("@us", BadValueError, "Like what? The size is empty.", "EC2:m5.xlarge"),
        (None, BadValueError, "Like what? The size is empty.", "EC2:m5.xlarge"),
        (5, BadValueError, "Like what? The size is empty.", "EC2:m5.xlarge"),
        ({"provider": "ec2"}, BadValueError, "Like what? The size is empty.", "EC2:m5.xlarge"),
        ("EC3:m.xlarge", NotFoundError, "No offers of a provider named 'EC3'.", "Did you mean ec2?"),
        ("ec2:m.xlrge", NotFoundError, "No size named 'm.xlrge' at ec2.", "Did you mean m.xlarge"),
        ("nope", NotFoundError, "No size named 'nope'.", "There are "),
        ("same", AmbiguousError, "2 sizes match 'same'.", "Say which: gce:same, vultr:same."),
        ("ec2:m.xlarge@mars", NotFoundError, "No region named 'mars'.", "Give a region"),
        ("ec2:m.xlarge@europe-west1", NotFoundError, "No region named 'europe-west1'.", "eu-west-1"),
    ],
)
def test_a_reference_that_means_nothing_is_refused(
    reference: Any, kind: type[Exception], message: str, hint: str
) -> None:
    with pytest.raises(kind) as caught:
        find(market(), reference)
    assert (str(caught.value).splitlines()[0], hint in str(caught.value).splitlines()[1]) == (message, True)


# ---------------------------------------------------------------------------------------------------------- in general


def test_a_persons_words_are_a_wish_and_a_likeness() -> None:
    found = like_words(market(), "ec2:m.xlarge", {"region": "eu", "tolerance": "0", "limit": 1})
    assert told(found) == [("same", 0.0, "")]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ({"tolerance": -1}, BadValueError),
        ({"tolerance": float("nan")}, BadValueError),
        ({"tolerance": "x"}, BadValueError),
        ({"limit": 0}, BadValueError),
        ({"per": "x"}, BadValueError),
        ({"near": 1}, MistUsageError),
    ],
    ids=str,
)
def test_a_persons_words_that_cannot_be_are_refused(words: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        like_words(market(), "ec2:m.xlarge", words)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, len(catalogue.snapshot()) - 1), st.sampled_from([0.0, 0.1, 0.25, 1.0]))
def test_every_row_is_within_the_tolerance_elsewhere_and_in_order(place: int, tolerance: float) -> None:
    known, _ = currencies.in_one(catalogue.snapshot())
    own = known.iloc[place]
    found = like(known, own, wish.read(kind=own["kind"]), Likeness(tolerance, limit=50), today=TODAY)
    frame = found.frame
    assert (frame["distance"] <= tolerance).all() and (frame["distance"] >= 0).all()
    assert (frame["provider"] != own["provider"]).all()
    priced = frame["price_hourly"].dropna().to_numpy()
    assert list(priced) == sorted(priced)
    assert not frame.duplicated(["provider", "id"]).any()
    if not np.isnan(own["price_monthly"]) and own["region"] == own["region"]:
        same = own["price_monthly"] - frame["price_monthly"]
        assert frame["saved_monthly"].equals(same.rename("saved_monthly"))


def test_the_catalogue_has_equivalents_of_the_size_that_everybody_knows() -> None:
    found = like(catalogue.snapshot(), "EC2:m5.xlarge", today=TODAY)
    assert {"azure_arm", "gce", "vultr"} <= set(found.frame["provider"])
    assert found.notes[0] == "EC2 m5.xlarge in us-east-1: 4 vCPUs, 16 GB, x86_64, 0.1920 USD/h, 140.16 a month."
