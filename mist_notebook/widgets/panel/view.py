"""How the fleet panel looks: its head, its messages, and a card for each machine, kept while that exists."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets

from mist_notebook.widgets.parts import style
from mist_notebook.widgets.parts.one_click import Label, Looks, Offer, OneClick

from . import sights
from .bulk import Bulk
from .machine_card import MachineCard

if TYPE_CHECKING:
    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.fleet.account import Event
    from mist_notebook.widgets.parts.errands import Errands

_CLOSED = "Its session is closed, so nothing on this panel works any more. Run the cell again."
_NONE = "There are no machines. Make one with %mist form, by choosing, or %mist create, by typing."
_REFRESH = {"refresh": Label("Refresh", "Read the machines again", lasting=True)}
_PROBE_ALL = {"probe": Label("Probe all", "Look at every machine over SSH")}
_CHOOSE = {"choose": Label("Choose some …", "Tick several, and do one thing to all of them", lasting=True)}
_CHOOSE_NONE = {"choose": Label("Choose none", "Untick them all", lasting=True)}


class PanelView:
    """The widgets of one panel. `clicked` gets a button's key, `poke` has it drawn, `told` hears what was done."""

    def __init__(
        self,
        clicked: Callable[[str], object],
        poke: Callable[[], object],
        told: Callable[[Event], object],
        done: Callable[[], object],
    ) -> None:
        self._poke, self._told = poke, told
        self._lock = threading.Lock()
        self._touched: set[sights.Key] = set()
        self._cards: dict[sights.Key, MachineCard] = {}
        self._drawn: sights.Look | None = None
        self._was_seen = False
        self._is_closed = False
        self._looks = Looks()
        self._title = style.markup("", "mist-panel-title")
        self._refresh = OneClick(clicked, name="mist-panel", looks=self._looks)
        self._probe = OneClick(clicked, name="mist-panel", looks=self._looks)
        self._choose = OneClick(lambda _key: self._turn_choosing(), name="mist-panel", looks=self._looks)
        self._is_choosing = False
        self._bulk = Bulk(self._chosen, poke, done, self._looks)
        self._working = style.markup("", "mist-panel-working")
        self._summary = style.markup("", "mist-panel-summary")
        self._trouble = style.markup("", "mist-panel-trouble")
        self._said = style.markup("", "mist-panel-message")
        self._grid = ipywidgets.Box(_dom_classes=["mist-panel-grid"])
        bar = ipywidgets.HBox(
            [self._title, self._refresh.widget, self._probe.widget, self._choose.widget, self._working],
            _dom_classes=["mist-panel-bar"],
        )
        self.widget = style.root(bar, self._summary, self._trouble, self._said, self._bulk.widget, self._grid)
        self.widget.add_class("mist-panel")
        self.widget._view_count = 0  # has the front end count who looks at it
        self.widget.observe(self._seen, "_view_count")

    def is_seen(self) -> bool:
        """Whether it stands on a page, as far as is known: one that was cleared away needs no reading."""
        return not self._was_seen or bool(self.widget._view_count)

    def _seen(self, _change: object) -> None:
        self._was_seen = True

    def probes(self) -> dict[sights.Key, sights.Probed]:
        """What is known of looks over SSH."""
        known = {key: card.probed for key, card in list(self._cards.items())}
        return {key: probed for key, probed in known.items() if probed is not None}

    def join(self) -> None:
        """Wait until nothing is being done to any machine."""
        for card in list(self._cards.values()):
            card.join()
        self._bulk.join()

    def close(self) -> None:
        """End the threads of its cards."""
        self._is_closed = True
        self._bulk.close()
        for card in self._cards.values():
            card.close()
        with self._lock:
            self._touched |= set(self._cards)

    def draw_cards(self, seen: sights.Look, probes: Mapping[sights.Key, sights.Probed]) -> None:
        """The cards that are new, changed or gone; the others are left alone."""
        if seen is not self._drawn:
            self._drawn = seen
            self._place(seen)
        for key, probed in probes.items():
            if key in self._cards:
                self._cards[key].show_probe(probed)
        self._drop({sight.key for sight in seen.sights})
        with self._lock:
            touched, self._touched = self._touched, set()
        for key in touched & self._cards.keys():
            self._cards[key].draw()
        is_choosing = self._is_choosing and not self._is_closed
        for card in self._cards.values():
            card.offer_choice(is_choosing=is_choosing)
        self._bulk.draw(is_choosing=is_choosing)
        shown = tuple(card.widget for card in self._cards.values())
        if shown != self._grid.children:
            self._grid.children = shown

    def draw_head(self, seen: sights.Look, *, every_s: float | None, is_closed: bool) -> None:
        """What is said of them all, and what is missing."""
        again = f" Read again every {every_s:g} s." if every_s is not None else ""
        self._title.value = style.title("Machines", sandbox=seen.sandbox)
        self._summary.value = style.message(_CLOSED if is_closed else f"{sights.summary(seen)}{again}")
        lines = [*(style.message(line, error=True) for line in sights.missing(seen)), *map(style.message, seen.notes)]
        self._trouble.value = "".join(lines)
        self._trouble.layout.display = "block" if lines else "none"

    def draw_work(self, reading: Errands, probing: Errands, said: str) -> None:
        """What is being done, and what became of what was."""
        off = self._is_closed
        self._refresh.draw(Offer({} if off else _REFRESH))
        self._probe.draw(Offer({} if off else _PROBE_ALL, probing.ended, busy=bool(probing.busy)))
        is_worth_it = len(self._cards) > 1 and not off
        self._choose.draw(Offer((_CHOOSE_NONE if self._is_choosing else _CHOOSE) if is_worth_it else {}))
        self._working.value = style.message(" ".join(part for part in (reading.busy, probing.busy) if part))
        failed = next((one.outcome for one in (reading, probing) if one.outcome.failed), None)
        if failed is not None:
            self._said.value = style.message(f"{failed.text} {failed.hint}".strip(), error=True)
        else:
            self._said.value = style.message(said or ("" if self._cards else _NONE))

    def _chosen(self) -> list[Machine]:
        """The machines of the cards that are ticked, in their order."""
        return [machine for card in list(self._cards.values()) if (machine := card.chosen) is not None]

    def _turn_choosing(self) -> None:
        self._is_choosing = not self._is_choosing
        self._poke()

    def _place(self, seen: sights.Look) -> None:
        """A card for each machine, in the order in which they were read; what is gone comes last, until it ends."""
        before, self._cards = self._cards, {}
        for sight in seen.sights:
            card = before.pop(sight.key, None)
            if card is None:
                card = MachineCard(partial(self._touch, sight.key), self._told, self._looks)
            self._cards[sight.key] = card
            card.show(sight)
        self._cards |= before

    def _drop(self, there: set[sights.Key]) -> None:
        for key in [key for key, card in self._cards.items() if key not in there and not card.busy]:
            card = self._cards.pop(key)
            card.close()
            style.discard(card.widget)

    def _touch(self, key: sights.Key) -> None:
        with self._lock:
            self._touched.add(key)
        self._poke()
