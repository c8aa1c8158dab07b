"""Run a script on machines over SSH: it goes over as a file with its own interpreter, its lines come back as said.

The same connection as the probe's: one key, pinned host keys, no forwarding. A script is sent once: what is retried is
a connection that was dropped before anything was sent. What a machine says is kept up to `RunLimits.output_bytes`;
after that the script is cut off, and the result says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import asyncssh

from mist_notebook.ground.text import clean
from mist_notebook.ssh.command import Ending, run_command
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.keys.agent import LoginKey
from mist_notebook.ssh.login import Login, login
from mist_notebook.ssh.outcome import HUNG, OK, OutcomeError, hint_for
from mist_notebook.ssh.probing.probe import CLOCK, LIMITS, KeyOf, saved, together
from mist_notebook.ssh.target import Clock, Limits, Target
from mist_notebook.ssh.turn import Slots, Turn

from .heard import SENTENCE_LIMIT, Heard, Line
from .script_file import RUN, TIDY, ScriptFile, sendable

__all__ = ["CUT_OFF", "KILLED", "NOT_RUN", "Line", "OnLine", "RunLimits", "RunResult", "run", "run_many"]

NOT_RUN = "not-run"
CUT_OFF = "cut-off"
KILLED = "killed"
_HALF_DONE = "What the script had begun may be done or half done: look before you run it again."
_NO_SHELL = "This user can log in and run nothing (nologin, SFTP only, a forced command): take another user."
_TIDY_S = 5.0


@dataclass(frozen=True)
class RunLimits:
    """How long a script may run, how much each machine may say, and what it takes to connect."""

    script_s: float = 3600.0
    output_bytes: int = 1 << 20
    connect: Limits = LIMITS


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
_Verdict = tuple[str, str, str]


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
        heard = Heard(script_file.begins, limits.output_bytes, lambda line: on_line(target, line))
        return await _run(target, key_of(target), pins, turn, script_file, heard, limits.script_s)

    note = ""
    try:
        results = await together([one(target) for target in targets])
    finally:
        note = await saved(pins)
    return [replace(result, detail=f"{result.detail} {note}".strip()) for result in results]


async def _run(
    target: Target, key: LoginKey, pins: HostKeys, turn: Turn, script: ScriptFile, heard: Heard, script_s: float
) -> RunResult:
    ending, host = Ending(), target.host
    verdict: _Verdict | None = None
    try:
        async with login(target, key, pins, turn) as made:
            host = made.place.host
            ending = await _handed_over(made, script, heard, script_s)
    except OutcomeError as error:
        verdict, host = (error.outcome, error.detail, error.hint), error.host or host
    except TimeoutError:
        verdict = CUT_OFF, f"Cut off after {script_s:g} s.", ""
    except asyncssh.ChannelOpenError as error:
        verdict = NOT_RUN, f"It runs nothing for this user: {clean(str(error), 160)}.", _NO_SHELL
    except (asyncssh.Error, OSError) as error:
        verdict = HUNG, f"The connection ended before the script did: {clean(str(error), 160)}.", _HALF_DONE
    heard.flush()
    outcome, detail, hint = verdict or _verdict(ending, heard)
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
        host=host,
    )


async def _handed_over(made: Login, script: ScriptFile, heard: Heard, script_s: float) -> Ending:
    """How the script ended; its file is removed, whatever ended it."""
    try:
        async with asyncio.timeout(script_s):
            return await run_command(made.connection, RUN, stdin=script.sent, hear=heard.hear)
    finally:
        await _tidy(made, script)


def _verdict(ending: Ending, heard: Heard) -> _Verdict:
    """Outcome, detail and hint of a script whose command came to an end."""
    if heard.why_cut:
        return CUT_OFF, heard.why_cut, ""
    if heard.why_not:
        return NOT_RUN, f"The script did not run: {heard.why_not}.", ""
    if not heard.has_begun:
        said = clean(" ".join(heard.instead.split()), SENTENCE_LIMIT)
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
