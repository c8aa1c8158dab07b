"""Run a script on machines over SSH: it goes over as a file with its own interpreter, its lines come back as said.

The same connection as the probe's: one key, pinned host keys, no forwarding. A script is sent once: what is retried is
a connection that was dropped before anything was sent. What a machine says is kept up to `RunLimits.output_bytes`;
after that the script is cut off, and the result says so.
"""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import asyncssh

from mist_notebook.ground.text import clean

from .agent import LoginKey
from .command import Ending, run_command
from .host_keys import HostKeys
from .login import Login, login
from .outcome import HUNG, OK, OutcomeError, hint_for
from .probe import CLOCK, LIMITS, KeyOf, saved, together
from .script_file import RUN, TIDY, ScriptFile, sendable
from .target import Clock, Limits, Target
from .terminal_line import TerminalLine
from .turn import Slots, Turn

NOT_RUN = "not-run"
CUT_OFF = "cut-off"
KILLED = "killed"
_HALF_DONE = "What the script had begun may be done or half done: look before you run it again."
_NO_SHELL = "This user can log in and run nothing (nologin, SFTP only, a forced command): take another user."
_TIDY_S = 5.0
_SENTENCE_LIMIT = 300


@dataclass(frozen=True)
class RunLimits:
    """How long a script may run, how much each machine may say, and what it takes to connect."""

    script_s: float = 3600.0
    output_bytes: int = 1 << 20
    connect: Limits = LIMITS


@dataclass(frozen=True)
class Line:
    """One line that a machine said, as a terminal would have left it, cleaned; `is_error` if on its error stream."""

    text: str
    is_error: bool = False


@dataclass(frozen=True)
class RunResult:
    """What became of the script on one machine.

    `outcome` is `ok` for a script that ran to its own end, whatever its `exit_code`; `killed` where a signal ended it,
    `cut-off` where we did, or nobody said how it ended; `not-run` where the machine took the login and not the script;
    else a probe's, for a machine that wasn't reached. `stdout` and `stderr` are what it said, line by line as a
    terminal would have left it; `host` is the address that answered.
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
    stdout: str = field(default="", repr=False)
    stderr: str = field(default="", repr=False)
    host: str = ""

    @property
    def output(self) -> str:
        """Both streams, as they came."""
        return "".join(f"{line.text}\n" for line in self.lines)


OnLine = Callable[[Target, Line], None]


async def run(
    target: Target,
    script: str,
    *,
    key: LoginKey,
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
    sent = sendable(script)
    pins.load()
    slots = slots or Slots()

    async def one(target: Target) -> RunResult:
        script_file = ScriptFile(sent)
        turn = Turn(limits.connect, slots, clock)
        heard = _Heard(script_file.begins, limits.output_bytes, lambda line: on_line(target, line))
        return await _run(target, key_of(target), pins, turn, script_file, heard, limits.script_s)

    note = ""
    try:
        results = await together([one(target) for target in targets])
    finally:
        note = await saved(pins)
    return [replace(result, detail=f"{result.detail} {note}".strip()) for result in results]


async def _run(
    target: Target, key: LoginKey, pins: HostKeys, turn: Turn, script: ScriptFile, heard: _Heard, script_s: float
) -> RunResult:
    ending, outcome, detail, hint, host = Ending(), "", "", "", ""
    try:
        async with login(target, key, pins, turn) as made:
            host = made.place.host
            try:
                async with asyncio.timeout(script_s):
                    ending = await run_command(made.connection, RUN, stdin=script.sent, hear=heard.hear)
            finally:
                await _tidy(made, script)
    except OutcomeError as error:
        outcome, detail, hint, host = error.outcome, error.detail, error.hint, error.host
    except TimeoutError:
        outcome, detail = CUT_OFF, f"Cut off after {script_s:g} s."
    except asyncssh.ChannelOpenError as error:
        outcome, detail, hint = NOT_RUN, f"It runs nothing for this user: {clean(str(error), 160)}.", _NO_SHELL
    except (asyncssh.Error, OSError) as error:
        outcome, detail = HUNG, f"The connection ended before the script did: {clean(str(error), 160)}."
        hint = _HALF_DONE
    heard.flush()
    if not outcome:
        outcome, detail, hint = _verdict(ending, heard)
    return RunResult(
        target.machine_id,
        target.label,
        outcome,
        turn.spent_s,
        exit_code=ending.exit_code if outcome in (OK, KILLED) else None,
        signal=ending.signal,
        lines=tuple(heard.lines),
        detail=detail,
        hint=hint,
        stdout=heard.text(is_error=False),
        stderr=heard.text(is_error=True),
        host=host or target.host,
    )


def _verdict(ending: Ending, heard: _Heard) -> tuple[str, str, str]:
    """Outcome, detail and hint of a script whose command came to an end."""
    if heard.why_cut:
        return CUT_OFF, heard.why_cut, ""
    if heard.why_not:
        return NOT_RUN, f"The script did not run: {heard.why_not}.", ""
    if not heard.has_begun:
        said = clean(" ".join(heard.instead.split()), _SENTENCE_LIMIT)
        detail = "The login works, but the script did not run." + (f" It said: {said}" if said else "")
        return NOT_RUN, detail, hint_for(OK, said, usual=_NO_SHELL)
    if ending.signal:
        return KILLED, f"Ended by signal {clean(ending.signal, 20)}.", _HALF_DONE
    if ending.exit_code is None:
        return CUT_OFF, "The machine did not say how the script ended.", _HALF_DONE
    return OK, "", ""


async def _tidy(made: Login, script: ScriptFile) -> None:
    """Remove the file now; where that fails, its watcher there does it soon."""
    with suppress(asyncssh.Error, OSError, TimeoutError):
        async with asyncio.timeout(_TIDY_S):
            await run_command(made.connection, TIDY, stdin=script.forgotten, hear=lambda _data, _is_error: False)


class _Heard:
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
            self.why_not = clean(text.removeprefix(self._begins).strip(), _SENTENCE_LIMIT)
        elif len(self.instead) < _SENTENCE_LIMIT:
            self.instead += f"{text}\n"
