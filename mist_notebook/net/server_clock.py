"""The time that a server goes by, as its answers date themselves: this computer's clock may be days off.

The monotonic clock carries it from one answer to the next, so that setting this computer's clock changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from .failures import moment

_AGREE = timedelta(seconds=2)  # a date is whole seconds, and a while on its way
_SAID = timedelta(minutes=1)
_MEANT = range(2015, 2100)  # a proxy that says 1970 has no clock


class ServerClock:
    """One server's clock beside this computer's."""

    def __init__(
        self,
        *,
        local: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._local = local
        self._monotonic = monotonic
        self._dated: datetime | None = None
        self._heard_at = 0.0

    def heed(self, headers: Mapping[str, str]) -> None:
        """Take an answer's date; not that of an answer that somebody had kept."""
        dated = moment(headers.get("date", ""))
        if dated is not None and dated.year in _MEANT and headers.get("age", "0").strip() in ("", "0"):
            self._dated, self._heard_at = dated, self._monotonic()

    @property
    def ahead(self) -> timedelta | None:
        """How far it is before this computer's; nothing where they agree, `None` where it has not said."""
        if self._dated is None:
            return None
        ahead = self._now(self._dated) - self._local()
        return timedelta() if abs(ahead) <= _AGREE else ahead

    def now(self) -> datetime:
        """The server's time; this computer's where it doesn't say."""
        return self._now(self._dated) if self._dated is not None and self.ahead else self._local()

    def difference(self) -> str:
        """In words how far this computer's clock is off; nothing for a minute or less."""
        ahead = self.ahead
        if ahead is None or abs(ahead) <= _SAID:
            return ""
        return f"{_span(abs(ahead))} {'behind' if ahead > timedelta() else 'ahead of'}"

    def _now(self, dated: datetime) -> datetime:
        return dated + timedelta(seconds=self._monotonic() - self._heard_at)


def _span(difference: timedelta) -> str:
    minutes = round(difference.total_seconds() / 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
