"""What a server's clock is taken to be: its Date where that can be meant, this computer's where it says none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mist_notebook.net.origin import check_url, one_spelling
from mist_notebook.net.server_clock import ServerClock

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def clock(*dates: str | None, age: str = "0") -> ServerClock:
    found = ServerClock(local=lambda: NOW, monotonic=lambda: 5.0)
    for date in dates:
        found.heed({"age": age} | ({"date": date} if date is not None else {}))
    return found


@pytest.mark.parametrize(
    "date",
    [None, "", "soon", "0", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT",
     "Sat, 01 Jan 2000 00:00:00 GMT", "Sun, 99 Nov 2026 12:00:00 GMT", "-1", "\u0663"],
)  # fmt: skip
def test_a_date_that_is_none_or_cannot_be_meant_leaves_this_computers_clock(date: str | None) -> None:
    assert clock(date).now() == NOW
    assert clock(date).difference() == ""
    right = "Wed, 02 Dec 2026 12:00:00 GMT"
    assert clock(right, date).now() == NOW + timedelta(days=3)


def test_an_answer_that_somebody_kept_says_nothing_of_the_time() -> None:
    assert clock("Wed, 25 Nov 2026 12:00:00 GMT", age="345600").now() == NOW


def test_a_clock_that_is_set_in_the_middle_is_followed() -> None:
    assert clock("Wed, 02 Dec 2026 12:00:00 GMT", "Sun, 29 Nov 2026 12:00:00 GMT").now() == NOW


@pytest.mark.parametrize(
    "spellings",
    [
        ("http://localhost:8000/", "http://127.0.0.1:8000", "http://[::1]:8000", "http://LOCALHOST:8000/api/v1"),
        ("https://mist.example", "https://MIST.example:443/", "https://mist.example.", "https://mist.example/api/v1/"),
        ("https://mist.example:8443/x", "https://mist.example.:8443/x/"),
    ],
)
def test_one_server_has_one_account_however_it_is_spelled(spellings: tuple[str, ...]) -> None:
    assert len({one_spelling(check_url(url)) for url in spellings}) == 1
