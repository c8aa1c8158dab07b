"""What stands above the columns of a listing, in a person's words and units; the frame's own names stay as they are.

Also which columns of each kind of listing matter, in the order in which they are read: the picture is drawn so, and a
narrow terminal loses the last of them first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
_HEADERS = {
    "vcpus": "vCPUs",
    "ram_gb": "RAM GB",
    "disk_gb": "disk GB",
    "ram_used_gb": "RAM used GB",
    "disk_used_gb": "disk used GB",
    "min_disk_gb": "least disk GB",
    "min_ram_gb": "least RAM GB",
    "gpus": "GPUs",
    "gpu_name": "GPU",
    "gpu_ram_gb": "GPU RAM GB",
    "net_gbps": "Gbit/s",
    "as_of": "price of",
    "age_days": "days old",
    "oldest": "oldest of",
    "parts_unknown": "unknown of it",
    "parts_as_of": "parts of",
    "parts_source": "parts from",
    "os": "system",
    "usd_vcpu_h": "$/vCPU h",
    "usd_gib_h": "$/GB h",
    "usd_gpu_h": "$/GPU h",
    "diff_percent": "± %",
    "diff_hourly": "± $/h",
    "change_percent": "± %",
    "spare_ram_gb": "spare GB",
    "spare_vcpus": "spare vCPUs",
    "public_ips": "address",
    "private_ips": "private address",
    "size_id": "size",
    "image_id": "image",
    "location_id": "location",
    "machine_id": "machine",
    "mine": "made here",
    "uptime_s": "up s",
    "rtt_avg_ms": "round trip ms",
    "loss_percent": "lost %",
    "probed_at": "looked at",
}
_PRICES = {
    "price_hourly": "{}/h",
    "price_monthly": "{}/month",
    "price_first": "first {}/h",
    "price_lowest": "lowest {}/h",
    "price_highest": "highest {}/h",
    "cost_so_far": "{} so far",
    "total": "total {}",
    "saved_monthly": "saves {}/month",
    "monthly_total": "{}/month in all",
    "disk_monthly": "disk {}/month",
    "address_monthly": "address {}/month",
    "traffic_monthly": "traffic {}/month",
}

_PER = re.compile(r"([a-z]{3})_(vcpu|gib|gpu)_h")
_OF = {"vcpu": "vCPU", "gib": "GB", "gpu": "GPU"}

# In the order of reading; what isn't named here is in the frame, and a line below the picture says so.
_OWNER = ("backend", "provider")
MATTER: dict[str, tuple[str, ...]] = {
    "images": (*_OWNER, "id", "name", "os", "arch", "created", "starred", "owner", "origin"),
    "sizes": (
        *(*_OWNER, "id", "name", "price_hourly", "as_of", "vcpus", "ram_gb", "disk_gb", "price_monthly", "arch"),
        *("currency", "source", "confidence"),
    ),
    "locations": (*_OWNER, "id", "name", "country", "kind"),
    "networks": (*_OWNER, "id", "name", "cidr", "description"),
    "machines": (
        *("backend", "id", "name", "state", "public_ips", "price_hourly", "cost_so_far", "created", "mine"),
        *("tags", "size_id", "image_id", "location_id", "private_ips", "currency"),
    ),
    "journal": (
        *("backend", "id", "name", "state", "asked", "ended", "price_hourly", "cost_so_far", "hours", "machine_id"),
        *("note", "currency"),
    ),
    "resources": (
        *("backend", "id", "name", "kind", "sweep", "state", "price_hourly", "why", "location_id", "op", "currency"),
    ),
    "price lists": (
        *("provider", "how", "as_of", "age_days", "note", "rows", "regions", "source", "oldest", "kinds", "currency"),
        "list",
    ),
    "settings": ("setting", "value", "about", "variable", "source"),
    "probes": (
        *("backend", "id", "name", "outcome", "host", "uptime_s", "load1", "cores", "ram_gb", "ram_used_gb"),
        *("disk_gb", "disk_used_gb", "distro", "detail", "hint"),
    ),
}
# Cut last: without them nobody knows which row is meant.
_WHOLE = {"id", "setting", "outcome", "state", "note"}


def header(name: str, currency: str | None) -> str:
    """A column of ours in a person's words; `currency` is that of all the prices, or `None`."""
    if name in _PRICES:
        sign = "price" if currency is None else SIGNS.get(currency, currency)
        return _PRICES[name].format(sign)
    if name in _HEADERS:
        return _HEADERS[name]
    if computed := _PER.fullmatch(name):
        return f"{SIGNS.get(computed[1].upper(), computed[1].upper())}/{_OF[computed[2]]} h"
    return name.replace("_", " ")


def is_whole(name: str) -> bool:
    """Whether a cell of this column is never cut: an id that lost its end is no id."""
    return name in _WHOLE or name.endswith("_id")


def ordered(kind: str, names: list[str], own: frozenset[str], asked: Sequence[str]) -> tuple[list[str], list[str]]:
    """The columns in the order of reading, and those that the picture leaves out; what a person added is drawn."""
    matter = MATTER.get(kind)
    if matter is None:
        return names, []
    drawn = [name for name in matter if name in names]
    drawn += [name for name in names if name not in drawn and (name in asked or name not in own)]
    if {"as_of", "name"} <= {*drawn}:  # on a narrow page the price and its day go before a long name
        drawn.remove("name")
        drawn.insert(drawn.index("as_of") + 1, "name")
    return drawn, [name for name in names if name not in drawn]
