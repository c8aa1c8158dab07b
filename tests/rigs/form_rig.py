"""A form that is used as its page uses it: what a person sets comes as the page's messages, what is drawn is read."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

from mist_notebook.client.notebook.session import Session
from mist_notebook.widgets.form.form import Form
from mist_notebook.widgets.form.state.model import ENDED


def walk(widget: Any) -> Iterator[Any]:
    """The widget, and all that stands in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def shown(widget: Any) -> Iterator[Any]:
    """The same, but for what is out of sight."""
    if getattr(getattr(widget, "layout", None), "display", None) == "none":
        return
    yield widget
    for child in getattr(widget, "children", ()):
        yield from shown(child)


class Page:
    """The page of one form."""

    def __init__(self, form: Form) -> None:
        self.form = form
        form._desk.join()

    def find(self, css: str) -> Any:
        """The only widget of that class, in sight or not."""
        (found,) = [one for one in walk(self.form.widget) if css in getattr(one, "_dom_classes", ())]
        return found

    def sees(self, css: str) -> bool:
        """Whether a widget of that class is in sight."""
        return any(css in getattr(one, "_dom_classes", ()) for one in shown(self.form.widget))

    def choose(self, kind: str, words: str) -> Page:
        """Choose the only option of a list that has these words."""
        found = self.find(f"mist-form-{kind}")
        (place,) = [place for place, text in enumerate(found.options) if words in text]
        return self.say(found, index=place)

    def pick(self, **ids: str) -> Page:
        """Pick an image or a size, as a click in its list does."""
        for kind, record_id in ids.items():
            chooser = getattr(self.form._view._fields, f"_{kind}")
            chooser.join()
            chooser._picked(record_id)
            self.form._desk.join()
        return self

    def type(self, **texts: str) -> Page:
        for name, text in texts.items():
            self.say(self.find(f"mist-form-{name.replace('_', '-')}"), value=text)
        return self

    def say(self, widget: Any, **state: Any) -> Page:
        """What the page says of a widget."""
        widget.set_state(state)
        self.form._desk.join()
        return self

    def click(self, css: str, times: int = 1) -> Page:
        """Click a button that can be clicked, so often."""
        found = self.find(css)
        assert not found.disabled, css
        for _ in range(times):
            found.click()
        self.form._desk.join()
        return self

    def can_click(self, css: str) -> bool:
        return self.sees(css) and not self.find(css).disabled

    def message(self, kind: str) -> str:
        return text_of(self.find(f"mist-form-{kind}-message").value)

    def is_error(self, kind: str) -> bool:
        return "mist-is-error" in self.find(f"mist-form-{kind}-message").value

    def text(self, css: str) -> str:
        return text_of(self.find(css).value)

    def options(self, kind: str) -> list[str]:
        return list(self.find(f"mist-form-{kind}").options)

    def everything(self) -> str:
        """Every text of every widget, as it would be sent to a page."""
        return "\n".join(str(value) for one in walk(self.form.widget) for value in one.get_state().values())

    def fill(self, name: str = "web-1", *, size: str = "48") -> Page:
        """All that the sandbox's NephoScale needs."""
        return (
            self.choose("backend", "NephoScale").choose("location", "SJC-1").pick(image="5", size=size).type(name=name)
        )

    def review(self) -> Page:
        return self.click("mist-form-review-button")

    def create(self, times: int = 1) -> Page:
        return self.click("mist-form-create", times)

    def wait(self) -> Page:
        """Wait until the machine is made, or isn't."""
        job = self.form.job
        assert job is not None
        ended = threading.Event()
        end = job.watch(lambda snapshot: ended.set() if snapshot.ended else None)
        assert ended.wait(30)
        end()
        job.join()
        self.until(lambda: self.form._desk.state.review.phase == ENDED)
        self.form._desk.join()
        return self

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for what a thread is about to do."""
        with self.form._desk._idle:
            assert self.form._desk._idle.wait_for(holds, 10)


def text_of(markup: str) -> str:
    """What a person reads of some HTML."""
    return html.unescape(re.sub(r"<[^>]+>", "", markup)).replace("\xa0", " ").strip()


def opened(session: Session, **given: Any) -> Page:
    """A form with these words in it, and its page."""
    from mist_notebook.widgets.form.form import open_form

    return Page(open_form(session, given))
