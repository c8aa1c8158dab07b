"""`%%mist run`: the cell as a script on one or many machines, their lines as they come, their exit codes in a frame."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import BadValueError, MistError, MistUsageError
from mist_notebook.ground.files.home import at_home
from mist_notebook.ground.interrupted import Interrupted
from mist_notebook.ground.text import brief, clean
from mist_notebook.magic.commands.parts.arrange import OUTPUT
from mist_notebook.magic.commands.parts.choice import HOST, KEY, MACHINES, PORT, USER, check_host, chosen, seconds
from mist_notebook.magic.commands.parts.rows import run_row
from mist_notebook.magic.commands.table import Answer, Argument, command

from .follow import say

if TYPE_CHECKING:
    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.ssh.scripts.remote import Line, RunResult

_NAME_LIMIT = 60
_LINE_LIMIT = 2000
_SCRIPT_LIMIT = 1 << 20


@command(
    "run",
    MACHINES,
    USER,
    KEY,
    HOST,
    PORT,
    Argument("--timeout", "stop the script after this many seconds; 3600 unless given", "SECONDS", read=seconds),
    Argument("--script", "read the script from this file, not from the cell", "FILE"),
    OUTPUT,
    group="run",
    summary="run the cell (%%mist run NAME …), or a file, as a script on machines over SSH",
    examples=("%%mist run web-1 web-2", "%mist run web-1 --script setup.sh"),
    returns="frame",
    takes_cell=True,
)
def run(session: Session, options: Namespace) -> Answer:
    from mist_notebook.fleet import fleet

    script = _script(options)
    found = chosen(session, options.machine, what="run")
    check_host(options.host, found.machines)
    wish = fleet.Wish(options.user, options.key, options.port, host=options.host)
    room = max(len(_shown(machine.name)) for machine in found.machines)

    def tell(name: str, line: Line) -> None:
        more = len(line.text) - _LINE_LIMIT
        cut = f"… and {more:,} more characters" if more > 0 else ""
        say(f"{_shown(name):<{room}} | {line.text[:_LINE_LIMIT]}{cut}")

    try:
        results = fleet.run_on(session.client.prober, found.machines, script, wish, timeout_s=options.timeout, say=tell)
    except KeyboardInterrupt:
        names = ", ".join(_shown(machine.name) for machine in found.machines)
        begun = f"Interrupted. What the script had begun may be done, half done, or still running: {names}."
        raise Interrupted(
            begun, "%mist probe says how a machine is; the same cell runs the script once more."
        ) from None
    if len(results) == 1 and isinstance(results[0], MistError):
        raise results[0]
    return Answer(_runs(found.machines, results), (*found.notes, *_troubles(found.machines, results)))


def _script(options: Namespace) -> str:
    """The cell, or the file: one of them, and something in it."""
    has_cell = bool((options.cell or "").strip())
    if options.script and has_cell:
        raise MistUsageError("A script in the cell and --script are both given.", "Keep one of them.")
    if options.script:
        return _file(options.script)
    if options.cell is None:
        raise MistUsageError(
            "run needs a script: the lines of the cell.",
            "Begin the cell with %%mist run NAME, or give a file: --script FILE",
        )
    if not has_cell:
        raise MistUsageError("The script is empty.", "Write commands below the first line, one a line.")
    return str(options.cell)


def _file(name: str) -> str:
    path = at_home(name)
    try:
        if path.stat().st_size > _SCRIPT_LIMIT:
            raise BadValueError(
                f"--script: {brief(name)} is over 1 MiB.",
                "Copy a large file there first, and run it from a short script.",
            )
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadValueError(
            f"--script: {brief(name)} can't be read: {error.strerror}.", "Give a file's path."
        ) from None
    except UnicodeDecodeError:
        raise BadValueError(f"--script: {brief(name)} is not text in UTF-8.", "Give a script.") from None


def _runs(machines: Sequence[Machine], results: Sequence[RunResult | MistError]) -> Any:
    from mist_notebook.frames import frames

    rows = [run_row(machine, result) for machine, result in zip(machines, results, strict=True)]
    return frames.rows("runs", rows, [machine.hands.adapter.info for machine in machines])


def _troubles(machines: Sequence[Machine], results: Sequence[RunResult | MistError]) -> tuple[str, ...]:
    """A line for each machine where the script didn't come to its end, and what to do."""
    notes = []
    for machine, result in zip(machines, results, strict=True):
        if isinstance(result, MistError):
            notes.append(f"{_shown(machine.name)}: {result.message} {result.hint}")
        elif result.detail:
            notes.append(f"{_shown(machine.name)}: {result.outcome}: {result.detail} {result.hint}")
    return tuple(note.strip() for note in notes)


def _shown(name: str) -> str:
    return clean(name, _NAME_LIMIT)
