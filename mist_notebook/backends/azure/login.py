"""Who we are at Azure: az's login, else a service principal's variables, and a subscription; nowhere else is asked."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mist_notebook.backends.direct import Seen
from mist_notebook.backends.parts import extras
from mist_notebook.ground.errors import AuthError, MistError, NotFoundError, SettingsError
from mist_notebook.ground.files.own import read_own
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.secret import Secret, redact
from mist_notebook.ground.text import clean

CLI, VARIABLES = "az", "variables"
RENEW = {CLI: "Run az login.", VARIABLES: "Set AZURE_CLIENT_SECRET to one that is good, before the kernel starts."}
_SCOPE = "https://management.azure.com/.default"
_PRINCIPAL = ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET")
_SPARE_S = 300.0
_LARGEST = 4 << 20


def look(context: str | None, options: Mapping[str, str]) -> Seen:
    """The login, and the subscription: the one that was named, else the one that az, or the variable, calls its own."""
    by = options.get("by")
    known = [] if by == VARIABLES else _subscriptions()
    if known:
        found = _chosen(known, context)
        return Seen(f"az login, subscription {found['name']} ({_profile()})", str(found["id"]), {"by": CLI}, "Azure")
    missing = [name for name in _PRINCIPAL if not os.environ.get(name)]
    if by == CLI or len(missing) == len(_PRINCIPAL):
        raise SettingsError(
            "There is no login for Azure on this computer.", f"Run az login, or set {', '.join(_PRINCIPAL)}."
        )
    if missing:
        raise SettingsError(
            f"AZURE_CLIENT_ID and its fellows go together: {', '.join(missing)} is not set.", "Set all."
        )
    subscription = context or os.environ.get("AZURE_SUBSCRIPTION_ID")
    if not subscription:
        raise SettingsError("AZURE_CLIENT_ID names no subscription.", "%mist add azure --subscription ID")
    return Seen("AZURE_CLIENT_ID and its fellows", subscription, {"by": VARIABLES}, "Azure")


def _profile() -> Path:
    return Path(os.environ.get("AZURE_CONFIG_DIR") or Path.home() / ".azure") / "azureProfile.json"


def _subscriptions() -> list[dict[str, Any]]:
    """What az keeps of the subscriptions that its login may use; it holds no secret."""
    try:
        content, _ = read_own(_profile(), _LARGEST)
        said = json.loads(content.decode("utf-8-sig")).get("subscriptions", [])
    except FileNotFoundError:
        return []
    except (OSError, ValueError, AttributeError, RecursionError):
        raise SettingsError(f"{_profile()} can't be understood.", "Run az login.") from None
    return [one for one in said if isinstance(one, dict) and one.get("id") and one.get("name")]


def _chosen(known: list[dict[str, Any]], context: str | None) -> dict[str, Any]:
    if context is None:
        return next((one for one in known if one.get("isDefault")), known[0])
    found = [one for one in known if context.casefold() in (str(one["id"]).casefold(), str(one["name"]).casefold())]
    if not found:
        hint = did_you_mean(context, [str(one["name"]) for one in known], "subscription")
        raise NotFoundError(f"az login knows no subscription '{context}'.", hint)
    return found[0]


class Login:
    """One login; a token is kept for as long as it is good, as az takes a second to give one."""

    def __init__(self, by: str, source: str) -> None:
        self.source, self.renew = source, RENEW[by]
        module = extras.load("azure.identity", "azure", "Azure")
        self._credential = module.AzureCliCredential() if by == CLI else module.EnvironmentCredential()
        self._lock = threading.Lock()
        self._kept: Secret | None = None
        self._good_until = 0.0

    def token(self) -> Secret:
        """A token that is good now."""
        with self._lock:
            if self._kept is not None and time.time() < self._good_until:
                return self._kept
            try:
                given = self._credential.get_token(_SCOPE)
                self._kept, self._good_until = Secret(str(given.token)), float(given.expires_on) - _SPARE_S
                return self._kept
            except Exception as error:  # azure's own family
                failure = self._understood(error)
        raise failure

    def forget(self) -> None:
        """Ask for another one at the next request: it was refused."""
        self._kept = None

    def _understood(self, error: Exception) -> MistError:
        words = clean(redact(str(error)).splitlines()[0] if str(error) else type(error).__name__, 160)
        return AuthError(f"Azure gives no token by {self.source}: {words}", self.renew)
