"""The story of a create on a Mist server's wire: what its job says by now.

A create that failed never ends its story, so the lines are read, and not whether it is over.
"""

from __future__ import annotations

from typing import Any

import msgspec

from mist_notebook.ground.text import clean
from mist_notebook.net.http import decode
from mist_notebook.records.model import Story

from . import fields, refusals

_LINE_LIMIT = 200
_MADE = "machine_creation_finished"
_OVER = "post_deploy_finished"
_WORDS = {
    "create_machine": "the request was taken",
    "async_machine_creation_started": "the provider is being asked",
    _MADE: "the provider made it",
    "probe": "Mist reached it over SSH",
    "script_finished": "the script has run",
    "deployment_script_started": "the script runs",
    "deployment_script_finished": "the script has run",
    _OVER: "Mist is done with it",
}


class _Line(msgspec.Struct):
    action: Any = None
    error: Any = None
    machine_name: Any = None
    external_id: Any = None
    machine_id: Any = None


class _WireStory(msgspec.Struct):
    logs: list[_Line] = []
    error: Any = None
    finished_at: Any = None


def read(body: bytes, *, where: str) -> Story:
    """The story in an answer, up to now."""
    said = decode(body, _WireStory, where=where)
    made = next((line for line in said.logs if line.action == _MADE), None)
    why = _error(made) if made else ""
    is_refused = bool(why) and refusals.was_never_made(why)
    return Story(
        lines=tuple(_words(line) for line in said.logs if isinstance(line.action, str)),
        machine_id=_made_id(made) if made and not why else None,
        refused=why if is_refused else "",
        failed="" if is_refused else why,
        ended=bool(said.finished_at) or made is not None,
    )


def _made_id(line: _Line) -> str | None:
    return fields.id_of(line.external_id) or fields.id_of(line.machine_id)


def _error(line: _Line) -> str:
    """Why it failed: some servers say `false` where nothing did, some say only that something did."""
    if not line.error:
        return ""
    return clean(line.error, _LINE_LIMIT) if isinstance(line.error, str) else "the server doesn't say why"


def _words(line: _Line) -> str:
    why = _error(line)
    if why and line.action == _MADE:
        return f"the provider did not make it: {why}"
    words = _WORDS.get(line.action, clean(str(line.action).replace("_", " "), _LINE_LIMIT))
    return f"{words}: {why}" if why else words
