"""Commands that look at what is connected: every one returns a frame, and changes nothing anywhere."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from .arrange import ARRANGE, OUTPUT, REFRESH, arranged
from .table import Answer, command

if TYPE_CHECKING:
    from mist_notebook.client.session import Session


@command(
    "backends",
    *ARRANGE,
    REFRESH,
    OUTPUT,
    group="look",
    summary="the backends that are connected",
    examples=("%mist backends",),
    returns="frame",
)
def backends(session: Session, options: Namespace) -> Answer:
    from mist_notebook.frames import frames

    if options.refresh:
        session.client.update_backends()
    frame = frames.backends([backend.record for backend in session.client.backends.values()])
    return Answer(arranged(frame, options), session.client.problems)


@command(
    "providers",
    *ARRANGE,
    OUTPUT,
    group="look",
    summary="the kinds of backend that the server can add",
    examples=("%mist providers",),
    returns="frame",
)
def providers(session: Session, options: Namespace) -> Answer:
    from mist_notebook.frames import frames

    frame = frames.providers(session.client.list_providers(), sandbox=session.client.is_sandbox)
    return Answer(arranged(frame, options))
