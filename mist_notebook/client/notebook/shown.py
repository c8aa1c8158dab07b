"""What stands on a page and goes on by itself: kept with its session, told what changes, and closed with it."""

from __future__ import annotations

from typing import Protocol, TypeVar, runtime_checkable

T = TypeVar("T")


class Shown(Protocol):
    """What stands on a page, and has threads of its own until it is closed."""

    def close(self) -> None: ...

    def settle(self, seconds: float) -> None:
        """Wait so long at most until its threads have ended, once the connection is closed."""

    def go_on(self) -> None:
        """There is another login to the same account; what was refused may be asked again."""


@runtime_checkable
class ShowsMachines(Protocol):
    """What shows machines, and reads them again when told that they have changed; from any thread, at once."""

    def machines_changed(self) -> None: ...


class Page:
    """All that one session shows."""

    def __init__(self) -> None:
        self._shown: list[Shown] = []

    def keep(self, shown: Shown) -> None:
        """Close it too, when the session closes: what goes on by itself, such as a panel."""
        self._shown.append(shown)

    def drop(self, shown: Shown) -> None:
        """Keep it no longer; whoever drops it closes it."""
        self._shown = [kept for kept in self._shown if kept is not shown]

    def kept(self, kind: type[T]) -> list[T]:
        """What of that kind is kept."""
        return [shown for shown in self._shown if isinstance(shown, kind)]

    def machines_changed(self) -> None:
        """A machine was made, or is gone, from here: what shows machines reads them again."""
        for shown in self.kept(ShowsMachines):  # type: ignore[type-abstract]
            shown.machines_changed()

    def go_on(self) -> None:
        """There is another login to the same account."""
        for shown in list(self._shown):
            shown.go_on()

    def close(self) -> list[Shown]:
        """Close all of it, and give it back: its threads are waited for once the connection is closed."""
        shown, self._shown = self._shown, []
        for one in shown:
            one.close()
        return shown
