"""A chart's SVG as PDF, for paper: nbconvert's way to LaTeX takes it, and calls no other program.

It reads what `svg` writes and no more: paths of straight lines and half circles, rectangles, and text in Helvetica,
which every reader of PDF has; of letters that this hasn't there is a `?`. The ground is the paper's.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

from .look import CELL_TEXT, TEXT_ON_LIGHT

_SVG = "{http://www.w3.org/2000/svg}"
_PART = re.compile(r"([MLHVaz])|(-?[\d.]+)")
_PLACE = re.compile(r"translate\((\S+) (\S+)\) rotate\((\S+)\)")
_ROUND = 0.5523  # how far the handles of a curve lie that is a quarter of a circle, in radii
_USUAL_SIZE = 12.0
_THOUSAND = 1000.0
# How wide the letters from the space to ~ are in Helvetica, in thousandths of its size (Adobe's font metrics).
_WIDTHS = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556,) * 10,
    *(278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333),
    *(556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
_OTHER, _BOLD = 556, 1.06


def of(picture: str) -> bytes:
    """The PDF of one of our SVG pictures, a page of its size; the same picture gives the same bytes."""
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own text, made by this process
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    drawn = "\n".join([f"1 0 0 -1 0 {height:g} cm", *_drawn(root)])
    return _document(drawn.encode("cp1252", "replace"), width, height)


def _drawn(parent: ElementTree.Element) -> Iterator[str]:
    for element in parent:
        kind = element.tag.removeprefix(_SVG)
        if kind == "g":
            yield from ("q", _moved(element.attrib["transform"]), *_drawn(element), "Q")
        elif kind == "text":
            yield _text(element)
        elif kind == "path":
            yield _painted(" ".join(_path(element.attrib["d"])), element)
        elif kind == "rect":
            yield _painted(" ".join([*(element.attrib[name] for name in ("x", "y", "width", "height")), "re"]), element)


def _moved(transform: str) -> str:
    from math import cos, radians, sin

    found = _PLACE.fullmatch(transform)
    assert found is not None  # noqa: S101 - the only transform that our pictures have
    x, y, turn = found[1], found[2], radians(float(found[3]))
    return f"{cos(turn):.4f} {sin(turn):.4f} {-sin(turn):.4f} {cos(turn):.4f} {x} {y} cm"


def _painted(path: str, element: ElementTree.Element) -> str:
    """The path with its colours, its line and its dashes; what is see-through is mixed with white."""
    given = element.attrib
    fill, stroke = given.get("fill", "none"), given.get("stroke", "none")
    parts = ["q", f"{given.get('stroke-width', '1')} w", f"[{given.get('stroke-dasharray', '')}] 0 d"]
    parts += [f"{_colour(fill)} rg"] if fill != "none" else []
    parts += [f"{_colour(stroke, float(given.get('stroke-opacity', 1)))} RG"] if stroke != "none" else []
    way = {(True, True): "B", (True, False): "f", (False, True): "S"}.get((fill != "none", stroke != "none"), "n")
    return " ".join([*parts, path, way, "Q"])


def _path(said: str) -> Iterator[str]:
    command, given, x, y = "", list[float](), 0.0, 0.0
    for letter, figure in _PART.findall(said):
        if letter == "z":
            yield "h"
        if letter:
            command, given = letter, []
            continue
        given.append(float(figure))
        if command == "a":
            if len(given) == 7:
                yield _half_circle(x, y, given[5])
                x += given[5]
            continue
        if command in "ML" and len(given) < 2:
            continue
        x, y = (x, given[0]) if command == "V" else (given[0], y if command == "H" else given[-1])
        yield f"{x:g} {y:g} {'m' if command == 'M' else 'l'}"
        command, given = "L" if command == "M" else command, []


def _half_circle(x: float, y: float, across: float) -> str:
    r, handle = across / 2, across / 2 * _ROUND
    first = (x, y + handle, x + r - handle, y + r, x + r, y + r)
    second = (x + r + handle, y + r, x + across, y + handle, x + across, y)
    return " ".join(" ".join(f"{value:.2f}" for value in curve) + " c" for curve in (first, second))


def _text(element: ElementTree.Element) -> str:
    given = element.attrib
    size, is_bold = float(given.get("font-size", _USUAL_SIZE)), given.get("font-weight") == "bold"
    said = (element.text or "").encode("cp1252", "replace").decode("cp1252")
    wide = sum(_WIDTHS[ord(letter) - 32] if " " <= letter <= "~" else _OTHER for letter in said) * size / _THOUSAND
    before = {"middle": 0.5, "end": 1.0}.get(given.get("text-anchor", ""), 0.0) * wide * (_BOLD if is_bold else 1)
    colour = _colour(CELL_TEXT if given.get("class") == "mist-in-cell" else TEXT_ON_LIGHT)
    escaped = re.sub(r"([()\\])", r"\\\1", said)
    at = f"1 0 0 -1 {float(given['x']) - before:.2f} {given['y']} Tm"
    return f"BT {colour} rg /F{2 if is_bold else 1} {size:g} Tf {at} ({escaped}) Tj ET"


def _colour(said: str, opacity: float = 1.0) -> str:
    shares = (int(said[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return " ".join(f"{1 - opacity * (1 - share):.3f}" for share in shares)


def _document(drawn: bytes, width: float, height: float) -> bytes:
    packed = zlib.compress(drawn, 9)
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:g} {height:g}] /Contents 6 0 R "
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"{page}/Resources << /Font << /F1 4 0 R /F2 5 0 R >> >> >>".encode(),
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
        f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream",
    ]
    whole, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(whole))
        whole += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return (
        whole + f"{end}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(whole)}\n%%EOF\n".encode()
    )
