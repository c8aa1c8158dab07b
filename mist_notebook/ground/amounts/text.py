"""Amounts as people write them, in the signs of the wish language: `>= 4` is `4+`, `4 to 8` is `4..8`."""

from __future__ import annotations

import re

_COUNTED = r"\s+(?:v?cpus?|v?cores?|usd|dollars?|gpus?)\b"
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(?<=[\d+]){_COUNTED}", re.I), ""),
    (re.compile(r"^(?:>=|=>|≥|⩾|at least|from|min(?:imum)?)\s*([\d.]+\s*[a-z]*)$", re.I), r"\1+"),
    (re.compile(r"^(?:<=|=<|≤|⩽|at most|up to|max(?:imum)?)\s*([\d.]+\s*[a-z]*)$", re.I), r"..\1"),
    (re.compile(r"^(?:==|exactly)\s*([\d.]+\s*[a-z]*)$", re.I), r"=\1"),
    (re.compile(r"^([\d.]+\s*[a-z]*)\s*(?:or more|and more|and up|or larger)$", re.I), r"\1+"),
    (re.compile(r"^([\d.]+\s*[a-z]*)\s*(?:or less|or fewer|and less)$", re.I), r"..\1"),
    (
        re.compile(r"^(?:between\s+)?([\d.]+\s*[a-z]*)\s*(?:\bto\b|\band\b|–|—|…|\.{3})\s*([\d.]+\s*[a-z]*)$", re.I),
        r"\1..\2",
    ),
)


def plain(text: str) -> str:
    """`text` in our signs; as it is where it is written so already, or can't be read as any of these."""
    said = text.strip()
    for form, ours in _FORMS:
        said = form.sub(ours, said).strip()
    return said
