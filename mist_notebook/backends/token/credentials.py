"""Which token of this computer is used for a cloud, and what to do where there is none. Read at opening, kept nowhere.

A backend that was added by a variable goes by variables alone, one by a tool's context by that context alone: what a
tool calls active may change, and another account must not take the place of the one that was added.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mist_notebook.backends.direct import KEPT, NothingFoundError
from mist_notebook.ground.errors import NotFoundError, SettingsError
from mist_notebook.ground.files.own import read_own
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.secret import Secret
from mist_notebook.settings import kept_tokens

from . import tools
from .facts import Facts

if TYPE_CHECKING:
    from mist_notebook.settings.remembered import Remembered

_LARGEST = 1 << 20


@dataclass(frozen=True)
class Found:
    """A token, where it stands in words, and its context in the tool's file; `mark` tells it from others.

    `project` is what has to stand beside the token, where it is good for several; `again` is how a new one
    takes its place.
    """

    token: Secret
    source: str
    context: str | None
    mark: str
    project: str = ""
    again: str = ""


def find(facts: Facts, context: str | None = None, environment: Mapping[str, str] | None = None) -> Found:
    """The token of that context, else of the variables, else of the context that the tool calls active."""
    environment = tools.current() if environment is None else environment
    if context is None and (found := of_variables(facts, environment)) is not None:
        return found
    return of_tool(facts, context, environment)


def of_variables(facts: Facts, environment: Mapping[str, str] | None = None) -> Found | None:
    """What the provider's own variables hold."""
    environment = tools.current() if environment is None else environment
    for name in facts.variables:
        token = environment.get(name, "").strip()
        if token:
            project, again = _project_beside(facts, name, environment), f"Then set {name} before the kernel starts."
            return Found(Secret(token), name, None, _mark(Secret(token)), project, again)
    return None


def _project_beside(facts: Facts, variable: str, environment: Mapping[str, str]) -> str:
    """The project that the variables name, where one has to be named: half a login is an error that says so."""
    if not facts.project_variable:
        return ""
    project = environment.get(facts.project_variable, "").strip()
    if not project:
        raise SettingsError(f"{variable} is set, and {facts.project_variable} is not.", "They go together: set both.")
    return project


def of_tool(facts: Facts, context: str | None, environment: Mapping[str, str] | None = None) -> Found:
    """What the provider's own tool keeps under that name, or calls active. Raises SettingsError, NotFoundError."""
    environment = tools.current() if environment is None else environment
    tool, path = facts.tool, facts.tool.path(environment)
    try:
        content, mode = read_own(path, _LARGEST)
    except FileNotFoundError:
        raise missing(facts) from None
    except OSError as error:
        raise SettingsError(f"{path} can't be read ({error.strerror}).", _hint(facts)) from None
    try:
        kept = tool.contexts(content.decode("utf-8-sig"), environment)
    except tools.NoYamlError:
        raise SettingsError(f"{path} is YAML, and PyYAML is not installed.", _hint(facts)) from None
    except (ValueError, configparser.Error, RecursionError):  # its text never shows: it holds a token
        raise SettingsError(f"{path} can't be understood as a file of {tool.name}'s.", _hint(facts)) from None
    wanted = [one for one in kept if context in (None, one[0])]
    if not wanted and context is not None and kept:
        names = [one[0] for one in kept]
        raise NotFoundError(f"{tool.name} has no context '{context}'.", did_you_mean(context, names, "context"))
    if not wanted:
        raise missing(facts)
    name, token, project = wanted[0]
    open_to_all = " (others can read that file: chmod 600)" if mode & 0o077 else ""
    source = f"{tool.name}'s context '{name}' ({path}){open_to_all}"
    return Found(Secret(token), source, name, _mark(Secret(token)), project, f"Then {tool.log_in}.")


def of_kept(facts: Facts, one: Remembered) -> Found:
    """What a person typed as the account was added, where it was kept then. Raises SettingsError."""
    place, _, name = one.options[KEPT].partition(":")
    token = kept_tokens.read(one.id, place)
    again = f"%mist add {facts.provider} --keep {place}" + (f' --name "{name}"' if name else "")
    again += "".join(f" --{word} {value}" for word, value in one.options.items() if word != KEPT)
    if token is None and place == kept_tokens.MEMORY:
        raise SettingsError(
            "Its token was typed, and kept in that kernel alone.", f"It is asked for again: {again}; or --keep file."
        )
    if token is None:
        raise SettingsError(f"Its token is no longer in {kept_tokens.words(place)}.", f"It is asked for again: {again}")
    project = one.options.get("project", "")
    return Found(token, kept_tokens.words(place), None, _mark(token), project, f"A new one: {again}")


def missing(facts: Facts) -> SettingsError:
    """That there is no token for the cloud, and what to do."""
    return NothingFoundError(f"There is no token for {facts.name} on this computer.", _hint(facts))


def _hint(facts: Facts) -> str:
    both = " and ".join(name for name in (facts.variables[0], facts.project_variable) if name)
    return f"Set {both} before the kernel starts, or {facts.tool.log_in}. {facts.renew}"


def _mark(token: Secret) -> str:
    """What tells accounts apart where the cloud doesn't: it can't be turned back into the token."""
    return token.digest("mist-notebook")[:24]
