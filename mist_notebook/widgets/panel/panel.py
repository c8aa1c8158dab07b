"""The fleet panel: the machines of all backends as cards, read again when asked or every few seconds. Acts on nothing.

A card stands for one machine as long as that exists, so that a listing that is read again changes only what differs:
what is being typed stays. Work is done on threads; one painter sets the traits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from mist_notebook.fleet.fleet import look_at
from mist_notebook.ground.stopping import Stop, Worker
from mist_notebook.ground.text import counted
from mist_notebook.widgets.parts.errands import Errands
from mist_notebook.widgets.parts.painter import Painter
from mist_notebook.widgets.parts.record import HasPage, Record, is_terminal, show_widget, tell_terminal
from mist_notebook.widgets.parts.session_here import session_here

from . import sights
from .view import PanelView

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.display.page import Page
    from mist_notebook.fleet.account import Event

_INSTEAD = "The fleet panel, made of widgets: run the cell again, with a kernel. Its machines are listed below."
_JUST_NOW_S = 1.0  # a click that waited while the machines were read is answered by that
_RECORD_EVERY_S = 60.0  # what only ticks is not worth a change of the notebook more often

Clock = Callable[[], float]


def fleet_panel(*backends: Any) -> FleetPanel:
    """The machines of these backends, of all without one, as cards.

    It uses the notebook's session where the extension is loaded, else one of its own.
    """
    return open_panel(session_here(), backends)


def open_panel(session: Session, words: Sequence[str] = (), *, every_s: float | None = None) -> FleetPanel:
    """A panel of these backends, all without a word, read once by now; raises where no backend answered.

    An older panel of this session no longer reads by itself: it goes on when asked.
    """
    first = sights.look(session, words)
    if first.failed and len(first.failed) == first.backends:
        raise first.failed[0][1]
    for older in session.page.kept(FleetPanel):
        older.rest()
    panel = FleetPanel(session, first, words, every_s=every_s)
    session.page.keep(panel)
    return panel


class FleetPanel(HasPage):
    """The panel of one session; `first` is what it shows at first, `every_s` reads it again by itself."""

    def __init__(
        self,
        session: Session,
        first: sights.Look,
        words: Sequence[str] = (),
        *,
        every_s: float | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self._session, self._words, self._clock = session, tuple(words), clock
        self._lock = threading.Lock()
        self._look, self._read_at = first, clock()
        self._every_s = every_s
        self._probes: dict[sights.Key, sights.Probed] = {}
        self._said = ""
        self._is_closed = self._is_stale = False
        self._recorded: tuple[object, float] = (None, clock())
        self._record = Record()
        self._painter = Painter(self._draw, name="mist-panel")
        self._reading = Errands(self._painter.poke, name="mist-panel-read")
        self._probing = Errands(self._painter.poke, name="mist-panel-probe")
        self._view = PanelView(self._clicked, self._painter.poke, self._hear, session.page.machines_changed)
        self.widget = self._view.widget
        self._record.hide_beside(self.widget)
        self._painter.paint_now()
        self._ticking = Worker(self._tick, Stop(), name="mist-panel-every")
        if every_s is not None:
            self._ticking.start()

    def __repr__(self) -> str:
        return f"<FleetPanel of {counted(len(self.look.sights), 'machine')}>"

    def _ipython_display_(self) -> None:
        if is_terminal():
            return tell_terminal("panel", "%mist machines")
        show_widget(self.widget, _INSTEAD)
        self._record.show(self.page())

    @property
    def look(self) -> sights.Look:
        """What was seen last."""
        with self._lock:
            return self._look

    def page(self) -> Page:
        """The same as a page, for a notebook without its kernel."""
        return sights.page(self.look, self._view.probes())

    def refresh(self) -> bool:
        """Read the machines again, on a thread; `False` if they are being read."""
        return self._reading.start("Reading the machines …", self._read, self._read_late)

    def machines_changed(self) -> None:
        """A machine was made, or is gone: read them now, or again once what is being read is there."""
        with self._lock:
            self._is_stale = True
        self.refresh()

    def probe_all(self) -> bool:
        """Look at every machine over SSH, on a thread; `False` if that is being done."""
        return self._probing.start("Looking at all over SSH …", self._probe)

    def join(self) -> None:
        """Wait until nothing is being done any more, and all of it is drawn."""
        self._reading.join()
        self._probing.join()
        self._view.join()
        self._reading.join()  # what is gone has them read again
        self._painter.join()

    def rest(self) -> None:
        """Read no more by itself."""
        with self._lock:
            self._every_s = None
        self._ticking.stop.say()
        self._painter.poke()

    def go_on(self) -> None:
        """There is another login to the same account: read with it, now."""
        self.refresh()

    def settle(self, seconds: float) -> None:
        """Nothing of it is left once it is closed."""

    def close(self) -> None:
        """End its threads; what was sent is not undone, and nothing on it does anything from now on."""
        self.rest()
        if self._ticking.is_alive():
            self._ticking.join()
        self._reading.close()
        self._probing.close()
        self._painter.close()
        with self._lock:
            self._is_closed = True
        self._view.close()
        self._painter.paint_now()

    # ------------------------------------------------------------------------------------------- on whatever thread

    def _clicked(self, key: str) -> None:
        if key == "probe":
            self.probe_all()
        elif self._clock() - self._read_at > _JUST_NOW_S:
            self.refresh()

    def _hear(self, event: Event) -> None:
        """Something was done to a machine; where one is gone, the others are read again."""
        with self._lock:
            self._said = event.text
        if event.gone:
            self._session.page.machines_changed()
        self._painter.poke()

    # -------------------------------------------------------------------------------------------------- on workers

    def _tick(self) -> None:
        while (every_s := self._every_s) is not None and not self._ticking.stop.wait(every_s):
            if self._view.is_seen() and not sights.is_refused(self.look):
                self.refresh()

    def _read_late(self) -> str:
        """What changed while the machines were read."""
        with self._lock:
            is_stale = self._is_stale
        if is_stale:
            self.refresh()
        return ""

    def _read(self) -> str:
        with self._lock:
            self._is_stale = False
        seen = sights.look(self._session, self._words)
        with self._lock:
            self._look = sights.kept(self._look, seen)
            self._read_at = self._clock()
        return ""

    def _probe(self) -> str:
        seen = self.look.sights
        found = look_at(self._session.client.prober, [sight.machine for sight in seen])
        said = f"{sum(sights.answers(probed) for probed in found)} of {len(found)} answer over SSH."
        with self._lock:
            self._probes |= {sight.key: probed for sight, probed in zip(seen, found, strict=True)}
            self._said = said
        return said

    # ---------------------------------------------------------------------------------------- on the painter alone

    def _draw(self) -> None:
        with self._lock:
            seen, every_s, is_closed = self._look, self._every_s, self._is_closed
            probes, self._probes = self._probes, {}
            said = self._said
        self._view.draw_cards(seen, probes)
        self._view.draw_head(seen, every_s=every_s, is_closed=is_closed)
        self._view.draw_work(self._reading, self._probing, said)
        self._keep_record(seen)

    def _keep_record(self, seen: sights.Look) -> None:
        probes = self._view.probes()
        told, told_at = self._recorded
        gist = sights.gist(seen, probes)
        if gist != told or self._clock() - told_at > _RECORD_EVERY_S:
            self._recorded = gist, self._clock()
            self._record.update(sights.page(seen, probes))
