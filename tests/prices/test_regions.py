"""Which regions of the offers a word means: a place at all providers, a name, or the beginning of names."""

from __future__ import annotations

import pytest

from mist_notebook.ground.errors import NotFoundError
from mist_notebook.prices import catalogue
from mist_notebook.prices.comparing.compare import Ranking, compare
from mist_notebook.prices.wishes import regions, wish
from tests.rigs.offer_rows import offers

WORLD = offers(
    *(
        {"provider": provider, "id": "a", "region": region, "vcpus": 2.0, "ram_gb": 4.0, "price_hourly": 0.1}
        for provider, names in {
            "ec2": "eu-central-1 us-east-1 us-gov-west-1 ap-south-1 us-west-2",
            "azure_arm": "germanywestcentral germanynorth eastus francecentral usgovvirginia",
            "gce": "europe-west3 us-central1 asia-south1 us-west1",
            "vultr": "fra atl cdg",
            "lambda": "us-west-2",
        }.items()
        for region in names.split()
    )
)


def meant(*words: str) -> set[str]:
    there = WORLD[regions.rows(WORLD, words)]
    return {f"{provider}/{region}" for provider, region in zip(there["provider"], there["region"], strict=True)}


def test_a_country_is_the_country_and_no_beginning() -> None:
    assert meant("Germany") == meant("de") == meant("DE") == {
        "ec2/eu-central-1", "azure_arm/germanywestcentral", "azure_arm/germanynorth", "gce/europe-west3", "vultr/fra",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("Frankfurt",), {"ec2/eu-central-1", "azure_arm/germanywestcentral", "gce/europe-west3", "vultr/fra"}),
        (("Mumbai",), {"ec2/ap-south-1", "gce/asia-south1"}),
        (("Oregon",), {"ec2/us-west-2", "gce/us-west1"}),
        (("Arizona",), {"lambda/us-west-2"}),
        (("france", "Paris"), {"azure_arm/francecentral", "vultr/cdg"}),
        (("us-gov",), {"ec2/us-gov-west-1", "azure_arm/usgovvirginia"}),
        (("us-gov-west-1",), {"ec2/us-gov-west-1"}),
        (("us-east",), {"ec2/us-east-1"}),
        (("germanyn",), {"azure_arm/germanynorth"}),
        (("us-west-2",), {"ec2/us-west-2", "lambda/us-west-2"}),
    ],
)
def test_a_word_means_the_place_or_the_names(words: tuple[str, ...], expected: set[str]) -> None:
    assert meant(*words) == expected


def test_us_leaves_the_governments_out() -> None:
    assert not {region for region in meant("us") if "gov" in region}
    assert {"ec2/us-east-1", "azure_arm/eastus", "gce/us-central1", "vultr/atl"} <= meant("us")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("germanyn", "'germanyn' is no place that is known, but the beginning of regions of Azure alone."),
        ("europe-w", "'europe-w' is no place that is known, but the beginning of regions of GCE alone."),
        ("us-", ""),
        ("Germany", ""),
        ("eu-central-1", ""),
        ("eu", ""),
    ],
)
def test_a_beginning_that_one_provider_alone_has_is_said(word: str, said: str) -> None:
    assert regions.notes(WORLD, (word,)) == ((said,) if said else ())


def test_where_there_is_one_provider_a_beginning_needs_no_line() -> None:
    own = WORLD[WORLD["provider"] == "azure_arm"]
    assert regions.notes(own, ("germanyn",)) == ()


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("Frankfort", "Did you mean Frankfurt"),
        ("Germny", "Did you mean Germany"),
        ("atlantis", "or eu, us, asia"),
        ("Norway", "--group region"),
        ("eu, us", "Several need a comma without a space"),
    ],
)
def test_a_word_that_means_nothing_is_refused_with_the_nearest(word: str, hint: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        regions.rows(WORLD, (word,))
    assert hint in caught.value.hint


@pytest.mark.parametrize(("one", "other"), [("Germany", "DE"), ("united kingdom", "uk"), ("Japan", "jp")])
def test_a_country_has_the_same_answer_by_its_name_and_its_code(one: str, other: str) -> None:
    known = catalogue.snapshot()
    first, second = (compare(known, wish.read(cpus="4+", ram="16GB", region=word)) for word in (one, other))
    assert first.frame.equals(second.frame) and first.fits == second.fits > 300
    every = compare(known, wish.read(region=one), Ranking(per="provider")).frame["provider"]
    assert {"ec2", "azure_arm", "gce", "oci", "linode"} <= set(every)
