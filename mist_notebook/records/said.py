"""What every listed thing has in common, and how what a server said beyond it is read."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec

_MOST_DIGITS = 300
_UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)


def _read_leniently(body: bytes) -> Any:
    """What only a number out of range spoils, without that number; nothing where more is wrong."""
    try:
        return json.loads(body.decode(), parse_float=_finite, parse_int=_whole)
    except (ValueError, RecursionError):
        return None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _whole(text: str) -> int | None:
    return int(text) if len(text) < _MOST_DIGITS else None


class Said(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What every listed thing has: the provider's id, a name, Mist's id, and the rest as it was said."""

    id: str
    name: str
    mist_id: str = ""
    extra_json: msgspec.Raw = msgspec.Raw(b"{}")

    @property
    def extra(self) -> dict[str, Any]:
        """What the server said that has no field of its own; decoded at each access, empty if it can't be.

        A number out of range is `None`.
        """
        try:
            said = msgspec.json.decode(self.extra_json)
        except _UNREADABLE:
            said = _read_leniently(bytes(self.extra_json))
        return said if isinstance(said, dict) else {}
