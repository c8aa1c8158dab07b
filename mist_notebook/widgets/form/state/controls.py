"""How each control of a form stands: its options, its value, and what is said beside it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mist_notebook.backends.provider_fields import Field
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import clean
from mist_notebook.records.model import BackendInfo, Image, Key, Location, Size
from mist_notebook.ssh.keys import public_key
from mist_notebook.widgets.lists import placed_size

from . import fits, places, suggest
from .catalogue import BACKENDS, OWN_KEYS, Catalogue, OwnKey, Shelf
from .checks import CLOUD_INIT, Lack, needs_of, script_kind
from .model import (
    EXTRA,
    FAILED,
    LOADING,
    OF_BACKEND,
    PASTE,
    State,
    question_of,
    record_of,
    searches_of,
    shelf_of,
)
from .more import offered

_LABEL_LIMIT = 100


@dataclass(frozen=True)
class Control:
    """One control. `options` are texts and ids of a list to choose from; `records` are the images or sizes that can be
    chosen, the same object as long as they are the same, and `unfit` those that can't, each with the reason. `best` is
    the cheapest. `value` is an id or a text, `None` where nothing is chosen.
    """

    value: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    records: tuple[Any, ...] = ()
    unfit: tuple[tuple[Any, str], ...] = ()
    visible: bool = True
    enabled: bool = True
    loading: bool = False
    message: str = ""
    error: bool = False
    best: str | None = None


def controls(state: State, catalogue: Catalogue, lacking: Mapping[str, Lack]) -> dict[str, Control]:
    """Every control by its name; `lacking` is what keeps each from being reviewed."""
    needs = needs_of(state, catalogue)
    extras = [EXTRA + field.name for field in needs.fields]
    texts = ("name", "count", "tags", "script", "hours", "user", "port", *extras)
    choices = {"location": _location, "image": _image, "size": _size, "key": _key}
    return {
        "backend": _backend(state, catalogue, lacking),
        **{kind: make(state, catalogue) for kind, make in choices.items()},
        PASTE: _paste(state, catalogue),
        **{name: _text(name, state, catalogue, lacking.get(name)) for name in texts},
        **{EXTRA + one.name: _offered(one, state, catalogue, lacking) for one in needs.fields if one.lists},
    }


def _backend(state: State, catalogue: Catalogue, lacking: Mapping[str, Lack]) -> Control:
    shelf = catalogue.shelves.get(BACKENDS)
    lack = lacking.get("backend")
    message = state.notes.get("backend", "") or (lack.why if lack else "")
    is_loading = _is_loading("backend", state)
    empty = "The server has no backend: add one with %mist add." if shelf is not None and not shelf.records else ""
    waiting = "Asking the server for its backends …" if is_loading and shelf is None else ""
    return Control(
        value=state.backend,
        options=_options(shelf),
        enabled=bool(shelf and shelf.records),
        loading=is_loading,
        message=message or empty or waiting,
        error=bool(message or empty),
    )


def _location(state: State, catalogue: Catalogue) -> Control:
    needs, shelf = needs_of(state, catalogue), shelf_of("location", state, catalogue)
    quiet = "The provider chooses where it stands." if not needs.location else ""
    return _listed("location", state, shelf, quiet, options=_options(shelf), visible=needs.location)


def _key(state: State, catalogue: Catalogue) -> Control:
    needs, shelf = needs_of(state, catalogue), shelf_of("key", state, catalogue)
    quiet = ""
    if shelf is not None and not shelf.records:
        quiet = "There is no key yet, so nobody could log in: make one here."
    elif not needs.key_required:
        quiet = "Without one nobody can log in over SSH."
    options = (*_options(shelf), *_options(Shelf(_own_keys(shelf, catalogue, public=needs.public_key))))
    return _listed("key", state, shelf, quiet, options=options, visible=needs.key)


def _own_keys(known: Shelf | None, catalogue: Catalogue, *, public: bool) -> tuple[OwnKey, ...]:
    """The keys of this computer that can be taken and aren't known; where it counts, those with a private half."""
    there = {tuple(key.public.split()[:2]) for key in (known.records if known else ()) if key.public}
    own: tuple[OwnKey, ...] = catalogue.records(OWN_KEYS)
    return tuple(key for key in own if (public or key.has_private) and tuple(key.public.split()[:2]) not in there)


def _paste(state: State, catalogue: Catalogue) -> Control:
    """The box for a public key: what is in it by now, and whether that can be taken."""
    needs, text = needs_of(state, catalogue), state.text(PASTE)
    told = state.told.get(PASTE, "")
    said, why = _said_of(text) if text.strip() else ("", "")
    quiet = "" if needs.public_key else "Its private half has to be on this computer, or at the Mist server, already."
    return Control(
        value=text,
        visible=needs.key and state.backend is not None,
        enabled=bool(said),
        message=told or why or said or quiet,
        error=bool(told or why),
    )


def _said_of(text: str) -> tuple[str, str]:
    """What key it is, or why it is none."""
    try:
        return f"{public_key.read(text)}: press Enter, or Use this key.", ""
    except BadValueError as error:
        return "", f"{error.message} {error.hint}".rstrip()


def _image(state: State, catalogue: Catalogue) -> Control:
    shelf = shelf_of("image", state, catalogue)
    location = record_of("location", state, catalogue)
    there = shelf.images_at(location) if shelf else Shelf()
    quiet = ""
    if shelf is not None and len(there.usable) < len(shelf.usable):
        quiet = f"{len(there.usable):,} of {len(shelf.usable):,} images: those that {location.name} has."
    return _listed("image", state, shelf, quiet, records=there.usable)


def _size(state: State, catalogue: Catalogue) -> Control:
    shelf = shelf_of("size", state, catalogue)
    location, image = (record_of(kind, state, catalogue) for kind in ("location", "image"))
    there = shelf.sizes_for(location, image) if shelf else Shelf()
    rows = places.rows(shelf, state, catalogue) if shelf else ()
    if shelf is not None and rows:
        return _placed_sizes(state, shelf, rows, image)
    best = suggest.cheapest(there.usable)
    return _listed(
        "size",
        state,
        shelf,
        _no_sizes(state, shelf, there, catalogue),
        records=there.usable,
        unfit=_unfit(shelf, there, location, image),
        best=best.id if best else None,
    )


def _placed_sizes(state: State, shelf: Shelf, rows: tuple[Size, ...], image: Image | None) -> Control:
    """The sizes over all locations: a row is a size at a price, and chooses both."""
    left = {placed_size.own_id(row) for row in rows}
    unfit = ((size, fits.unfit_size(size, location=None, image=image)) for size in shelf.usable if size.id not in left)
    best = suggest.cheapest(rows)
    control = _listed(
        "size",
        state,
        shelf,
        "",
        records=rows,
        unfit=tuple((size, why or "no location has it") for size, why in unfit),
        best=best.id if best else None,
    )
    return replace(control, value=placed_size.row_id(state.chosen("size"), state.chosen("location")))


def _no_sizes(state: State, shelf: Shelf | None, there: Shelf, catalogue: Catalogue) -> str:
    if shelf is None or (shelf.records and not state.wishes):
        return ""
    if shelf.records:
        met = any(suggest.meets(size, state.wishes) for size in there.usable)
        return "" if met else f"No size here has {state.wishes}: see what else there is, or elsewhere."
    wants_own = needs_of(state, catalogue).custom_size
    return "It wants a size of your own, which this form doesn't offer." if wants_own else "It lists no size."


def _unfit(
    shelf: Shelf | None, there: Shelf, location: Location | None, image: Image | None
) -> tuple[tuple[Size, str], ...]:
    """The sizes that are left out, each with the reason."""
    if shelf is None or len(there.usable) == len(shelf.usable):
        return ()
    return tuple((size, why) for size in shelf.usable if (why := fits.unfit_size(size, location=location, image=image)))


def _listed(kind: str, state: State, shelf: Shelf | None, quiet: str, **more: Any) -> Control:
    """A control whose options come from a listing."""
    note = state.notes.get(kind, "")
    is_loading = _is_loading(kind, state)
    waiting = f"Loading the {question_of(kind, state)[1]} …" if is_loading and shelf is None else ""
    failed = "Not loaded: see above." if shelf is None and _has_failed(kind, state) else ""
    return Control(
        value=state.chosen(kind),
        enabled=shelf is not None,
        loading=is_loading or (kind in OF_BACKEND and state.backend is not None and shelf is None and not failed),
        message=note or failed or waiting or state.told.get(kind, "") or quiet,
        error=bool(note or failed),
        **more,
    )


def _text(name: str, state: State, catalogue: Catalogue, lack: Lack | None) -> Control:
    note = state.notes.get(name, "")
    why = lack.why if lack else ""
    empty = f"{lack.label.capitalize()} is needed." if lack and not why and name in state.touched else ""
    quiet = _about_text(name, state, catalogue)
    return Control(value=state.text(name), message=note or why or empty or quiet, error=bool(note or why or empty))


def _offered(field: Field, state: State, catalogue: Catalogue, lacking: Mapping[str, Lack]) -> Control:
    """A field whose choices the backend may list: a list to choose from, or a text where it doesn't."""
    plain = _text(EXTRA + field.name, state, catalogue, lacking.get(EXTRA + field.name))
    listed = offered.listed(field, state, catalogue)
    message = plain.message if plain.error else listed.said or plain.message
    return replace(plain, options=listed.options, value=listed.value, loading=listed.is_loading, message=message)


def _about_text(name: str, state: State, catalogue: Catalogue) -> str:
    if name == "script":
        kinds = {"script": "A script: it runs once the machine is up.", CLOUD_INIT: "cloud-init: done as it boots."}
        return kinds.get(script_kind(state.text(name)), "")
    if name.startswith(EXTRA):
        about = {EXTRA + field.name: field for field in needs_of(state, catalogue).fields}
        field = about.get(name)
        return f"{field.about}{' (needed)' if field.needed else ''}" if field else ""
    return ""


def _options(shelf: Shelf | None) -> tuple[tuple[str, str], ...]:
    """Texts and ids; a name that several have stands with the id."""
    records = shelf.usable if shelf else ()
    names = [_label(record) for record in records]
    return tuple(
        (name if names.count(name) == 1 else f"{name} ({clean(record.id, _LABEL_LIMIT)})", record.id)
        for name, record in zip(names, records, strict=True)
    )


def _label(record: Any) -> str:
    name = clean(record.name, _LABEL_LIMIT)
    match record:
        case BackendInfo():
            facts = [record.provider, record.region or "", "" if record.enabled else "disabled"]
        case Location():
            facts = [record.country or "", record.kind or ""]
        case Key():
            facts = ["default" if record.default else ""]
        case OwnKey():
            facts = [record.where, public_key.KINDS.get(record.public.split()[0], "")]
        case _:
            facts = []
    more = ", ".join(clean(fact, _LABEL_LIMIT) for fact in facts if fact and fact.casefold() != name.casefold())
    return f"{name} · {more}" if more else name


def _is_loading(kind: str, state: State) -> bool:
    return any(state.asks[question].phase == LOADING for question in _questions(kind, state) if question in state.asks)


def _has_failed(kind: str, state: State) -> bool:
    needs = (state.backend or "", "needs")
    questions = [question_of(kind, state), *([needs] if kind in OF_BACKEND else [])]
    return any(state.asks[question].phase == FAILED for question in questions if question in state.asks)


def _questions(kind: str, state: State) -> list[tuple[str, str]]:
    return [question_of(kind, state), *(searches_of(state) if kind == "image" else [])]
