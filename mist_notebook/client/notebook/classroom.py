"""The embedded sandbox as something to teach with: begun anew, with a seed or faults, and looked at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import BadValueError, MistUsageError

if TYPE_CHECKING:
    from mist_notebook.client.runtime import Runtime
    from mist_notebook.sandbox.doing import Doing
    from mist_notebook.sandbox.ground.faults import Kind

    from .session import Session


def look(session: Session) -> Doing:
    """What the embedded sandbox is doing."""
    runtime = _embedded(session)
    return runtime.sandbox().doing()


def begin_anew(
    session: Session,
    *,
    seed: int | None = None,
    faults: Path | None = None,
    like_mist: bool = False,
    plain: bool = False,
) -> None:
    """Have the embedded sandbox begin anew, and forget what was known of the one before.

    With the seed and faults that it has, where no others are given; `plain` is without any.
    """
    from mist_notebook.sandbox import SandboxError

    runtime = _embedded(session)
    try:
        runtime.begin_anew(
            seed=0 if plain and seed is None else seed,
            faults=faults if faults is not None else () if plain else None,
            like_mist=like_mist,
        )
    except SandboxError as error:
        message, _, hint = str(error).partition("\n")
        raise BadValueError(message, hint or "Nothing was changed. What can go wrong: %mist sandbox --help") from None
    session.jobs.close()
    session.forget()


def fault_kinds() -> Mapping[str, Kind]:
    """What can go wrong in a sandbox, by the word that a file of faults has for it."""
    from mist_notebook.sandbox.ground.faults import KINDS

    return KINDS


def _embedded(session: Session) -> Runtime:
    client = session.client
    runtime = client.runtime
    if not runtime.is_embedded({backend.record.server for backend in client.backends.values()}):
        raise MistUsageError(
            "The embedded sandbox isn't what is connected here.",
            "%mist connect sandbox connects it; live backends stay as they are.",
        )
    return runtime
