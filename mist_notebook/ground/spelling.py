"""The word that was meant where a word was mistyped: the nearest of those that stand in the names that are listed."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable

_MOST_WORDS = 5_000
_SHORTEST, _LONGEST = 3, 32
_NEAR = 0.72  # difflib's ratio: two letters swapped in a word of four are 0.75, in one of six 0.83
_LETTERS = re.compile(r"[^\W\d_]+")
_ONLY_LETTERS = bytes(code if code >= 0x80 or chr(code).isalpha() else ord(" ") for code in range(256))


class Speller:
    """The words of these names, without figures; the 5,000 most frequent, so that a look costs some milliseconds."""

    def __init__(self, names: Iterable[str]) -> None:
        text = "\n".join(names).casefold().encode("utf-8", "surrogatepass")
        words = Counter(text.translate(_ONLY_LETTERS).split())
        readable = ((word.decode("utf-8", "surrogatepass"), count) for word, count in words.items())
        known = {word: count for word, count in readable if _SHORTEST <= len(word) <= _LONGEST}
        self._words = [word for word, _ in Counter(known).most_common(_MOST_WORDS)]
        self._known = frozenset(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def corrected(self, word: str) -> str:
        """`word`, folded, with each run of letters that no name has replaced by the nearest one, if one is near."""
        return _LETTERS.sub(lambda run: self._nearest(run[0]), word.casefold())

    def _nearest(self, run: str) -> str:
        if run in self._known or not _SHORTEST <= len(run) <= _LONGEST:
            return run
        return next(iter(difflib.get_close_matches(run, self._words, 1, _NEAR)), run)
