"""What a form still lacks, and what in it can't be sent: each at its field, in words for a person. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mist_notebook.backends import extra_fields, provider_fields, tag_rules
from mist_notebook.backends.needs import Needs, usual
from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief
from mist_notebook.ssh.keys import public_key
from mist_notebook.ssh.target import port_number, user_name

from .catalogue import Catalogue
from .model import EXTRA, PASTE, State, question_of
from .more import offered, several

SCRIPT, CLOUD_INIT, NEITHER = "script", "cloud-init", "neither"
_LESS = ("count", "tags", "script", "hours", "user", "port")
_LARGEST_SCRIPT = 64 << 10


@dataclass(frozen=True)
class Lack:
    """A field that keeps the form from being reviewed; `why` is empty where nothing is in it yet."""

    field: str
    label: str
    why: str = ""


def lacks(state: State, catalogue: Catalogue) -> tuple[Lack, ...]:
    """All of them, in the order of the fields; none if the form can be reviewed."""
    needs = needs_of(state, catalogue)
    backend = _backend(state, catalogue)
    if backend is not None:
        return (backend,)
    found = [*_choices(state, needs), *_texts(state, catalogue, needs)]
    return tuple(found)


def needs_of(state: State, catalogue: Catalogue) -> Needs:
    """What the chosen backend needs, as it says, or as is usual until it has said so."""
    info = catalogue.backend(state.backend)
    return catalogue.needs(state.backend) or usual(info.provider if info else "")


def script_kind(text: str) -> str:
    """What a text for the machine is: a script, cloud-init, or neither; empty for an empty one."""
    if not text.strip():
        return ""
    first = text.split("\n", 1)[0].strip()
    return SCRIPT if text.startswith("#!") else CLOUD_INIT if first == "#cloud-config" else NEITHER


def extra_value(text: str, name: str = "") -> Any:
    """The value of an extra field, as the line reads it."""
    return extra_fields.value(name, text)


def wrong(field: str, state: State, catalogue: Catalogue) -> str:
    """Why what was typed into a field can't be sent; empty if it can, and where nothing was."""
    text = state.text(field)
    if field == "name":
        return _wrong_name(text, state, catalogue) if text.strip() else ""
    if field == "tags":
        return _refusal(lambda said: tag_rules.checked(said, _provider(state, catalogue)), text)
    if field == "script":
        return _wrong_script(text, state, catalogue)
    if field == PASTE:
        return _wrong_paste(text)
    if field.startswith(EXTRA):
        return _wrong_extra(field.removeprefix(EXTRA), text) or _not_offered(field, state, catalogue)
    if field == "hours" and text.strip() and not needs_of(state, catalogue).hours:
        return f"{_name(state, catalogue)} can't end a machine by itself: leave this empty, and destroy it yourself."
    return _refusal(_READERS[field], text.strip()) if text.strip() else ""


def _provider(state: State, catalogue: Catalogue) -> str:
    info = catalogue.backend(state.backend)
    return info.provider if info else ""


def _name(state: State, catalogue: Catalogue) -> str:
    info = catalogue.backend(state.backend)
    return info.name if info else "It"


def _backend(state: State, catalogue: Catalogue) -> Lack | None:
    info = catalogue.backend(state.backend)
    if info is None:
        return Lack("backend", "backend")
    if not info.enabled:
        return Lack("backend", "backend", f"{info.name} is disabled on the server: choose another, or enable it there.")
    if not needs_of(state, catalogue).machines:
        return Lack("backend", "backend", f"{info.name} ({info.provider}) makes no machines: choose another.")
    return None


def _choices(state: State, needs: Needs) -> Iterator[Lack]:
    wanted = {"location": needs.location, "image": True, "size": True, "key": needs.key and needs.key_required}
    for kind, is_wanted in wanted.items():
        if is_wanted and state.chosen(kind) is None:
            yield Lack(kind, kind)


def _texts(state: State, catalogue: Catalogue, needs: Needs) -> Iterator[Lack]:
    needed = {"name", *(EXTRA + field.name for field in needs.fields if field.needed)}
    for field in ("name", *(EXTRA + field.name for field in needs.fields), *_LESS, PASTE):
        why = wrong(field, state, catalogue)
        if why or (field in needed and not state.text(field).strip()):
            label = "public key" if field == PASTE else field.removeprefix(EXTRA).replace("_", " ")
            yield Lack(field, label, why)


def _wrong_name(text: str, state: State, catalogue: Catalogue) -> str:
    every = several.of(text, several.count(state))
    try:
        for one in (text, every[-1]):
            provider_fields.check_name(one, _provider(state, catalogue))
    except BadValueError as error:
        rule = error.hint.partition(" {")[0].removesuffix(" Such as web-1.")  # what a line fills in is no matter here
        return f"{error.message} {rule}"
    shelf = catalogue.shelves.get(question_of("name", state))
    used = shelf.by_id if shelf else {}
    taken = next((used[one] for one in every if one in used), None)
    if taken is None:
        return ""
    which = f"'{taken.id}': " if taken.id != text and taken.id not in taken.why else ""
    free = several.free(text, len(every), set(used))
    return f"{which}{taken.why} Choose another name, such as {free}."


def _wrong_paste(text: str) -> str:
    """A key that nobody has taken yet would be one that is not sent, too."""
    return (_refusal(public_key.read, text) or "Use this key, or empty the box.") if text.strip() else ""


def _wrong_script(text: str, state: State, catalogue: Catalogue) -> str:
    kind = script_kind(text)
    if kind == NEITHER:
        return "Begin it with #! for a script (#!/bin/sh), or with the line #cloud-config."
    if len(text.encode("utf-8", "replace")) > _LARGEST_SCRIPT:
        return f"It is over {_LARGEST_SCRIPT >> 10} KiB: have it fetch what it needs."
    needs = needs_of(state, catalogue)
    if text.strip() and not needs.script:
        return f"{_name(state, catalogue)} can't run a script at the start: %mist run runs one on a machine that is up."
    if kind == CLOUD_INIT and needs.cloud_init is False:
        return f"{_name(state, catalogue)} takes no cloud-init: give a script that begins with #!."
    return ""


def _wrong_extra(name: str, text: str) -> str:
    if why := _refusal(lambda said: extra_value(said, name), text) if text.strip() else "":
        return why
    is_meant_as_json = text.strip().startswith(("[", "{"))
    if is_meant_as_json and isinstance(extra_value(text), str):
        return f"'{brief(text)}' is not JSON: use double quotes, and close every bracket."
    return ""


def _not_offered(name: str, state: State, catalogue: Catalogue) -> str:
    field = next((one for one in needs_of(state, catalogue).fields if EXTRA + one.name == name), None)
    return offered.wrong(field, state, catalogue) if field is not None else ""


def _refusal(read: Callable[[str], object], text: str) -> str:
    try:
        read(text)
    except BadValueError as error:
        return f"{error.message} {error.hint}".rstrip()
    return ""


_READERS: dict[str, Callable[[str], object]] = {
    "count": several.read,
    "hours": quantity.hours,
    "user": user_name,
    "port": port_number,
}
