"""What the form costs: the first one, fifty more in one kernel, and a name typed with 150,000 images in it."""

from __future__ import annotations

import argparse
import gc
import resource
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
from rounds import cpu_seconds, interleaved, report

from mist_notebook.backends.needs import Needs
from mist_notebook.client.notebook.session import Session
from mist_notebook.records.model import BackendInfo, Image, Key, Location, Price, Size
from mist_notebook.widgets.form.form import Form
from mist_notebook.widgets.form.state.catalogue import BACKENDS, KEYS, Catalogue, Shelf
from mist_notebook.widgets.form.state.events import Answered, Asked, Chose, Typed
from mist_notebook.widgets.form.state.state import State, advance
from mist_notebook.widgets.form.state.view import view

BACKEND = BackendInfo(id="b", name="Big", provider="zzz")
LETTERS = "a-machine-of-mine-1"


def filled(images: int) -> tuple[State, Catalogue]:
    """A form with everything loaded and chosen, as data."""
    answers: dict[Any, tuple[Any, ...]] = {
        BACKENDS: (BACKEND,),
        KEYS: (Key(id="k", name="demo", default=True),),
        ("b", "needs"): (Needs(said=True),),
        ("b", "locations"): (Location(id="l", name="East"),),
        ("b", "images"): tuple(Image(id=f"ami-{n:017x}", name=f"ubuntu-22.04-amd64-{n}") for n in range(images)),
        ("b", "sizes"): tuple(
            Size(id=f"s{n}", name=f"Size {n}", ram_mb=512.0 * n, price=Price(hourly=0.01 * n, currency="USD"))
            for n in range(1, 600)
        ),
        ("b", "names"): (),
    }
    state, known = State(), Catalogue()
    for question, records in answers.items():
        state, known = advance(state, known, Asked(question))
        state, known = advance(state, known, Answered(question, state.asks[question].stamp, Shelf(records)))
    for kind, record in (("image", answers["b", "images"][7].id), ("size", "s9")):
        state, known = advance(state, known, Chose(kind, record))
    return state, known


def typing(state: State, known: Catalogue) -> Callable[[], object]:
    """A name typed letter by letter: the next state and the whole view after each."""

    def work() -> None:
        now = state
        for end in range(1, len(LETTERS) + 1):
            now, _ = advance(now, known, Typed("name", LETTERS[:end]))
            view(now, known)

    return work


def forms(session: Session, number: int) -> Iterator[Form]:
    for _ in range(number):
        yield Form(session)


def made(number: int) -> None:
    """Print what `number` forms cost in this process, the first of them apart."""
    session = Session()
    began, cpu = time.perf_counter(), time.process_time()
    first = next(forms(session, 1))
    first.join()
    print(f"the first form: {time.perf_counter() - began:.2f} s, {time.process_time() - cpu:.2f} s CPU (with imports)")
    models = len(list(walk(first.widget)))
    gc.collect()
    memory, began, cpu = rss_mb(), time.perf_counter(), time.process_time()
    kept = list(forms(session, number))
    took, used = time.perf_counter() - began, time.process_time() - cpu
    for form in kept:
        form.join()
    sizes = [len(str(one.get_state())) for form in kept[:1] for one in walk(form.widget)]
    each = f"{took / number * 1000:.0f} ms, {used / number * 1000:.0f} ms CPU, {(rss_mb() - memory) / number:.1f} MB"
    print(f"{number} more: each {each}, {models} widgets with {sum(sizes) / 1024:.0f} KiB of state")
    print(f"threads while they rest: {threading.active_count()}")
    session.close()


def walk(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)
    for part in ("layout", "style"):
        if isinstance(found := getattr(widget, part, None), ipywidgets.Widget):
            yield found


def rss_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the figures and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--forms", type=int, default=50)
    options = parser.parse_args()
    worlds = {f"{images:,} images": filled(images) for images in (100, 150_000)}
    candidates = {name: (lambda world=world: cpu_seconds(typing(*world))) for name, world in worlds.items()}
    report(f"a name of {len(LETTERS)} letters typed, with every view", interleaved(candidates, options.rounds),
           against="100 images")  # fmt: skip
    made(options.forms)


if __name__ == "__main__":
    main()
