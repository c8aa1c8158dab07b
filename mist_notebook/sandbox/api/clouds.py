"""Providers and clouds."""

from __future__ import annotations

from mist_notebook.sandbox.ground.refusals import RefusedError, bad_request, missing
from mist_notebook.sandbox.world.clouds import FEATURES

from .handler import ApiHandler

# What each provider asks for; any of the names in a group will do, and the first is the one to say.
_CREDENTIALS = {
    "ec2": (("apikey",), ("apisecret",)),
    "rackspace": (("username",), ("apikey",)),
    "softlayer": (("username",), ("apikey",)),
    "azure_arm": (("tenant_id",), ("subscription_id",), ("key",), ("secret",)),
    "gce": (("project_id",), ("private_key",)),
    "openstack": (("username",), ("password",), ("tenant",), ("url",)),
    "vsphere": (("host",), ("username",), ("password",)),
    "libvirt": (("host",),),
    "docker": (("host",),),
}
_ONE_CREDENTIAL = (("apikey", "token", "username"),)
_RENAMED = {"apikey": "api_key", "apisecret": "api_secret"}


class ProvidersHandler(ApiHandler):
    """The providers that could be added."""

    def get(self) -> None:
        """List them, with what each can do."""
        self.answer({"supported_providers": self.state.catalogues.providers()})


class CloudsHandler(ApiHandler):
    """All clouds."""

    def get(self) -> None:
        """List them."""
        self.answer([self.state.document(cloud) for cloud in self.state.clouds.all()])

    def post(self) -> None:
        """Add a cloud; its credentials are looked at and forgotten."""
        provider = self.state.catalogues.provider_id(self.params.required("provider"))
        name = self._name()
        self._check_credentials(provider)
        clouds = self.state.clouds.all()
        if any(cloud.name == name for cloud in clouds):
            raise RefusedError(409, "Cloud with this name already exists")
        self.state.catalogues.of(provider)
        added = self.state.clouds.add(name=name, provider=provider)
        self.answer({**self.state.document(added), "index": len(clouds)})

    def _name(self) -> str:
        name = self.params.required("name", "title")
        if "name" in self.params and "title" in self.params:
            raise bad_request("Invalid parameter title: the cloud has a name already")
        if not any(letter.isalnum() for letter in name):
            raise bad_request(f"Invalid name: {name[:40]} has neither letters nor digits")
        return name

    def _check_credentials(self, provider: str) -> None:
        for alternatives in _CREDENTIALS.get(provider, _ONE_CREDENTIAL):
            spellings = (*alternatives, *(_RENAMED[name] for name in alternatives if name in _RENAMED))
            if not any(self.params.text(spelling) for spelling in spellings):
                raise missing(alternatives[0])


class CloudHandler(ApiHandler):
    """One cloud."""

    def put(self, cloud_id: str) -> None:
        """Rename it."""
        cloud = self.state.clouds.get(cloud_id)
        self.state.clouds.rename(cloud, self.params.required("new_name"))
        self.answer_ok()

    def post(self, cloud_id: str) -> None:
        """Enable or disable it, or a feature of it."""
        cloud = self.state.clouds.get(cloud_id)
        given = {name: self._state_of(name) for name in ("new_state", *FEATURES) if name in self.params}
        if not given:
            raise missing("new_state or " + " or ".join(FEATURES))
        enabled = given.pop("new_state", cloud.enabled)
        self.state.clouds.switch(cloud, enabled=enabled, features=given)
        self.answer_ok()

    def patch(self, cloud_id: str) -> None:
        """Take new credentials: they are looked at and forgotten."""
        self.state.clouds.get(cloud_id)
        if not self.params:
            raise bad_request("You should provide your new cloud settings")
        for name in self.params.names():
            if not self.params.given(name):
                raise _unauthorized(name)
        self.answer_ok()

    def delete(self, cloud_id: str) -> None:
        """Remove it."""
        self.state.remove_cloud(self.state.clouds.get(cloud_id))
        self.answer_ok()

    def _state_of(self, name: str) -> bool:
        state = self.params.whole(name, 0)
        if state not in (0, 1):
            raise bad_request(f"Invalid {name}")
        return state == 1


def _unauthorized(credential: str) -> RefusedError:
    """401: the provider wouldn't take these credentials."""
    return RefusedError(401, "Unauthorized cloud credentials", f"{credential} is empty")
