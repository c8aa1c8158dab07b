"""Whose credentials of AWS are used, found as the `aws` command finds them; where from, and what renews them, in words.

A backend stays with what it was added by: a profile, or the environment. Machines' own credentials, which the instance
metadata service gives, are only asked for where `AWS_EC2_METADATA_DISABLED=false` says so. Nothing is sent here.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mist_notebook.ground.errors import NotFoundError, SettingsError
from mist_notebook.ground.resolver import did_you_mean

from .botocore_words import translated

_PIP = "pip install 'mist-notebook[aws]', then restart the kernel."
_HALVES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_CONTAINER = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
_NONE = (
    "Run aws configure, or aws sso login; or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY before the kernel starts."
)


@dataclass(frozen=True)
class Login:
    """A session of botocore's, where its credentials come from, and what renews them; none of it is secret."""

    session: Any
    profile: str | None
    source: str
    renew: str


def find(profile: str | None = None) -> Login:
    """The credentials of that profile, else of the environment, else of the profile that goes by default."""
    has_keys = any(os.environ.get(name) for name in _HALVES)
    named = profile or (None if has_keys else os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE"))
    if named is None and not has_keys and "default" in profiles():
        named = "default"
    return of(named)


def profiles() -> list[str]:
    """The profiles that the files of AWS have here."""
    session = _session(None)
    from botocore.exceptions import BotoCoreError

    try:
        return [str(name) for name in session.available_profiles]
    except BotoCoreError as error:
        raise translated(error, "AWS", "Mend that file.") from None


def of(profile: str | None) -> Login:
    """The credentials of that profile alone, or of the environment alone. Raises SettingsError, NotFoundError."""
    session = _session(profile)
    if profile is None:
        source, renew = _of_environment()
    else:
        source, renew = _of_profile(profile, _config(session, profile))
    if os.environ.get("AWS_EC2_METADATA_DISABLED", "").strip().casefold() != "false":
        session.get_component("credential_provider").remove("iam-role")
    return Login(session, profile, source, renew)


def no_credentials() -> SettingsError:
    """That there are none on this computer, and what to do."""
    return SettingsError("There are no credentials for AWS on this computer.", _NONE)


def _session(profile: str | None) -> Any:
    try:
        import botocore.session
    except ImportError:
        raise SettingsError("Amazon EC2 needs botocore, which is not installed.", _PIP) from None
    from botocore.config import Config

    session = botocore.session.Session(profile=profile)
    session.register_component("data_loader", _models())
    session.set_default_client_config(Config(retries={"total_max_attempts": 1}))
    return session


@cache
def _models() -> Any:
    """botocore's models of services, read once a process: each session would read its own."""
    from botocore.loaders import create_loader

    return create_loader()


def _config(session: Any, profile: str) -> Mapping[str, Any]:
    """What the files of AWS say of a profile. Raises NotFoundError with the nearest ones."""
    from botocore.exceptions import BotoCoreError, ProfileNotFound

    try:
        config: Mapping[str, Any] = session.get_scoped_config()
    except ProfileNotFound:
        known = session.available_profiles
        raise NotFoundError(f"AWS has no profile '{profile}' here.", did_you_mean(profile, known, "profile")) from None
    except BotoCoreError as error:
        raise translated(error, f"profile '{profile}'", "Mend that file.") from None
    return config


def _of_environment() -> tuple[str, str]:
    """Where the environment's are. Raises SettingsError for half of them, and where there are none."""
    there = [bool(os.environ.get(name, "").strip()) for name in _HALVES]
    if any(there) and not all(there):
        has, lacks = (_HALVES[0], _HALVES[1]) if there[0] else (_HALVES[1], _HALVES[0])
        raise SettingsError(f"{has} is set, and {lacks} is not.", "They go together: set both.")
    if all(there):
        more = " and AWS_SESSION_TOKEN" if os.environ.get("AWS_SESSION_TOKEN") else ""
        return f"AWS_ACCESS_KEY_ID{more}", "Set new ones in the environment, and restart the kernel."
    if os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE"):
        return "AWS_WEB_IDENTITY_TOKEN_FILE", "Whoever set that variable renews the token."
    if any(os.environ.get(name) for name in _CONTAINER):
        return "the container's own role", "Restart the kernel."
    if os.environ.get("AWS_EC2_METADATA_DISABLED", "").strip().casefold() == "false":
        return "this machine's own role (instance metadata)", "Give the machine a role in EC2's console."
    raise no_credentials()


_WORDS = (  # of a profile's key: where that is, and what renews it
    ("role_arn", "the role of profile '{p}'", "Renew the credentials that it starts from: {start}"),
    ("sso_session", "profile '{p}' (IAM Identity Center)", "aws sso login --profile {q}"),
    ("sso_start_url", "profile '{p}' (IAM Identity Center)", "aws sso login --profile {q}"),
    ("login_session", "profile '{p}' (aws login)", "aws login --profile {q}"),
    ("aws_access_key_id", "profile '{p}'", "aws configure --profile {q} takes another key."),
    ("credential_process", "profile '{p}' (credential_process)", "Run what it names in a terminal: {process}"),
    ("web_identity_token_file", "profile '{p}' (web identity)", "Whoever writes that token renews it."),
)


def _of_profile(profile: str, config: Mapping[str, Any]) -> tuple[str, str]:
    """In words where a profile's are, by what its files say; no process is run. Raises SettingsError."""
    if config.get("mfa_serial"):
        raise SettingsError(
            f"Profile '{profile}' wants a code of a device (mfa_serial), which is not asked for here.",
            "Get a session in a terminal (aws sts get-session-token), and put it into a profile of its own.",
        )
    for key, source, renew in _WORDS:
        if config.get(key):
            start = str(config.get("source_profile") or config.get("credential_source") or "the environment")
            process = shlex.split(str(config.get("credential_process", "")) or "-")[0]
            said = {"p": profile, "q": shlex.quote(profile), "start": start, "process": process}
            return source.format(**said), renew.format(**said)
    raise SettingsError(f"Profile '{profile}' of AWS has no credentials.", f"aws configure --profile {profile}")


def credentials_of(login: Login) -> Any:
    """The credentials themselves, as botocore holds them: what expires is renewed by it. May run a process or ask."""
    from botocore.exceptions import BotoCoreError

    try:
        found = login.session.get_credentials()
    except BotoCoreError as error:
        raise translated(error, login.source, login.renew) from None
    if found is None:
        raise no_credentials()
    return found
