"""The fields of the form, from the backend to the cost: they mirror a view, and tell what a person does."""

from __future__ import annotations

from functools import partial
from typing import Any

import ipywidgets

from mist_notebook.display.view import sentence_list
from mist_notebook.ground.text import escape_html
from mist_notebook.widgets.lists.image_search import ImageSearch
from mist_notebook.widgets.lists.placed_size import taken_apart
from mist_notebook.widgets.lists.size_table import SizeTable
from mist_notebook.widgets.parts import style
from mist_notebook.widgets.parts.front_end import focus
from mist_notebook.widgets.parts.small import Fold

from .fields import Acts, Choice, Drawn, Message, TextField, button, part, row, show
from .keys.paste_box import PasteBox
from .more.fields import More
from .state.catalogue import OWN
from .state.controls import Control
from .state.events import Chose, Opened, Reviewed, Searched, Typed, Wiped
from .state.glance import LOADING, NONE
from .state.model import PASTE
from .state.view import View

_FIRST = "Choose a backend first."
_FOLDS = {"where": ("backend", "location"), "image": ("image",), "size": ("size",)}


class Fields:
    """The widgets of all fields: a line each for what is chosen, which opens its chooser; and what is typed."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts
        self._fills = -1
        self._drawn = Drawn()
        self._choices = {
            kind: Choice(kind, label, self._choose)
            for kind, label in (("backend", "Backend"), ("location", "Location"), ("key", "Key"))
        }
        self._name = TextField("name", "Name", self._typed, hint="such as web-1")
        self._more = More(self._typed, entered=self._ask_for_review, opened=partial(acts.tell, Opened("more")))
        self._image, self._size = ImageSearch(self._search), SizeTable()
        self._messages = {"image": Message("image"), "size": Message("size")}
        self._make_key = button("Make a key", "mist-form-make-key", acts.make_key)
        self._send_key = button("Agree, and send its private half", "mist-form-send-key", acts.send_key)
        typed, wiped = partial(self._typed, PASTE), partial(acts.tell, Wiped())
        self._paste = PasteBox(typed, acts.paste_key, wiped)
        self._cost, self._missing = style.markup("", "mist-form-cost"), style.markup("", "mist-form-missing")
        self._found = style.markup("", "mist-form-found")
        self._review = button("Review", "mist-form-review-button", self._ask_for_review, kind="primary")
        self._cheapest = button("Cheapest that fits", "mist-form-cheapest", acts.find_cheapest)
        self._cheapest.tooltip = "The cheapest size of all your backends that has as much"
        self._folds = self._made_folds()
        self._wanting: frozenset[str] = frozenset()
        self._listen()
        self.widget = ipywidgets.VBox(self._rows(), _dom_classes=["mist-form-fields"])

    def draw(self, view: View) -> None:
        """Mirror what is to be seen."""
        controls, anew = view.controls, view.fills != self._fills
        for kind, choice in self._choices.items():
            choice.draw(controls[kind])
        self._name.draw(controls["name"], anew=anew or "name" in view.guessed)
        self._fills = view.fills
        for kind in ("image", "size"):
            control = controls[kind]
            is_told = control.error or control.enabled
            self._messages[kind].draw(control.message if is_told else "", error=control.error)
        self._draw_images(controls["image"], view)
        self._draw_sizes(controls["size"], view)
        self._draw_folds(view)
        self._more.draw(view, anew=anew)
        show(self._make_key, view.can_make_key and not view.asks_to_send_key)
        show(self._send_key, view.asks_to_send_key)
        self._paste.draw(controls[PASTE], view.pastes)
        self._draw_end(view)

    def focus(self) -> None:
        """Have the keyboard where the form goes on."""
        focus(self._review)

    def join(self) -> None:
        """Wait until the lists are drawn too."""
        self._image.join()
        self._size.join()

    def close(self) -> None:
        """Search no more."""
        self._image.close()
        self._size.close()

    def _listen(self) -> None:
        self._image.on_change(lambda image_id: self._choose("image", image_id))
        self._size.on_change(lambda size_id: self._choose("size", size_id))
        self._image.entered = self._image.left = lambda: self._done_with("image")
        self._size.entered = self._size.left = lambda: self._done_with("size")
        self._name.entered(self._ask_for_review)

    def _rows(self) -> list[Any]:
        key = ipywidgets.VBox([self._choices["key"].widget, self._make_key, self._send_key, self._paste.widget])
        review = ipywidgets.Box([self._review, self._cheapest, self._missing], _dom_classes=["mist-buttons"])
        return [
            ipywidgets.VBox([self._folds[name].widget for name in _FOLDS], _dom_classes=["mist-form-glance"]),
            row(self._name.widget, key, classes=["mist-form-who"]),
            self._more.needed,
            self._more.fold.widget,
            ipywidgets.VBox([self._cost, self._found, review], _dom_classes=["mist-form-end"]),
        ]

    def _made_folds(self) -> dict[str, Fold]:
        where = row(self._choices["backend"].widget, self._choices["location"].widget)
        image = part("image", self._messages["image"].widget, self._image.widget)
        size = part("size", self._messages["size"].widget, self._size.widget)
        return {
            "where": Fold("Where", where, css="mist-fold-where"),
            "image": Fold("Image", image, css="mist-fold-image", opened=self._image.focus),
            "size": Fold("Size", size, css="mist-fold-size", opened=self._size.focus),
        }

    def _choose(self, kind: str, record_id: str | None) -> None:
        if kind == "key" and record_id is not None and record_id.startswith(OWN):
            self._acts.take_key(record_id)
        elif kind == "size" and record_id is not None:
            size, place = taken_apart(record_id)
            if place is not None:
                self._acts.tell(Chose("location", place))
            self._acts.tell(Chose("size", size))
        else:
            self._acts.tell(Chose(kind, record_id))

    def _typed(self, name: str, text: str | None) -> None:
        self._acts.tell(Typed(name, text or ""))

    def _search(self, query: str) -> None:
        self._acts.tell(Searched(query))

    def _done_with(self, name: str) -> None:
        """Enter or Escape: the chooser closes, and the keyboard is where it was opened."""
        self._folds[name].turn(is_open=False)
        focus(self._folds[name].head)

    def _ask_for_review(self) -> None:
        self._acts.tell(Reviewed(self._acts.new_op()))

    def _draw_folds(self, view: View) -> None:
        """What is chosen, a line each. Nothing that counts is out of sight: what is in the way opens its chooser."""
        wanting = frozenset(name for name, kinds in _FOLDS.items() if any(_is_in_the_way(view, one) for one in kinds))
        for name, kinds in _FOLDS.items():
            controls = [view.controls[kind] for kind in kinds]
            is_loading = any(control.loading for control in controls)
            said = view.glance[name] or (LOADING if is_loading else NONE)
            self._folds[name].say(said, error=name in wanting)
        for name in wanting - self._wanting:
            self._folds[name].turn(is_open=True)
        self._wanting = wanting

    def _draw_images(self, control: Control, view: View) -> None:
        if self._drawn.is_new("can search", view.has_more_images):
            change = self.widget.add_class if view.has_more_images else self.widget.remove_class
            change("mist-form-can-search")
        if self._is_listed("image", self._image, control, view):
            self._image.set_images(control.records, loading=control.loading)
        self._image.choose(control.value)

    def _draw_sizes(self, control: Control, view: View) -> None:
        if self._is_listed("size", self._size, control, view):
            unfit = {size.id: why for size, why in control.unfit}
            every = (*control.records, *(size for size, _ in control.unfit))
            self._size.set_sizes(every, unfit=unfit, loading=control.loading)
        self._size.choose(control.value)

    def _is_listed(self, kind: str, chooser: ImageSearch | SizeTable, control: Control, view: View) -> bool:
        """Whether there is another list to show; what stands for one that isn't there yet is shown here."""
        if view.backend is not None and control.enabled:
            return self._drawn.is_new(kind, control.records, control.loading)
        stands = _FIRST if view.backend is None else "" if control.loading else "Not loaded." if control.error else "–"
        if self._drawn.is_new(kind, stands):
            if not stands:
                chooser.set_loading()
            elif control.error:
                chooser.set_error(stands)
            else:
                chooser.set_waiting(stands)
        return False

    def _draw_end(self, view: View) -> None:
        trouble = view.review.trouble
        cost = f"<b>Cost</b> {escape_html(view.cost)}" if view.cost else "&nbsp;"
        words = "Nothing is sent before you press Create."
        if trouble is not None:
            words = f"Nothing was sent. {trouble.message} {trouble.hint}".rstrip()
        elif view.missing:
            words = _lacking(view)
        self._drawn.put(self._found, style.message(view.found))
        show(self._found, bool(view.found))
        self._drawn.put(self._cost, f'<div class="mist-form-cost-said" role="status">{cost}</div>')
        self._drawn.put(self._missing, style.message(words, error=trouble is not None))
        if self._review.disabled == view.is_reviewable:
            self._review.disabled = not view.is_reviewable
        if self._cheapest.disabled == view.can_compare:
            self._cheapest.disabled = not view.can_compare


def _is_in_the_way(view: View, kind: str) -> bool:
    """Whether something is wrong with it, or it isn't chosen and could be."""
    control = view.controls[kind]
    is_open = control.visible and control.enabled and not control.loading
    return control.error or (is_open and control.value is None and (kind == "backend" or view.backend is not None))


def _lacking(view: View) -> str:
    """What keeps the form from being reviewed, by its labels."""
    empty = [label for label in view.missing if label not in view.wrong]
    parts = (("Still missing", empty), ("To correct", view.wrong))
    return " ".join(f"{what}: {sentence_list(labels)}." for what, labels in parts if labels)
