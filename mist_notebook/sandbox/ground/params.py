"""What a request asks: query, JSON body or form body, whatever its content type and method."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from .refusals import bad_request, missing

_MOST_FIELDS = 200
_FALSE = ("", "0", "false")


class Params:
    """The parameters of one request; the body's win over the query's."""

    def __init__(self, query: str, body: bytes) -> None:
        self._values: dict[str, object] = {**_form(query), **_body(body)}

    def __bool__(self) -> bool:
        return bool(self._values)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def names(self) -> list[str]:
        """Every parameter that was given."""
        return list(self._values)

    def given(self, name: str) -> bool:
        """Whether it is there and not empty; Mist takes any text, also `False`, for a yes."""
        return bool(self._values.get(name))

    def text(self, *names: str) -> str:
        """The first of these that was given, without blanks around it; empty if none was."""
        value = next((self._values[name] for name in names if self._values.get(name) is not None), "")
        if not isinstance(value, str):
            raise bad_request(f"{names[0]} must be text")
        return value.strip()

    def required(self, *names: str) -> str:
        """The same, but it has to be there."""
        return self.text(*names) or _raise_missing(names[0])

    def value(self, name: str) -> object:
        """Whatever was given; None if nothing was."""
        return self._values.get(name)

    def whole(self, name: str, default: int) -> int | None:
        """A whole number, given as one or as digits; None if it is neither."""
        value = self._values.get(name, default)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
            return int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def having(self, name: str, value: object) -> Params:
        """The same parameters, with this one."""
        return self._with({**self._values, name: value})

    def renamed(self, names: Mapping[str, str]) -> Params:
        """The same parameters, some under other names."""
        return self._with({names.get(name, name): value for name, value in self._values.items()})

    def _with(self, values: dict[str, object]) -> Params:
        changed = Params("", b"")
        changed._values = values
        return changed

    def truth(self, name: str, default: bool) -> bool:
        """Whether something is wanted: `false`, `0` and nothing, as text or as JSON, say no."""
        if name not in self._values:
            return default
        return str(self._values[name] or "").strip().lower() not in _FALSE


def _raise_missing(name: str) -> str:
    raise missing(name)


def _body(body: bytes) -> dict[str, object]:
    text = _decoded(body)
    if text.lstrip()[:1] not in ("{", "["):
        return _form(text)
    try:
        value: Any = json.loads(text, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise bad_request("Malformed JSON in the body") from None
    if not isinstance(value, dict):
        raise bad_request("The body must be a JSON object")
    return value


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise bad_request("The body isn't UTF-8") from None


def _form(text: str) -> dict[str, object]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise bad_request("Malformed form or query") from None
    return dict(pairs)


def _no_constant(name: str) -> object:
    raise ValueError(name)
