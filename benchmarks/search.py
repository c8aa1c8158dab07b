"""What a letter costs in the search over N images, against pandas, and what the page is sent for it.

pandas  str.contains for every word over the same texts, names and ids, in the fastest dtype of this pandas, and the
        first fifty of what holds all of them
index   image_index.Index.search: the fifty best, ranked
widget  the same through the widget, from the letter to the list that it sets
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import comm
import pandas as pd
from rounds import cpu_seconds

from mist_notebook.backends.image_index import Index
from mist_notebook.records.model import Image
from mist_notebook.sandbox.world import big
from mist_notebook.widgets.lists.image_search import ImageSearch

PHRASES = ("ubuntu 22.04 arm64", "amzn2 gp2 2023", "debian-12 amd64", "rhel 9.2 hourly2", "suse sles 15 sp5")
GOALS = {"p50": 0.20, "p95": 0.50}
MOST_P95_MS, MOST_BYTES = 50.0, 16 << 10


def images(count: int) -> list[Image]:
    """Seeded images of EC2's shape."""
    rows = big.images(count, 1, stars={})
    return [Image(id=row.external_id, name=row.name, starred=row.starred, arch="x86_64", owner="1") for row in rows]


def keystrokes() -> Iterator[str]:
    """What stands in the field after each letter of each phrase."""
    for phrase in PHRASES:
        yield from (phrase[:end] for end in range(1, len(phrase) + 1))


def with_pandas(texts: pd.Series[str], query: str) -> pd.Series[str]:
    """What holds every word; the first fifty of it."""
    holds = pd.Series(True, index=texts.index)
    for word in query.split():
        holds &= texts.str.contains(word, case=False, regex=False)
    return texts[holds].head(50)


def seconds_each(search: Callable[[str], object]) -> list[float]:
    """CPU seconds of each keystroke, in order."""
    taken = []
    for query in keystrokes():
        began = time.process_time()
        search(query)
        taken.append(time.process_time() - began)
    return taken


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


def check(index: Index, texts: pd.Series[str], records: list[Image]) -> None:
    """The same images are found, and ranked as the rule says; a faster wrong list is no gain."""
    for query in keystrokes():
        words = query.casefold().split()
        holds = pd.Series(True, index=texts.index)
        for word in words:
            holds &= texts.str.contains(word, case=False, regex=False)
        hits = index.search(query)
        assert hits.total == int(holds.sum()), query
        stars = [records[place].starred for place in hits.places]
        assert stars == sorted(stars, reverse=True) and holds.iloc[list(hits.places)].all(), query


def compare(count: int, rounds: int) -> bool:
    """Print the ratios; whether every goal is met."""
    records = images(count)
    Index(records[:10])
    build = [cpu_seconds(lambda: Index(records)) for _ in range(5)]
    texts = pd.Series([f"{record.name} {record.id}" for record in records])
    check(Index(records), texts, records)
    candidates = {
        "pandas": lambda: seconds_each(lambda query: with_pandas(texts, query)),
        "index": lambda: seconds_each(Index(records).search),
    }
    measured: dict[str, list[list[float]]] = {name: [] for name in candidates}
    for turn in range(rounds + 1):
        for name, measure in candidates.items():
            taken = measure()
            measured[name] += [taken] if turn else []
    print(f"{count:,} images, {len(list(keystrokes()))} keystrokes, {rounds} rounds, CPU; index built in ", end="")
    print(f"{statistics.median(build) * 1000:.0f} ms")
    met = [*(report(share, measured) for share in GOALS), keystroke_bytes(records)]
    print_widget(records)
    return all(met)


def report(name: str, measured: dict[str, list[list[float]]]) -> bool:
    """A line on one percentile: milliseconds, and the ratio round by round."""
    share = int(name[1:]) / 100
    own = [percentile(taken, share) for taken in measured["index"]]
    theirs = [percentile(taken, share) for taken in measured["pandas"]]
    ratios = sorted(mine / base for mine, base in zip(own, theirs, strict=True))
    low, high = ratios[len(ratios) // 10], ratios[-1 - len(ratios) // 10]
    middle, goal = statistics.median(ratios), GOALS[name]
    own_ms, theirs_ms = statistics.median(own) * 1000, statistics.median(theirs) * 1000
    is_met = middle <= goal and (name != "p95" or own_ms <= MOST_P95_MS)
    print(f"  {name}  pandas {theirs_ms:7.1f} ms   index {own_ms:6.1f} ms   ", end="")
    print(f"{middle:.3f} [{low:.3f} .. {high:.3f}], goal {goal:.2f}: {'met' if is_met else 'MISSED'}")
    return is_met


class Counted(comm.base_comm.BaseComm):
    """A line to a page that counts what it is sent."""

    sent = 0

    def publish_msg(self, msg_type: str, data: object = None, **more: object) -> None:  # noqa: ARG002 - comm's signature
        Counted.sent += len(json.dumps(data, default=str))


@contextmanager
def searched(records: list[Image]) -> Iterator[Callable[[str], None]]:
    """Types into the widget, and waits for its list."""
    search = ImageSearch()
    search.set_images(records)
    search.join()
    field = search.widget.children[0].children[0]

    def typed(query: str) -> None:
        field.value = query
        search.join()

    yield typed
    search.close()


def keystroke_bytes(records: list[Image]) -> bool:
    """What the page is sent for a letter, at most; counted, so exact."""
    before, comm.create_comm = comm.create_comm, Counted
    most = 0
    with searched(records) as typed:
        for query in keystrokes():
            Counted.sent = 0
            typed(query)
            most = max(most, Counted.sent)
    comm.create_comm = before
    is_met = most <= MOST_BYTES
    print(
        f"  sent to the page for a letter: {most:,} bytes at most, goal {MOST_BYTES:,}: {'met' if is_met else 'MISSED'}"
    )
    return is_met


def print_widget(records: list[Image]) -> None:
    """From the letter to the list, wall time, in this process; and what fifty searches that stand idle cost."""
    taken = []
    with searched(records) as typed:
        for query in keystrokes():
            began = time.perf_counter()
            typed(query)
            taken.append((time.perf_counter() - began) * 1000)
    began = time.process_time()
    many = [ImageSearch() for _ in range(50)]
    each = (time.process_time() - began) / 50 * 1000
    for one in many:
        one.close()
    print(f"  letter to list in the widget, wall: p50 {percentile(taken, 0.5):.1f} ms, ", end="")
    print(f"p95 {percentile(taken, 0.95):.1f} ms; making one of fifty: {each:.1f} ms CPU")


def main() -> None:
    """Print the ratios; exit code 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, nargs="+", default=[150_000])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    met = [compare(count, options.rounds) for count in options.images]
    raise SystemExit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
