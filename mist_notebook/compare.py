"""`from mist_notebook.compare import compare`: the comparison from plain Python, as docs/prices.md teaches it."""

from __future__ import annotations

from mist_notebook.prices.comparing.compare import compare

__all__ = ["compare"]
