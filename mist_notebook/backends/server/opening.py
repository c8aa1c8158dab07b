"""Adding and opening servers: what a person named, and what the SSH configuration makes of it. Nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping

from mist_notebook.backends.direct import Direct, Seen
from mist_notebook.ground.errors import BadValueError, NotFoundError, SettingsError
from mist_notebook.ground.files.home import at_home
from mist_notebook.ground.text import brief, counted
from mist_notebook.records.model import BackendInfo
from mist_notebook.settings.data_folder import data_folder
from mist_notebook.settings.remembered import Remembered
from mist_notebook.settings.settings import Settings
from mist_notebook.ssh import target
from mist_notebook.ssh.config import hosts, reading
from mist_notebook.ssh.config.said import Wish, config_file
from mist_notebook.ssh.keys.local_keys import LocalKeys

from .adapter import ServerAdapter

_SERVER = "server"
_CONFIG = "ssh-config"


def _seen_server(host: str | None, options: Mapping[str, str]) -> Seen:
    """The server as it was named; `user@host` and `host:port` say the same as the options."""
    if not host:
        raise SettingsError("A server is added by its name or address.", "Such as: %mist add server HOST --user NAME")
    options = dict(options)
    user, at, host = host.rpartition("@")
    if at:
        _put(options, "user", user)
    if host.count(":") == 1:
        host, _, port = host.partition(":")
        _put(options, "port", port)
    if "key" in options:
        options["key"] = _key_file(options["key"])
    if "user" in options:
        target.user_name(options["user"])
    if "port" in options:
        target.port_number(options["port"])
    said = reading.said_of(_wish(host, options))
    where = f"{said.user}@{said.hostname}" + (f":{said.port}" if said.port != 22 else "")
    return Seen(where, host, options, name=host)


def _put(options: dict[str, str], name: str, value: str) -> None:
    if options.setdefault(name, value) != value:
        raise BadValueError(f"--{name} says '{brief(options[name])}', and the host says '{brief(value)}'.", "Say one.")


def _key_file(word: str) -> str:
    """The private key's file: of a key of ours by its name, else a path."""
    path = LocalKeys(data_folder() / "keys").path_of(word) or at_home(word).absolute()
    if not path.is_file():
        raise NotFoundError(
            f"No key named '{brief(word)}', and no file {path}.", "%mist keys has the names; or give a file's path."
        )
    return str(path)


def _seen_config(_: str | None, options: Mapping[str, str]) -> Seen:
    del options
    path = config_file()
    if not path.is_file():
        raise SettingsError(f"There is no {path}.", "Name one server: %mist add server HOST --user NAME")
    count = len(hosts.named_in(path))
    if not count:
        raise SettingsError(f"{path} names no host, only patterns.", "Name one server: %mist add server HOST")
    return Seen(f"{path} ({counted(count, 'host')})", name="SSH hosts")


def _wish(host: str, options: Mapping[str, str]) -> Wish:
    port = options.get("port")
    return Wish(host, options.get("user"), int(port) if port else None, options.get("key"))


def _open_server(one: Remembered, _: Settings) -> ServerAdapter:
    host = one.context or ""
    wish = _wish(host, one.options)
    return ServerAdapter(_info(one, "Server"), lambda: [wish], "as it was added here")


def _open_config(one: Remembered, _: Settings) -> ServerAdapter:
    def wishes() -> list[Wish]:
        return [Wish(host) for host in hosts.named_in(config_file())]

    return ServerAdapter(_info(one, "SSH configuration"), wishes, str(config_file()))


def _info(one: Remembered, provider_name: str) -> BackendInfo:
    return BackendInfo(id=one.id, mist_id=one.id, name=one.name, provider=one.provider, provider_name=provider_name)


KINDS = (
    Direct(
        provider=_SERVER, name="Server", look=_seen_server, adapter=_open_server, context_word="host",
        options=("user", "port", "key"), added="{source}: %mist probe {account}", usage="%mist add server HOST",
    ),
    Direct(
        provider=_CONFIG, name="SSH hosts", look=_seen_config, adapter=_open_config, context_word="host",
        added="{source}: %mist machines",
    ),
)  # fmt: skip
