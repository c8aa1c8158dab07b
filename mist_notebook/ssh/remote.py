"""Run a script on machines over SSH: the text goes to `sh -s`, lines come back as they are said.

The same connection as the probe's: one key, pinned host keys, no forwarding. A script is sent once: what is retried is
a connection that was dropped before anything was sent. What a machine says is kept up to `RunLimits.output_bytes`;
after that the script is cut off, and the result says so.
"""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import asyncssh

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import clean

from .command import Ending, run_command
from .host_keys import HostKeys
from .login import login
from .outcome import HUNG, OK, OutcomeError
from .probe import CLOCK, LIMITS, KeyOf, saved, together
from .target import Clock, Limits, Target
from .turn import Slots, Turn

_SHELL = "sh -s"
_LINE_LIMIT = 2000
_SCRIPT_LIMIT = 1 << 20


@dataclass(frozen=True)
class RunLimits:
    """How long a script may run, how much each machine may say, and what it takes to connect."""

    script_s: float = 3600.0
    output_bytes: int = 1 << 20
    connect: Limits = LIMITS


@dataclass(frozen=True)
class Line:
    """One line that a machine said: cleaned, at most 2000 characters; `is_error` if on its error stream."""

    text: str
    is_error: bool = False


@dataclass(frozen=True)
class RunResult:
    """What became of the script on one machine.

    `outcome` tells whether it was reached, as a probe's does; `exit_code` is `None` where the script didn't end by
    itself: cut off (`detail` says why), or ended by `signal`.
    """

    machine_id: str
    name: str
    outcome: str
    seconds: float
    exit_code: int | None = None
    signal: str | None = None
    lines: tuple[Line, ...] = field(default=(), repr=False)
    detail: str = ""
    hint: str = ""

    @property
    def output(self) -> str:
        """Both streams, as they came."""
        return "".join(f"{line.text}\n" for line in self.lines)


OnLine = Callable[[Target, Line], None]


async def run(
    target: Target,
    script: str,
    *,
    key: asyncssh.SSHKey,
    pins: HostKeys,
    limits: RunLimits = RunLimits(),
    on_line: OnLine = lambda _target, _line: None,
) -> RunResult:
    """Run it on one machine. Raises BadValueError for an unusable script, ProbeError as a probe does."""
    return (await run_many([target], script, key_of=lambda _: key, pins=pins, limits=limits, on_line=on_line))[0]


async def run_many(
    targets: Sequence[Target],
    script: str,
    *,
    key_of: KeyOf,
    pins: HostKeys,
    limits: RunLimits = RunLimits(),
    slots: Slots | None = None,
    clock: Clock = CLOCK,
    on_line: OnLine = lambda _target, _line: None,
) -> list[RunResult]:
    """Run it on each, all at once; results in the targets' order. `on_line` is called on the loop's thread.

    Cancelling ends the connections; what a script started by then goes on or not as the machine sees fit.
    """
    sent = _sendable(script)
    pins.load()
    slots = slots or Slots()

    async def one(target: Target) -> RunResult:
        turn = Turn(limits.connect, slots, clock)
        heard = _Heard(limits.output_bytes, lambda line: on_line(target, line))
        return await _run(target, key_of(target), pins, turn, sent, heard, limits.script_s)

    note = ""
    try:
        results = await together([one(target) for target in targets])
    finally:
        note = await saved(pins)
    return [replace(result, detail=f"{result.detail} {note}".strip()) for result in results]


def _sendable(script: str) -> bytes:
    """The script as bytes, with a newline at its end and Unix ones inside."""
    if not script.strip():
        raise BadValueError("The script is empty.", "Write commands into the cell, one a line.")
    sent = (script.replace("\r\n", "\n").rstrip("\n") + "\n").encode("utf-8", "replace")
    if len(sent) > _SCRIPT_LIMIT or b"\0" in sent:
        raise BadValueError("The script is over 1 MiB or holds a NUL.", "Send a file by other means, and run it.")
    return sent


async def _run(
    target: Target, key: asyncssh.SSHKey, pins: HostKeys, turn: Turn, sent: bytes, heard: _Heard, script_s: float
) -> RunResult:
    ending, outcome, detail, hint = Ending(), OK, "", ""
    try:
        async with login(target, key, pins, turn) as made, asyncio.timeout(script_s):
            ending = await run_command(made.connection, _SHELL, stdin=sent, hear=heard.hear)
    except OutcomeError as error:
        outcome, detail, hint = error.outcome, error.detail, error.hint
    except TimeoutError:
        detail = f"Cut off after {script_s:g} s."
    except (asyncssh.Error, OSError) as error:
        outcome, detail = HUNG, f"The connection ended before the script did: {clean(str(error), 160)}."
        hint = "What the script had begun may be done or half done: look before you run it again."
    heard.flush()
    detail = detail or heard.why_cut
    return RunResult(
        target.machine_id,
        target.label,
        outcome,
        turn.spent_s,
        exit_code=None if heard.why_cut else ending.exit_code,
        signal=ending.signal,
        lines=tuple(heard.lines),
        detail=detail,
        hint=hint,
    )


class _Heard:
    """What one machine says, as clean lines, up to a number of bytes."""

    def __init__(self, most_bytes: int, on_line: Callable[[Line], None]) -> None:
        self.lines: list[Line] = []
        self.why_cut = ""
        self._most_bytes = self._left = most_bytes
        self._on_line = on_line
        self._texts = {False: "", True: ""}
        self._decoders = {error: codecs.getincrementaldecoder("utf-8")("replace") for error in (False, True)}

    def hear(self, data: bytes, is_error: bool) -> bool:
        """Take what came; `True` if that is more than is kept."""
        kept = data[: self._left]
        self._left -= len(kept)
        *whole, rest = (self._texts[is_error] + self._decoders[is_error].decode(kept)).split("\n")
        for text in whole:
            self._tell(text, is_error)
        while len(rest) > _LINE_LIMIT:
            self._tell(rest[:_LINE_LIMIT], is_error)
            rest = rest[_LINE_LIMIT:]
        self._texts[is_error] = rest
        if len(kept) < len(data):
            self.why_cut = f"Cut off: it said more than {self._most_bytes:,} bytes."
        return bool(self.why_cut)

    def flush(self) -> None:
        """Tell the lines that have no end."""
        for is_error, text in self._texts.items():
            if text:
                self._tell(text, is_error)
        self._texts = {False: "", True: ""}

    def _tell(self, text: str, is_error: bool) -> None:
        line = Line(clean(text.removesuffix("\r").expandtabs(), _LINE_LIMIT), is_error)
        self.lines.append(line)
        self._on_line(line)
