"""What a machine costs as it was asked for: its size's price, unless extra fields change that, nobody says how."""

from __future__ import annotations

import re
from typing import Any

from mist_notebook.records.model import MachineSpec, Price
from mist_notebook.records.units import monthly_of

_THINGS = {
    *("disk", "disks", "storage", "volume", "volumes", "ssd", "iops"),
    *("ram", "memory", "mem", "core", "cores", "cpu", "cpus", "vcpu", "vcpus", "gpu", "gpus", "socket", "sockets"),
    *("backup", "backups", "bare_metal", "dedicated", "windows", "license", "bandwidth"),
    *("accelerator", "accelerators", "throughput", "tenancy", "floating_ip", "elastic_ip", "reserved_ip"),
    *("flavor", "flavour", "plan", "instance_type", "machine_type", "server_type", "shape", "sku"),
}
_HOW_MANY = {"number", "min_count", "max_count", "instances", "replicas", "copies", "how_many"}
_DEEPEST = 8
_AMOUNTS = {"size", "gb", "mb", "gib", "mib", "tb", "count", "number", "amount", "total", "primary", "swap", "extra"}
_NOTHING = ("", "0", "false", "no", "none", "null", "[]", "{}")


def price_of(spec: MachineSpec) -> Price:
    """The price of the size; unknown where an extra field makes it another. Of several locations the dearest counts."""
    if costly(spec.extra):
        return Price()
    prices = [one.size.price for one in spec.turns()]
    if len(prices) > 1 and any(price.hourly is None for price in prices):
        return Price()
    return max(prices, key=lambda price: price.hourly or 0.0)


def price_a_month(price: Price) -> float | None:
    """What a month costs, by the one rule for all views."""
    return monthly_of(price.hourly, price.monthly)


def costly(extra: dict[str, Any]) -> list[str]:
    """The extra fields that change the price, as `name=value`; one that asks for nothing doesn't."""
    return [f"{name}={value}" for name, value in extra.items() if _costs(name, value)]


def _costs(name: str, value: Any) -> bool:
    if name == "tags":  # words of a person's, whatever they are called
        return False
    if name == "volumes" and _are_there(value):
        return False
    is_nothing = str(value).strip().casefold() in _NOTHING
    if name.casefold() == "hourly":  # false: it is billed by the month
        return is_nothing
    if name.casefold() in _HOW_MANY:  # each of them costs
        return not is_nothing and str(value).strip() not in ("1", "1.0")
    return not is_nothing and (_is_thing(name) or _costs_inside(value, _DEEPEST))


def _are_there(value: Any) -> bool:
    """Whether they are volumes that one has already, and none to be made."""
    rows = value if isinstance(value, list) and value else [None]
    return all(isinstance(one, dict) and one.keys() == {"volume_id"} for one in rows)


def _costs_inside(value: Any, depth: int) -> bool:
    """Whether a list or an object holds a field that costs; one too deep to be read may."""
    if not isinstance(value, (dict, list, tuple)):
        return False
    if depth == 0:
        return True
    if isinstance(value, dict):
        return any(_costs(name, one) or _costs_inside(one, depth - 1) for name, one in value.items())
    return any(_costs_inside(one, depth - 1) for one in value)


def _is_thing(name: str) -> bool:
    """Whether a field is called after what is paid for, or the amount of it: `disk`, `ram_mb`, `size_disk_primary`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).casefold()
    if words in _THINGS:
        return True
    parts = words.split("_")
    while parts and parts[-1] in _AMOUNTS:
        parts.pop()
    return bool(parts) and parts[-1] in _THINGS
