"""A chart: one picture in three forms, of which each place takes the one that it can show."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief
from mist_notebook.ground.whole_file import add, put

if TYPE_CHECKING:
    import pandas as pd

VEGA_LITE = "application/vnd.vegalite.v5+json"
# JupyterLab's renderer makes a PNG of what it drew, where there is none; under Voila it fails at that, in red.
_A_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


_FORMS = {
    ".svg": '<?xml version="1.0" encoding="UTF-8"?>\n{}\n',
    ".html": '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Prices</title></head>\n'
    "<body>{}</body></html>\n",
}
_FROM_THEME = re.compile(r"var\(--[\w-]+, ([^()]+)\)")  # a file stands in no theme: what it falls back to is said


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
        """The three forms by their MIME types, as a notebook's output has them.

        There is no HTML on purpose: JupyterLab prefers it to Vega-Lite, and would never show the interactive form.
        """
        forms: dict[str, Any] = {VEGA_LITE: self.spec, "image/svg+xml": self.svg, "text/plain": self.text}
        return forms | ({"image/png": _A_PNG} if _is_voila() else {})

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the picture, for a slide: `.svg`, or `.html` with the same picture as a page; and say where.

        Raises BadValueError for another ending, and where a file is there already and `force` is not given.
        """
        target = Path(path).expanduser()
        form = target.suffix.casefold()
        if form == ".png":
            raise BadValueError(
                "A PNG needs a renderer, such as rsvg-convert or a browser, and none comes with this package.",
                f"Save it as {brief(target.stem)}.svg, which slides take too, or convert that.",
            )
        if form not in _FORMS or not target.parent.is_dir():
            raise BadValueError(f"'{brief(str(path))}' is no file that can be written.", "Such as prices.svg")
        content = _FORMS[form].format(_FROM_THEME.sub(r"\1", self.svg)).encode("utf-8")
        try:
            is_there = not force and not add(target, content)
            if force:
                put(target, content)
        except OSError as error:
            raise BadValueError(f"{brief(str(path))} can't be written: {error.strerror}.", "Name another.") from None
        if is_there:
            raise BadValueError(f"{brief(str(path))} is there already.", "Name another file, or give force=True.")
        return target

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:  # noqa: ARG002
        return self.bundle()


def _is_voila() -> bool:
    """Whether Voila shows this kernel's outputs: on a page that is never saved."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")
