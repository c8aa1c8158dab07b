"""Which clouds this computer's clouds.yaml names, and whether OS_ variables name one: read without openstacksdk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import yaml

from mist_notebook.backends.direct import Seen
from mist_notebook.ground.errors import AmbiguousError, NotFoundError, SettingsError
from mist_notebook.ground.files.own import read_own
from mist_notebook.ground.resolver import did_you_mean

_LARGEST = 1 << 20
_HOW = "Name a cloud of clouds.yaml (--cloud NAME), or set OS_AUTH_URL and the rest as openrc does."


def look(context: str | None, options: Mapping[str, str]) -> Seen:
    """The cloud of that name, else what OS_CLOUD names, else the OS_ variables, else the only one in clouds.yaml.

    Always one that is named: with a cloud in the file, a login that isn't complete would silently be completed by it.
    """
    if context is None and not os.environ.get("OS_CLOUD") and os.environ.get("OS_AUTH_URL"):
        return Seen("OS_AUTH_URL and the OS_ variables beside it", None, options)
    path = found("clouds")
    names = _names(path) if path else []
    wanted = context or os.environ.get("OS_CLOUD")
    if not names or path is None:
        raise SettingsError("There is no login for OpenStack on this computer.", _HOW)
    if wanted is None and len(names) > 1:
        raise AmbiguousError(f"{path} has {len(names)} clouds: {', '.join(names)}.", "%mist add openstack --cloud NAME")
    if wanted is not None and wanted not in names:
        raise NotFoundError(f"{path} has no cloud '{wanted}'.", did_you_mean(wanted, names, "cloud"))
    name = wanted or names[0]
    if secure := found("secure"):
        _names(secure)  # what is wrong in there would be passed over
    return Seen(f"cloud '{name}' ({path})", name, options)


def found(kind: str) -> Path | None:
    """The file of that kind, `clouds` or `secure`, that counts: one that a variable names, else the first there is."""
    variable = {"clouds": "OS_CLIENT_CONFIG_FILE", "secure": "OS_CLIENT_SECURE_FILE"}[kind]
    if os.environ.get(variable):
        return Path(os.environ[variable])
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    folders = (Path.cwd(), home / "openstack", Path.home() / ".config" / "openstack", Path("/etc/openstack"))
    paths = (folder / f"{kind}.{end}" for folder in folders for end in ("yaml", "yml", "json"))
    return next((path for path in paths if path.is_file()), None)


def _names(path: Path) -> list[str]:
    """The clouds in it; nothing else of it shows, as it may hold passwords."""
    try:
        content, _ = read_own(path, _LARGEST)
        said = yaml.safe_load(content.decode("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{path} can't be read ({error.strerror}).", _HOW) from None
    except (ValueError, yaml.YAMLError, RecursionError):
        said = None
    clouds = said.get("clouds") if isinstance(said, dict) else None
    if not isinstance(clouds, dict):
        raise SettingsError(f"{path} can't be understood as a clouds.yaml.", _HOW)
    return [str(name) for name in clouds]
