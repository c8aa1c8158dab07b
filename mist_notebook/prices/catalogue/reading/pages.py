"""Reading a provider's public price list, page by page or many files at once: politely, with an end, saying how far.

A page takes 10 s at most, its tries included; a pause that the provider asks for is kept, and comes on top; the whole
list has a time of its own. A page that was read before, or a link to anywhere else, ends it.
"""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import TracebackType
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from mist_notebook.ground.errors import ApiError, AuthError, MistError, UnavailableError
from mist_notebook.ground.secret import Secret
from mist_notebook.ground.text import brief, counted
from mist_notebook.net.http import Http, Limits
from mist_notebook.net.origin import origin_of
from mist_notebook.net.strict_json import decode

from .end import End

T = TypeVar("T")
Item = TypeVar("Item")

PAGE_SECONDS = 10.0
_LARGEST_PAGE_BYTES = 32 << 20
_MOST_PAGES = 5_000
_MOST_WAITS = 3
_SHORTEST_PAUSE_S = 1.0
_TELL_EVERY_S = 2.0
_AT_ONCE = 8
_MOST_MISSING = 0.5


@dataclass(frozen=True)
class Means:
    """How a list is read: how long a page may take, whom to trust, who is told, and what the time is."""

    page_s: float = PAGE_SECONDS
    verify: bool | str = True
    tell: Callable[[str], object] = lambda _: None
    today: Callable[[], date] = lambda: datetime.now(UTC).date()
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    end: End = field(default_factory=End)


USUAL = Means()


@dataclass
class Tally:
    """How many questions of many were answered so far, and the first reason why one was not."""

    answered: int = 0
    failed: int = 0
    first: MistError | None = None


class Reader:
    """One look at one price list. `means.tell` gets a line at the first page, and then every two seconds or so."""

    def __init__(
        self, url: str, name: str, total_s: float, today: date, means: Means, *, token: Secret | None = None
    ) -> None:
        limits = Limits(total_s=means.page_s, max_bytes=_LARGEST_PAGE_BYTES)
        self.name, self.today, self.pages, self.rows = name, today, 0, 0
        self.published: date | None = None
        self.notes: list[str] = []
        self.missing: list[str] = []
        self._http = Http(url, token=token, verify=means.verify, limits=limits, clock=means.clock, sleep=means.sleep)
        self._lock = threading.RLock()
        self._means, self._total_s, self._token = means, total_s, token
        self._began, self._told = means.clock(), -_TELL_EVERY_S
        self._asked: set[tuple[str, tuple[tuple[str, str], ...]]] = set()

    def __enter__(self) -> Reader:
        self._means.end.joined(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._means.end.left(self)
        self.close()

    def close(self) -> None:
        """Cut what is on its way; nothing more can be read."""
        self._http.close()

    def page(self, path: str, kind: type[T], params: Mapping[str, str]) -> T:
        """One page, decoded. Raises ApiError where it isn't one, or was read before; UnavailableError out of time."""
        self._begin(path, params)
        return self._turned(decode(self._body(path, params), kind, where=path))

    def table(self, path: str, wanted: Sequence[str]) -> list[dict[str, str]]:
        """A CSV file, as one dict a line. Raises ApiError where it isn't one, or lacks a wanted column."""
        self._begin(path, {})
        text = self._body(path, {}).decode("utf-8-sig", "replace")
        lines = csv.DictReader(text.splitlines())
        lacking = [name for name in wanted if name not in (lines.fieldnames or ())]
        if lacking:
            raise ApiError(f"The price list of {self.name} has no column '{lacking[0]}': its shape has changed.")
        return self._turned([{name: value or "" for name, value in line.items() if name} for line in lines])

    def text(self, path: str) -> str:
        """A file as text."""
        self._begin(path, {})
        return self._turned(self._body(path, {}).decode("utf-8-sig", "replace"))

    def answer(self, path: str, kind: type[T], question: object) -> T:
        """The answer to a question that goes as a body, as GraphQL has it; asked once."""
        self._begin(path, {})
        return self._turned(decode(self._http.send("POST", path, json=question), kind, where=path))

    def together(self, items: Sequence[Item], ask: Callable[[Item], T]) -> list[tuple[Item, T]]:
        """What each item's question gives, side by side, in the items' order.

        One that there is no answer to is left out with a note, and stands in `missing`; where it is more than half of
        them, that is an error.
        """
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix=f"prices of {self.name}") as pool:
            try:
                tally = Tally()
                answers = list(pool.map(lambda item: self._answered(item, ask, tally), items))
            except BaseException:
                self._http.close()  # nobody waits for those on their way
                raise
        found: list[tuple[Item, T]] = []
        failed: list[tuple[Item, MistError]] = []
        for item, answer in zip(items, answers, strict=True):
            if isinstance(answer, MistError):
                failed.append((item, answer))
            else:
                found.append((item, answer))
        if len(failed) > _MOST_MISSING * len(items):
            raise failed[0][1]
        self.missing += [str(item) for item, _ in failed]
        for item, error in failed:
            self.note(f"{brief(str(item))} is left out: {error.message}")
        return found

    @contextmanager
    def beside(self, url: str) -> Iterator[Reader]:
        """Another server that the same list is read from, within the same time."""
        with Reader(url, self.name, self._left_s(), self.today, self._means, token=None) as other:
            yield other
        self.pages += other.pages

    def note(self, line: str) -> None:
        """Something that a person should know of this list, said once."""
        with self._lock:
            if line not in self.notes:
                self.notes.append(line)

    def count(self, rows: int) -> None:
        """So many rows more were read."""
        with self._lock:
            self.rows += rows
            elapsed_s = self._means.clock() - self._began
            if elapsed_s - self._told >= _TELL_EVERY_S:
                self._told = elapsed_s
                came = f"{counted(self.pages, 'page')}, {counted(self.rows, 'row')}"
                self._means.tell(f"{self.name}  {elapsed_s:6.1f} s  {came}")

    def _begin(self, path: str, params: Mapping[str, str]) -> None:
        question = (path, tuple(sorted(params.items())))
        with self._lock:
            if question in self._asked:
                raise ApiError(
                    f"The price list of {self.name} goes in a circle: its page {self.pages} leads to an old one."
                )
            if self.pages >= _MOST_PAGES:
                raise ApiError(f"The price list of {self.name} does not end: it has over {_MOST_PAGES:,} pages.")
            self._asked.add(question)

    def _turned(self, found: T) -> T:
        with self._lock:
            self.pages += 1
        return found

    def _answered(self, item: Item, ask: Callable[[Item], T], tally: Tally) -> T | MistError:
        """The answer, or why there is none; where nobody answers at all, the rest isn't asked any more."""
        if tally.first is not None and tally.failed >= _AT_ONCE and not tally.answered:
            return tally.first
        try:
            found = ask(item)
        except MistError as error:
            tally.failed += 1
            tally.first = tally.first or error
            return error
        tally.answered += 1
        return found

    def linked(self, link: str, path: str) -> dict[str, str]:
        """The parameters of a link to the next page, which has to be one of the same list."""
        try:
            parts, origin = urlsplit(link), origin_of(link)
        except ValueError:
            parts, origin = urlsplit(""), ""
        if origin != self._http.origin or parts.path != urlsplit(self._http.url).path + path:
            raise ApiError(
                f"The price list of {self.name} leads to another place: '{brief(link)}'.", "It was not gone to."
            )
        return dict(parse_qsl(parts.query, keep_blank_values=True))

    def _body(self, path: str, params: Mapping[str, str]) -> bytes:
        """The page's body, after the pauses that the provider asks for: three at most, and within the list's time."""
        waits = 0
        while True:
            self._check_time()
            answer = self._tried(path, params)
            if isinstance(answer, bytes):
                return answer
            if waits == _MOST_WAITS or answer.pause_s is None or answer.pause_s > self._left_s():
                raise answer
            waits += 1
            pause_s = max(answer.pause_s, _SHORTEST_PAUSE_S)
            self._means.tell(f"{self.name}  asks for a pause of {pause_s:.0f} s")
            self._means.sleep(pause_s)

    def _tried(self, path: str, params: Mapping[str, str]) -> bytes | ApiError:
        try:
            return self._http.get(path, params=params)
        except AuthError:
            if self._token:
                return ApiError(f"{self.name} refuses the token.", "Renew it, and set its variable anew.", status=401)
            return ApiError(f"The price list of {self.name} wants a login, which it never did.", status=401)
        except ApiError as error:
            return error

    def _left_s(self) -> float:
        return self._began + self._total_s - self._means.clock()

    def _check_time(self) -> None:
        if self._left_s() <= 0 or self._means.end.is_over:
            raise UnavailableError(
                f"The price list of {self.name} was not read whole in {self._total_s:g} s "
                f"({counted(self.pages, 'page')}, {counted(self.rows, 'row')}).",
                "Try again later.",
            )
