"""The addresses of machines: from the ranges that are for documentation only, and private ones."""

from __future__ import annotations

from collections.abc import Collection

_PUBLIC = ("192.0.2", "198.51.100", "203.0.113")
_HOSTS = 254


def public(position: int, taken: Collection[str]) -> str:
    """A free public address, from the machine's number on; empty if none of the 762 is left."""
    count = len(_PUBLIC) * _HOSTS
    candidates = (_public(number % count) for number in range(position - 1, position - 1 + count))
    return next((address for address in candidates if address not in taken), "")


def private(position: int) -> str:
    """The machine's own private address."""
    high, rest = divmod(position, 65_536)
    return f"10.{high % 256}.{rest // 256}.{rest % 256}"


def _public(number: int) -> str:
    return f"{_PUBLIC[number // _HOSTS]}.{number % _HOSTS + 1}"
