"""What adapters have alike that ask a cloud by our own door: its time, and listings that were read just now."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

from mist_notebook.backends.base import Adapter
from mist_notebook.net.server_clock import ServerClock
from mist_notebook.records.model import BackendInfo, Listing

T = TypeVar("T")


class ByDoor(Adapter):
    """An account that this computer remembers, at a cloud that says its time with each answer."""

    kept_here = True

    def __init__(self, info: BackendInfo) -> None:
        self.info = info

    @property
    @abstractmethod
    def clock(self) -> ServerClock:
        """The time that the cloud's answers say."""

    def now(self) -> datetime:
        return self.clock.now()

    def clock_difference(self) -> str:
        return self.clock.difference()

    def _listing(self, made: Iterable[T], notes: tuple[str, ...] = ()) -> Listing[T]:
        return Listing(backend=self.info, records=list(made), fetched_at=datetime.now(UTC), notes=notes)
