"""Lists and objects in a line, as in `--extra nets=["a b"]`: JSON keeps its quotes and braces, and is one value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

_BEGIN = re.compile(r"=(?=[\[{])")
_END = re.compile(r"[\s'\"“”‘’]|$")
_DECODER = json.JSONDecoder()


class Json(str):
    """The text of a list or an object."""

    __slots__ = ()


def set_aside(line: str, put: Callable[[str], str], rest: Callable[[str], str]) -> str:
    """The line with what `put` gives in the place of each list or object after a `=`, and `rest` of what is between."""
    parts: list[str] = []
    at = 0
    for begin, end in _values(line):
        parts += [rest(line[at:begin]), put(Json(line[begin:end]))]
        at = end
    return "".join(parts) + rest(line[at:])


def filled(text: str, fill: Callable[[str], str]) -> str:
    """The JSON with each of its texts filled in; what can't be written stays as it is, and is refused later."""
    try:
        return json.dumps(_each(json.loads(text), fill), ensure_ascii=False, allow_nan=False)
    except ValueError:
        return text


def _values(line: str) -> Iterator[tuple[int, int]]:
    """Where each begins and ends."""
    at = 0
    while found := _BEGIN.search(line, at):
        at = found.end()
        try:
            _, end = _DECODER.raw_decode(line, at)
        except (ValueError, RecursionError):
            continue
        if _END.match(line, end):
            yield at, end
            at = end


def _each(value: Any, fill: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return fill(value)
    if isinstance(value, list):
        return [_each(one, fill) for one in value]
    if isinstance(value, dict):
        return {name: _each(one, fill) for name, one in value.items()}
    return value
