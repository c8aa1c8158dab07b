"""How the form looks: its fields, then the receipt, then the machine that is made; and the line that does the same.

Everything stands in one widget tree. `draw` mirrors a view and is called on one thread at a time; what a person does is
told as an event, on any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets

from mist_notebook.display.page import Page
from mist_notebook.ground.text import escape_html
from mist_notebook.widgets.parts import style
from mist_notebook.widgets.parts.small import Copy

from .all_fields import Fields
from .fields import Acts, Drawn, button, show
from .review import ReviewPane
from .state.events import Renewed
from .state.facts import Trouble
from .state.model import EDIT, ENDED, MAKING
from .state.view import View

NEEDS_A_KERNEL = "This form needs a running kernel: run the cell again."


class FormView:
    """The widgets of one form."""

    def __init__(self, acts: Acts) -> None:
        self._drawn = Drawn()
        self._phase = EDIT
        self._head = style.markup("", "mist-form-title")
        dead = style.markup(style.message(NEEDS_A_KERNEL, error=True), "mist-form-dead")
        self._said = style.markup("", "mist-form-trouble-said")
        retry = button("Retry", "mist-form-retry", acts.retry)
        self._troubles = ipywidgets.VBox([self._said, retry], _dom_classes=["mist-form-trouble"])
        self._fields, self._review = Fields(acts), ReviewPane(acts.tell)
        self._again = button("New machine", "mist-form-new", lambda: acts.tell(Renewed()))
        self._cards = ipywidgets.Box(_dom_classes=["mist-form-cards"])
        self._made = ipywidgets.VBox([self._cards, self._again], _dom_classes=["mist-form-made"])
        self._line = style.markup("", "mist-form-line")
        self._copy = Copy(description="Copy line")
        self._earlier = style.markup("", "mist-form-earlier")
        now = (self._fields.widget, self._review.widget, self._made)
        parts = (self._head, dead, self._troubles, *now, self._line, self._copy, self._earlier)
        self.widget = style.root(*parts)
        self.widget.add_class("mist-form")

    def draw(self, view: View, *, is_watching: bool) -> None:
        """Mirror what is to be seen; with `is_watching` machines that are being made stand beside the fields."""
        before, self._phase = self._phase, view.review.phase
        self._drawn.put(self._head, style.title("New machine", sandbox=view.is_sandbox))
        self._drawn.put(self._said, "".join(_said(trouble) for trouble in view.troubles))
        self._drawn.put(self._line, f'<div class="mist-quiet">The line that does the same</div>{style.code(view.line)}')
        self._copy.text = view.line
        self._fields.draw(view)
        self._review.draw(view.review, view.accept)
        show(self._head, self._phase not in (MAKING, ENDED))
        show(self._troubles, bool(view.troubles))
        show(self._fields.widget, self._phase == EDIT)
        show(self._made, self._phase in (MAKING, ENDED) or is_watching)
        show(self._again, self._phase in (MAKING, ENDED))
        if self._phase == EDIT and before != EDIT:
            self._fields.focus()

    def draw_earlier(self, pages: Sequence[Page]) -> None:
        """What was made here before, to be opened."""
        self._drawn.put(self._earlier, "".join(_folded(page) for page in pages if page.sections))
        show(self._earlier, bool(pages))

    def put(self, cards: Sequence[Any]) -> None:
        """Show these cards, the newest first; those that are no longer among them are closed."""
        before = self._cards.children
        self._cards.children = tuple(cards)
        for widget in before:
            if widget not in cards:
                style.discard(widget)

    def join(self) -> None:
        """Wait until the lists are drawn too."""
        self._fields.join()


def _folded(page: Page) -> str:
    title = escape_html(page.sections[0].title)
    return f"<details><summary>Made here before: {title}</summary>{page._repr_html_()}</details>"


def _said(trouble: Trouble) -> str:
    hint = f'<div class="mist-quiet">{escape_html(trouble.hint)}</div>' if trouble.hint else ""
    return f'<div role="alert">{style.message(trouble.message, error=True)}{hint}</div>'
