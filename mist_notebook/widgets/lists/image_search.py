"""Choosing an image by typing: a field, the fifty best that hold every word, and what is chosen.

A letter costs the page nothing but the newest list, however fast one types.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets

from mist_notebook.backends.image_index import MOST_HITS, Hits, Index
from mist_notebook.ground.text import brief, counted
from mist_notebook.records.model import Image, Listing
from mist_notebook.widgets.parts import style
from mist_notebook.widgets.parts.front_end import focus
from mist_notebook.widgets.parts.small import Entry

from . import image_lines, image_systems, keyed
from .chooser import Chooser, State
from .row_list import RowList

_ROWS = 8
_MOST_OF_WHOLE, _MOST_BYTES_OF_WHOLE = 150, 48_000  # for a click, and never for a keystroke
_FOLDED = "folded away"
_LOADING = "The images are being read …"
_MEANWHILE = "What you type meanwhile is searched for then."


class ImageSearch(Chooser[Image, str]):
    """The choice of an image.

    `search_more(query)`, where it is given, is behind a button, for images that a provider only finds by searching;
    it is called on any thread, and should only have that done.
    """

    def __init__(self, search_more: Callable[[str], object] | None = None) -> None:
        super().__init__("", what="image", css="mist-image-search")
        self._search_more = search_more
        self._hits: tuple[str, ...] = ()
        self._setter: int | None = None
        self._families_folded: tuple[str, ...] = ()
        self._indexed: tuple[Sequence[Image], Index] | None = None
        self._rows = RowList(
            "Images found", self._picked, rows=_ROWS, css="mist-image-list", columns=image_lines.COLUMNS
        )
        self._rows.widget.unfolded = self._unfold_place
        self._whole, self._families = "", tuple[str, ...]()
        self._older = keyed.Dropdown(description="Old ones", options=(_FOLDED,), _dom_classes=["mist-image-older"])
        self._older.layout.display = "none"
        self._older.observe(lambda change: self._chose_older(change["new"]), "index")
        self._query = _query_field()
        self._rows.widget.entered = lambda: self.entered()
        self._rows.widget.left = self._query_left = lambda: self.left()
        self._query.entered, self._query.left = self._first_one, self._query_left
        self._query.observe(lambda change: self._set_wish(lambda _: change["new"]), names="value")
        self._more = ipywidgets.Button(description="Search at the provider", disabled=True)
        self._more.add_class("mist-image-more")
        self._more.on_click(lambda _: self._asked())
        below = ipywidgets.HBox(
            [self._count, self._older, *([self._more] if search_more else [])], _dom_classes=["mist-below"]
        )
        self.widget.children = self._query, self._rows.widget, below, self._chosen

    @property
    def query(self) -> str:
        """What is typed."""
        return self._state.wish

    def set_images(self, images: Listing[Image] | Sequence[Image], *, loading: bool = False) -> None:
        """List these images; more are on their way if `loading`.

        What is chosen or wanted stays where it is among them; else nothing is, once all are there.
        """
        self._set_records(images.records if isinstance(images, Listing) else images, loading=loading)

    def focus(self) -> None:
        """Have the keyboard in the field."""
        focus(self._query)

    def unfold(self, family: str) -> None:
        """Show the old ones of this family of systems too; of the one that is shown whole, fold them away again."""
        with self._lock:
            self._whole = "" if family == self._whole else family
            self._change()

    def _unfold_place(self, place: int) -> None:
        if 0 <= place < len(self._families):
            self.unfold(self._families[place])

    def _chose_older(self, index: int | None) -> None:
        if threading.get_ident() == self._setter or index is None:
            return
        family = self._families_folded[index - 1] if 0 < index <= len(self._families_folded) else ""
        if family != self._whole:
            self.unfold(family or self._whole)

    def _first_one(self) -> None:
        """Enter in the field: the best of what was found, and done."""
        self._worker.join()
        if self._hits and self.value not in self._hits:
            self._picked(self._hits[0])
        self.entered()

    def _asked(self) -> None:
        query = self.query.strip()
        if self._search_more is not None and query and not self._state.is_loading:
            self._search_more(query)

    def _about(self, state: State[Image, str]) -> None:
        self._chosen.value = image_lines.chosen(state.chosen)
        self._more.disabled = state.is_loading or not state.wish.strip()

    def _view(self) -> RowList:
        return self._rows

    def _list(self, state: State[Image, str]) -> None:
        if not state.records:
            self._indexed = None
            self._rows.say(_LOADING if state.is_loading else "–")
            self._count.value = style.message(state.error or _nothing(state), error=bool(state.error))
            return
        if not state.wish.strip():
            return self._list_systems(state)
        hits = self._index(state.records).search(state.wish)
        if not self._is_outdated(state):
            self._hits = tuple(image.id for image in hits.records)
            self._older.layout.display = "none"
            rows, ids = image_lines.table(hits.records, pinned=state.chosen, most=MOST_HITS)
            self._rows.fill(rows, ids, state.chosen_id)
            self._count.value = style.message(_counted(state, hits, len(ids)))

    def _list_systems(self, state: State[Image, str]) -> None:
        """What there is where nothing is looked for: system by system, the newest first, old ones folded away."""
        self._hits = ()
        whole, old = self._whole, image_systems.folded(state.records)
        most, most_bytes = (_MOST_OF_WHOLE, _MOST_BYTES_OF_WHOLE) if whole else (MOST_HITS, image_lines.MOST_BYTES)
        families = image_systems.grouped(state.records, most, whole=whole)
        newest = [image for _, part in families for image in part]
        rows, ids = image_lines.table(newest, pinned=state.chosen, most=most, most_bytes=most_bytes)
        at = int(bool(newest) and ids[:1] != [newest[0].id])  # what is chosen and old stands before all
        groups: list[tuple[int, str] | tuple[int, str, str]] = []
        for family, part in families:
            does = "" if family not in old else "fold old ones away" if family == whole else f"{old[family]} older"
            if at < len(rows):
                groups.append((at, family, does) if does else (at, family))
            at += len(part)
        self._families = tuple(group[1] for group in groups)
        self._rows.fill(rows, ids, state.chosen_id, groups=groups)
        self._offer_old(old, whole)
        self._count.value = style.message(_counted_newest(state, len(ids)))
        self._index(state.records)  # now, and not when the first letter waits for it

    def _offer_old(self, old: Mapping[str, int], whole: str) -> None:
        """By keys too: whose old ones can be shown, and whose are."""
        families = tuple(old)
        self._setter = threading.get_ident()
        try:
            with self._older.turn:
                self._families_folded = families
                options = (_FOLDED, *(f"{family}: {count} older" for family, count in old.items()))
                if options != tuple(self._older.options):
                    self._older.options = options
                self._older.index = families.index(whole) + 1 if whole in families else 0
            self._older.layout.display = None if families else "none"
        finally:
            self._setter = None

    def _index(self, images: Sequence[Image]) -> Index:
        if self._indexed is None or self._indexed[0] is not images:
            self._indexed = images, Index(images)
        return self._indexed[1]


def _query_field() -> Any:
    placeholder = "words of its name or id, like ubuntu 22.04 arm64"
    field = Entry(description="Image", placeholder=placeholder, continuous_update=True)
    return field.add_class("mist-image-query")


def _nothing(state: State[Image, str]) -> str:
    return _MEANWHILE if state.is_loading else state.waiting or "No image is listed here."


def _counted_newest(state: State[Image, str], shown: int) -> str:
    everything = counted(len(state.records), "image")
    cut = f"; the newest {shown} are shown: type some words for others" if shown < len(state.records) else ""
    return f"{everything}{cut}.{' More are being read …' if state.is_loading else ''}"


def _counted(state: State[Image, str], hits: Hits, shown: int) -> str:
    """How many there are, how many of them are shown, and what would show others."""
    everything = counted(len(state.records), "image")
    typed = state.wish.strip()
    loading = " More are being read …" if state.is_loading else ""
    if not hits.total:
        together = " together" if len(typed.split()) > 1 else ""
        return f"None of {everything} holds '{brief(typed)}'{together}.{loading}"
    found = f"{hits.total:,} of {everything}"
    cut = f"; the first {shown} are shown: type more words" if shown < hits.total else ""
    return f"{hits.note} {found}{cut}.{loading}".strip()
