"""Where regions are: all of the catalogue's, words for parts of the world, and names that are not in the table."""

from __future__ import annotations

import pytest

from mist_notebook.prices import catalogue
from mist_notebook.prices.wishes import places


@pytest.mark.parametrize("name", catalogue.SNAPSHOTS)
def test_every_region_of_the_catalogue_is_in_a_country(name: str) -> None:
    regions = catalogue.snapshot(name)["region"].dropna().unique()
    assert [region for region in regions if not places.country(region)] == []


@pytest.mark.parametrize(
    ("word", "inside", "outside"),
    [
        ("eu", ["eu-west-1", "eu-west-2", "eu-central-2", "northeurope", "uksouth", "europe-west6", "ams", "fra"],
         ["us-east-1", "eastus", "il-central-1", "me-west1", "ap-south-1"]),
        ("us", ["us-east-1", "us-west-2-lax-1", "eastus2", "us-central1", "ewr", "us-ord"],
         ["ca-central-1", "canadacentral", "southamerica-east1", "mx-central-1", "us-gov-west-1", "usgovvirginia"]),
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


@pytest.mark.parametrize("word", ["", "mars", "us-east-1", "e", "united states of mars"])
def test_another_word_is_no_part_of_the_world(word: str) -> None:
    assert places.continents(word) == frozenset()
    assert not places.is_in("us-east-1", word)


def test_every_word_that_is_offered_means_something() -> None:
    assert all(places.continents(word) for word in places.CONTINENT_WORDS)


# ---------------------------------------------------------------------------------------------- countries and cities

# One region of each provider that has one there.
PLACES = {
    "Germany": ["eu-central-1", "germanywestcentral", "europe-west3", "eu-central", "fra", "eu-frankfurt-1", "fra1",
                "fsn1", "nbg1", "DE1", "de-fra1", "de/txl", "eusc-de-east-1"],
    "Frankfurt": ["eu-central-1", "germanywestcentral", "europe-west3", "eu-central", "fra", "eu-frankfurt-1", "fra1",
                  "DE1", "de-fra1", "de/fra", "de-fra-2"],
    "London": ["eu-west-2", "uksouth", "europe-west2", "gb-lon", "lhr", "uk-london-1", "lon1", "UK1", "uk-lon1"],
    "Oregon": ["us-west-2", "us-west1", "hil", "US-WEST-OR-1"],
    "Mumbai": ["ap-south-1", "westindia", "asia-south1", "bom", "ap-mumbai-1", "in-bom-2", "AP-SOUTH-MUM"],
    "Virginia": ["us-east-1", "eastus", "us-east4", "us-iad", "us-ashburn-1", "ash", "US-EAST-VA-1", "ric1"],
    "Ohio": ["us-east-2", "us-east5"],
    "Tokyo": ["ap-northeast-1", "japaneast", "asia-northeast1", "nrt", "ap-tokyo-1", "jp-tyo-3"],
    "Paris": ["eu-west-3", "francecentral", "europe-west9", "cdg", "eu-paris-1", "fr-par-1", "fr-par1", "EU-WEST-PAR"],
    "Netherlands": ["westeurope", "europe-west4", "ams", "eu-amsterdam-1", "nl-ams-1", "ams3"],
    "Sao Paulo": ["sa-east-1", "brazilsouth", "southamerica-east1", "sao", "sa-saopaulo-1", "br-gru"],
    "Poland": ["polandcentral", "europe-central2", "waw", "pl-waw-2", "WAW1"],
    "Finland": ["europe-north1", "hel1", "fi-hel2", "FIN-01", "eu-north1"],
    "Johannesburg": ["southafricanorth", "africa-south1", "jnb", "af-johannesburg-1"],
    "Zurich": ["eu-central-2", "switzerlandnorth", "europe-west6", "eu-zurich-1"],
}  # fmt: skip


@pytest.mark.parametrize("word", PLACES)
def test_a_country_or_a_city_means_the_same_place_at_every_provider(word: str) -> None:
    assert [region for region in PLACES[word] if not places.is_in(region, word)] == []
    elsewhere = {region for other, regions in PLACES.items() for region in regions} - set(PLACES[word])
    elsewhere = {region for region in elsewhere if places.country(region) != places.country(PLACES[word][0])}
    assert [region for region in elsewhere if places.is_in(region, word)] == []


@pytest.mark.parametrize(
    ("word", "same"),
    [
        ("germany", "Germany"), ("DEUTSCHLAND", "Germany"), ("de", "Germany"), ("são paulo", "Sao Paulo"),
        ("Sao-Paulo", "Sao Paulo"), ("the netherlands", "Netherlands"), ("Holland", "Netherlands"),
        ("zürich", "Zurich"), ("N. Virginia", "Virginia"), ("Bombay", "Mumbai"), ("LONDON", "London"),
    ],
)  # fmt: skip
def test_a_place_has_several_names(word: str, same: str) -> None:
    assert places.is_in(PLACES[same][0], word)


@pytest.mark.parametrize("word", ["us", "usa", "United States", "America", "na", "Virginia", "Ohio", "north-america"])
def test_a_governments_regions_are_not_meant_by_a_place(word: str) -> None:
    for region in ("us-gov-west-1", "us-gov-east-1", "usgovvirginia", "usdodeast", "us-gov-ashburn-1", "us-langley-1"):
        assert not places.is_in(region, word)


@pytest.mark.parametrize("word", ["gov", "us-gov", "usgov", "government", "GovCloud"])
def test_they_are_by_words_that_say_so(word: str) -> None:
    assert all(places.is_in(region, word) for region in ("us-gov-west-1", "usgovtexas", "us-gov-phoenix-1"))
    assert not any(places.is_in(region, word) for region in ("us-east-1", "eastus", "us-ashburn-1", "eu-west-1"))


@pytest.mark.parametrize(
    ("region", "provider", "country", "city"),
    [
        ("us-west-2", "ec2", "us", "Oregon"),
        ("us-west-2", "lambda", "us", "Arizona"),
        ("us-central1", "gce", "us", "Iowa"),
        ("us-central1", "nebius", "us", "Missouri"),
        ("eu-west-1", "ec2", "ie", "Dublin"),
        ("ASH", "hetzner", "us", "Virginia"),
        ("sin", "", "sg", ""),
        ("London, England, UK", "linode", "gb", "london"),
        ("New York 1", "digitalocean", "us", "new york"),
        ("US-TX-3", "runpod", "us", ""),
        ("EU-RO-1", "runpod", "ro", ""),
        ("europe-west3-a", "gce", "de", ""),
        ("us-east-1b", "ec2", "us", ""),
        ("RegionOne", "openstack", "", ""),
    ],
)
def test_a_region_is_in_a_country_and_a_city(region: str, provider: str, country: str, city: str) -> None:
    there = places.place(region, provider)
    assert (there.country, there.city) == (country, city)


@pytest.mark.parametrize(
    ("region", "part"),
    [("eu-west-2", "europe"), ("fsn1", "europe"), ("us-gov-west-1", "north-america"), ("BHS5", "north-america"),
     ("brazilsouth", "south-america"), ("me-central2", "middle-east"), ("jnb", "africa"), ("syd", "oceania"),
     ("ap-batam-1", "asia"), ("RegionOne", "")],
)  # fmt: skip
def test_a_region_is_in_a_part_of_the_world(region: str, part: str) -> None:
    assert places.part(region) == part


def test_every_region_of_the_table_has_a_country_that_has_a_name() -> None:
    for region, provider in places.regions():
        assert any(
            places.is_in(region, word, provider) for word in ("eu", "na", "sa", "apac", "me", "africa", "gov")
        ), region


def test_every_commercial_region_of_the_catalogue_is_in_the_table() -> None:
    listed = {(name.casefold(), provider) for name, provider in places.regions()}
    known = catalogue.snapshot().drop_duplicates(["provider", "region"]).dropna(subset=["region"])
    missing = [
        (provider, region)
        for provider, region in zip(known["provider"], known["region"], strict=True)
        if (region.casefold(), provider) not in listed
    ]
    assert missing == []


def test_every_word_that_is_offered_means_a_place() -> None:
    words = places.words()
    assert {"eu", "Germany", "Frankfurt", "Oregon", "Mumbai"} <= set(words)
    assert [word for word in words if not places.is_place(word)] == []
    assert len(words) == len(set(words))
