"""Which Python will do, how much a worker gets, which machines can all reach each other: without a network."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mist_notebook.cluster import plan
from mist_notebook.cluster.raising import bytes_of, idle_seconds
from mist_notebook.ground.errors import BadValueError
from mist_notebook.records.report import ProbeReport

ENGINE = {"dask": "2026.8.0", "distributed": "2026.8.0", "cloudpickle": "3.1.3", "msgpack": "1.2.4"}
WANTED = plan.Environment((3, 11), {**ENGINE, "bokeh": "3.8"}, {"numpy": "2.4.6"})


def found(minor: tuple[int, int] = (3, 11), **versions: str) -> plan.Found:
    return plan.Found("/usr/bin/python3", minor, {**ENGINE, "numpy": "2.4.6", **versions})


def report(**facts: float | None) -> ProbeReport:
    moment = datetime(2026, 11, 29, tzinfo=UTC)
    return ProbeReport(outcome="ok", host="h", port=22, user="u", via="ssh", probed_at=moment, seconds=1.0, **facts)


def test_an_environment_that_is_the_same_lacks_nothing_and_a_dashboard_is_not_missed() -> None:
    assert plan.lacking(found(), WANTED) == []


@pytest.mark.parametrize(
    ("there", "lacks"),
    [
        (found((3, 9)), ["Python 3.9 there, 3.11 here"]),
        (found((3, 12)), ["Python 3.12 there, 3.11 here"]),
        (found(dask="2025.1.0"), ["dask 2025.1.0 there, 2026.8.0 here"]),
        (plan.Found("p", (3, 11), ENGINE), ["numpy missing there, 2.4.6 here"]),
        (plan.Found("p", (3, 11), {}), [f"{name} missing there, {number} here" for name, number in
                                        {**ENGINE, "numpy": "2.4.6"}.items()]),
    ],
)  # fmt: skip
def test_what_is_missing_or_of_another_version_is_named(there: plan.Found, lacks: list[str]) -> None:
    assert plan.lacking(there, WANTED) == lacks


def test_the_python_that_lacks_least_is_taken() -> None:
    old, bare, right = found((3, 9)), plan.Found("bare", (3, 11), {}), found()
    assert plan.best([old, bare, right], WANTED) is right
    assert plan.best([old, bare], WANTED) is bare
    assert plan.best([], WANTED) is None


@pytest.mark.parametrize("told", [None, [], 3, {"pythons": [3, {}, {"python": "p"}]}, {}])
def test_an_answer_that_makes_no_sense_is_no_python(told: object) -> None:
    assert plan.found(told) == []


@pytest.mark.parametrize(
    ("facts", "threads", "memory", "share"),
    [
        ({"cores": 4.0, "ram_mb": 1024.0}, None, None, plan.Share(4, int(1024 * 0.85 * 1024**2))),
        ({"cores": 0.5, "ram_mb": 1024.0}, None, 1 << 29, plan.Share(1, 1 << 29)),  # half a core, in a container
        ({"cores": 2.7, "ram_mb": None}, 8, 1 << 30, plan.Share(8, 1 << 30)),
        ({}, None, None, plan.Share(1, 0)),
    ],
)
def test_a_workers_share_is_what_the_probe_saw_or_what_was_said(
    facts: dict[str, float | None], threads: int | None, memory: int | None, share: plan.Share
) -> None:
    assert plan.share(report(**facts), threads, memory) == share


@pytest.mark.parametrize(
    ("facts", "memory", "why"),
    [
        ({"ram_mb": 1024.0, "ram_used_mb": 900.0}, 1 << 28, "124 MB of memory are free, and 256 MB are needed"),
        ({"ram_mb": 1024.0, "ram_used_mb": 100.0}, 2 << 30, "2,048 MB a worker are asked for, and it has 1,024 MB"),
        ({}, 0, "how much memory it has isn't known: say it with --memory"),
        ({}, 1 << 30, ""),
        ({"ram_mb": 1024.0, "ram_used_mb": 100.0}, 1 << 29, ""),
    ],
)
def test_too_little_memory_is_said(facts: dict[str, float], memory: int, why: str) -> None:
    assert plan.too_little(report(**facts), plan.Share(1, memory)) == why


@given(st.integers(0, 6), st.data())
def test_those_that_are_in_all_reach_each_other(count: int, data: st.DataObject) -> None:
    pairs = list(permutations(range(count), 2))
    reached = {pair: data.draw(st.booleans()) for pair in pairs}
    inside = plan.together(count, reached)
    assert all(reached[one, other] for one, other in permutations(inside, 2))
    assert bool(inside) == bool(count)


def test_the_loneliest_are_left_out() -> None:
    apart = {(one, other): {one, other} <= {0, 1, 2} for one, other in permutations(range(5), 2)}
    assert plan.together(5, apart) == [0, 1, 2]
    one_way = {(one, other): (one, other) != (3, 1) for one, other in permutations(range(4), 2)}
    assert plan.together(4, one_way) == [0, 1, 2]


def test_an_environment_is_named_by_what_is_in_it() -> None:
    other = plan.Environment((3, 11), {**ENGINE, "dask": "2026.9.0"}, {})
    assert WANTED.folder != other.folder
    assert WANTED.folder == plan.Environment((3, 11), {**ENGINE, "bokeh": "3.8"}, {"numpy": "2.4.6"}).folder


@pytest.mark.parametrize("name", ["nonexistent-package", "", "../x", "a b"])
def test_a_package_that_is_not_here_is_refused(name: str) -> None:
    with pytest.raises(BadValueError, match="is not installed here"):
        plan.here([name])


@pytest.mark.parametrize(
    ("text", "amount"),
    [("2GB", 2 << 30), ("512MB", 512 << 20), ("1GiB", 1 << 30), (1 << 30, 1 << 30), (None, None)],
)
def test_memory_is_read_as_sizes_are(text: str | int | None, amount: int | None) -> None:
    assert bytes_of(text) == amount


@pytest.mark.parametrize("text", ["1MB", "0", "-2GB", "nan", "much", "4x", "1e9GB", 5, True])
def test_senseless_memory_is_refused(text: str | int) -> None:
    with pytest.raises(BadValueError):
        bytes_of(text)


@pytest.mark.parametrize("text", ["0", "9d", "-1h", "soon"])
def test_a_senseless_idle_time_is_refused(text: str) -> None:
    with pytest.raises(BadValueError):
        idle_seconds(text)
