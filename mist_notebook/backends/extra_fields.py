"""A provider's own fields with `--extra name=value`: what a typed value is, and whether it can be sent at all."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.secret import Secret, says_secret
from mist_notebook.ground.text import brief

# Of any provider: what its documentation has as a figure. Everything else is text, whatever it looks like.
_FIGURES = frozenset(
    {
        *("bandwidth", "backups_count", "boot_volume_size", "cores", "cpu", "cpu_cores", "cpu_priority", "cpu_shares"),
        *("cpu_sockets", "cpu_threads", "cpus", "disk", "disk_gb", "disk_size", "libvirt_disk_size", "memory"),
        *("memory_mb", "port_speed", "ram", "ram_mb", "swap", "vcpus", "volume_size"),
    }
)
_WORDS = {"true": True, "false": False, "null": None}
_FIGURE = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?", re.ASCII)


def value(name: str, text: str) -> Any:
    """What a person meant: JSON where it begins as a list or an object, true or false, else the text as it stands.

    A number only for a field that is declared as one: BadValueError where it is none.
    """
    said = text.strip()
    if name in _FIGURES:
        return _figure(name, said)
    if said in _WORDS:
        return _WORDS[said]
    if not said.startswith(("[", "{")):
        return text
    try:
        found = json.loads(said, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return text
    check({name or "value": found})
    return found


def check(extra: Mapping[str, Any]) -> None:
    """Nothing if all of it can be put into a request; else BadValueError, before anything is recorded."""
    for name, found in extra.items():
        try:
            json.dumps(found, allow_nan=False, default=_hidden, ensure_ascii=False).encode("utf-8")
        except (TypeError, ValueError, RecursionError):
            raise BadValueError(
                f"{name} can't be put into a request: {_shown(name, found)}.",
                "Give text, a finite number, true, false, a list or a dict.",
            ) from None


def _shown(name: str, found: Any) -> str:
    """The value as an error may repeat it: no secret's, and of what isn't plain only its kind."""
    if isinstance(found, Secret) or says_secret(name):
        return "•••"
    return brief(repr(found)) if isinstance(found, (int, float, complex)) else f"a {type(found).__name__}"


def _figure(name: str, text: str) -> float:
    if not _FIGURE.fullmatch(text):
        raise BadValueError(f"{name} is a number, and '{brief(text)}' is none.", f"Such as --extra {name}=20")
    return float(text) if "." in text else int(text)


def _no_constant(text: str) -> float:
    raise ValueError(text)


def _hidden(found: Any) -> str:
    if isinstance(found, Secret):
        return ""
    raise TypeError(type(found).__name__)
