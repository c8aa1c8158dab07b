"""Commands that set up: where we are connected, and what the server calls its backends."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from mist_notebook.magic.commands.parts.arrange import OUTPUT
from mist_notebook.magic.commands.parts.choice import AGAIN, check_again
from mist_notebook.magic.commands.table import Answer, Argument, command

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session


@command(
    "connect",
    Argument("url", "address of a Mist server, or the word sandbox"),
    group="set up",
    summary="where we are connected; with an address, connect there (asks for the token)",
    examples=("%mist connect", "%mist connect https://mist.example.com", "%mist connect sandbox"),
    returns="text",
)
def connect(session: Session, options: Namespace) -> Answer:
    from mist_notebook.magic import overview

    if options.url:
        session.connect(options.url)
    else:
        session.client.update_backends()
    return Answer(overview.connection(session.client), session.client.problems)


@command(
    "config",
    Argument("--report", "versions, which settings are set, the last errors: for an issue, with no secret in it",
             switch=True),
    OUTPUT,
    group="look",
    summary="every setting, its value, and where it came from; and where each cloud's credentials are",
    examples=("%mist config", "%mist config --report"),
    returns="frame, or text",
)  # fmt: skip
def config(session: Session, options: Namespace) -> Answer:
    from mist_notebook.client.joining import clouds
    from mist_notebook.frames import frames
    from mist_notebook.settings.settings import settings_file

    from . import report

    if options.report:
        return Answer(report.page(session))
    frame = frames.settings(session.client.settings.values, clouds.credentials())
    return Answer(frame, (f"Settings file: {settings_file()}",))


@command(
    "rename",
    Argument("backend", "the backend", values="backend", required=True),
    Argument("new_name", "its new name", required=True),
    group="set up",
    summary="give a backend another name",
    examples=('%mist rename Rackspace "Rackspace 2014"',),
    returns="text",
)
def rename(session: Session, options: Namespace) -> Answer:
    backend = session.backend(options.backend)
    before = backend.name
    backend.rename(options.new_name)
    session.forget(backend)
    return Answer(None, (f"{before} is now called {backend.name}.",))


@command(
    "remove",
    Argument("backend", "the backend", values="backend", required=True),
    AGAIN,
    group="set up",
    summary="remove a backend from the server, or a cloud from this computer; nothing at the provider changes",
    examples=("%mist remove Rackspace --yes Rackspace",),
    returns="text",
)
def remove(session: Session, options: Namespace) -> Answer:
    from mist_notebook.backends.direct import KEPT
    from mist_notebook.client.joining import clouds

    cloud = clouds.named(options.backend)  # one that can't be opened, too
    backend = None if cloud else session.backend(options.backend)
    name = cloud.name if cloud else backend.name if backend else ""
    check_again(options.yes, name, what=f"'{name}'", shown="--yes NAME")
    if backend is not None:
        backend.delete()
        session.forget(backend)
        return Answer(None, (f"{name} was removed from the server; nothing at the provider changed.",))
    clouds.forget(cloud)
    session.reopen()
    token = ", and its token forgotten" if cloud and KEPT in cloud.options else ""
    return Answer(None, (f"{name} was removed from this computer{token}; its machines go on, and cost.",))
