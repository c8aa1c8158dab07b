"""Which settings there are: each with its name, what it is about, what it may hold, and its value unless said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.secret import Secret
from mist_notebook.net.origin import check_url

from . import price_terms

SANDBOX = "sandbox"
CEILINGS = ("max_usd_per_hour", "max_count", "sandbox_max_usd_per_hour", "sandbox_max_count")
DAILY = "daily"
BOOT_SECONDS = 3.0


@dataclass(frozen=True)
class Option:
    """One thing that can be set: its name in the file, its environment variable, and what it may hold."""

    name: str
    about: str
    read: Callable[[Any], Any]
    default: Any = None
    secret: bool = False

    @property
    def variable(self) -> str:
        return f"MIST_{self.name.upper()}"


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("text")
    return value.strip()


def address(value: Any) -> str:
    """The address of a server, or the word for the sandbox."""
    text = _text(value)
    return text if text == SANDBOX else check_url(text)


def _token(value: Any) -> Secret:
    token = _text(value)
    if not (token.isascii() and token.isprintable()):
        raise ValueError("one line of plain characters")
    return Secret(token)


def _above_zero(value: Any) -> float:
    number = float(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < 1e6:
        raise ValueError("a number above 0")
    return float(number)


def _refresh(value: Any) -> str:
    if str(value).strip().casefold() != DAILY:
        raise BadValueError(
            f"{value!r} isn't a way to refresh.", f'There is "{DAILY}"; without it, %mist refresh does.'
        )
    return DAILY


def _flag(value: Any) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    flag = words.get(str(value).strip().casefold())
    if flag is None:
        raise ValueError("true or false")
    return flag


def _whole(value: Any) -> float:
    """A number of things: 20 and 20.0, not 0.5."""
    number = _above_zero(value)
    if not number.is_integer():
        raise ValueError("a whole number from 1")
    return number


def _ca_file(value: Any) -> str:
    try:
        path = Path(_text(value)).expanduser()
        if path.is_file():
            return str(path)
    except (OSError, RuntimeError):
        pass
    raise ValueError("the path of a file with certificates")


OPTIONS: tuple[Option, ...] = (
    Option("url", "address of the Mist server; without one the sandbox is used", address),
    Option("api_token", "API token of the Mist server", _token, secret=True),
    Option("ca_file", "certificates to trust instead of the system's", _ca_file),
    Option("answer_seconds", "longest wait for an ordinary answer", _above_zero, 30.0),
    Option("answer_mb", "largest ordinary answer, in MiB", _above_zero, 64.0),
    Option("catalogue_seconds", "longest wait for a listing of images", _above_zero, 120.0),
    Option("catalogue_mb", "largest listing of images, in MiB", _above_zero, 256.0),
    Option("max_usd_per_hour", "the most that machines made from here may cost together", _above_zero, 1.0),
    Option("max_count", "the most machines made from here at one time", _whole, 20.0),
    Option("sandbox_max_usd_per_hour", "the same on the sandbox, in example prices", _above_zero, 100.0),
    Option("sandbox_max_count", "the same on the sandbox", _whole, 1000.0),
    Option("sandbox", "true: the embedded sandbox beside live backends too", _flag, False),
    Option("only_sandbox", "true: nothing but the embedded sandbox; in a hub's file it binds everyone", _flag, False),
    Option("banner", "a line that is said once in each notebook; for a hub's file", _text),
    Option("sandbox_boot_seconds", "how long a machine of the embedded sandbox boots", _above_zero, BOOT_SECONDS),
    Option(
        "ssh_from", "from where new machines let SSH in, an address or a network; this computer's unless said", _text
    ),
    Option("discounts", 'what you get off list prices, by provider or backend: ec2 = "10%"', price_terms.discounts),
    Option(
        "own_prices",
        "where no list has a price, by provider or backend: openstack.usd_per_vcpu_hour = 0.01, …usd_per_gib_hour, "
        "…usd_per_disk_gb_month",
        price_terms.own_rates,
    ),
    Option(
        "extras",
        "what each machine has beside its size, for the monthly total: disk_gb, public_addresses, traffic_gb; with "
        "rates of your own usd_per_disk_gb_month, usd_per_address_hour, usd_per_traffic_gb",
        price_terms.extras,
    ),
    Option(
        "currency",
        'prices also in another currency: code = "EUR", rate = 0.92, as_of = 2026-11-01',
        price_terms.currency,
    ),
    Option("stale_days", "prices older than so many days are called old", _above_zero, 180.0),
    Option("stale_gpu_days", "the same for machines with GPUs, whose prices move every week", _above_zero, 60.0),
    Option("refresh", '"daily": the first comparison of a day fetches the price lists', _refresh),
    Option("refresh_total_seconds", "longest time for all price lists together", _above_zero, 60.0),
    Option("refresh_seconds", "longest wait for one page of a provider's price list", _above_zero, 10.0),
)
