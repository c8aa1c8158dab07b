"""Where the providers' regions are: a table of facts, and the words a person has for a part of the world.

A continent word (`eu`, `us`, `asia`) or a country's code means every region there, of all providers; `eu` is Europe,
Switzerland and the United Kingdom included. A region that isn't in the table is in the country or continent that its
name begins with, as in `uk-london-1`, or nowhere that we know of.
"""

from __future__ import annotations

from functools import cache

REGIONS: dict[str, dict[str, str]] = {
    "ec2": {
        "us": "us-east-1 us-east-2 us-west-1 us-west-2 us-gov-east-1 us-gov-west-1",
        "ca": "ca-central-1 ca-west-1",
        "mx": "mx-central-1",
        "br": "sa-east-1",
        "ie": "eu-west-1",
        "gb": "eu-west-2",
        "fr": "eu-west-3",
        "de": "eu-central-1 eusc-de-east-1",
        "ch": "eu-central-2",
        "se": "eu-north-1",
        "it": "eu-south-1",
        "es": "eu-south-2",
        "il": "il-central-1",
        "bh": "me-south-1",
        "ae": "me-central-1",
        "za": "af-south-1",
        "in": "ap-south-1 ap-south-2",
        "sg": "ap-southeast-1",
        "id": "ap-southeast-3",
        "my": "ap-southeast-5",
        "th": "ap-southeast-7",
        "hk": "ap-east-1",
        "tw": "ap-east-2",
        "jp": "ap-northeast-1 ap-northeast-3",
        "kr": "ap-northeast-2",
        "cn": "cn-north-1 cn-northwest-1",
        "au": "ap-southeast-2 ap-southeast-4",
        "nz": "ap-southeast-6",
    },
    "azure_arm": {
        "us": "eastus eastus2 eastus3 centralus northcentralus southcentralus southcentralus2 westcentralus westus "
        "westus2 westus3 usgovarizona usgovtexas usgovvirginia usdodcentral usdodeast",
        "ca": "canadacentral canadaeast",
        "mx": "mexicocentral",
        "br": "brazilsouth brazilsoutheast",
        "cl": "chilecentral",
        "ie": "northeurope",
        "nl": "westeurope",
        "gb": "uksouth ukwest uksouth2 uknorth",
        "fr": "francecentral francesouth",
        "de": "germanywestcentral germanynorth germanycentral germanynortheast",
        "ch": "switzerlandnorth switzerlandwest",
        "no": "norwayeast norwaywest",
        "se": "swedencentral swedensouth",
        "pl": "polandcentral",
        "it": "italynorth",
        "es": "spaincentral",
        "at": "austriaeast",
        "be": "belgiumcentral",
        "dk": "denmarkeast",
        "il": "israelcentral",
        "ae": "uaenorth uaecentral",
        "qa": "qatarcentral",
        "za": "southafricanorth southafricawest",
        "in": "centralindia southindia westindia jioindiawest jioindiacentral",
        "sg": "southeastasia",
        "hk": "eastasia",
        "id": "indonesiacentral",
        "my": "malaysiawest malaysiasouth",
        "tw": "taiwannorth taiwannorthwest",
        "jp": "japaneast japanwest",
        "kr": "koreacentral koreasouth",
        "cn": "chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2 chinanorth3",
        "au": "australiacentral australiacentral2 australiaeast australiasoutheast",
        "nz": "newzealandnorth",
    },
    "gce": {
        "us": "us-central1 us-central2 us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4",
        "ca": "northamerica-northeast1 northamerica-northeast2",
        "mx": "northamerica-south1",
        "br": "southamerica-east1",
        "cl": "southamerica-west1",
        "be": "europe-west1",
        "gb": "europe-west2",
        "de": "europe-west3 europe-west10",
        "nl": "europe-west4",
        "ch": "europe-west6",
        "it": "europe-west8 europe-west12",
        "fr": "europe-west9",
        "fi": "europe-north1",
        "se": "europe-north2",
        "pl": "europe-central2",
        "es": "europe-southwest1",
        "il": "me-west1",
        "qa": "me-central1",
        "sa": "me-central2",
        "za": "africa-south1",
        "tw": "asia-east1",
        "hk": "asia-east2",
        "jp": "asia-northeast1 asia-northeast2",
        "kr": "asia-northeast3",
        "in": "asia-south1 asia-south2",
        "sg": "asia-southeast1",
        "id": "asia-southeast2",
        "au": "australia-southeast1 australia-southeast2",
    },
    "linode": {
        "us": "us-central us-west us-east us-southeast us-ord us-sea us-mia us-lax us-iad us-iad-2",
        "ca": "ca-central",
        "br": "br-gru",
        "gb": "eu-west gb-lon",
        "de": "eu-central de-fra-2",
        "fr": "fr-par fr-par-2",
        "nl": "nl-ams",
        "se": "se-sto",
        "it": "it-mil",
        "es": "es-mad",
        "sg": "ap-south sg-sin-2",
        "in": "ap-west in-maa in-bom-2",
        "jp": "ap-northeast jp-osa jp-tyo-3",
        "id": "id-cgk",
        "au": "ap-southeast au-mel",
    },
    "vultr": {
        "us": "atl dfw ewr hnl lax mia ord sea sjc",
        "ca": "yto",
        "mx": "mex",
        "br": "sao",
        "cl": "scl",
        "nl": "ams",
        "fr": "cdg",
        "de": "fra",
        "gb": "lhr man",
        "es": "mad",
        "se": "sto",
        "pl": "waw",
        "il": "tlv",
        "za": "jnb",
        "in": "blr bom del",
        "kr": "icn",
        "jp": "itm nrt",
        "sg": "sgp",
        "au": "mel syd",
    },
    "oci": {
        "us": "us-ashburn-1 us-phoenix-1 us-sanjose-1 us-chicago-1",
        "ca": "ca-toronto-1 ca-montreal-1",
        "br": "sa-saopaulo-1 sa-vinhedo-1",
        "cl": "sa-santiago-1",
        "gb": "uk-london-1 uk-cardiff-1",
        "de": "eu-frankfurt-1",
        "nl": "eu-amsterdam-1",
        "ch": "eu-zurich-1",
        "se": "eu-stockholm-1",
        "fr": "eu-paris-1 eu-marseille-1",
        "it": "eu-milan-1",
        "es": "eu-madrid-1",
        "in": "ap-mumbai-1 ap-hyderabad-1",
        "jp": "ap-tokyo-1 ap-osaka-1",
        "kr": "ap-seoul-1 ap-chuncheon-1",
        "sg": "ap-singapore-1",
        "au": "ap-sydney-1 ap-melbourne-1",
    },
    "digitalocean": {
        "us": "nyc1 nyc2 nyc3 sfo1 sfo2 sfo3 atl1",
        "ca": "tor1",
        "nl": "ams1 ams2 ams3",
        "gb": "lon1",
        "de": "fra1",
        "sg": "sgp1",
        "in": "blr1",
        "au": "syd1",
    },
    "nephoscale": {"us": "sjc-1 ric-1"},
    "rackspace": {"us": "iad dfw ord", "gb": "lon", "au": "syd", "hk": "hkg"},
    "softlayer": {
        "us": "dal01 dal05 dal06 dal09 dal10 sea01 sjc01 sjc03 wdc01 wdc04 hou02",
        "nl": "ams01 ams03",
        "gb": "lon02",
        "sg": "sng01",
        "hk": "hkg02",
        "jp": "tok02",
        "ca": "tor01 mon01",
        "mx": "mex01",
        "au": "mel01 syd01",
    },
}
_COUNTRIES = {
    "europe": "at be ch cz de dk es fi fr gb gr ie it nl no pl pt ro se",
    "north-america": "ca mx us",
    "south-america": "ar br cl co pe",
    "asia": "cn hk id in jp kr my ph sg th tw vn",
    "oceania": "au nz",
    "middle-east": "ae bh il kw qa sa",
    "africa": "eg ke ma ng za",
}
_WORDS = {
    "europe": "eu europe",
    "north-america": "na north-america northamerica",
    "south-america": "sa south-america southamerica latam",
    "asia": "asia",
    "oceania": "oceania",
    "middle-east": "me middle-east middleeast",
    "africa": "af africa",
    "asia oceania": "ap apac",
}
_TOWNS = {"new york": "us", "san francisco": "us", "amsterdam": "nl"}
_SAME = {"uk": "gb", "usa": "us", "australia": "au"}
CONTINENT_WORDS = ("eu", "us", "asia", "na", "sa", "apac", "oceania", "me", "africa")


def country(region: str) -> str:
    """The code of the country that the region is in; nothing where it isn't known."""
    key = region.casefold()
    return _by_region().get(key) or _country_in(key)


def continents(word: str) -> frozenset[str]:
    """The codes of the countries that a word for a part of the world means; none where it is no such word."""
    folded = _SAME.get(word.casefold(), word.casefold())
    return _by_word().get(folded, frozenset())


def is_in(region: str, word: str) -> bool:
    """Whether the region is in the part of the world that the word means."""
    wanted = continents(word)
    there = country(region)
    if there:
        return there in wanted
    first = region.casefold().replace("-", " ").replace("_", " ").partition(" ")[0]
    return bool(wanted) and bool(continents(first)) and continents(first) <= wanted


def regions() -> list[tuple[str, str]]:
    """Every region of the table, each with its provider."""
    return [
        (name, provider)
        for provider, countries in REGIONS.items()
        for names in countries.values()
        for name in names.split()
    ]


def _country_in(key: str) -> str:
    """The country at the beginning of a region's name: `us-west-2-lax-1` is a part of `us-west-2`."""
    town = next((code for name, code in _TOWNS.items() if key.startswith(name)), "")
    last = key.rpartition(", ")[2]
    if town or last in ("uk", "usa", "jp"):
        return town or _SAME.get(last, last)
    parts = key.split("-")
    for length in range(len(parts) - 1, 0, -1):
        whole = parts[length - 1].isdigit()  # Linode's `eu-west` is in London, and no beginning of a new `eu-west-4`
        if whole and (found := _by_region().get("-".join(parts[:length]))):
            return found
    first = _SAME.get(parts[0], parts[0])
    is_country = any(first in codes.split() for codes in _COUNTRIES.values())
    return first if is_country and first not in _by_continent_word() else ""


@cache
def _by_region() -> dict[str, str]:
    return {name: code for countries in REGIONS.values() for code, names in countries.items() for name in names.split()}


@cache
def _by_continent_word() -> dict[str, frozenset[str]]:
    return {
        word: frozenset(code for continent in names.split() for code in _COUNTRIES[continent].split())
        for names, words in _WORDS.items()
        for word in words.split()
    }


@cache
def _by_word() -> dict[str, frozenset[str]]:
    countries = {code: frozenset({code}) for codes in _COUNTRIES.values() for code in codes.split()}
    return countries | _by_continent_word()
