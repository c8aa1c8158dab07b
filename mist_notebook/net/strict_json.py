"""Foreign JSON → typed values, or one clear error. Leaves to the adapters what the values mean."""

from __future__ import annotations

import gc
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar, get_origin

import msgspec

from mist_notebook.ground.errors import ApiError
from mist_notebook.ground.secret import redact
from mist_notebook.ground.text import clean

T = TypeVar("T")

_EXCERPT_LIMIT = 80
_BOM = b"\xef\xbb\xbf"
_FOUND = {"{": "an object", "[": "a list", '"': "text", "n": "null", "t": "true", "f": "false"}
_UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)


def decode(body: bytes, kind: type[T], *, where: str) -> T:
    """`body` as `kind`, anything msgspec decodes; `where` names the path in the error.

    A number out of range is read as null; NaN and Infinity as literals are not JSON.
    """
    body = body.removeprefix(_BOM)
    try:
        with gc_paused():
            return _decoded(body, msgspec.json.Decoder(kind))
    except _UNREADABLE as error:
        reason = _reason(body, error, kind)
    _refuse(body, where, reason)


def decode_rows(body: bytes, kind: type[T], *, where: str) -> tuple[list[T], int]:
    """A list of `kind`, and how many of its items were left out because they are not one.

    A list that has items and not one that can be read is an error.
    """
    body = body.removeprefix(_BOM)
    many: msgspec.json.Decoder[list[T]] = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]
    try:
        with gc_paused():
            return many.decode(body), 0
    except RecursionError as error:
        first, reason = "", _reason(body, error, list)
    except _UNREADABLE as error:
        first, reason = str(error), ""  # of one item, perhaps; what isn't JSON at all is refused by the next line
    if reason:
        _refuse(body, where, reason)
    return _item_by_item(body, kind, where, first)


@contextmanager
def gc_paused() -> Iterator[None]:
    """No garbage collection within: many small objects, none of them garbage, are made a third faster."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def excerpt(body: bytes) -> str:
    """How a body begins, in at most 80 harmless characters."""
    text = body[: 50 * _EXCERPT_LIMIT].decode("utf-8", "replace")
    cleaned = clean(" ".join(redact(text).split()), 2 * _EXCERPT_LIMIT)
    return cleaned if len(cleaned) <= _EXCERPT_LIMIT else cleaned[: _EXCERPT_LIMIT - 1] + "…"


def _item_by_item(body: bytes, kind: type[T], where: str, first: str) -> tuple[list[T], int]:
    items = decode(body, list[msgspec.Raw], where=where)
    decoder = msgspec.json.Decoder(kind)
    rows: list[T] = []
    with gc_paused():
        for item in items:
            try:
                rows.append(_decoded(item, decoder))
            except _UNREADABLE:
                continue
    if items and not rows:
        _refuse(body, where, f"has no item that can be read ({first})")
    return rows, len(items) - len(rows)


def _decoded(body: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[T]) -> T:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        if "out of range" not in str(error):
            raise
    finite = json.loads(str(memoryview(body), "utf-8"), parse_constant=_not_json, parse_float=_finite)
    value: T = msgspec.convert(finite, decoder.type)
    return value


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _not_json(literal: str) -> NoReturn:
    raise ValueError(f"{literal} is not JSON")


def _reason(body: bytes, error: Exception, kind: Any) -> str:
    """What is wrong with `body`, to follow "The answer to … "."""
    stripped = body.strip()
    if not stripped:
        return "is empty"
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    if isinstance(error, msgspec.ValidationError):
        found, due = _shape_found(stripped), _shape_due(kind)
        return f"is {found} where {due} is due" if due and found != due else f"has a wrong shape ({error})"
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8 text"
    if "truncated" in str(error) and not stripped.endswith((b"]", b"}")):
        return "is incomplete"
    return "is not JSON"


def _shape_found(body: bytes) -> str:
    return _FOUND.get(chr(body[0]), "a number")


def _shape_due(kind: Any) -> str:
    outer = get_origin(kind) or kind
    if outer is list:
        return "a list"
    if outer is dict or (isinstance(outer, type) and issubclass(outer, msgspec.Struct)):
        return "an object"
    return "text" if outer is str else ""


def _refuse(body: bytes, where: str, reason: str) -> NoReturn:
    began = excerpt(body)
    page = "A login page or proxy? " if began.startswith("<") else ""
    raise ApiError(f"The answer to {where} {reason}.", f"{page}It began: '{began}'" if began else "")
