"""Which clouds one expects in a comparison, by their names; and which of these a table of offers has nothing of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mist_notebook.ground.text_codes import present
from mist_notebook.records.provider_names import called

if TYPE_CHECKING:
    import pandas as pd

_EXPECTED: tuple[str, ...] = ("ec2", "azure_arm", "gce", "oci", "ovh", "scaleway", "hetzner", "digitalocean", "linode")
_EXPECTED += ("vultr", "upcloud", "lambda", "runpod", "verda", "coreweave", "nebius", "crusoe")
NAMES = {provider: called(provider) for provider in _EXPECTED}


SINCE = date(2020, 1, 1)  # a table with no price after that is of another time, and none of today's are expected
BY_ACCOUNT = {NAMES[name] for name in ("digitalocean", "upcloud", "lambda")}
WITHOUT_A_LIST = BY_ACCOUNT | {NAMES[name] for name in ("coreweave", "nebius", "crusoe")}


def absent(offers: pd.DataFrame) -> tuple[str, ...]:
    """The names of those of which the table has no offer."""
    there = set(present(offers["provider"]))
    return tuple(name for provider, name in NAMES.items() if provider not in there)
