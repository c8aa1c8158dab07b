"""A chart: one picture in three forms, of which each place takes the one that it can show."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

VEGA_LITE = "application/vnd.vegalite.v5+json"
# JupyterLab's renderer makes a PNG of what it drew, where there is none; under Voila it fails at that, in red.
_A_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@dataclass(frozen=True, repr=False)
class Chart:
    """What a cell shows: `spec` is the Vega-Lite 5 dict, `svg` the picture, `text` what a terminal prints."""

    spec: dict[str, Any]
    svg: str
    text: str

    def bundle(self) -> dict[str, Any]:
        """The three forms by their MIME types, as a notebook's output has them.

        There is no HTML on purpose: JupyterLab prefers it to Vega-Lite, and would never show the interactive form.
        """
        forms: dict[str, Any] = {VEGA_LITE: self.spec, "image/svg+xml": self.svg, "text/plain": self.text}
        return forms | ({"image/png": _A_PNG} if _is_voila() else {})

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:  # noqa: ARG002
        return self.bundle()


def _is_voila() -> bool:
    """Whether Voila shows this kernel's outputs: on a page that is never saved."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")
