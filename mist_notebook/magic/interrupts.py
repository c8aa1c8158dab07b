"""What an interrupt of a command, or of a call from Python, means where that doesn't say it itself."""

from __future__ import annotations

from types import FrameType, TracebackType

from mist_notebook.ground.interrupted import Interrupted

from .commands.table import Command

_READING = {"look", "compare"}
_ALSO_READING = {"probe", "wait", "explore", "panel", "form"}
_OF_KEYS = {"add-key", "remove-key"}
_CHANGES = {"journal", "refresh"}
_OURS = "mist_notebook."
_MAKING = {"create_machine", "provision"}
_ACTING = {"start", "stop", "reboot", "destroy", "associate_key", "disassociate_key", "add_tag", "remove_tag", "extend"}
_CHANGING = {
    "add",
    "make",
    "delete",
    "rename",
    "enable",
    "disable",
    "remove",
    "set",
    "refresh_prices",
    "export",
    "send",
}


def of(command: Command) -> Interrupted:
    """The interrupt in two lines."""
    was = f"Interrupted while %mist {command.name} was"
    if (command.group in _READING or command.name in _ALSO_READING) and command.name not in _CHANGES:
        return Interrupted(f"{was} reading.", "Nothing was changed: run the same line to read it again.")
    if command.group == "act":
        return Interrupted(
            f"{was} asking for it: it may have been asked, and then goes on by itself.",
            "%mist machines shows how things are now. Nothing is sent again by looking.",
        )
    if command.name in _OF_KEYS:
        return Interrupted(f"{was} on its way: it may or may not be done.", "%mist keys shows what is so.")
    if command.group == "make":
        return Interrupted(
            f"{was} on its way: what it asked for by then may exist.",
            "%mist machines and %mist journal show what is so.",
        )
    return Interrupted(
        f"{was} on its way: it may or may not be done.", "%mist connect and %mist backends show what is so now."
    )


def before_or_after() -> Interrupted:
    """The interrupt of a line while it was read, or what came of it was shown."""
    return Interrupted(
        "Interrupted while %mist was reading the line, or showing what came of it.",
        "The same line gives the same result; %mist machines shows how things are. Nothing is sent twice.",
    )


def explain(interrupt: BaseException, frames: TracebackType | None) -> None:
    """Have the interrupt of a call of ours shown as what was being done, and what may be so now; another's as it is."""
    call = _call(frames)
    if call is None or isinstance(interrupt, Interrupted):
        return
    said = _of_call(call.f_code.co_name, getattr(interrupt, "__notes__", []))
    interrupt._render_traceback_ = said._render_traceback_  # type: ignore[attr-defined]


def _call(frames: TracebackType | None) -> FrameType | None:
    """The call that led from a person's code into ours."""
    while frames is not None:
        if str(frames.tb_frame.f_globals.get("__name__", "")).startswith(_OURS):
            return frames.tb_frame
        frames = frames.tb_next
    return None


def _of_call(name: str, notes: list[str]) -> Interrupted:
    was = f"Interrupted while {'the call' if name.startswith('_') else name} was"
    if name in _MAKING:
        doubt = notes[0] if notes else "What it asked for by then may exist."
        return Interrupted(f"{was} on its way.", f"{doubt} %mist machines shows how things are; the same call goes on.")
    if name in _ACTING:
        return Interrupted(
            f"{was} on its way: it may have been asked, and then goes on by itself.",
            "%mist machines shows how things are now. Nothing is sent again by looking.",
        )
    if name in ("wait", "__await__"):
        return Interrupted("No longer waiting: the job goes on.", "See %mist jobs; job.cancel() ends it.")
    if name.partition("_")[0] in _CHANGING or name in _CHANGING:
        return Interrupted(f"{was} on its way: it may or may not be done.", "Look again before you repeat it.")
    return Interrupted(f"{was} reading.", "Nothing was changed: make the same call to read it again.")
