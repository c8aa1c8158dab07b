"""Where the clouds' own command-line tools keep their tokens, and under which name: read only, never written."""

from __future__ import annotations

import configparser
import os
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Kept = tuple[str, str, str]  # a context's name, its token, and the project that goes with it, where one has to
_SCW_KEYS = ("secret_key", "default_project_id")


class NoYamlError(Exception):
    """There is a file in YAML, and nothing here that reads it."""


@dataclass(frozen=True)
class Tool:
    """A cloud's own tool: its name, how one logs in with it, where its file is, and what is in there.

    `contexts` gives every token of a file that was parsed, the active one first.
    """

    name: str
    log_in: str
    path: Callable[[Mapping[str, str]], Path]
    contexts: Callable[[str, Mapping[str, str]], list[Kept]]


def config_folder(environment: Mapping[str, str]) -> Path:
    """Where tools keep their settings on this computer."""
    return Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def hcloud_path(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("HCLOUD_CONFIG") or config_folder(environment) / "hcloud" / "cli.toml")


def hcloud_contexts(text: str, environment: Mapping[str, str]) -> list[Kept]:
    said = tomllib.loads(text)
    active = environment.get("HCLOUD_CONTEXT") or said.get("active_context")
    rows = [row for row in _list(said.get("contexts")) if isinstance(row, dict)]
    return _active_first([(row.get("name"), row.get("token")) for row in rows], active)


def doctl_path(environment: Mapping[str, str]) -> Path:
    if sys.platform == "darwin" and not environment.get("XDG_CONFIG_HOME"):
        return Path.home() / "Library" / "Application Support" / "doctl" / "config.yaml"
    return config_folder(environment) / "doctl" / "config.yaml"


def doctl_contexts(text: str, environment: Mapping[str, str]) -> list[Kept]:
    said = _yaml(text)
    named = said.get("auth-contexts")
    rows = [("default", said.get("access-token")), *(named.items() if isinstance(named, dict) else ())]
    return _active_first(rows, environment.get("DIGITALOCEAN_CONTEXT") or said.get("context") or "default")


def linode_path(environment: Mapping[str, str]) -> Path:
    if environment.get("LINODE_CLI_CONFIG"):
        return Path(environment["LINODE_CLI_CONFIG"])
    old = Path.home() / ".linode-cli"
    return old if old.is_file() else config_folder(environment) / "linode-cli"


def linode_contexts(text: str, environment: Mapping[str, str]) -> list[Kept]:
    del environment
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    rows = [(name, parser.get(name, "token", fallback=None)) for name in parser.sections()]
    return _active_first(rows, parser.defaults().get("default-user"))


def vultr_path(environment: Mapping[str, str]) -> Path:
    del environment
    return Path.home() / ".vultr-cli.yaml"


def vultr_contexts(text: str, environment: Mapping[str, str]) -> list[Kept]:
    del environment
    return _active_first([("vultr-cli", _yaml(text).get("api-key"))], "vultr-cli")


def scw_path(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("SCW_CONFIG_PATH") or config_folder(environment) / "scw" / "config.yaml")


def scw_contexts(text: str, environment: Mapping[str, str]) -> list[Kept]:
    said = _yaml(text)
    profiles = said.get("profiles")
    rows = [("default", said), *(profiles.items() if isinstance(profiles, dict) else ())]
    return _active_first(
        [(name, *(row.get(key) or said.get(key) for key in _SCW_KEYS)) for name, row in rows if isinstance(row, dict)],
        environment.get("SCW_PROFILE") or said.get("active_profile") or "default",
    )


def _active_first(rows: Sequence[tuple[Any, ...]], active: Any) -> list[Kept]:
    """The contexts that are whole, the active one first; what isn't text is none."""
    found: list[Kept] = []
    for name, token, *beside in rows:
        texts = [text.strip() if isinstance(text, str) else "" for text in (token, *beside)]
        if name and all(texts):
            found.append((str(name), texts[0], texts[1] if beside else ""))
    return sorted(found, key=lambda one: one[0] != active)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _yaml(text: str) -> dict[str, Any]:
    try:
        import yaml
    except ImportError:
        raise NoYamlError from None
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError:
        raise ValueError("YAML") from None
    return said if isinstance(said, dict) else {}


def current() -> Mapping[str, str]:
    """The environment of this process."""
    return os.environ
