"""Who we are at an OpenStack cloud: its configuration, a token that keystone gives, and where its services answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mist_notebook.backends.parts import extras
from mist_notebook.ground.errors import AuthError, MistError, SettingsError, UnavailableError
from mist_notebook.ground.secret import Secret, redact
from mist_notebook.ground.text import clean
from mist_notebook.net.origin import check_url
from mist_notebook.settings.remembered import Remembered

from . import files

_VERSIONS = {"image": "/v2", "network": "/v2.0"}
_RENEW = "Look at its clouds.yaml and secure.yaml (or OS_ variables): openstack --os-cloud {name} token issue"


class Login:
    """One login; opened without asking anybody, logged in at the first request, and again when a token has expired."""

    def __init__(self, one: Remembered, timeout_s: float, ca_file: str | None) -> None:
        self.source = files.look(one.context, one.options).source
        self.renew_hint = _RENEW.format(name=one.context or "envvars")
        self._name = one.context
        self._config = self._asked(lambda: _config(one))
        self._session = self._asked(self._config.get_session)
        self._session.timeout = timeout_s
        self.verify = _verify(self._config, ca_file)
        auth_url = str(self._config.config.get("auth", {}).get("auth_url") or "")
        self.place = check_url(auth_url) if auth_url else one.id
        self.region = self._config.region_name or None

    def token(self) -> Secret:
        """A token that is good now."""
        return Secret(str(self._asked(self._session.get_token)))

    def forget(self) -> None:
        """Log in anew at the next request: the token was refused."""
        self._session.invalidate()

    def project(self) -> str:
        """The project's id, of which a token is."""
        return str(self._asked(self._session.get_project_id) or self._asked(self._session.get_user_id) or "")

    def endpoint(self, service: str) -> str:
        """Where a service answers: as configured, else by keystone's catalogue."""
        interface, override = self._config.get_interface(service), self._config.get_endpoint(service)
        found = override or self._asked(
            lambda: self._session.get_endpoint(
                service_type=service, interface=interface, region_name=self.region, skip_discovery=True
            )
        )
        if not found:
            where = f" in region {self.region}" if self.region else ""
            raise SettingsError(
                f"{self._cloud} has no {service} service{where}.", "openstack catalog list shows them; --region NAME."
            )
        url, version = check_url(str(found)), _VERSIONS.get(service, "")
        return url if not version or url.rpartition("/")[2].startswith("v2") else url + version

    @property
    def _cloud(self) -> str:
        return f"OpenStack's {self._name}" if self._name else "OpenStack"

    def _asked(self, ask: Callable[[], Any]) -> Any:
        """What openstacksdk and keystone give; what they raise becomes ours, as their tracebacks hold passwords."""
        try:
            return ask()
        except MistError:
            raise
        except Exception as error:  # two libraries' families, and what plugins of others raise
            failure = self._understood(error)
        raise failure

    def _understood(self, error: Exception) -> MistError:
        kind, words = type(error).__name__, clean(redact(str(error)).splitlines()[0] if str(error) else "", 200)
        for names, make in _MEANINGS:
            if any(base.__name__ in names for base in type(error).__mro__):
                return make(self, kind, words)
        return _incomplete(self, kind, words)


def _refused(login: Login, kind: str, words: str) -> MistError:
    del kind
    return AuthError(f"{login._cloud} did not accept the login of {login.source}.", f"{words} {login.renew_hint}")


def _incomplete(login: Login, kind: str, words: str) -> MistError:
    del kind
    return SettingsError(f"The login of {login.source} can't be used: {words}", login.renew_hint)


def _silent(login: Login, kind: str, words: str) -> MistError:
    del kind
    return UnavailableError(f"{login._cloud} can't be reached to log in: {words}", f"Is {login.place} right?")


_INCOMPLETE = frozenset({"MissingRequiredOptions", "ConfigException", "OpenStackConfigException", "NoMatchingPlugin"})
_MEANINGS: tuple[tuple[frozenset[str], Callable[[Login, str, str], MistError]], ...] = (
    (frozenset({"Unauthorized", "Forbidden", "AuthorizationFailure"}), _refused),
    (_INCOMPLETE, _incomplete),
    (frozenset({"ConnectFailure", "ConnectionError", "DiscoveryFailure", "HttpServerError", "SSLError"}), _silent),
)  # fmt: skip


def _config(one: Remembered) -> Any:
    """The configuration of just that cloud: the file's by its name, or the variables' without any file."""
    module = extras.load("openstack.config", "openstack", "OpenStack")
    region = one.options.get("region")
    if one.context is None:
        return module.OpenStackConfig(load_yaml_config=False).get_one(cloud="envvars", region_name=region)
    paths = [str(path) for path in (files.found("clouds"),) if path]
    secure = [str(path) for path in (files.found("secure"),) if path]
    config = module.OpenStackConfig(config_files=paths, secure_files=secure, load_envvars=False)
    return config.get_one(cloud=one.context, region_name=region)


def _verify(config: Any, ca_file: str | None) -> bool | str:
    """Whose certificates count. Raises SettingsError where the configuration wants them unchecked."""
    verify = config.get_requests_verify_args()[0]
    if verify is False and str(config.config.get("auth", {}).get("auth_url", "")).startswith("https"):
        raise SettingsError(
            "clouds.yaml says verify: false, and certificates are always checked.", "Name its authority: cacert: FILE."
        )
    return verify if isinstance(verify, str) else ca_file or True
