"""The columns of every kind of frame: names, order and dtypes, in one table. Where the values come from is `frames`'.

Text is text (ids too), figures are float64, flags are nullable booleans, days are datetime64[s].
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

from .units import MB_PER_GB

PANDAS_3 = int(version("pandas").partition(".")[0]) >= 3
TEXT = "str" if PANDAS_3 else "object"
FIGURE = "float64"
FLAG = "boolean"
DAY = MOMENT = "datetime64[s]"

SORT_WORDS = {"price": "price_hourly", "cpus": "vcpus", "cpu": "vcpus", "ram": "ram_gb", "disk": "disk_gb"}


@dataclass(frozen=True)
class Column:
    """One column: its name, its dtype, the record's attribute, and what to do with the whole of it."""

    name: str
    dtype: str
    attribute: str
    scale: float = 1.0


def text(name: str, attribute: str = "") -> Column:
    return Column(name, TEXT, attribute or name)


def figure(name: str, attribute: str = "", scale: float = 1.0) -> Column:
    return Column(name, FIGURE, attribute or name, scale)


_NAMED = (text("id"), text("name"))
COLUMNS: dict[str, tuple[Column, ...]] = {
    "images": (
        *_NAMED,
        text("os"),
        text("arch"),
        Column("starred", FLAG, "starred"),
        text("owner"),
        text("origin"),
        Column("created", DAY, "created"),
        figure("min_disk_gb"),
        figure("min_ram_gb", "min_ram_mb", 1 / MB_PER_GB),
    ),
    "sizes": (
        *_NAMED,
        figure("vcpus"),
        figure("ram_gb", "ram_mb", 1 / MB_PER_GB),
        figure("disk_gb"),
        text("arch"),
        figure("price_hourly", "price.hourly"),
        figure("price_monthly", "price.monthly"),
        text("currency", "price.currency"),
        Column("as_of", DAY, "price.as_of"),
        text("source", "price.source"),
        text("confidence", "price.confidence"),
        text("spec_source"),
    ),
    "locations": (*_NAMED, text("country"), text("kind")),
    "networks": (*_NAMED, text("cidr"), text("description")),
    "backends": (
        *_NAMED,
        Column("enabled", FLAG, "enabled"),
        text("state"),
        text("region"),
        Column("sandbox", FLAG, "sandbox"),
        text("server"),
    ),
    "keys": (*_NAMED, Column("default", FLAG, "default"), figure("machines")),
    "providers": (*_NAMED, text("category"), text("credentials")),
    "machines": (
        *_NAMED,
        text("state"),
        text("public_ips"),
        text("private_ips"),
        text("size_id"),
        text("image_id"),
        text("location_id"),
        Column("created", MOMENT, "created"),
        figure("cost_so_far"),
        figure("price_hourly"),
        figure("price_monthly"),
        text("currency"),
        Column("mine", FLAG, "mine"),
        text("tags"),
    ),
    "resources": (
        *_NAMED,
        text("kind"),
        Column("sweep", FLAG, "sweep"),
        text("state"),
        text("location_id"),
        figure("price_hourly"),
        text("currency"),
        text("op"),
        text("why"),
    ),
    "journal": (
        *_NAMED,
        text("state"),
        Column("asked", MOMENT, "asked"),
        Column("ended", MOMENT, "ended"),
        text("machine_id"),
        text("size_id"),
        text("image_id"),
        text("location_id"),
        text("key"),
        figure("hours"),
        figure("cost_so_far"),
        figure("price_hourly"),
        text("currency"),
        text("note"),
    ),
    "probes": (
        *_NAMED,
        text("outcome"),
        figure("uptime_s"),
        figure("load1"),
        figure("load5"),
        figure("load15"),
        figure("cores"),
        figure("users"),
        figure("ram_gb", "ram_mb", 1 / MB_PER_GB),
        figure("ram_used_gb", "ram_used_mb", 1 / MB_PER_GB),
        figure("disk_gb"),
        figure("disk_used_gb"),
        text("distro"),
        text("kernel"),
        text("hostname"),
        text("user"),
        text("host"),
        figure("port"),
        text("via"),
        figure("rtt_avg_ms"),
        figure("loss_percent"),
        figure("seconds"),
        Column("probed_at", MOMENT, "probed_at"),
        text("detail"),
        text("hint"),
    ),
    "runs": (
        *_NAMED,
        figure("exit_code"),
        figure("seconds"),
        figure("lines"),
        text("outcome"),
        text("detail"),
        text("hint"),
        text("host"),
        text("stdout"),
        text("stderr"),
    ),
    "jobs": (
        *_NAMED,
        text("state"),
        text("step"),
        figure("fraction"),
        figure("seconds"),
        Column("started", MOMENT, "started"),
        Column("ended", MOMENT, "ended"),
        text("message"),
    ),
    "cluster": (
        *_NAMED,
        text("state"),
        text("address"),
        figure("threads"),
        figure("ram_gb"),
        figure("ram_used_gb"),
        figure("running"),
        figure("price_hourly"),
        figure("cost_so_far"),
        text("currency"),
        figure("hours_left"),
        text("note"),
    ),
    "history": (
        text("id"),
        text("region"),
        Column("as_of", DAY, "as_of"),
        Column("last_seen", DAY, "last_seen"),
        figure("price_hourly"),
        figure("change_percent"),
        text("currency"),
        text("source"),
    ),
    "history-summary": (
        text("id"),
        text("region"),
        Column("first_seen", DAY, "first_seen"),
        Column("as_of", DAY, "as_of"),
        figure("price_first"),
        figure("price_hourly"),
        figure("change_percent"),
        figure("price_lowest"),
        figure("price_highest"),
        figure("changes"),
        text("currency"),
        text("source"),
    ),
}


# What a comparison computes beside the columns of the offers, and what a search for alike ones does.
COMPARED = ("usd_vcpu_h", "usd_gib_h", "usd_gpu_h", "spare_vcpus", "spare_ram_gb", "waste", "total", "by")
MONTHLY: tuple[str, ...] = ("monthly_total", "disk_monthly", "address_monthly", "traffic_monthly", "parts_unknown")
MONTHLY += ("parts_as_of", "parts_source")
ALIKE: tuple[str, ...] = ("distance", "differs", "diff_vcpus", "diff_ram_gb", "diff_disk_gb", "diff_hourly")
ALIKE += ("diff_percent", "saved_monthly")
OFFERS: tuple[Column, ...] = (
    text("backend"),
    text("provider"),
    *_NAMED,
    text("family"),
    figure("vcpus"),
    figure("ram_gb"),
    figure("disk_gb"),
    figure("gpus"),
    text("gpu_name"),
    figure("gpu_ram_gb"),
    text("gpu_form"),
    text("arch"),
    Column("burstable", FLAG, "burstable"),
    Column("bare_metal", FLAG, "bare_metal"),
    figure("net_gbps"),
    text("region"),
    text("kind"),
    text("os"),
    figure("price_hourly"),
    figure("price_monthly"),
    figure("cap_hours"),
    text("currency"),
    Column("as_of", DAY, "as_of"),
    text("source"),
    text("confidence"),
    text("spec_source"),
)
