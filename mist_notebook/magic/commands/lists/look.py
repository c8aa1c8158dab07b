"""Commands that look at what is connected: every one returns a frame, and changes nothing anywhere."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import MistError
from mist_notebook.magic.commands.parts.arrange import ARRANGE, OUTPUT, REFRESH, arranged
from mist_notebook.magic.commands.table import Answer, command

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session


@command(
    "backends",
    *ARRANGE,
    REFRESH,
    OUTPUT,
    group="look",
    summary="the backends that are connected, whose accounts they use, and their quotas",
    examples=("%mist backends",),
    returns="frame",
)
def backends(session: Session, options: Namespace) -> Answer:
    from mist_notebook.fleet import standing
    from mist_notebook.frames import frames

    if options.refresh:
        session.client.update_backends()
    every = list(session.client.backends.values())
    known = standing.of(every)
    each = [known.get(backend.id, standing.Standing()) for backend in every]
    frame = frames.with_standing(frames.backends([backend.record for backend in every]), each)
    return Answer(arranged(frame, options), session.client.problems)


@command(
    "providers",
    *ARRANGE,
    OUTPUT,
    group="look",
    summary="the clouds that can be added, the credentials found here, whose account they are for, its quota",
    examples=("%mist providers",),
    returns="frame",
)
def providers(session: Session, options: Namespace) -> Answer:
    from mist_notebook.client.joining import clouds
    from mist_notebook.fleet import standing
    from mist_notebook.frames import frames

    records = clouds.providers()
    problems: tuple[str, ...] = ()
    is_sandbox, backends = False, []
    try:
        backends = list(session.client.backends.values())
        is_sandbox, problems = session.client.is_sandbox, session.client.problems
        if session.client.settings.url or any(backend.record.sandbox for backend in backends):
            records += session.client.list_providers()
    except MistError as error:  # what can't be opened is what one looks here for
        problems = (str(error),)
    records, each = standing.by_provider(records, backends)
    frame = frames.with_standing(frames.providers(records, sandbox=is_sandbox), each, ("account", "quota", "may"))
    return Answer(arranged(frame, options), problems)
