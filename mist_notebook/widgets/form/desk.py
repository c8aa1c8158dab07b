"""Behind a form: its state, and who is asked for what. Events come on any thread; questions go out on threads.

Nothing here is drawn: `draw` is called with what is to be seen, on one thread, never twice at once, with no lock held.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from mist_notebook.display.page import Page
from mist_notebook.ground.errors import MistError, NotFoundError
from mist_notebook.ground.threads import Threads
from mist_notebook.widgets.parts.newest import Newest
from mist_notebook.widgets.parts.thread_context import carried

from . import looking, troubles
from .asking import Asking
from .going import Going, Made
from .keys.errands import Errand, KeyErrands, own_keys
from .state import recheck
from .state.catalogue import KEYS, OWN_KEYS, Catalogue, Question
from .state.checks import needs_of
from .state.events import (
    Answered,
    Asked,
    Checked,
    CheckFailed,
    Disconnected,
    Event,
    Failed,
    FoundOwn,
    FoundPrices,
    Retried,
    Told,
)
from .state.facts import Problem, Trouble, Verdict, Wishes
from .state.model import CHECKING, CONFIRMING, GO, LOADING, PASTE, Review, record_of
from .state.more import several
from .state.state import State, advance, wanted
from .state.view import View, view
from .state.wish import login, wish

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session

_CLOSED = Trouble(
    "This notebook's connection was closed, or is another one by now.",
    "Retry reads everything again and keeps what you chose and typed.",
)


class Desk:
    """The state of one form. `draw` is called when it has changed, `made` with the jobs that make its machines."""

    def __init__(self, session: Session, *, draw: Callable[[View], object], made: Made) -> None:
        self._session, self._show, self._made = session, draw, made
        self._lock = threading.RLock()
        self._idle = threading.Condition(self._lock)
        self._state, self._catalogue = State(), Catalogue()
        self._at_work = 0
        self._threads = Threads()
        self._asking = Asking(session, tell=self.tell, find=self._find)
        self.keys = KeyErrands(self.tell, lambda errand, agreed: self._work(partial(self._run, errand, agreed)))
        self._drawer = Newest(lambda: self._show(self.view), name="mist-form-draw")

    @property
    def state(self) -> State:
        """How the form stands."""
        with self._lock:
            return self._state

    @property
    def view(self) -> View:
        """What is to be seen by now."""
        with self._lock:
            return view(self._state, self._catalogue)

    def tell(self, *events: Event) -> None:
        """Something happened: from any thread, at once."""
        with self._lock:
            before = self._state.review
            for event in events:
                self._state, self._catalogue = advance(self._state, self._catalogue, event)
            asked = self._ask()
            after = self._state.review
            self._idle.notify_all()
        for question, stamp in asked:
            self._work(partial(self._load, question, stamp))
        self._follow(before, after)
        self._drawer.poke()

    def retry(self) -> None:
        """Ask again what failed."""
        self.tell(Retried())

    def take_key(self, option: str) -> None:
        """Take a key of this computer, by its id among those that can be taken."""
        with self._lock:
            key = self._catalogue.find(OWN_KEYS, option)
            public = needs_of(self._state, self._catalogue).public_key
        if key is not None:
            self.keys.take(key, public=public)

    def paste_key(self) -> None:
        """Take the key that was pasted, if it is one."""
        with self._lock:
            text, control = self._state.text(PASTE), self.view.controls[PASTE]
            public = needs_of(self._state, self._catalogue).public_key
        if control.enabled:
            self.keys.paste(text, public=public)

    def find_cheapest(self) -> None:
        """Look at all backends for the cheapest size that has what was wished for, or as much as the chosen one."""
        with self._lock:
            size = record_of("size", self._state, self._catalogue)
            wishes = self._state.wishes or (looking.as_much(size) if size is not None else None)
        if wishes:
            self.tell(Told("size", "Looking at the sizes of every backend …"))
            self._work(partial(self._find_cheapest, wishes))

    def close(self) -> None:
        """The session has closed, or speaks to another server: nothing more is asked before a person wants it."""
        self.tell(Disconnected(_CLOSED))

    def settle(self, seconds: float) -> None:
        """Wait so long at most until its threads have ended, as they soon do once the connection is closed."""
        self._threads.join(seconds)
        self._drawer.join()

    def join(self) -> None:
        """Wait until nothing is asked or drawn any more; a machine that is being made is not waited for."""
        with self._idle:
            self._idle.wait_for(lambda: self._at_work == 0)
        self._drawer.join()

    @staticmethod
    def new_op() -> str:
        """A name for one operation."""
        return secrets.token_hex(8)

    def _ask(self) -> list[tuple[Question, int]]:
        """Note that everything that has to be asked is asked; the lock is held."""
        asked = []
        while questions := wanted(self._state, self._catalogue):
            for question in questions:
                self._state, self._catalogue = advance(self._state, self._catalogue, Asked(question))
                asked.append((question, self._state.asks[question].stamp))
        return asked

    def _follow(self, before: Review, after: Review) -> None:
        """Do what a review has come to: one look for each, and one job for each operation."""
        if (before.phase, before.op) == (after.phase, after.op):
            return
        if after.phase in (CHECKING, CONFIRMING):
            self._work(partial(self._check, after))
        elif after.phase == GO:
            self._work(partial(self._go, after))

    def _work(self, work: Callable[[], object]) -> None:
        with self._idle:
            self._at_work += 1
        self._threads.start(carried(partial(self._worked, work)), "mist-form")

    def _worked(self, work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            with self._idle:
                self._at_work -= 1
                self._idle.notify_all()

    def _load(self, question: Question, stamp: int) -> None:
        """Ask one question; the one place where what keeps it from being answered is caught."""
        if not self._is_awaited(question, stamp):
            return
        try:
            shelf = self._asking.read(question)
        except Exception as error:
            self.tell(Failed(question, stamp, self._trouble(error)))
            return
        self.tell(Answered(question, stamp, shelf))
        if question == KEYS:
            self._look_for_own_keys()
        if question[1] in ("sizes", "locations"):
            self._look_for_prices(question[0])

    def _look_for_prices(self, backend_id: str) -> None:
        """What the sizes cost by location, once both are known."""
        with self._lock:
            sizes, places = (self._catalogue.records((backend_id, kind)) for kind in ("sizes", "locations"))
        if prices := self._asking.prices(backend_id, sizes, places):
            self.tell(FoundPrices(backend_id, prices))

    def _look_for_own_keys(self) -> None:
        """What is on this computer comes after what is known: an agent may take its time, or not answer."""
        try:
            self.tell(FoundOwn(own_keys(self._session.connected)))
        except MistError as error:
            self._say_at("key", error)

    def _find(self, question: Question, record_id: str) -> Any:
        """A record that is known by now."""
        with self._lock:
            return self._catalogue.find(question, record_id)

    def _is_awaited(self, question: Question, stamp: int) -> bool:
        with self._lock:
            ask = self._state.asks.get(question)
            return ask is not None and (ask.stamp, ask.phase) == (stamp, LOADING) and self._state.refused is None

    def _check(self, review: Review) -> None:
        """Look at everything anew, for a receipt or before it is sent."""
        with self._lock:
            spec = review.drawn.spec if review.drawn else wish(self._state, self._catalogue)
            names, called = several.names(self._state), self._state.text("name")
        if spec is None:
            return
        try:
            backend = self._asking.backend(spec.backend.id)
            verdict = recheck.recheck(self._session.connected, backend, spec, names, called)
        except NotFoundError as error:
            verdict = Verdict(spec, Page(), (Problem("backend", error.message),))
        except Exception as error:
            self.tell(CheckFailed(review.op, self._trouble(error), self.new_op()))
            return
        self.tell(Checked(review.op, verdict, self.new_op()))

    def _go(self, review: Review) -> None:
        """Start the jobs of this operation."""
        assert review.drawn is not None  # noqa: S101 - nothing goes that was not drawn
        user, port = login(self.state)
        how = {"accept_unknown_price": review.drawn.consent, "user": user, "port": port}
        try:
            backend = self._asking.backend(review.drawn.spec.backend.id)
            Going(self._session, backend, tell=self.tell, made=self._made).go(review.op, review.drawn, how)
        except Exception as error:
            self.tell(CheckFailed(review.op, self._trouble(error), self.new_op()))

    def _run(self, errand: Errand, agreed: bool) -> None:
        """What came of it stands at the field, whatever that is."""
        try:
            self.tell(*errand(self._session.connected, agreed))
        except Exception as error:
            self._say_at("key", error)

    def _say_at(self, name: str, error: Exception) -> None:
        trouble = self._trouble(error)
        self.tell(Told(name, f"{trouble.message} {trouble.hint}".rstrip()))

    def _trouble(self, error: Exception) -> Trouble:
        return troubles.of(error, self._session)

    def _find_cheapest(self, wishes: Wishes) -> None:
        try:
            self.tell(looking.cheapest(self._session, wishes))
        except Exception as error:
            self._say_at("size", error)
