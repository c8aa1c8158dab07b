"""What an explorer costs: a filter that changes, on the catalogue and on 1,000,000 offers, against one comparison.

compare     mist_notebook.prices.comparing.compare alone: the frame, without the explorer
answer      what a state answers: the frame, the counts, and the nearest miss where nothing fits
drawn       the same, and every trait of the list, the reasons and the line set
chart       all sizes that fit as a picture, drawn once a slider has come to rest
A slider that is dragged sends many places: how many of them are answered is counted, not timed.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
from rounds import cpu_seconds, interleaved, report

from mist_notebook.client.notebook.session import Session
from mist_notebook.ground.amounts.quantity import Range
from mist_notebook.prices import catalogue
from mist_notebook.prices.comparing.compare import compare
from mist_notebook.widgets.explorer.explorer import Explorer
from mist_notebook.widgets.explorer.state import answer, choices, state
from mist_notebook.widgets.explorer.state.answer import World, answered
from mist_notebook.widgets.explorer.state.state import State, put, wish_of

TODAY = date(2026, 11, 25)
FITS = put(put(State(), "cpus", Range(4.0, 16.0)), "ram", Range(16.0))
NOTHING = put(FITS, "ram", Range(1e6))
MOVES = 300


def many(rows: int) -> pd.DataFrame:
    """So many offers of as many sizes as that takes: the catalogue again and again, under other ids and prices."""
    known = catalogue.snapshot()
    times = -(-rows // len(known))
    frame = pd.concat([known] * times, ignore_index=True).iloc[:rows].copy()
    turn = np.arange(rows) // len(known)
    ids = known["id"].cat.categories
    codes = frame["id"].cat.codes.to_numpy().astype("int64") + turn * len(ids)
    frame["id"] = pd.Categorical.from_codes(codes, [f"{name}~{time}" for time in range(times) for name in ids])
    frame["price_hourly"] *= 1 + turn * 0.001
    return frame


def changing(explorer: Explorer, states: tuple[State, State]) -> Callable[[], None]:
    """Another state each time, answered and drawn."""
    turns = cycle(states)

    def change() -> None:
        explorer._state = next(turns)
        explorer._painter.paint_now()

    return change


def measured(title: str, world: World, rounds: int, session: Session) -> None:
    """Print the ratios for these offers."""
    explorer = Explorer(session, world, State())
    plain = replace(FITS, texts={})
    against = "compare"
    drawn = changing(explorer, (FITS, plain))
    shown = answered(world, FITS)
    candidates: dict[str, Callable[[], Any]] = {
        against: lambda: compare(world.offers, wish_of(FITS), today=TODAY),
        "answer": lambda: answered(world, FITS),
        "answer, nothing fits": lambda: answered(world, NOTHING),
        "drawn, chart and record too": drawn,
        "chart": lambda: answer.chart(shown, "ram_gb"),
        "the choices, once when it opens": lambda: choices.of(world.offers, TODAY),
    }
    timed = {name: lambda work=work: cpu_seconds(work) for name, work in candidates.items()}  # type: ignore[misc]
    report(f"{title}, {len(world.offers):,} offers", interleaved(timed, rounds), against=against)
    explorer.close()


def dragged(world: World, session: Session) -> None:
    """Print how many of a slider's places are answered."""
    explorer = Explorer(session, world, State())
    told = []
    answer_of = answer.answered
    answer.answered = lambda *given: told.append(given) or answer_of(*given)  # type: ignore[func-returns-value]
    try:
        for place in range(MOVES):
            explorer._changed("cpus", Range(1.0 + place % 60))
        explorer.join()
    finally:
        answer.answered = answer_of
    assert state.wish_of(explorer._state).cpus == Range(1.0 + (MOVES - 1) % 60), "the newest is what counts"
    print(f"a slider dragged over {MOVES} places: {len(told)} answered, the last of them is what stands there")
    explorer.close()


def opened(world: World, session: Session) -> None:
    """Print what an explorer costs to make, and fifty of them."""
    one = [cpu_seconds(lambda: Explorer(session, world, State())) for _ in range(50)]
    print(f"an explorer made: {statistics.median(one) * 1000:.1f} ms CPU (median of 50 in one kernel, chart included)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    session = Session()
    embedded = World(catalogue.snapshot(), today=TODAY)
    measured("the embedded catalogue", embedded, options.rounds, session)
    measured("many", World(many(options.rows), today=TODAY), options.rounds, session)
    dragged(embedded, session)
    opened(embedded, session)
    session.close()


if __name__ == "__main__":
    main()
