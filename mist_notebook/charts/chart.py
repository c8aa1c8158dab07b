"""A chart: one picture in three forms, of which each place takes the one that it can show."""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

VEGA_LITE = "application/vnd.vegalite.v5+json"
# JupyterLab's renderer makes a PNG of what it drew, where there is none; under Voila it fails at that, in red.
_A_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@dataclass(frozen=True, repr=False)
class Chart:
    """What a cell shows: `spec` is the Vega-Lite 5 dict, `svg` the picture, `text` what a terminal prints.

    Where each mark is a row, `rows` are these, and `spots` where each stands in the picture.
    """

    spec: dict[str, Any]
    svg: str
    text: str
    rows: pd.DataFrame | None = field(default=None, compare=False)
    spots: tuple[tuple[float, float], ...] = ()

    def bundle(self) -> dict[str, Any]:
        """The three forms by their MIME types, as a notebook's output has them, and the picture as PDF for LaTeX.

        There is no HTML on purpose: JupyterLab prefers it to Vega-Lite, and would never show the interactive form.
        Without the PDF nbconvert would call Inkscape to make one.
        """
        from . import pdf

        forms: dict[str, Any] = {VEGA_LITE: self.spec, "image/svg+xml": self.svg, "text/plain": self.text}
        forms["application/pdf"] = b64encode(pdf.of(self.svg)).decode("ascii")
        return forms | ({"image/png": _A_PNG} if _is_voila() else {})

    def save(
        self,
        path: str | Path,
        *,
        force: bool = False,
        theme: str | None = None,
        width: float | None = None,
        scale: float | None = None,
    ) -> Path:
        """Write the picture, for a slide, and say where: `.svg`, `.png`, or `.html` with the picture as a page.

        `theme` is "light" or "dark", with its ground; without one a PNG is light, and the others have no ground and
        follow the reader's. `width` is in pixels, `scale` how many dots of a PNG make one (2). A PNG needs the extra
        `mist-notebook[png]`. Raises BadValueError for another ending, a folder, what can't be written, and where a
        file is there already and `force` is not given.
        """
        from .saving import save

        return save(self, path, force=force, theme=theme, width=width, scale=scale)

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:  # noqa: ARG002
        return self.bundle()


def _is_voila() -> bool:
    """Whether Voila shows this kernel's outputs: on a page that is never saved."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")
