"""Which clouds one expects in a comparison, by their names; and which of these a table of offers has nothing of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mist_notebook.ground.text_codes import present

if TYPE_CHECKING:
    import pandas as pd

NAMES: dict[str, str] = {
    "ec2": "EC2",
    "azure_arm": "Azure",
    "gce": "Google Compute Engine",
    "oci": "Oracle Cloud",
    "ovh": "OVH",
    "scaleway": "Scaleway",
    "hetzner": "Hetzner",
    "digitalocean": "DigitalOcean",
    "linode": "Linode",
    "vultr": "Vultr",
    "upcloud": "UpCloud",
    "lambda": "Lambda",
    "runpod": "RunPod",
    "verda": "Verda",
    "coreweave": "CoreWeave",
    "nebius": "Nebius",
    "crusoe": "Crusoe",
}


BY_ACCOUNT = {NAMES[name] for name in ("digitalocean", "upcloud", "lambda")}
WITHOUT_A_LIST = BY_ACCOUNT | {NAMES[name] for name in ("coreweave", "nebius", "crusoe")}


def absent(offers: pd.DataFrame) -> tuple[str, ...]:
    """The names of those of which the table has no offer."""
    there = set(present(offers["provider"]))
    return tuple(name for provider, name in NAMES.items() if provider not in there)
