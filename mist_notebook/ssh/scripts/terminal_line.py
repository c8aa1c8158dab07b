"""What a machine's output leaves on a screen, line by line: progress bars, colours and tabs as a terminal takes them.

One line is kept at a time; what would move to another line, or paint, leaves no trace. Text comes in any pieces.
"""

from __future__ import annotations

import re
import unicodedata

_TAB = 8
_FARTHEST = 10_000
_LONGEST_SEQUENCE = 4096
_PLAIN_LINES = re.compile(r"(?:[^\x00-\x1f\x7f]*\n)+")
_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f]+)"
    r"|\x1b\[(?P<numbers>[\x30-\x3f]*)[\x20-\x2f]*(?P<final>[\x40-\x7e])"
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[\x20-\x2f]+[\x30-\x7e]"
    r"|\x1b[\x30-\x4f\x51-\x57\x59\x5a\x5c\x60-\x7e]"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])"
)


class TerminalLine:
    """The line that is being written, and where its cursor stands."""

    def __init__(self) -> None:
        self._cells: list[str] = []  # one a column; "" is the second half of a wide letter
        self._column = 0
        self._was_overwritten = False
        self._rest = ""

    def write(self, text: str) -> list[str]:
        """The lines that this ends."""
        ended: list[str] = []
        text, at = self._rest + text, 0
        while at < len(text):
            plain = _PLAIN_LINES.match(text, at) if self._is_fresh else None
            if plain is not None:
                ended += plain[0][:-1].split("\n")
                at = plain.end()
                continue
            token = _TOKEN.match(text, at)
            if token is None:  # a sequence whose end is still to come, or never comes
                if len(text) - at < _LONGEST_SEQUENCE:
                    break
                at += 1
                continue
            at = token.end()
            if token["control"] in ("\n", "\v", "\f"):
                ended.append(self._taken())
            else:
                self._heed(token)
        self._rest = text[at:]
        return ended

    @property
    def _is_fresh(self) -> bool:
        """Whether nothing was written in this line: whole plain lines are then what they are."""
        return not (self._cells or self._column or self._was_overwritten)

    def end(self) -> str:
        """What stands there without a line's end; the next line begins."""
        self._rest = ""
        return self._taken()

    def _taken(self) -> str:
        line = "".join(self._cells)
        if self._was_overwritten:
            line = line.rstrip(" ")
        self._cells, self._column, self._was_overwritten = [], 0, False
        return line

    def _heed(self, token: re.Match[str]) -> None:
        if token["text"]:
            self._put(token["text"])
        elif token["final"]:
            self._move(token["final"], token["numbers"])
        elif token["control"] == "\r":
            self._column = 0
        elif token["control"] == "\b":
            self._column = max(0, self._column - 1)
        elif token["control"] == "\t":
            self._go(self._column // _TAB * _TAB + _TAB)
        elif token["control"] not in (None, "\0", "\a", "\x0e", "\x0f", "\x7f"):
            self._put(token["control"])

    def _put(self, text: str) -> None:
        if self._column == len(self._cells) and text.isascii():
            self._cells.extend(text)
            self._column = len(self._cells)
            return
        for letter in text:
            self._put_letter(letter)

    def _put_letter(self, letter: str) -> None:
        if unicodedata.combining(letter) and self._column:
            before = self._column - 1 if self._cells[self._column - 1] else self._column - 2
            self._cells[before] += letter
            return
        self._set(letter)
        if unicodedata.east_asian_width(letter) in "WF":
            self._set("")

    def _set(self, cell: str) -> None:
        """Write one cell; of a wide letter that loses a half, the other half goes blank."""
        at = self._column
        if at < len(self._cells):
            self._was_overwritten = True
            if self._cells[at] == "" and cell and at:
                self._cells[at - 1] = " "
            if at + 1 < len(self._cells) and self._cells[at + 1] == "":
                self._cells[at + 1] = " "
            self._cells[at] = cell
        else:
            self._cells.append(cell)
        self._column += 1

    def _go(self, column: int) -> None:
        self._column = min(max(0, column), max(_FARTHEST, len(self._cells)))
        self._cells.extend(" " * (self._column - len(self._cells)))

    def _move(self, final: str, numbers: str) -> None:
        first = re.match(r"\d{1,6}", numbers)
        number = int(first[0]) if first else 0
        if final in "KJ":
            self._erase(number)
        elif final == "G":
            self._go((number or 1) - 1)
        elif final in "CD":
            self._go(self._column + (number or 1) * (1 if final == "C" else -1))
        elif final == "P":
            del self._cells[self._column : self._column + (number or 1)]
        elif final == "X":
            self._blank(self._column, self._column + (number or 1))

    def _erase(self, which: int) -> None:
        if which == 0:
            del self._cells[self._column :]
        elif which == 1:
            self._blank(0, self._column + 1)
        else:
            self._blank(0, len(self._cells))
        self._was_overwritten = True

    def _blank(self, begin: int, end: int) -> None:
        for at in range(begin, min(end, len(self._cells))):
            self._cells[at] = " "
