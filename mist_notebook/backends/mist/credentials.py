"""What a Mist server wants to add a backend with: each provider's own fields, and what else people call them.

The documentation of 2014 knows `key` and `secret` for every provider, and regions in the provider's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.resolver import PROVIDER_ALIASES, did_you_mean
from mist_notebook.ground.secret import Secret
from mist_notebook.ground.text import brief, nearest


@dataclass(frozen=True)
class Credential:
    """One field: what it is, whether it is typed unseen, whether it has to be there, and its other names."""

    name: str
    about: str
    secret: bool = False
    needed: bool = True
    also: tuple[str, ...] = ()


def _open(name: str, about: str, *also: str, needed: bool = True) -> Credential:
    return Credential(name, about, needed=needed, also=also)


def _hidden(name: str, about: str, *also: str, needed: bool = True) -> Credential:
    return Credential(name, about, secret=True, needed=needed, also=also)


_REGION = _open("region", "the region", needed=False)
_HOST, _PORT = _open("host", "the host's name or address"), _open("port", "its port", needed=False)
_KEY = _hidden("apikey", "API key", "key", "secret", "token", "api_key")
_TOKEN = _hidden("token", "API token", "key", "secret", "apikey", "api_key")
_PAIR = (
    _open("apikey", "access key id", "key", "api_key", "access_key", "access_key_id"),
    _hidden("apisecret", "secret access key", "secret", "api_secret", "secret_key", "secret_access_key"),
)
_USER_KEY = (_open("username", "user name", "key", "user"), _hidden("apikey", "API key", "secret", "api_key"))
_LOGIN = (_open("username", "user name", "key", "user"), _hidden("password", "password", "secret"))
_OPENSTACK = (
    *_LOGIN,
    _open("url", "the address of its identity service", "auth_url", "endpoint"),
    _open("tenant", "the project's name", "tenant_name", "project"),
    _open("domain", "the domain", needed=False),
    _REGION,
)
_TABLE: dict[str, tuple[Credential, ...]] = {
    "aliyun_ecs": (*_PAIR, _REGION),
    "azure": (_open("subscription_id", "subscription", "key"), _hidden("certificate", "certificate", "secret")),
    "azure_arm": (
        _open("tenant_id", "tenant", "tenant"),
        _open("subscription_id", "subscription", "subscription"),
        _open("key", "client id", "apikey", "client_id"),
        _hidden("secret", "client secret", "apisecret", "client_secret"),
    ),
    "cloudsigma": (*_LOGIN, _REGION),
    "digitalocean": (_TOKEN,),
    "docker": (_HOST, _PORT, _open("username", "user name", "user", needed=False),
               _hidden("password", "password", needed=False)),
    "ec2": (*_PAIR, _REGION),
    "equinixmetal": (_KEY, _open("project_id", "the project", "project", needed=False)),
    "gce": (_open("project_id", "the project", "project", "key"),
            _hidden("private_key", "service account's key (JSON)", "secret")),
    "kubernetes": (_HOST, _PORT, _hidden("token", "token", "secret", "key", needed=False)),
    "libvirt": (_HOST, _open("username", "user name", "user", needed=False),
                _open("key", "the name of an SSH key on the server", "key_id", needed=False), _PORT),
    "linode": (_KEY,),
    "lxd": (_HOST, _PORT, _hidden("key_file", "client key", "key", needed=False),
            _open("cert_file", "client certificate", needed=False)),
    "maxihost": (_TOKEN,),
    "nephoscale": _LOGIN,
    "onapp": (*_USER_KEY, _HOST),
    "openstack": _OPENSTACK,
    "rackspace": (*_USER_KEY, _REGION),
    "softlayer": _USER_KEY,
    "vexxhost": _OPENSTACK,
    "vsphere": (_HOST, *_LOGIN),
    "vultr": (_KEY,),
}  # fmt: skip
_TABLE |= {"kubevirt": _TABLE["kubernetes"], "openshift": _TABLE["kubernetes"], "packet": _TABLE["equinixmetal"]}
_REGIONS_OF_2014 = {
    "us_east": "us-east-1",
    "us_west": "us-west-1",
    "us_west_oregon": "us-west-2",
    "eu_west": "eu-west-1",
    "sa_east": "sa-east-1",
    "ap_northeast": "ap-northeast-1",
    "ap_southeast": "ap-southeast-1",
    "ap_southeast_2": "ap-southeast-2",
}


def provider_and_region(said: str) -> tuple[str, str | None]:
    """The provider that a word means, and the region in it: `aws`, `rackspace:lon`, `ec2_ap_northeast`."""
    word, _, region = said.strip().casefold().partition(":")
    word = word.removesuffix("_first_gen")
    if not region and word.startswith("ec2_") and word[4:] in _REGIONS_OF_2014:
        word, region = "ec2", _REGIONS_OF_2014[word[4:]]
    return PROVIDER_ALIASES.get(word, word), region or None


def wanted(provider: str) -> tuple[Credential, ...]:
    """The provider's fields; none where it isn't known: then the server says what it lacks."""
    return _TABLE.get(provider, ())


def read(provider: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The given words under the provider's own names, what is secret as a Secret.

    Raises BadValueError for a word that it doesn't take, or one that is given twice; never repeats a value.
    """
    fields = wanted(provider)
    names = {spelling: field for field in fields for spelling in (field.name, *field.also)}
    names |= {field.name: field for field in fields}  # its own names win
    taken: dict[str, Any] = {}
    for word, value in given.items():
        if value is None or value == "":
            continue
        field = names.get(word)
        if field is None and fields:
            close = nearest(word, names)
            hint = did_you_mean(word, sorted(names) if close else [one.name for one in fields], "field")
            raise BadValueError(f"{provider} takes no '{brief(word)}' to be added.", f"{hint} Nothing was sent.")
        name = field.name if field else word
        if name in taken:
            raise BadValueError(f"'{brief(word)}' and another word both mean {name} at {provider}.", "Give it once.")
        is_open = field is not None and not field.secret
        taken[name] = value if is_open or not isinstance(value, str) else Secret(value)
    return taken


def missing(provider: str, taken: Mapping[str, Any]) -> list[Credential]:
    """The needed fields that nobody gave."""
    return [field for field in wanted(provider) if field.needed and field.name not in taken]


def check_complete(provider: str, taken: Mapping[str, Any]) -> None:
    """Refuse what the server would, with all that is missing at once."""
    lacking = missing(provider, taken)
    if lacking:
        names = ", ".join(f"{field.name} ({field.about})" for field in lacking)
        raise MistUsageError(f"{provider} needs {names}.", "%mist add asks for secrets unseen. Nothing was sent.")
