"""What a machine says while a script runs there, as lines, and what its login says before the script begins."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass

from mist_notebook.ground.text import clean

from .terminal_line import TerminalLine

SENTENCE_LIMIT = 300


@dataclass(frozen=True)
class Line:
    """One line that a machine said, as a terminal would have left it, cleaned; `is_error` if on its error stream."""

    text: str
    is_error: bool = False


class Heard:
    """What one machine says, as a terminal would have left it, up to a number of bytes.

    What stands before the script begins is its login's, not the script's.
    """

    def __init__(self, begins: str, most_bytes: int, on_line: Callable[[Line], None]) -> None:
        self.lines: list[Line] = []
        self.why_cut = ""
        self.why_not = ""
        self.instead = ""
        self._begins = begins
        self._begun = {False: False, True: False}
        self._most_bytes = most_bytes
        self._left = most_bytes + 2 * len(f"{begins}\n")
        self._on_line = on_line
        self._texts: dict[bool, list[str]] = {False: [], True: []}
        self._streams = {error: TerminalLine() for error in (False, True)}
        self._decoders = {error: codecs.getincrementaldecoder("utf-8")("replace") for error in (False, True)}

    @property
    def has_begun(self) -> bool:
        return self._begun[False] or self._begun[True]

    def text(self, *, is_error: bool) -> str:
        """All of one stream."""
        return "".join(self._texts[is_error])

    def hear(self, data: bytes, is_error: bool) -> bool:
        """Take what came; `True` if that is more than is kept."""
        kept = data[: self._left]
        self._left -= len(kept)
        for text in self._streams[is_error].write(self._decoders[is_error].decode(kept)):
            self._tell(text, is_error, "\n")
        if len(kept) < len(data):
            self.why_cut = f"Cut off: it said more than {self._most_bytes:,} bytes."
        return bool(self.why_cut)

    def flush(self) -> None:
        """Tell the lines that have no end."""
        for is_error, stream in self._streams.items():
            text = stream.end()
            if text:
                self._tell(text, is_error, "")

    def _tell(self, text: str, is_error: bool, end: str) -> None:
        if not self._begun[is_error]:
            self._hear_login(text, is_error)
            return
        line = Line(clean(text), is_error)
        self.lines.append(line)
        self._texts[is_error].append(line.text + end)
        self._on_line(line)

    def _hear_login(self, text: str, is_error: bool) -> None:
        if text == self._begins:
            self._begun[is_error] = True
        elif text.startswith(f"{self._begins} "):
            self.why_not = clean(text.removeprefix(self._begins).strip(), SENTENCE_LIMIT)
        elif len(self.instead) < SENTENCE_LIMIT:
            self.instead += f"{text}\n"
