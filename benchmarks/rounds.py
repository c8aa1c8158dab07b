"""Interleaved rounds of candidates in one process, and their CPU ratios: a machine's moods hit all of them alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping


def cpu_seconds(work: Callable[[], object]) -> float:
    """User and system time of this process while `work` ran, all threads."""
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def interleaved(candidates: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """The CPU seconds that each candidate reports, A B C A B C …, after one warm-up of each."""
    for measure in candidates.values():
        measure()
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, measure in candidates.items():
            seconds[name].append(measure())
    return seconds


def report(title: str, seconds: Mapping[str, list[float]], *, against: str) -> None:
    """A line for each candidate: its median, and its ratio to `against`, round by round: median [p10 .. p90]."""
    print(f"{title} ({len(seconds[against])} rounds, CPU, ratio to {against})")
    for name, own in seconds.items():
        ratios = sorted(mine / base for mine, base in zip(own, seconds[against], strict=True) if base > 0)
        low, high = ratios[len(ratios) // 10], ratios[-1 - len(ratios) // 10]
        middle = statistics.median(ratios)
        print(f"  {name:<44} {statistics.median(own) * 1000:9.1f} ms   {middle:7.3f} [{low:.3f} .. {high:.3f}]")
