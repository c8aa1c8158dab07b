"""Dates that can't be meant are unknown, and so is what is computed from them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from mist_notebook.backends.mist import fields, machine_wire
from mist_notebook.backends.mist.probe import from_mist
from mist_notebook.records.model import BackendInfo

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
INFO = BackendInfo(id="c1", name="Cloud", provider="zzz", server="https://mist.example")


def machine(**said: Any) -> Any:
    row = msgspec.convert({"id": "m1", "name": "web", **said}, machine_wire.WireMachine)
    return machine_wire.machine(row, INFO, now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01 00:00:00", "1970-01-01T00:00:00Z",
        "1970-01-01 00:00:01", "1900-01-01", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "2027-01-01",
        "0000-00-00 00:00:00", "never", "", None, 0, 12345, [], {},
    ],
)  # fmt: skip
def test_a_senseless_date_of_birth_is_unknown(text: Any) -> None:
    assert machine(created=text).created is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-29 10:00:00", datetime(2026, 11, 29, 10, tzinfo=UTC)),
        ("2026-11-29T12:00:00+02:00", datetime(2026, 11, 29, 10, tzinfo=UTC)),
        ("2026-11-30T10:00:00Z", datetime(2026, 11, 30, 10, tzinfo=UTC)),
        ("2009-03-01T00:00:00Z", datetime(2009, 3, 1, tzinfo=UTC)),
    ],
)
def test_a_date_that_can_be_meant_is_taken_in_utc(text: str, moment: datetime) -> None:
    assert machine(created=text).created == moment


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "1970-01-01", "9999-12-31T23:59:59Z", "soon"])
def test_a_senseless_time_limit_is_none(text: str) -> None:
    assert machine(expiration={"date": text}).expires is None


def test_a_time_limit_in_years_is_one() -> None:
    assert machine(expiration={"date": "2031-01-01 00:00:00"}).expires == datetime(2031, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0001-01-01", "1969-12-31T00:00:00", "0000-00-00"])
def test_a_senseless_day_of_an_image_is_unknown(text: str) -> None:
    assert fields.day_of(text) is None


@pytest.mark.parametrize("said", [{"timestamp": 0}, {"timestamp": -1}, {"updated_at": "0001-01-01 00:00:00"}])
def test_a_senseless_time_of_a_probe_is_when_it_was_asked(said: dict[str, Any]) -> None:
    report = from_mist({"ssh": {"uptime": 5.0, **said}, "ping": {}}, host="192.0.2.1", now=lambda: NOW)
    assert report.probed_at == NOW
