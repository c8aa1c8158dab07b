"""The receipt in the form: what will be sent, what it costs, what changed, what is in the way; and the one click.

Each receipt has a Create button of its own: what a busy kernel delivers late was a click on a button that is no more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from mist_notebook.ground.text import escape_html
from mist_notebook.widgets.parts import style
from mist_notebook.widgets.parts.front_end import focus

from .fields import Message, Text, show
from .state.events import Backed, Confirmed, Event, Typed
from .state.model import CHECKING, CONFIRMING, GO, REVIEW, Review
from .state.review import may_confirm_with

Tell = Callable[[Event], object]
_PHASES = (CHECKING, REVIEW, CONFIRMING, GO)
_WORDS = {
    CHECKING: "Reading everything again …",
    REVIEW: "This is what will be sent, once you press Create. Nothing has been sent yet.",
    CONFIRMING: "Checking one last time …",
    GO: "On its way …",
}


_IN_THE_WAY = "This can't be created as it is. Nothing was sent."


class ReviewPane:
    """The part of the form that shows a receipt. `tell` gets what a person does there, on any thread."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._op = ""
        self._phase = ""
        self._said = style.markup("", "mist-form-review-said")
        self._receipt = style.markup("", "mist-form-receipt")
        self._accept = Text(description="Its name", placeholder="type it here")
        self._accept.add_class("mist-form-accept")
        self._accept.typed = lambda text: tell(Typed("accept", str(text)))
        self._why = Message("accept")
        self._consent = ipywidgets.VBox([self._accept, self._why.widget], _dom_classes=["mist-form-field"])
        self._buttons = ipywidgets.HBox(_dom_classes=["mist-buttons"])
        self.widget = ipywidgets.VBox(
            [self._said, self._receipt, self._consent, self._buttons], _dom_classes=["mist-form-review"]
        )
        show(self.widget, False)

    def draw(self, review: Review, accept: str) -> None:
        """Mirror how far the review is; the pane shows once all in it is this receipt's."""
        if review.phase not in _PHASES:
            show(self.widget, False)
            self._op, self._phase = "", ""
            return
        drawn = review.drawn
        _set(self._said, _said(review))
        _set(self._receipt, _facts(review))
        show(self._consent, bool(drawn and drawn.consent and not drawn.problems))
        if drawn is not None and drawn.consent:
            name = drawn.word
            self._why.draw(f"No price is known for it. To create it all the same, type '{name}' here.", error=False)
        is_new = (review.op, review.phase == CHECKING) != (self._op, self._phase == CHECKING) or not self._phase
        if is_new:
            self._arm(review)
        self._op, self._phase = review.op, review.phase
        self._set_buttons(review, accept)
        show(self.widget, True)
        if is_new and review.phase == REVIEW:
            focus(self._buttons.children[-1])

    def _arm(self, review: Review) -> None:
        """A Create button for this receipt alone, and one to go back."""
        old, op = self._buttons.children, review.op
        with self._accept.turn:
            self._accept.value = ""
        back = _button("Back", "mist-form-back", "Back to the fields; nothing is lost")
        back.on_click(lambda _: self._tell(Backed()))
        create = _button("Create", "mist-form-create", "Send exactly this, once", kind="primary")
        create.on_click(lambda _: self._tell(Confirmed(op)))
        self._buttons.children = (back,) if review.phase == CHECKING else (create, back)
        for button in old:
            button.close()

    def _set_buttons(self, review: Review, accept: str) -> None:
        is_ready = review.phase == REVIEW and may_confirm_with(review, accept)
        *create, back = self._buttons.children
        for button in create:
            button.disabled = not is_ready
        back.disabled = review.phase not in (CHECKING, REVIEW)


def _said(review: Review) -> str:
    trouble, drawn = review.trouble, review.drawn
    is_in_the_way = review.phase == REVIEW and drawn is not None and bool(drawn.problems)
    lines = [style.message(_IN_THE_WAY if is_in_the_way else _WORDS[review.phase])]
    if review.changes:
        what = "".join(f"<li>{escape_html(change)}</li>" for change in review.changes)
        lines.append(
            '<div class="mist-form-changed" role="alert"><b>Something changed since this was drawn. Nothing was sent; '
            f"look again:</b><ul>{what}</ul></div>"
        )
    for problem in drawn.problems if drawn else ():
        lines.append(_bad(problem.message, problem.hint))
    if trouble is not None:
        lines.append(_bad(f"Nothing was sent. {trouble.message}", trouble.hint))
    return "".join(lines)


def _bad(message: str, hint: str) -> str:
    more = f'<div class="mist-quiet">{escape_html(hint)}</div>' if hint else ""
    return f'<div class="mist-form-bad" role="alert">{style.message(message, error=True)}{more}</div>'


def _facts(review: Review) -> str:
    if review.drawn is None:
        return ""
    sections = review.drawn.receipt.sections
    facts = "".join(f"<h4>{escape_html(section.title)}</h4>{style.facts(section.facts)}" for section in sections)
    return facts + _text(review.drawn.spec.script, "script") + _text(review.drawn.spec.cloud_init, "cloud-init")


def _text(text: str | None, what: str) -> str:
    """What runs on the machine, line by line, to be opened."""
    if not text:
        return ""
    lines = "\n".join(escape_html(line) for line in text.splitlines())
    return f'<details class="mist-form-text"><summary>The {what}</summary><pre class="mist-log">{lines}</pre></details>'


def _button(text: str, css: str, tip: str, kind: str = "") -> Any:
    made = ipywidgets.Button(description=text, tooltip=tip, button_style=kind)
    made.add_class(css)
    return made


def _set(widget: Any, value: str) -> None:
    if widget.value != value:
        widget.value = value
