"""Windows in the lists that have it: fetched when it is asked for, and left as it was when it isn't."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mist_notebook.ground.errors import MistUsageError
from mist_notebook.prices.catalogue import fetched, overlay
from mist_notebook.prices.catalogue.reading.pages import Means
from mist_notebook.prices.catalogue.refresh import Refreshed, refresh
from mist_notebook.prices.catalogue.sources.azure import Azure
from mist_notebook.prices.catalogue.sources.ec2 import Ec2
from tests.conftest import Notebook
from tests.magic.test_bad_lines import failed
from tests.rigs import hostile, market_lists, price_lists
from tests.rigs.offer_rows import offers
from tests.rigs.refresh_rig import TODAY

BOTH = ("linux", "windows")
KNOWN = offers(
    *(
        {"provider": provider, "id": "kept", "region": region, "os": system, "price_hourly": 1.0, "as_of": "2020-01-01"}
        for provider, region in (("ec2", "us-east-1"), ("azure_arm", "eastus"))
        for system in BOTH
    )
)


def amazon(exchange: hostile.Exchange) -> None:
    """A file for each system, with each its own price."""
    is_windows = "/Windows/" in exchange.request.target
    row = market_lists.sold("m7i.xlarge", "0.3856" if is_windows else "0.2016")
    market_lists.ec2({"m7i": row | {"Operating System": "Windows" if is_windows else "Linux"}})(exchange)


def fetch(wanted: Any, step: hostile.Step, *regions: str) -> Refreshed:
    with hostile.serve(step) as server:
        return refresh(replace(wanted, url=server.url), KNOWN, regions, means=Means(today=lambda: TODAY))


def there(provider: str) -> dict[tuple[str, str], float]:
    rows = overlay.overlaid(KNOWN, [fetched.read(path) for path in fetched.folder().iterdir()])
    rows = rows[(rows["provider"] == provider) & (rows["kind"] == "on-demand")]
    return {(row.id, row.os): row.price_hourly for row in rows.itertuples()}  # type: ignore[misc]


def test_ec2_has_another_file_for_windows() -> None:
    news = fetch(Ec2(systems=BOTH), amazon, "us-east-1").news.offers
    assert dict(zip(news["os"], news["price_hourly"], strict=True)) == {"linux": 0.2016, "windows": 0.3856}


def test_azure_has_it_among_its_meters() -> None:
    news = fetch(Azure(systems=BOTH), price_lists.azure()).news.offers
    own = news[(news["id"] == "Standard_D2s_v3") & (news["region"] == "eastus") & (news["kind"] == "on-demand")]
    assert dict(zip(own["os"], own["price_hourly"], strict=True)) == {"linux": 0.096, "windows": 0.188}


@pytest.mark.parametrize(
    ("provider", "wanted", "step"), [("ec2", Ec2(), amazon), ("azure_arm", Azure(), price_lists.azure())]
)
def test_a_list_of_linux_leaves_windows_as_it_was(provider: str, wanted: Any, step: hostile.Step) -> None:
    fetch(wanted, step)
    found = there(provider)
    assert ("kept", "windows") in found and ("kept", "linux") not in found


def test_what_was_fetched_of_windows_stays_when_linux_is_fetched_again() -> None:
    fetch(Ec2(systems=BOTH), amazon)
    assert ("kept", "windows") not in there("ec2")
    fetch(Ec2(), amazon)
    assert there("ec2") == {("m7i.xlarge", "linux"): 0.2016, ("m7i.xlarge", "windows"): 0.3856}


def test_a_list_without_windows_is_refused_before_anything_is_asked(notebook: Notebook) -> None:
    error = failed(notebook, "%mist refresh gce --windows")
    assert isinstance(error, MistUsageError)
    assert (error.message, error.hint) == ("gce has no prices of Windows.", "--windows is for ec2 and azure.")
