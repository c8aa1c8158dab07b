"""The provisioning form as a person holds it: shown as a widget and a record, with the machine and report for later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from mist_notebook.backends import choices
from mist_notebook.backends.provider_fields import NETWORK
from mist_notebook.display.page import Page
from mist_notebook.fleet import account
from mist_notebook.ground.errors import BadValueError
from mist_notebook.widgets.parts.record import HasPage, Record, is_terminal, show_widget, tell_terminal
from mist_notebook.widgets.parts.session_here import session_here

from .desk import Desk
from .fields import Acts
from .progress import ProgressCard
from .state import fill
from .state.events import Filled
from .state.facts import Fill
from .state.model import CHECKING, EDIT, ENDED, EXTRA, GO, MAKING
from .state.view import View
from .view import NEEDS_A_KERNEL, FormView

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.client.notebook.jobs import Job
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.records.model import BackendInfo, MachineSpec, ProbeReport

_KEY_NAME = "demo"
_IN_A_TERMINAL = "In a terminal, a line does the same: %mist create."
_BEFORE = f"{NEEDS_A_KERNEL} %mist journal lists what was made since."


class Form(HasPage):
    """A form for one machine or several, and then others. `machine`, `report`, `job` and `spec` are of the newest."""

    def __init__(self, session: Session, begin: Fill | None = None) -> None:
        self._session = session
        self._cards: tuple[tuple[int, ProgressCard], ...] = ()  # each with its place in the record, the newest first
        self._phase, self._is_watching = EDIT, False
        self._newest: tuple[ProgressCard, ...] = ()
        self._accounts = _Accounts()
        session.client  # noqa: B018 - what is wrong with the settings is told by the cell, and not in the form
        self._desk = Desk(session, draw=self._draw, made=self._made)
        desk, make_key = self._desk, partial(self._desk.keys.make, _KEY_NAME)
        keys = (make_key, desk.keys.agree, desk.take_key, desk.paste_key)
        acts = Acts(desk.tell, self.retry, *keys, desk.find_cheapest, desk.new_op)
        self._view = FormView(acts)
        self._accounts.hide_beside(self._view.widget)
        self._view.draw(self._desk.view, is_watching=False)
        session.page.keep(self)
        self._desk.tell(Filled(begin or Fill()))

    @property
    def widget(self) -> Any:
        """All of it, to be put anywhere."""
        return self._view.widget

    @property
    def _card(self) -> ProgressCard | None:
        return self._newest[0] if self._newest else None

    @property
    def machine(self) -> Machine | None:
        """The newest machine that was made here, once its making has ended; also one that doesn't answer.

        Of several that were made at once the first.
        """
        return self._card.machine if self._card else None

    @property
    def machines(self) -> list[Machine]:
        """All that were made at once, as far as their making has ended and there is one."""
        return [machine for card in self._newest if (machine := card.machine) is not None]

    @property
    def report(self) -> ProbeReport | None:
        """The newest look at `machine`."""
        return self._card.report if self._card else None

    @property
    def job(self) -> Job | None:
        """The work that makes it: `form.job.wait()` waits for it."""
        return self._card.job if self._card else None

    @property
    def jobs(self) -> list[Job]:
        """The work for each of `machines`."""
        return [card.job for card in self._newest]

    @property
    def spec(self) -> MachineSpec | None:
        """What was asked for."""
        return self._card.spec if self._card else None

    @property
    def line(self) -> str:
        """The `%mist create` line that does what the form would do."""
        return self._desk.view.line

    def retry(self) -> None:
        """Ask again what failed."""
        if self not in self._session.page.kept(Form):
            self._session.page.keep(self)
        self._session.client  # noqa: B018 - where it was closed, a person begins anew
        self._desk.retry()

    def page(self) -> Page:
        """The account as it stands: what the record shows, or is about to."""
        for place, card in self._cards:
            self._accounts.put(place, card.page())
        return self._accounts.page

    def join(self) -> None:
        """Wait until nothing is asked or drawn any more; a machine that is being made is not waited for."""
        self._desk.join()
        self._view.join()

    def close(self) -> None:
        """Its session has closed: nothing more is asked before a person presses Retry."""
        self._desk.close()
        for _, card in self._cards:
            card.close()

    def machines_changed(self) -> None:
        """A machine was made or is gone, perhaps one of those that stand here: what is shown is so."""
        for _, card in self._cards:
            card.look_again()

    def go_on(self) -> None:
        """There is another login: a machine that is being made is followed on; a person has the fields read anew."""
        if self._desk.state.review.phase in (GO, MAKING, ENDED):
            self._desk.retry()
        else:
            self._desk.close()

    def settle(self, seconds: float) -> None:
        """Wait so long at most until its threads have ended."""
        self._desk.settle(seconds)
        self._view.join()

    def __repr__(self) -> str:
        made = f", made {self.spec.name!r}" if self.spec else ""
        return f"<Form ({self._desk.state.review.phase}{made})>"

    def _ipython_display_(self) -> None:
        if is_terminal():
            self._desk.join()
            return tell_terminal("form", self.line)
        show_widget(self.widget, f"{NEEDS_A_KERNEL} {_IN_A_TERMINAL}")
        self._accounts.show()

    def _repr_html_(self) -> str:
        self._desk.join()
        self._accounts.wait(self.line, sandbox=self._desk.view.is_sandbox)
        return super()._repr_html_()

    def _draw(self, view: View) -> None:
        """On one thread at a time."""
        phase = view.review.phase
        if phase == CHECKING:
            self._accounts.wait(view.line, sandbox=view.is_sandbox)
        is_new = phase != self._phase
        if is_new:
            was_made = phase == EDIT and self._phase in (MAKING, ENDED)
            self._is_watching = was_made and any(not card.job.snapshot.ended for _, card in self._cards)
            self._phase = phase
        self._view.draw(view, is_watching=self._is_watching)
        if is_new and phase == MAKING and self._card is not None:
            self._card.focus()
        is_shown = phase in (MAKING, ENDED) or self._is_watching
        self._view.draw_earlier(self._accounts.but([place for place, _ in self._cards] if is_shown else []))

    def _made(self, jobs: Sequence[tuple[Job, MachineSpec]], backend: Backend) -> None:
        """Machines are on their way: their cards take the place of those that have ended."""
        ended = [card for _, card in self._cards if card.job.snapshot.ended]
        line, new = self.line, []
        for job, spec in jobs:
            place, record = self._accounts.another()
            changed = self._session.page.machines_changed
            new.append((place, ProgressCard(job, backend, spec, line=line, record=record, changed=changed)))
        self._cards = (*new, *(one for one in self._cards if one[1] not in ended))
        self._newest = tuple(card for _, card in new)
        self._view.put([one.widget for _, one in self._cards])
        for before in ended:
            before.close()


class _Accounts(Record):
    """The record of every machine that one form makes, one after the other; a waiting page before the first."""

    def __init__(self) -> None:
        super().__init__()
        self._pages: list[Page] = []
        self._waiting = account.waiting(sandbox=False, what=_BEFORE)

    @property
    def page(self) -> Page:
        """All of them."""
        sections = tuple(section for page in self._pages for section in page.sections)
        return Page(sections) if sections else self._waiting

    def show(self) -> None:  # type: ignore[override]
        super().show(self.page)

    def wait(self, line: str, *, sandbox: bool) -> None:
        """Before the first: the line that does the same, for whoever has no kernel."""
        self._waiting = account.waiting(line, sandbox=sandbox, what=_BEFORE)
        self.update(self.page)

    def but(self, places: Sequence[int]) -> list[Page]:
        """The pages but for these."""
        return [page for place, page in enumerate(self._pages) if place not in places]

    def another(self) -> tuple[int, Any]:
        """A record for one more machine, and its place."""
        self._pages.append(Page())
        return len(self._pages) - 1, _Part(self, len(self._pages) - 1)

    def put(self, place: int, page: Page) -> None:
        self._pages[place] = page
        self.update(self.page)


@dataclass(frozen=True)
class _Part:
    """The part of the record that one card writes."""

    accounts: _Accounts
    place: int

    def update(self, page: Page) -> None:
        self.accounts.put(self.place, page)


def open_form(session: Session, given: Mapping[str, Any], row: Any = None) -> Form:
    """A form with these words in it, and what a row of a frame says; a backend that is named has to be there."""
    words = dict(given)
    within: BackendInfo | None = None
    if words.get("backend") is not None:
        backend = session.backend(words["backend"])
        within = backend.record
        words["backend"] = within.id
        if (network := words.pop("network", None)) is not None:
            words[EXTRA + choices.field_for(NETWORK, backend.adapter.needs(), backend.name).name] = network
    elif words.get("network") is not None:
        raise BadValueError("A network is one of a backend.", "Name it too: %mist form BACKEND --network NAME")
    begin = fill.of_words(words)
    if row is not None:
        backends = [backend.record for backend in session.client.backends.values()]
        if within is None and (offer := fill.dated_offer(row)) is not None:
            from mist_notebook.client.notebook.makeable import refuse

            refuse(session, *offer)
        begin = fill.together(fill.of_row(row, backends, within), begin)
    return Form(session, begin)


def provision_form(
    backend: Any = None, *, row: Any = None, extra: Mapping[str, Any] | None = None, **given: Any
) -> Form:
    """A form to make a machine, with anything filled in: `backend`, `location=`, `image=`, `size=`, `key=`, `name=`,
    `network=`, `count=`, `tags=`, `hours=`, `script=`, `user=`, `port=`; `extra=` are fields that the backend takes
    besides. Ids or names, or rows. What isn't said is suggested: `cpus="4+"` and `ram="16GB"` wish for a size, the
    cheapest that has it.

    `row` is one row of a frame: a size, an image, an offer, a machine. It uses the notebook's session where the
    extension is loaded, else one of its own.
    """
    fields = {f"extra.{name}": value for name, value in (extra or {}).items()}
    return open_form(session_here(), ({} if backend is None else {"backend": backend}) | given | fields, row)
