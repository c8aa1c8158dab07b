"""Settings: from arguments, the environment and one TOML file, in this order, each with where it came from.

Which settings there are is `options`'; what a setting does is its user's business.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mist_notebook.ground.errors import BadValueError, MistError, SettingsError
from mist_notebook.ground.files import toml as toml_file
from mist_notebook.ground.files.home import named_by
from mist_notebook.ground.secret import Secret
from mist_notebook.ground.text import clean, nearest
from mist_notebook.net.origin import one_spelling

from . import hub as hubs
from .options import OPTIONS, SANDBOX, Option, address

_ARGUMENT = "argument"
_ENVIRONMENT = "environment"
_LONGEST_BANNER = 300
CONFIG_VARIABLE = "MIST_CONFIG"
BINDER_VARIABLE = "MIST_ALLOW_BINDER"


class MissingTokenError(SettingsError):
    """There is a server's address, and no token that may be used there."""


@dataclass(frozen=True)
class Setting:
    """The value of one option, and where it came from."""

    option: Option
    value: Any
    source: str


@dataclass(frozen=True)
class Settings:
    """All settings of one client.

    `sandbox` tells that url and token are the embedded sandbox's; `only_sandbox`, that nothing else is to be opened;
    `notes` say what could not be read, where reading went on without it; `hub` is what holds for everyone here.
    """

    values: tuple[Setting, ...]
    sandbox: bool = False
    only_sandbox: bool = False
    notes: tuple[str, ...] = ()
    hub: hubs.Hub = hubs.NONE

    def __getitem__(self, name: str) -> Any:
        return next(setting.value for setting in self.values if setting.option.name == name)

    @property
    def url(self) -> str | None:
        value: str | None = self["url"]
        return value

    @property
    def api_token(self) -> Secret | None:
        value: Secret | None = self["api_token"]
        return value

    def source_of(self, name: str) -> str:
        """Where a value came from, in words."""
        return next(setting.source for setting in self.values if setting.option.name == name)

    def without_server(self) -> Settings:
        """These settings, but for the embedded sandbox, whatever the environment and the file say."""
        values = tuple(
            replace(setting, value=None) if setting.option.name in {"url", "api_token"} else setting
            for setting in self.values
        )
        return replace(self, values=values, sandbox=False, only_sandbox=True)

    def with_server(self, url: str, token: Secret, *, source: str, sandbox: bool = False) -> Settings:
        """These settings, but speaking to another server."""
        if not sandbox:
            self.hub.refuse_elsewhere(url)
        changed = {"url": url, "api_token": token}
        values = tuple(
            replace(setting, value=changed[setting.option.name], source=source)
            if setting.option.name in changed
            else setting
            for setting in self.values
        )
        return replace(self, values=values, sandbox=sandbox, only_sandbox=False)


_BY_NAME = {option.name: option for option in OPTIONS}


@dataclass(frozen=True)
class _Level:
    """One place where values stand, and what a person calls it."""

    values: Mapping[str, Any]
    place: str

    def source(self, option: Option) -> str:
        return option.variable if self.place == _ENVIRONMENT else self.place


def load(
    arguments: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    path: Path | None = None,
) -> Settings:
    """The settings in force: arguments win over the environment, that over the file, that over the hub's file, that
    over the defaults; but what the hub's file binds everyone to.
    """
    environment = os.environ if environment is None else environment
    path = path or settings_file(environment)
    given = {name: value for name, value in (arguments or {}).items() if value is not None}
    set_outside = {option.name: environment[option.variable] for option in OPTIONS if environment.get(option.variable)}
    in_file: dict[str, Any] = {}
    notes: tuple[str, ...] = ()
    try:
        in_file = _read_file(path)
    except toml_file.FolderError as error:
        notes = (f"{error.message} The defaults and the environment hold. {error.hint}",)
    of_hub, hub = _hub()
    levels = (
        _Level(given, _ARGUMENT),
        _Level(set_outside, _ENVIRONMENT),
        _Level(in_file, str(path)),
        _Level(of_hub, str(hub.path)),
    )
    values = tuple(_bound(_setting(option, levels), hub) for option in OPTIONS)
    settings = Settings(values, notes=notes, hub=hub)
    if banner := settings["banner"]:
        settings = replace(settings, notes=(*notes, clean(banner, _LONGEST_BANNER)))
    if hub.only_sandbox and given.get("url") not in (None, SANDBOX):
        hub.refuse_elsewhere(str(settings.url))
    if settings.url == SANDBOX or settings["only_sandbox"] or hub.only_sandbox:
        return settings.without_server()
    _refuse_public_binder(settings, environment)
    _check_pair(settings, levels)
    return settings


def _hub() -> tuple[dict[str, Any], hubs.Hub]:
    """What the hub's file holds, as it stands there and as it is meant; nothing where there is none."""
    try:
        values = _read_file(hubs.FILE)
    except toml_file.FolderError:
        return {}, hubs.NONE
    meant = {name: _read(_BY_NAME[name], value, str(hubs.FILE)) for name, value in values.items()}
    return values, hubs.Hub(meant, hubs.FILE)


def _bound(setting: Setting, hub: hubs.Hub) -> Setting:
    """The setting, or the hub's where that holds for everyone."""
    value = hub.lowered(setting.option.name, setting.value)
    return setting if value == setting.value else replace(setting, value=value, source=str(hub.path))


def settings_file(environment: Mapping[str, str] | None = None) -> Path:
    """Where the settings file is looked for; it need not exist."""
    named = (os.environ if environment is None else environment).get(CONFIG_VARIABLE)
    if named:
        return named_by(CONFIG_VARIABLE, named, "Correct it.")
    import platformdirs

    return platformdirs.user_config_path("mist-notebook") / "settings.toml"


def _setting(option: Option, levels: tuple[_Level, ...]) -> Setting:
    for level in levels:
        if option.name in level.values:
            source = level.source(option)
            return Setting(option, _read(option, level.values[option.name], source), source)
    return Setting(option, option.default, "default")


def _read(option: Option, value: Any, source: str) -> Any:
    if isinstance(value, Secret):
        return value
    try:
        return option.read(value)
    except MistError as error:
        if source != _ARGUMENT:
            error.add_place(f"{option.name} ({source})")
        raise
    except ValueError as error:
        expected = str(error) if not str(error).startswith("could not") else "a number above 0"
        shown = "•••" if option.secret else repr(value)
        raise BadValueError(f"{option.name} can't be {shown} ({source}).", f"It should be {expected}.") from None


def _check_pair(settings: Settings, levels: tuple[_Level, ...]) -> None:
    """Half a connection is an error that says which half is missing; a token never goes to another server's address."""
    if settings.api_token and not settings.url:
        raise SettingsError(
            "There is an API token but no server address.", "Set MIST_URL, or unset MIST_API_TOKEN to use the sandbox."
        )
    if settings.url and not (settings.api_token and _token_is_for(settings.url, levels)):
        raise MissingTokenError(
            f"There is no API token for {settings.url}.",
            "Set MIST_API_TOKEN beside MIST_URL, or run %mist connect with that address, which asks for it.",
        )


def _token_is_for(url: str, levels: tuple[_Level, ...]) -> bool:
    """Whether the token stands beside this address, or above it, and not beside another one."""
    token_level = next(rank for rank, level in enumerate(levels) if "api_token" in level.values)
    beside = next((level.values["url"] for level in levels[token_level:] if "url" in level.values), url)
    try:
        return one_spelling(address(beside)) == one_spelling(url)
    except (MistError, ValueError):
        return False


def _refuse_public_binder(settings: Settings, environment: Mapping[str, str]) -> None:
    on_binder = any(name.startswith("BINDER_") for name in environment)
    if settings.url and on_binder and environment.get(BINDER_VARIABLE) != "1":
        raise SettingsError(
            "This is a public Binder: the host isn't yours, so real accounts are refused here.",
            f"The sandbox works. Set {BINDER_VARIABLE}=1 if this Binder is your own.",
        )


def _read_file(path: Path) -> dict[str, Any]:
    """What the settings file holds; nothing if there is none."""
    values, mode = toml_file.read(path)
    if "api_token" in values and path.is_symlink():
        raise SettingsError(
            f"{path} is a symbolic link, and has a token in it; it is not used.", "Put the file itself there."
        )
    if "api_token" in values and mode & 0o077:
        raise SettingsError(
            f"Others can read the token in {path} (mode {mode:04o}); it is not used.",
            f"Run chmod 600 {path}, and consider a new token.",
        )
    for name in values:
        if name not in _BY_NAME:
            close = nearest(name, _BY_NAME)
            meant = f"Did you mean {close[0]}?" if close else f"There are {', '.join(_BY_NAME)}."
            raise SettingsError(f"No setting named '{name}' ({path}).", meant)
    return values
