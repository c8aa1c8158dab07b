"""Where the socket of Docker or Podman is: as their own tools find it, read only.

What a variable or a context names is the one, there or not; without any the usual places are looked at in turn.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from mist_notebook.ground.errors import NotFoundError, SettingsError
from mist_notebook.ground.files.home import at_home
from mist_notebook.ground.files.own import read_own
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.net.origin import is_loopback

_LARGEST = 1 << 20
_HINT = "Name its socket: %mist add docker --socket PATH"


@dataclass(frozen=True)
class Engine:
    """One program that runs containers: its name, its variable, and where its socket usually is."""

    name: str
    variable: str
    usual: tuple[str, ...]
    start: str


DOCKER = Engine(
    "Docker",
    "DOCKER_HOST",
    (
        "/var/run/docker.sock", "{run}/docker.sock", "{home}/.docker/run/docker.sock",
        "{home}/.docker/desktop/docker.sock", "{home}/.colima/default/docker.sock",
    ),
    "sudo systemctl start docker",
)  # fmt: skip
PODMAN = Engine(
    "Podman",
    "CONTAINER_HOST",
    ("{run}/podman/podman.sock", "/run/podman/podman.sock"),
    "systemctl --user start podman.socket",
)


@dataclass(frozen=True)
class Found:
    """An address (`unix:///…` or `http://127.0.0.1:…`), and what named it, in words."""

    address: str
    source: str


def find(engine: Engine, context: str | None, environment: Mapping[str, str]) -> Found:
    """The socket that is meant. Raises SettingsError where there is none, or it is no socket of this computer."""
    if context is not None:
        return Found(_address(_of_context(context, environment), f"the context '{context}'"), f"context '{context}'")
    if environment.get(engine.variable):
        return Found(_address(environment[engine.variable], engine.variable), engine.variable)
    current = environment.get("DOCKER_CONTEXT") or _config(environment).get("currentContext")
    if engine is DOCKER and isinstance(current, str) and current not in ("", "default"):
        return Found(_address(_of_context(current, environment), f"the context '{current}'"), f"context '{current}'")
    places = [place.format(home="~", run=_run(environment)) for place in engine.usual]
    for place in map(str, (at_home(place) for place in places)):
        if Path(place).is_socket():
            return Found(_usable(place, place), place)
    raise SettingsError(
        f"There is no socket of {engine.name} here (looked at {', '.join(places)}).",
        f"Does it run? {engine.start}; or set {engine.variable} before the kernel starts.",
    )


def named(text: str) -> Found:
    """The socket at a path, or what stands in a variable's words."""
    return Found(_address(text if "://" in text else f"unix://{at_home(text).absolute()}", text), text)


def _run(environment: Mapping[str, str]) -> str:
    user = getattr(os, "getuid", int)()
    return environment.get("XDG_RUNTIME_DIR") or f"/run/user/{user}"


def _address(text: str, source: str) -> str:
    """The address as it is remembered. Another computer's is refused: what is published there isn't published here."""
    parts = urlsplit(text)
    if parts.scheme == "unix":
        return _usable(parts.path, source)
    if parts.scheme in ("tcp", "http") and is_loopback(parts.hostname or ""):
        return f"http://{parts.netloc}"
    raise SettingsError(
        f"{source} names '{text}', which is no socket of this computer.",
        f"Bring it here: ssh -NL /tmp/docker.sock:/var/run/docker.sock HOST. {_HINT}",
    )


def _usable(path: str, source: str) -> str:
    if not Path(path).is_socket():
        raise SettingsError(f"{path} ({source}) is no socket.", "Does it run there? " + _HINT)
    if not os.access(path, os.R_OK | os.W_OK):
        raise SettingsError(
            f"{path} is there, and you may not use it.",
            "sudo usermod -aG docker $USER and a new login let you; it is as good as root.",
        )
    return f"unix://{path}"


def _folder(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("DOCKER_CONFIG") or Path.home() / ".docker")


def _config(environment: Mapping[str, str]) -> dict[str, Any]:
    return _json(_folder(environment) / "config.json")


def _of_context(name: str, environment: Mapping[str, str]) -> str:
    metas = _folder(environment) / "contexts" / "meta"
    if name == "default":
        return "unix:///var/run/docker.sock"
    said = _json(metas / hashlib.sha256(name.encode()).hexdigest() / "meta.json")
    endpoints = said.get("Endpoints")
    there = endpoints.get("docker") if isinstance(endpoints, dict) else None
    host = there.get("Host") if isinstance(there, dict) else None
    if not isinstance(host, str):
        names = [str(_json(path).get("Name")) for path in metas.glob("*/meta.json")]
        raise NotFoundError(f"Docker has no context '{name}'.", did_you_mean(name, ["default", *names], "context"))
    return host


def _json(path: Path) -> dict[str, Any]:
    """A file of Docker's own tool; nothing where it can't be understood."""
    try:
        said = msgspec.json.decode(read_own(path, _LARGEST)[0])
    except (OSError, msgspec.DecodeError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
