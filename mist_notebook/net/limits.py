"""How long and how large an answer may be, and how often a read is tried."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """How long and how large an answer may be."""

    connect_s: float = 5
    total_s: float = 30
    catalogue_total_s: float = 120
    max_bytes: int = 64 << 20
    max_catalogue_bytes: int = 256 << 20
    retry_after_max_s: float = 30
    tries: int = 3


ORDINARY = Limits()
