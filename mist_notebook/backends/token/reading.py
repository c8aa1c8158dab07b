"""A cloud's lists, page after page, as plain rows: whole, or an error; an answer without a list is no empty one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mist_notebook.ground.errors import ApiError, MistError
from mist_notebook.net.http import Http, decode

from .facts import Facts, Row, Rows

_MOST_PAGES = 400


@dataclass(frozen=True)
class Read:
    """The rows of a list, how many items were none, and what else is to be said of it."""

    rows: list[Row]
    unusable: int = 0
    notes: tuple[str, ...] = ()


class Reader:
    """Reads one cloud's lists."""

    def __init__(self, door: Http, facts: Facts, project: str) -> None:
        self._door, self._facts, self._project = door, facts, project

    def answer(self, path: str, params: dict[str, str] | None = None) -> Row:
        """One answer, which has to be an object."""
        return decode(self._door.get(path, params=params), dict[str, Any], where=path)

    def list(self, rows: Rows) -> Read:
        """All rows, of all zones where each has its own; a zone that doesn't answer is said, the others count."""
        if "{zone}" not in rows.path:
            return self._whole(rows.path, rows, "")
        found: list[Row] = []
        unusable, notes, failed = 0, [], None
        for zone in self._facts.zones:
            try:
                part = self._whole(rows.path.format(zone=zone), rows, zone)
            except MistError as error:
                failed = failed or error
                notes.append(f"{zone} of {self._facts.name} is missing here: {error.message}")
                continue
            found += part.rows
            unusable, notes = unusable + part.unusable, [*notes, *part.notes]
        if failed is not None and not found and len(notes) >= len(self._facts.zones):
            raise failed
        return Read(found, unusable, tuple(notes))

    def _whole(self, path: str, rows: Rows, zone: str) -> Read:
        params = {**rows.params, **self._facts.pages.size}
        params |= {name: self._project for name, value in rows.params.items() if value == "{project}"}
        found: list[Row] = []
        unusable = 0
        for number in range(1, _MOST_PAGES + 1):
            answer = self.answer(path, params)
            items = _items(answer, rows.key, path, self._facts.name)
            fresh = [item | {"zone": zone} if zone else item for item in items if isinstance(item, dict)]
            if fresh and number > 1 and fresh == found[-len(fresh) :]:
                raise ApiError(f"{self._facts.name} gives the same page of {path} again and again.", "Try later.")
            found, unusable = found + fresh, unusable + len(items) - len(fresh)
            more = self._facts.pages.next(answer, number, len(items))
            if more is None:
                return Read(found, unusable, self._short(answer, len(found) + unusable, path))
            params |= more
        raise ApiError(f"{self._facts.name} has more than {_MOST_PAGES} pages of {path}.", "It was not read further.")

    def _short(self, answer: Row, count: int, path: str) -> tuple[str, ...]:
        """That the cloud says it has more than it sends; what was made while it was read may be missing."""
        total = self._facts.pages.total(answer)
        is_short = isinstance(total, int) and not isinstance(total, bool) and total > count
        return (f"{self._facts.name} says that {path} has {total}, and sent {count}.",) if is_short else ()


def _items(answer: Row, key: str, path: str, name: str) -> list[Any]:
    """What stands under the list's key: it has to be there. An object by name is a list of what is named."""
    items = answer.get(key)
    if isinstance(items, dict):
        return [{"name": called, **item} if isinstance(item, dict) else item for called, item in items.items()]
    if not isinstance(items, list):
        raise ApiError(f"{name}'s answer to {path} has no list '{key}'.", "Is that its address, or something between?")
    return items
