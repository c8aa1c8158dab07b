"""One program of ours on a machine, which is told its task in a line and answers in lines, until either side ends.

Everything travels on the input of one constant command: nothing is ever quoted, and no secret is an argument. The
program is a text of `there/`; what it starts may say what it likes, and the last of that is kept to tell why it ended.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections import deque
from contextlib import suppress
from importlib.resources import files
from typing import Any

import asyncssh

from mist_notebook.ground.text import clean

# No single quote, backslash or exclamation mark: csh and fish read those otherwise inside of single quotes.
START = (
    'exec sh -c \': mist-dask; IFS= read -r p; for c in "$p" python3 python; do '
    'if command -v "$c" >/dev/null 2>&1; then '
    'exec "$c" -u -c "import sys;f=sys.stdin.buffer;exec(f.read(int(f.readline())))"; fi; done; '
    "echo there is no Python 3 >&2; exit 127'"
)
_KEPT_LINES = 200
_LONGEST_LINE = 1 << 20
_TOLD = 160
_CAUSE = re.compile(r"[\w.]+(Error|Exception): ")


class TalkError(Exception):
    """The program ended, or said nothing in time; the message is what it said last."""


class Talk:
    """A program of `there/` that runs on a machine."""

    def __init__(self, process: asyncssh.SSHClientProcess[bytes], mark: str) -> None:
        self._process = process
        self._mark = mark
        self._events: asyncio.Queue[Any] = asyncio.Queue()
        self.lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self.over = asyncio.ensure_future(self._listen())

    @classmethod
    async def start(
        cls, connection: asyncssh.SSHClientConnection, python: str, name: str, task: dict[str, Any]
    ) -> Talk:
        """Run it with that Python, or with whatever Python 3 there is, and hand it its task."""
        source = (files(__package__) / "there" / f"{name}.py").read_bytes()
        mark = f"mist-{secrets.token_hex(8)}:"
        process = await connection.create_process(START, encoding=None, stderr=asyncssh.STDOUT)
        line = json.dumps({**task, "mark": mark}).encode()
        process.stdin.write(b"%s\n%d\n%s%s\n" % (python.encode(), len(source), source, line))
        return cls(process, mark)

    async def told(self, seconds: float) -> Any:
        """What it says next. Raises TalkError where it ends before, or says nothing in that time."""
        waiting = asyncio.ensure_future(self._events.get())
        try:
            async with asyncio.timeout(seconds):
                await asyncio.wait({waiting, self.over}, return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            raise TalkError(f"nothing was said in {seconds:g} s") from None
        finally:
            if not waiting.done():
                waiting.cancel()
        if not waiting.done() or waiting.cancelled():
            if self._events.empty():
                raise TalkError(self.last_words)
            return self._events.get_nowait()
        return waiting.result()

    def say(self, word: str = "") -> None:
        """A line for its input; without a word a sign of life."""
        with suppress(OSError, asyncssh.Error):
            self._process.stdin.write(word.encode() + b"\n")

    @property
    def last_words(self) -> str:
        """The first cause that a traceback names, else the last line."""
        said = [line.strip() for line in self.lines if line.strip()]
        cause = next((line for line in said if _CAUSE.match(line)), None)
        return clean(cause or (said or ["it ended without a word"])[-1], _TOLD)

    def close(self) -> None:
        """End its input, which ends it and all that it started."""
        with suppress(OSError, asyncssh.Error):
            self._process.stdin.write_eof()
        self._process.channel.close()

    async def _listen(self) -> None:
        rest = b""
        with suppress(OSError, asyncssh.Error):
            while data := await self._process.stdout.read(1 << 16):
                *whole, rest = (rest + data).split(b"\n")
                for line in whole:
                    self._hear(line.decode("utf-8", "replace"))
                rest = rest[-_LONGEST_LINE:]
        self._hear(rest.decode("utf-8", "replace"))

    def _hear(self, line: str) -> None:
        if not line.startswith(self._mark):
            self.lines.append(line[:2000])
            return
        with suppress(ValueError):
            self._events.put_nowait(json.loads(line.removeprefix(self._mark)))
