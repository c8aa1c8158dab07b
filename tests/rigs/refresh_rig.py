"""What the tests of fetched prices share: what is known before, and lists fetched in good order over real HTTP."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from mist_notebook.prices.catalogue import fetched as kept_files
from mist_notebook.prices.catalogue import refresh
from mist_notebook.prices.catalogue.lists import PriceList
from mist_notebook.prices.catalogue.reading.pages import Means
from mist_notebook.prices.catalogue.refresh import Refreshed
from mist_notebook.prices.catalogue.sources.azure import Azure
from mist_notebook.prices.catalogue.sources.linode import Linode
from mist_notebook.prices.catalogue.sources.vultr import Vultr
from tests.rigs import hostile, price_lists
from tests.rigs.offer_rows import offers

TODAY = date(2026, 11, 25)
KINDS = {
    "azure": (Azure, price_lists.azure),
    "linode": (Linode, price_lists.linode),
    "vultr": (Vultr, price_lists.vultr),
}


def embedded(*, categories: bool = False) -> pd.DataFrame:
    """What is known before anything is fetched, of three providers."""
    return offers(
        {"provider": "azure_arm", "id": "Standard_D2s_v3", "region": "eastus", "vcpus": 2, "ram_gb": 8,
         "price_hourly": 0.09, "as_of": "2020-08-30"},
        {"provider": "azure_arm", "id": "Standard_Old", "region": "eastus", "price_hourly": 1.0, "as_of": "2020-08-30"},
        {"provider": "azure_arm", "id": "Standard_Old", "region": "closed", "price_hourly": 1.0, "as_of": "2020-08-30"},
        {"provider": "azure_arm", "id": "Standard_D2s_v3", "region": "westeurope", "price_hourly": 0.3,
         "as_of": "2027-01-01"},
        {"provider": "ec2", "id": "m5.large", "region": "us-east-1", "price_hourly": 0.096},
        {"provider": "linode", "id": "g6-nanode-1", "region": None, "price_hourly": 0.0075, "as_of": "2021-05-01"},
        categories=categories,
    )  # fmt: skip


def fetched(
    wanted: PriceList, *regions: str, known: pd.DataFrame | None = None, today: date = TODAY, **means: Any
) -> Refreshed:
    known = embedded().query("as_of < '2027-01-01'") if known is None else known
    return refresh.refresh(wanted, known, regions, means=Means(today=lambda: today, **means))


def keep(name: str = "azure", today: date = TODAY) -> Path:
    """A list fetched in good order."""
    kind, served = KINDS[name]
    with hostile.serve(served()) as server:
        fetched(kind(server.url), today=today)
    return kept_files.file_of(name)


def prices(frame: pd.DataFrame, provider: str = "azure_arm") -> dict[tuple[str, str, str], float]:
    rows = frame[frame["provider"] == provider]
    keys = zip(rows["id"], rows["region"], rows["kind"], strict=True)
    return dict(zip(keys, rows["price_hourly"], strict=True))
