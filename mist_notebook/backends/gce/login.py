"""Who we are at Google: where the login stands on this computer, which project it is for, and a token of it."""

from __future__ import annotations

import configparser
import json
import os
import threading
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mist_notebook.backends.direct import Seen
from mist_notebook.backends.parts import extras
from mist_notebook.ground.errors import AuthError, MistError, SettingsError, UnavailableError
from mist_notebook.ground.files.own import read_own
from mist_notebook.ground.secret import Secret, redact
from mist_notebook.ground.text import clean

RENEW = "gcloud auth application-default login"
_FILE = "GOOGLE_APPLICATION_CREDENTIALS"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_PROJECTS = ("GOOGLE_CLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT", "GCLOUD_PROJECT")
_HARDWARE = Path("/sys/class/dmi/id/product_name")
_LARGEST = 1 << 20


def look(context: str | None, options: Mapping[str, str]) -> Seen:
    """Where the login is, and the project: the one that was named, else that of the variables, the key file, gcloud."""
    del options
    source, said = _found()
    project = context or next((os.environ[name] for name in _PROJECTS if os.environ.get(name)), None)
    project = project or _text(said, "project_id") or _text(said, "quota_project_id") or _active_project()
    if not project:
        raise SettingsError(f"The login of {source} names no project of Google's.", "%mist add gce --project ID")
    return Seen(source, project)


def _found() -> tuple[str, dict[str, Any]]:
    """Where the login stands in words, and what the file says, if it is one."""
    named = os.environ.get(_FILE)
    if named:
        return f"{_FILE} ({named})", _read(Path(named))
    own = _folder() / "application_default_credentials.json"
    if own.is_file():
        return f"gcloud's application default login ({own})", _read(own)
    try:
        is_there = "Google" in _HARDWARE.read_text(encoding="utf-8", errors="replace")
    except OSError:
        is_there = False
    if is_there:
        return "this machine's service account", {}
    raise SettingsError("There is no login for Google on this computer.", f"Run {RENEW}, or name a key file: {_FILE}.")


def _folder() -> Path:
    return Path(os.environ.get("CLOUDSDK_CONFIG") or Path.home() / ".config" / "gcloud")


def _read(path: Path) -> dict[str, Any]:
    """The file; its text never shows, as it holds keys."""
    try:
        content, _ = read_own(path, _LARGEST)
        said = json.loads(content)
    except OSError as error:
        raise SettingsError(f"{path} can't be read ({error.strerror}).", f"Run {RENEW}.") from None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or "type" not in said:
        raise SettingsError(f"{path} isn't a login of Google's.", f"Run {RENEW}, or name a key file: {_FILE}.")
    return said


def _active_project() -> str | None:
    """The project of the configuration that gcloud calls active."""
    folder = _folder()
    try:
        name = os.environ.get("CLOUDSDK_ACTIVE_CONFIG_NAME") or (folder / "active_config").read_text("utf-8").strip()
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string((folder / "configurations" / f"config_{name}").read_text("utf-8"))
        return parser.get("core", "project", fallback=None)
    except (OSError, ValueError, configparser.Error):
        return None


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    return value if isinstance(value, str) and value else None


class Login:
    """The login, as google-auth finds it; asked for a token at the first request, and renewed when it has expired."""

    def __init__(self, source: str, timeout_s: float) -> None:
        self.source = source
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._auth = extras.load("google.auth", "gcp", "Google")
        self._transport = extras.load("google.auth.transport.requests", "gcp", "Google")
        self._credentials: Any = None

    def token(self) -> Secret:
        """A token that is good now."""
        with self._lock:
            failure: MistError | None = None
            try:
                return self._token()
            except Exception as error:  # google-auth's own family, and what its transport raises
                failure = self._understood(error)
        raise failure

    def forget(self) -> None:
        """Renew it at the next request: it was refused."""
        self._credentials = None

    def _token(self) -> Secret:
        if self._credentials is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that a person's own login has no project to bill quota to is no news
                self._credentials, _ = self._auth.default(scopes=[_SCOPE])
        if not self._credentials.valid:
            self._credentials.refresh(self._request())
        return Secret(str(self._credentials.token))

    def _request(self) -> Any:
        ask, limit_s = self._transport.Request(), self._timeout_s

        def request(*args: Any, timeout: float | None = None, **kwargs: Any) -> Any:
            return ask(*args, timeout=limit_s if timeout is None else min(timeout, limit_s), **kwargs)

        return request

    def _understood(self, error: Exception) -> MistError:
        """What google-auth says, in two lines; its words are kept without what may be a secret."""
        kind = type(error).__name__
        words = clean(redact(str(error.args[0]) if error.args else ""), 160)
        if kind == "TransportError":
            return UnavailableError(
                f"Google can't be reached to renew the login of {self.source}.", "Is this computer on the network?"
            )
        if kind in ("RefreshError", "ReauthFailError", "UserAccessTokenError"):
            return AuthError(f"The login of {self.source} has expired, or was withdrawn: {words}", f"Run {RENEW}.")
        return SettingsError(f"The login of {self.source} can't be used ({kind}): {words}", f"Run {RENEW}.")
