"""A moment as a person reads it: by the clock of the computer that the kernel runs on, with UTC beside.

Where that clock is UTC's, UTC alone. `TZ` says another zone, as everywhere. What is kept, sent and compared is UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime

_SECONDS, _MINUTES = "%H:%M:%S", "%H:%M"


def day_and_time(moment: datetime, *, seconds: bool = True) -> str:
    """`2026-07-01 14:00:05 (12:00:05 UTC)`; the day stands twice where it is another one in UTC."""
    utc, local = _both(moment)
    time = _SECONDS if seconds else _MINUTES
    if local is None:
        return f"{utc:%Y-%m-%d {time}} UTC"
    there = time if local.date() == utc.date() else f"%Y-%m-%d {time}"
    return f"{local:%Y-%m-%d {time}} ({utc:{there}} UTC)"


def time_of_day(moment: datetime, *, seconds: bool = True) -> str:
    """`14:00:05 (12:00:05 UTC)`."""
    utc, local = _both(moment)
    time = _SECONDS if seconds else _MINUTES
    return f"{utc:{time}} UTC" if local is None else f"{local:{time}} ({utc:{time}} UTC)"


def _both(moment: datetime) -> tuple[datetime, datetime | None]:
    """The moment in UTC, and by the clock here, unless that shows the same; a moment without a zone is UTC's."""
    try:
        utc = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        local = utc.astimezone()
    except (OverflowError, OSError, ValueError):  # at the ends of the calendar
        return moment, None
    return utc, local if local.utcoffset() else None
