"""A moment stands by the reader's clock with UTC beside it, in any zone and at the turns of the clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest

from mist_notebook.display import frame_view
from mist_notebook.display.cards import moment as on_a_card
from mist_notebook.frames import accessor
from mist_notebook.ground.moments import day_and_time, time_of_day
from mist_notebook.records.columns import COLUMNS

assert accessor.NAME == "mist"
NOON = datetime(2026, 7, 1, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Whatever was set, the clock is this process's own again afterwards."""
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


def clock(zone: pytest.MonkeyPatch, name: str | None) -> None:
    if name is None:
        zone.delenv("TZ", raising=False)
    else:
        zone.setenv("TZ", name)
    time.tzset()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("UTC", "2026-07-01 12:00:05 UTC"),
        ("Europe/Athens", "2026-07-01 15:00:05 (12:00:05 UTC)"),
        ("America/New_York", "2026-07-01 08:00:05 (12:00:05 UTC)"),
        ("Asia/Kolkata", "2026-07-01 17:30:05 (12:00:05 UTC)"),
        ("Asia/Kathmandu", "2026-07-01 17:45:05 (12:00:05 UTC)"),
        ("Pacific/Kiritimati", "2026-07-02 02:00:05 (2026-07-01 12:00:05 UTC)"),
        ("CET-1CEST", "2026-07-01 14:00:05 (12:00:05 UTC)"),
        ("Nowhere/City", "2026-07-01 12:00:05 UTC"),
        ("", "2026-07-01 12:00:05 UTC"),
    ],
)
def test_a_moment_is_told_by_the_clock_here_with_utc_beside(zone: pytest.MonkeyPatch, name: str, said: str) -> None:
    clock(zone, name)
    assert day_and_time(NOON) == said == on_a_card(NOON)


def test_without_a_zone_the_computers_own_counts(zone: pytest.MonkeyPatch) -> None:
    clock(zone, None)
    offset = datetime.now().astimezone().replace(year=2026, month=7, day=1).astimezone().utcoffset()
    assert day_and_time(NOON).endswith("UTC" if not offset else "UTC)")


@pytest.mark.parametrize(
    ("utc", "said"),
    [
        ("2026-10-25T00:30", "02:30 (00:30 UTC)"),  # 02:30 for the first time
        ("2026-10-25T01:30", "02:30 (01:30 UTC)"),  # and for the second
        ("2026-03-29T00:59", "01:59 (00:59 UTC)"),
        ("2026-03-29T01:00", "03:00 (01:00 UTC)"),  # 02:00 isn't there
    ],
)
def test_utc_tells_apart_what_the_turn_of_the_clock_makes_one(zone: pytest.MonkeyPatch, utc: str, said: str) -> None:
    clock(zone, "Europe/Berlin")
    assert time_of_day(datetime.fromisoformat(utc).replace(tzinfo=UTC), seconds=False) == said


def test_winter_where_the_clock_is_utcs_only_then(zone: pytest.MonkeyPatch) -> None:
    clock(zone, "Europe/London")
    assert day_and_time(NOON, seconds=False) == "2026-07-01 13:00 (12:00 UTC)"
    assert day_and_time(NOON.replace(month=1), seconds=False) == "2026-01-01 12:00 UTC"


def test_a_moment_of_another_zone_or_of_none_is_the_same_moment(zone: pytest.MonkeyPatch) -> None:
    clock(zone, "Asia/Tokyo")
    there = NOON.astimezone(timezone(timedelta(hours=-5)))
    assert day_and_time(there) == day_and_time(NOON.replace(tzinfo=None)) == day_and_time(NOON)


@pytest.mark.parametrize("name", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
def test_the_ends_of_the_calendar_are_told_too(zone: pytest.MonkeyPatch, name: str) -> None:
    clock(zone, name)
    for end in (datetime.max, datetime.min):
        assert day_and_time(end.replace(tzinfo=UTC)).endswith(("UTC", "UTC)"))
    assert on_a_card(None) == ""


def test_a_frame_keeps_utc_and_says_so_where_it_has_times_of_day(zone: pytest.MonkeyPatch) -> None:
    clock(zone, "Asia/Tokyo")
    names = ("backend", "provider", *(column.name for column in COLUMNS["journal"]))
    row = dict.fromkeys(names) | {"id": "op-1", "name": "web", "asked": pd.Timestamp("2026-07-01 12:00")}
    frame = pd.DataFrame([row, row | {"id": "op-2"}])
    frame["asked"] = pd.to_datetime(frame["asked"])
    frame.attrs["mist"] = {"kind": "journal", "fetched_at": "2026-07-01T12:00:00+00:00", "rows": 2}
    assert "asked UTC" in frame_view.html(frame) and "2026-07-01 12:00" in frame_view.html(frame)
    assert "read 21:00 (12:00 UTC)" in frame_view.html(frame)
    frame["asked"] = pd.to_datetime(["2026-07-01", "2026-07-02"])
    assert "asked UTC" not in frame_view.html(frame), "a day has no time"
