"""Reading a provider's public price list, page by page, without a key: politely, with an end, saying how far it is.

A page takes 10 s at most, its tries included; a pause that the provider asks for is kept, and comes on top; the whole
list has a time of its own. A page that was read before, or a link to anywhere else, ends it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import TracebackType
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from mist_notebook.ground.errors import ApiError, AuthError, UnavailableError
from mist_notebook.ground.text import brief
from mist_notebook.net.http import Http, Limits
from mist_notebook.net.origin import origin_of
from mist_notebook.net.strict_json import decode

T = TypeVar("T")

PAGE_SECONDS = 10.0
_LARGEST_PAGE_BYTES = 32 << 20
_MOST_PAGES = 5_000
_MOST_WAITS = 3
_SHORTEST_PAUSE_S = 1.0
_TELL_EVERY_S = 2.0


@dataclass(frozen=True)
class Means:
    """How a list is read: how long a page may take, whom to trust, who is told, and what the time is."""

    page_s: float = PAGE_SECONDS
    verify: bool | str = True
    tell: Callable[[str], object] = lambda _: None
    today: Callable[[], date] = lambda: datetime.now(UTC).date()
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep


USUAL = Means()


class Reader:
    """One look at one price list. `means.tell` gets a line at the first page, and then every two seconds or so."""

    def __init__(self, url: str, name: str, total_s: float, today: date, means: Means) -> None:
        limits = Limits(total_s=means.page_s, max_bytes=_LARGEST_PAGE_BYTES)
        self.name, self.today, self.pages, self.rows = name, today, 0, 0
        self._http = Http(url, verify=means.verify, limits=limits, clock=means.clock, sleep=means.sleep)
        self._means, self._total_s = means, total_s
        self._began, self._told = means.clock(), -_TELL_EVERY_S
        self._asked: set[tuple[str, tuple[tuple[str, str], ...]]] = set()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def page(self, path: str, kind: type[T], params: Mapping[str, str]) -> T:
        """One page, decoded. Raises ApiError where it isn't one, or was read before; UnavailableError out of time."""
        question = (path, tuple(sorted(params.items())))
        if question in self._asked:
            raise ApiError(
                f"The price list of {self.name} goes in a circle: its page {self.pages} leads to an old one."
            )
        if self.pages >= _MOST_PAGES:
            raise ApiError(f"The price list of {self.name} does not end: it has over {_MOST_PAGES:,} pages.")
        self._asked.add(question)
        found = decode(self._body(path, params), kind, where=path)
        self.pages += 1
        return found

    def count(self, rows: int) -> None:
        """So many rows more were read."""
        self.rows += rows
        elapsed_s = self._means.clock() - self._began
        if elapsed_s - self._told >= _TELL_EVERY_S:
            self._told = elapsed_s
            pages = f"{self.pages:,} page{'' if self.pages == 1 else 's'}"
            self._means.tell(f"{self.name}  {elapsed_s:6.1f} s  {pages}, {self.rows:,} rows")

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
            return ApiError(f"The price list of {self.name} wants a login, which it never did.", status=401)
        except ApiError as error:
            return error

    def _left_s(self) -> float:
        return self._began + self._total_s - self._means.clock()

    def _check_time(self) -> None:
        if self._left_s() <= 0:
            raise UnavailableError(
                f"The price list of {self.name} was not read whole in {self._total_s:g} s "
                f"({self.pages:,} pages, {self.rows:,} rows).",
                "Try again later.",
            )
