"""The words of Python: the same for comparing, likeness and exploring, each slip told with the nearest."""

from __future__ import annotations

from typing import Any

import pytest

from mist_notebook.ground.errors import BadValueError, MistUsageError, NotFoundError
from mist_notebook.prices import catalogue
from mist_notebook.prices.comparing import words
from mist_notebook.prices.comparing.compare import compare_words
from mist_notebook.prices.costs import currencies
from mist_notebook.prices.likeness.like import like_words
from mist_notebook.prices.wishes import wish


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"with_": "ipv4"}, {"needs": "ipv4"}),
        ({"with": "ipv4"}, {"needs": "ipv4"}),
        ({"windows": True}, {"os": "windows"}),
        ({"windows": False}, {"os": "linux"}),
        ({"group": "provider"}, {"per": "provider"}),
        ({"all_regions": True}, {"per": "offer"}),
        ({"all_regions": False, "cpus": None}, {}),
        ({"region": "eu", "provider": "ec2"}, {"regions": "eu", "providers": "ec2"}),
        ({"desc": True, "limit": None}, {"descending": True, "limit": None}),
    ],
    ids=str,
)
def test_a_word_of_the_line_is_a_word_of_python(asked: dict[str, Any], expected: dict[str, Any]) -> None:
    assert words.in_ours(asked, words.OF_RANKING) == expected


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("curency", "Did you mean currency?"),
        ("cpu", "Did you mean cpus"),
        ("wndows", "Did you mean windows?"),
        ("wiht", "with"),
        ("archs", "arch"),
        ("xyzzy", "There are kind, os, providers"),
    ],
)
def test_a_word_that_there_is_none_of_is_told_with_the_nearest(word: str, hint: str) -> None:
    for ask in (
        lambda given: compare_words(catalogue.snapshot("2014"), given),
        lambda given: like_words(catalogue.snapshot("2014"), "ec2:m1.small", given),
    ):
        with pytest.raises(MistUsageError) as caught:
            ask({word: 1})
        assert caught.value.message == f"There is no condition '{word}'." and hint in caught.value.hint


def test_two_words_that_say_the_same_are_refused() -> None:
    with pytest.raises(MistUsageError, match="with_ and needs say the same"):
        words.in_ours({"with_": "ipv4", "needs": "1TB out"}, words.OF_RANKING)


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"currency": "EUT"}, NotFoundError),
        ({"currency": "12"}, BadValueError),
        ({"with_": "100GB dsk"}, BadValueError),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_python_too(asked: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        compare_words(catalogue.snapshot("2014"), asked)


def test_everything_at_once_is_what_the_line_says() -> None:
    rates = currencies.kept()
    offers, _ = currencies.turned(currencies.in_one(catalogue.snapshot(), rates)[0], rates, "EUR")
    asked = {"cpus": 4, "arch": "arm64", "kind": "spot,on-demand", "region": "eu", "currency": "euro", "limit": 3}
    found = compare_words(offers, asked | {"with_": "ipv4", "group": "provider"}, rates=rates)
    assert found.line == (
        "%mist compare --kind on-demand,spot --region eu --arch arm64 --cpus 4+ --group provider --limit 3 "
        "--with ipv4 --currency EUR"
    )
    assert found.frame["monthly_total"].notna().any()


def test_what_is_like_a_size_is_compared_by_a_month_of_it_where_that_is_asked() -> None:
    rates = currencies.kept()
    offers, _ = currencies.in_one(catalogue.snapshot(), rates)
    found = like_words(
        offers, "ec2:m5.xlarge@us-east-1", {"with_": "ipv4, 100GB disk, 1TB out", "limit": 3}, rates=rates
    )
    first = found.frame.iloc[0]
    parts = first[["disk_monthly", "address_monthly", "traffic_monthly"]].sum()
    assert first["monthly_total"] == pytest.approx(first["price_monthly"] + parts)
    assert first["saved_monthly"] == pytest.approx(234.97 - first["monthly_total"])
    assert "234.97 a month with ipv4, 100GB disk, 1TB out." in found.notes[0]
    assert found.notes[1].startswith("Cheapest with ipv4, 100GB disk, 1TB out: ")
    totals = found.frame["monthly_total"].dropna()
    assert totals.is_monotonic_increasing and len(totals)


def test_a_month_that_is_not_known_saves_nothing_and_is_said_to_be_unknown() -> None:
    known, _ = currencies.in_one(catalogue.snapshot())
    found = like_words(known, "ec2:m5.xlarge@eu-west-3", {"with_": "1TB out", "limit": 2})
    assert found.frame["saved_monthly"].isna().all() and "unknown a month with 1TB out" in found.notes[0]
    assert found.notes[1].startswith("No month with 1TB out to compare with is known.")
    nothing = like_words(known, "ec2:m5.xlarge", {"with_": "1TB out", "tolerance": 0, "cpus": 999})
    assert not len(nothing.frame) and "monthly_total" in nothing.frame


def test_a_wish_still_reads_its_own_words() -> None:
    assert wish.read(region="eu", gpu="A100-80").regions == ("eu",)
