"""Where regions are: all of the catalogue's, words for parts of the world, and names that are not in the table."""

from __future__ import annotations

import pytest

from mist_notebook.prices import catalogue, places


@pytest.mark.parametrize("name", catalogue.SNAPSHOTS)
def test_every_region_of_the_catalogue_is_in_a_country(name: str) -> None:
    regions = catalogue.snapshot(name)["region"].dropna().unique()
    assert [region for region in regions if not places.country(region)] == []


def test_no_two_providers_say_different_countries_of_one_name() -> None:
    said: dict[str, set[str]] = {}
    for countries in places.REGIONS.values():
        for code, names in countries.items():
            for name in names.split():
                said.setdefault(name, set()).add(code)
    assert {name: codes for name, codes in said.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("word", "inside", "outside"),
    [
        ("eu", ["eu-west-1", "eu-west-2", "eu-central-2", "northeurope", "uksouth", "europe-west6", "ams", "fra"],
         ["us-east-1", "eastus", "il-central-1", "me-west1", "ap-south-1"]),
        ("us", ["us-east-1", "us-gov-west-1", "us-west-2-lax-1", "eastus2", "us-central1", "ewr", "us-ord"],
         ["ca-central-1", "canadacentral", "southamerica-east1", "mx-central-1"]),
        ("na", ["us-east-1", "ca-central-1", "mx-central-1", "yto"], ["sa-east-1", "eu-west-1"]),
        ("sa", ["sa-east-1", "brazilsouth", "scl"], ["us-south1", "me-central2", "southafricanorth"]),
        ("asia", ["ap-south-1", "asia-east1", "japaneast", "ap-northeast"], ["ap-southeast-2", "syd", "eu-west-1"]),
        ("apac", ["ap-south-1", "ap-southeast-2", "australiaeast", "syd"], ["me-south-1", "us-west-2"]),
        ("oceania", ["ap-southeast-2", "australiaeast"], ["ap-southeast-1"]),
        ("me", ["me-south-1", "uaenorth", "il-central-1"], ["ap-south-1"]),
        ("africa", ["af-south-1", "southafricanorth", "jnb"], ["eu-south-1"]),
        ("DE", ["eu-central-1", "europe-west3", "germanywestcentral", "fra"], ["eu-west-1"]),
        ("uk", ["eu-west-2", "uksouth", "lhr", "London, England, UK"], ["eu-west-1"]),
        ("usa", ["us-east-1", "Newark, NJ, USA", "New York 1"], ["ca-central-1", "Amsterdam 1"]),
    ],
)  # fmt: skip
def test_a_word_means_the_regions_in_that_part_of_the_world(word: str, inside: list[str], outside: list[str]) -> None:
    assert [name for name in inside if not places.is_in(name, word)] == []
    assert [name for name in outside if places.is_in(name, word)] == []


def test_a_region_that_is_not_in_the_table_is_where_its_name_begins() -> None:
    assert places.is_in("eu-atlantis-7", "eu")
    assert places.is_in("ca-atlantis-7", "ca")
    assert not places.is_in("eu-atlantis-7", "de")
    assert places.country("us-west-2-lax-1") == "us"
    assert places.country("eu-west-99") == ""
    assert places.is_in("eu-west-99", "eu")
    assert not places.is_in("RegionOne", "eu")


@pytest.mark.parametrize("word", ["", "mars", "us-east-1", "e", "united states"])
def test_another_word_is_no_part_of_the_world(word: str) -> None:
    assert places.continents(word) == frozenset()
    assert not places.is_in("us-east-1", word)


def test_every_word_that_is_offered_means_something() -> None:
    assert all(places.continents(word) for word in places.CONTINENT_WORDS)
