"""Settings: from arguments, the environment and one TOML file, in this order, each with where it came from.

Knows which settings there are and what they may hold; what a setting does is its user's business.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mist_notebook.ground import toml_file
from mist_notebook.ground.errors import BadValueError, MistError, SettingsError
from mist_notebook.ground.secret import Secret
from mist_notebook.ground.text import nearest
from mist_notebook.net.origin import check_url, one_spelling

from . import price_terms

_ARGUMENT = "argument"
_ENVIRONMENT = "environment"
SANDBOX = "sandbox"
DAILY = "daily"
BOOT_SECONDS = 3.0
CONFIG_VARIABLE = "MIST_CONFIG"
BINDER_VARIABLE = "MIST_ALLOW_BINDER"


class MissingTokenError(SettingsError):
    """There is a server's address, and no token that may be used there."""


@dataclass(frozen=True)
class Option:
    """One thing that can be set: its name in the file, its environment variable, and what it may hold."""

    name: str
    about: str
    read: Callable[[Any], Any]
    default: Any = None
    secret: bool = False

    @property
    def variable(self) -> str:
        return f"MIST_{self.name.upper()}"


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
    `notes` say what could not be read, where reading went on without it.
    """

    values: tuple[Setting, ...]
    sandbox: bool = False
    only_sandbox: bool = False
    notes: tuple[str, ...] = ()

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
        changed = {"url": url, "api_token": token}
        values = tuple(
            replace(setting, value=changed[setting.option.name], source=source)
            if setting.option.name in changed
            else setting
            for setting in self.values
        )
        return replace(self, values=values, sandbox=sandbox, only_sandbox=False)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("text")
    return value.strip()


def _url(value: Any) -> str:
    text = _text(value)
    return text if text == SANDBOX else check_url(text)


def _token(value: Any) -> Secret:
    token = _text(value)
    if not (token.isascii() and token.isprintable()):
        raise ValueError("one line of plain characters")
    return Secret(token)


def _above_zero(value: Any) -> float:
    number = float(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < 1e6:
        raise ValueError("a number above 0")
    return float(number)


def _refresh(value: Any) -> str:
    if str(value).strip().casefold() != DAILY:
        raise BadValueError(f"{value!r} is no way to refresh.", f'There is "{DAILY}"; without it, %mist refresh does.')
    return DAILY


def _flag(value: Any) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    flag = words.get(str(value).strip().casefold())
    if flag is None:
        raise ValueError("true or false")
    return flag


def _whole(value: Any) -> float:
    """A number of things: 20 and 20.0, not 0.5."""
    number = _above_zero(value)
    if not number.is_integer():
        raise ValueError("a whole number from 1")
    return number


def _ca_file(value: Any) -> str:
    try:
        path = Path(_text(value)).expanduser()
        if path.is_file():
            return str(path)
    except (OSError, RuntimeError):
        pass
    raise ValueError("the path of a file with certificates")


OPTIONS: tuple[Option, ...] = (
    Option("url", "address of the Mist server; without one the sandbox is used", _url),
    Option("api_token", "API token of the Mist server", _token, secret=True),
    Option("ca_file", "certificates to trust instead of the system's", _ca_file),
    Option("answer_seconds", "longest wait for an ordinary answer", _above_zero, 30.0),
    Option("answer_mb", "largest ordinary answer, in MiB", _above_zero, 64.0),
    Option("catalogue_seconds", "longest wait for a listing of images", _above_zero, 120.0),
    Option("catalogue_mb", "largest listing of images, in MiB", _above_zero, 256.0),
    Option("max_usd_per_hour", "the most that machines made from here may cost together", _above_zero, 1.0),
    Option("max_count", "the most machines made from here at once", _whole, 20.0),
    Option("sandbox_max_usd_per_hour", "the same on the sandbox, in example prices", _above_zero, 100.0),
    Option("sandbox_max_count", "the same on the sandbox", _whole, 1000.0),
    Option("sandbox", "true: the embedded sandbox beside live backends too", _flag, False),
    Option("sandbox_boot_seconds", "how long a machine of the embedded sandbox boots", _above_zero, BOOT_SECONDS),
    Option("discounts", 'what you get off list prices, by provider or backend: ec2 = "10%"', price_terms.discounts),
    Option(
        "own_prices",
        "where no list has a price, by provider or backend: openstack.usd_per_vcpu_hour = 0.01, …usd_per_gib_hour, "
        "…usd_per_disk_gb_month",
        price_terms.own_rates,
    ),
    Option(
        "extras",
        "what each machine has beside its size, for the monthly total: disk_gb, public_addresses, traffic_gb; with "
        "rates of your own usd_per_disk_gb_month, usd_per_address_hour, usd_per_traffic_gb",
        price_terms.extras,
    ),
    Option(
        "currency",
        'prices also in another currency: code = "EUR", rate = 0.92, as_of = 2026-11-01',
        price_terms.currency,
    ),
    Option("stale_days", "prices older than so many days are called old", _above_zero, 180.0),
    Option("stale_gpu_days", "the same for machines with GPUs, whose prices move every week", _above_zero, 60.0),
    Option("refresh", '"daily": the first comparison of a day fetches the price lists', _refresh),
    Option("refresh_total_seconds", "longest time for all price lists together", _above_zero, 60.0),
    Option("refresh_seconds", "longest wait for one page of a provider's price list", _above_zero, 10.0),
)
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
    """The settings in force: arguments win over the environment, that over the file, that over the defaults."""
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
    levels = (_Level(given, _ARGUMENT), _Level(set_outside, _ENVIRONMENT), _Level(in_file, str(path)))
    settings = Settings(tuple(_setting(option, levels) for option in OPTIONS), notes=notes)
    if settings.url == SANDBOX:
        return settings.without_server()
    _refuse_public_binder(settings, environment)
    _check_pair(settings, levels)
    return settings


def settings_file(environment: Mapping[str, str] | None = None) -> Path:
    """Where the settings file is looked for; it need not exist."""
    named = (os.environ if environment is None else environment).get(CONFIG_VARIABLE)
    if named:
        try:
            return Path(named).expanduser()
        except RuntimeError:
            raise SettingsError(f"{CONFIG_VARIABLE} names no home folder of anyone: {named}.", "Correct it.") from None
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
        return one_spelling(_url(beside)) == one_spelling(url)
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
