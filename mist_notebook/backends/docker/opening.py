"""Adding and opening a socket of containers: looked for on this computer, nothing is sent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial

from mist_notebook.backends.direct import Direct, Seen
from mist_notebook.net.http import Http, Limits
from mist_notebook.records.model import BackendInfo
from mist_notebook.settings.remembered import Remembered
from mist_notebook.settings.settings import Settings

from . import refusals, sockets
from .adapter import DockerAdapter

_MIB = 1 << 20


def _seen(engine: sockets.Engine, context: str | None, options: Mapping[str, str]) -> Seen:
    """The socket, remembered by its address: another context that is chosen later doesn't take its place."""
    socket = options.get("socket")
    found = sockets.named(socket) if socket else sockets.find(engine, context, os.environ)
    return Seen(found.source, context, {"socket": found.address})


def _open(engine: sockets.Engine, one: Remembered, settings: Settings) -> DockerAdapter:
    address = one.options.get("socket", "")
    path = sockets.named(address).address.removeprefix("unix://") if address.startswith("unix://") else ""
    limits = Limits(total_s=settings["answer_seconds"], max_bytes=int(settings["answer_mb"] * _MIB))
    door = Http(
        "http://localhost" if path else address,
        limits=limits,
        reading=partial(refusals.read, name=engine.name),
        unix_socket=path,
    )
    info = BackendInfo(
        id=one.id, mist_id=one.id, name=one.name, provider=one.provider, provider_name=engine.name, server=door.origin
    )
    return DockerAdapter(info, door)


_ADDED = "by {source}: %mist images {name}"
KINDS = (
    Direct(
        provider="docker", name="Docker", look=partial(_seen, sockets.DOCKER), adapter=partial(_open, sockets.DOCKER),
        options=("socket",), added=_ADDED, at_mist=True,
    ),
    Direct(
        provider="podman", name="Podman", look=partial(_seen, sockets.PODMAN), adapter=partial(_open, sockets.PODMAN),
        options=("socket",), added=_ADDED,
    ),
)  # fmt: skip
