"""The `%mist create` line that does what the form would do, quoted so that reading it gives the same words back."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from mist_notebook.backends import tag_rules
from mist_notebook.backends.provider_fields import NETWORK, SUBNET
from mist_notebook.ground.errors import BadValueError
from mist_notebook.provision import guard
from mist_notebook.provision.costs import costly
from mist_notebook.records.model import BackendInfo

from . import places
from .catalogue import BACKENDS, Catalogue
from .checks import CLOUD_INIT, needs_of, script_kind
from .model import EXTRA, State, record_of, shelf_of
from .more import several

_PLAIN = re.compile(r"[\w.,:/+=@%-]+", re.ASCII)
_FILLED_IN = {"{": "{{", "}": "}}", "$": "$$"}  # what a line fills in stands twice where it is meant as it is


def create_line(state: State, catalogue: Catalogue) -> str:
    """The line for what is chosen by now; what is still missing stands as a word in capitals."""
    words = " ".join(_words(state, catalogue))
    text = state.text("script")
    if not text.strip():
        return words
    return f"{words}  # the {'cloud-init' if script_kind(text) == CLOUD_INIT else 'script'} above, saved as that file"


def quoted(word: str) -> str:
    """A word as it has to stand in a line."""
    doubled = "".join(_FILLED_IN.get(letter, letter) for letter in word)
    return doubled if _PLAIN.fullmatch(doubled) and not doubled.startswith("-") else shlex.quote(doubled)


def _words(state: State, catalogue: Catalogue) -> Iterator[str]:
    needs = needs_of(state, catalogue)
    info = catalogue.backend(state.backend)
    yield from ("%mist", "create", quoted(_called(info, catalogue.records(BACKENDS))) if info else "BACKEND")
    yield from _option("name", state.text("name").strip() or None, "NAME")
    for kind in ("image", "size", *(["location"] if needs.location else []), *(["key"] if needs.key else [])):
        optional = kind == "key" and not needs.key_required
        yield from _option(kind, _word_of(kind, state, catalogue), "" if optional else kind.upper())
    for name in ("count", "hours", "user", "port"):
        if name == "count" and several.count(state) == 1:
            continue
        yield from _option(name, state.text(name).strip() or None)
    yield from _script(state)
    yield from _consent(info, state, catalogue)
    for tag in _tags(state):
        yield from _option("tag", tag)
    network = next((one.name for kind in (NETWORK, SUBNET) for one in needs.fields if one.lists == kind), "")
    for field in needs.fields:
        value = state.text(EXTRA + field.name).strip()
        if field.name == network and value and not value.startswith(("[", "{")):
            yield from _option("network", value)
        else:
            yield from _option("extra", f"{field.name}={value}" if value else None)


def _tags(state: State) -> list[str]:
    """As a line has them; as they stand, where they can't be read."""
    text = state.text("tags").strip()
    try:
        return [f"{name}={value}" if value else name for name, value in tag_rules.several(text)]
    except BadValueError:
        return [text]


def _consent(info: BackendInfo | None, state: State, catalogue: Catalogue) -> tuple[str, ...]:
    """The name once more, where nobody says what it costs and that has to be accepted."""
    size = places.here(record_of("size", state, catalogue), state, catalogue)
    if size is None or info is None or info.sandbox:
        return ()
    fields = needs_of(state, catalogue).fields
    given = {field.name: state.text(EXTRA + field.name).strip() for field in fields}
    if guard.usd_per_hour(size.price) is not None and not costly(given):
        return ()
    return _option("accept-unknown-price", state.text("name").strip() or None, "NAME")


def _option(name: str, value: str | None, missing: str = "") -> tuple[str, ...]:
    if value is None:
        return (f"--{name}", missing) if missing else ()
    word = quoted(value)
    return (f"--{name}={word}",) if word.startswith(("-", "'-")) else (f"--{name}", word)


def _script(state: State) -> tuple[str, ...]:
    text = state.text("script")
    if not text.strip():
        return ()
    name = state.text("name").strip()
    stem = name if re.fullmatch(r"[A-Za-z0-9][\w.-]*", name, re.ASCII) else "machine"
    is_cloud_init = script_kind(text) == CLOUD_INIT
    return ("--cloud-init", f"{stem}.yaml") if is_cloud_init else ("--script", f"{stem}.sh")


def _word_of(kind: str, state: State, catalogue: Catalogue) -> str | None:
    """What names the record: its id; of a location or a key its name, where that is theirs alone and says more."""
    record, shelf = record_of(kind, state, catalogue), shelf_of(kind, state, catalogue)
    if record is None or shelf is None:
        return None
    return _called(record, shelf.records) if kind in ("location", "key") else str(record.id)


def _called(record: Any, among: Sequence[Any]) -> str:
    """Its name, if no other has it in any case; else its id."""
    folded = record.name.casefold()
    same = [one for one in among if folded in (one.name.casefold(), one.id.casefold(), one.mist_id.casefold())]
    is_plain = _PLAIN.fullmatch(record.name) or record.name.replace(" ", "").isalnum()
    return str(record.name if same == [record] and is_plain and record.name.strip() == record.name else record.id)
