"""The words of a create beyond the common fields: which a provider takes, and which of them are mistakes.

A word that goes nowhere is worse than none: `hour=3` makes a machine without a time limit. So what a provider that we
know doesn't take is refused, and with one that we don't know whatever is near a word that there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief, nearest
from mist_notebook.records.model import BackendInfo

from . import provider_fields, tag_rules
from .needs import Needs

_EVERYWHERE = {
    *("image_extra", "disk", "networks", "volumes", "hostname", "env", "ips"),
    *("script_id", "script_params", "post_script_id", "post_script_params", "location_name"),
}
_OWN = ("key", "image", "location", "size", "script", "cloud_init", "hours", "tags")
_CALLS = ("quantity", "accept_unknown_price", "timeout", "fire_and_forget", "verbose")
_SAID = {  # what the original's client took, and what becomes of it here
    "monitoring": "Monitoring isn't set up from here: leave it out, or set it up on the Mist server.",
    "verbose": "Steps are shown as they come: on a line always, in create_machine(…) with verbose=True.",
    "timeout": "How long is waited: create_machine(…, timeout=600) in Python; on a line, --no-wait and %mist wait.",
    "fire_and_forget": "On a line that is --no-wait; in Python create_machine(…, fire_and_forget=True).",
    "async": "A create is always asynchronous at a Mist server; --no-wait doesn't wait for it.",
    "persist": "Nothing is persisted that you have to ask for.",
}


def checked(extra: Mapping[str, Any], backend: BackendInfo, needs: Callable[[], Needs]) -> dict[str, Any]:
    """The words that go along; BadValueError for the first that doesn't, before anything is sent."""
    kept = {name: value for name, value in extra.items() if not (name == "monitoring" and not value)}
    if not kept:
        return {}
    fields = {field.name for field in needs().fields}
    taken, is_known = fields | _EVERYWHERE, bool(fields) or backend.provider in provider_fields.KNOWN
    for name in kept:
        if name in _SAID:
            raise BadValueError(f"'{name}' is not for the provider.", f"{_SAID[name]} Nothing was sent.")
        if name in provider_fields.RESERVED - {"tags"}:
            raise BadValueError(f"'{name}' can't be given as an extra field.", "Nothing was sent.")
        if name not in taken | {"tags"}:
            _refuse_mistake(name, backend, taken, is_known=is_known)
    tags = tag_rules.checked(kept.pop(tag_rules.WORD, None) or {}, backend.provider)
    return kept | ({tag_rules.WORD: tags} if tags else {})


def _refuse_mistake(name: str, backend: BackendInfo, taken: Iterable[str], *, is_known: bool) -> None:
    words = [*taken, *_OWN, *_CALLS]
    close = nearest(name, words)
    if not (is_known or close):
        return
    hint = did_you_mean(name, words if close else sorted(taken), "field")
    raise BadValueError(f"{backend.name} ({backend.provider}) takes no '{brief(name)}'.", f"{hint} Nothing was sent.")
