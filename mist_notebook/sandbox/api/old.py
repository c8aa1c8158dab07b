"""The API of the documentation's time (2014): `/backends`, `/keys`, `/providers`, `/auth`, without `/api/v1`.

What is done is done by today's handlers; here stand the paths, and what is answered. Like those, all want the token,
but for `/auth`, which gives it for e-mail and password.
"""

from __future__ import annotations

import json

from mist_notebook.sandbox.fleet import documents
from mist_notebook.sandbox.fleet.machine import Machine
from mist_notebook.sandbox.ground.params import Params
from mist_notebook.sandbox.ground.refusals import bad_request, unauthenticated
from mist_notebook.sandbox.world.clouds import Cloud
from mist_notebook.sandbox.world.listing import Body

from . import old_shapes
from .accounts import PingHandler
from .associations import AssociationHandler
from .clouds import CloudHandler, CloudsHandler
from .handler import ApiHandler
from .keys import KeyHalfHandler, KeyHandler
from .listings import ImageHandler, ImagesHandler
from .machines import CloudMachinesHandler, MachineHandler, OneMachineHandler, TagsHandler
from .patience import PatientHandler

_UNKNOWN_DETAILS = ("company_name", "country", "number_of_servers", "number_of_people")
_SHAPES = {"locations": old_shapes.location, "networks": old_shapes.network}


class AuthHandler(ApiHandler):
    """Logging in."""

    csrf_exempt = True

    def authorize(self) -> None:
        """Let everybody ask: e-mail and password decide then."""

    def post(self) -> None:
        """Give the sandbox's token to whoever knows its e-mail and password."""
        owner = self.state.owner
        email, password = self.params.required("email"), self.params.required("password")
        if not self.state.tokens.knows(email=email, password=password):
            raise unauthenticated("Wrong e-mail or password")
        self.answer(
            {
                "mist_api_token": owner.token,
                "user_details": {"name": owner.email, **dict.fromkeys(_UNKNOWN_DETAILS, "")},
                "current_plan": {"title": "sandbox", "has_expired": False, "isTrial": False},
            }
        )


class OldProvidersHandler(ApiHandler):
    """The providers that could be added."""

    def get(self) -> None:
        """List them."""
        rows = self.state.catalogues.providers()
        self.answer({"supported_providers": old_shapes.each(old_shapes.provider, rows)})


class BackendsHandler(CloudsHandler):
    """All backends."""

    def get(self) -> None:
        """List them."""
        self.answer([old_shapes.backend(self.state.document(cloud)) for cloud in self.state.clouds.all()])

    def read_params(self) -> Params:
        """Credentials were a key and a secret then, whatever they are, and the region a part of the provider."""
        params = super().read_params()
        kind = params.text("provider").partition(":")[0]
        kind = "ec2" if kind.startswith("ec2_") else kind
        if kind in ("rackspace", "softlayer") and "username" not in params:
            params = params.renamed({"apikey": "username", "apisecret": "apikey"})
        return params.having("provider", kind) if kind else params

    def answer(self, document: object) -> None:
        """Answer an added backend in the old shape."""
        is_added = isinstance(document, dict) and "polling_interval" in document
        super().answer(old_shapes.backend(document) if is_added else document)  # type: ignore[arg-type]


class BackendListingHandler(PatientHandler):
    """A backend's sizes, locations or networks."""

    async def get(self, cloud_id: str, kind: str) -> None:
        """List them."""
        cloud = await self.asked_cloud(cloud_id)
        shape = _SHAPES.get(kind) or old_shapes.size_of(self.state.catalogues.of(cloud.provider).driver)
        self.answer(old_shapes.each(shape, self.state.items(cloud, kind)))


class BackendImagesHandler(ImagesHandler):
    """A backend's images."""

    async def post(self, cloud_id: str) -> None:
        """Search them, as then for every provider."""
        await self.get(cloud_id)

    def answer_listing(self, body: Body) -> None:
        """Answer them in the old shape."""
        self.answer(old_shapes.each(old_shapes.image, json.loads(body.plain)))


class BackendImageHandler(ImageHandler):
    """One image."""

    def post(self, cloud_id: str, either_id: str) -> None:
        """Star it, or take its star away, and say whether it has one."""
        self.answer(self.state.toggle_star(self.state.open_cloud(cloud_id), either_id).starred)


class BackendMachinesHandler(CloudMachinesHandler):
    """The machines of a backend."""

    async def get(self, cloud_id: str) -> None:
        """List them."""
        self.answer(_machines(self, await self.asked_cloud(cloud_id)))

    def read_params(self) -> Params:
        """Take the default key where none is named."""
        params = super().read_params()
        return params if params.given("key") else params.having("key", self.state.keys.default())


class BackendMachineHandler(MachineHandler):
    """One machine."""

    def answer_done(self, machine: Machine) -> None:
        """Answer the whole list, as it is afterwards."""
        self.answer(_machines(self, self.state.clouds.get(machine.cloud_id)))


class OldProbeHandler(OneMachineHandler):
    """A machine, asked how it is."""

    async def post(self, cloud_id: str, either_id: str) -> None:
        """Probe it: what can't be found out is left out, and that is no error."""
        machine = self.machine(cloud_id, either_id)
        await self.wait_for_probe(machine)
        now = self.state.clock()
        nested = documents.probe(self.state.fleet.host(machine, "root"), machine)
        if not machine.is_up(now) or machine.build.silent:
            self.answer({})
        elif not self.state.fleet.lets_in(machine):
            self.answer(old_shapes.pinged(nested))
        else:
            self.answer(old_shapes.probe(nested, now=now))


class OldTagsHandler(TagsHandler):
    """The tags of a machine, words only."""

    def read_params(self) -> Params:
        """Take one `tag`, and give it no value."""
        tag = super().read_params().required("tag")
        return Params("", json.dumps({"tags": {tag: ""}}).encode())


class OldKeysHandler(ApiHandler):
    """All keys."""

    def get(self) -> None:
        """List them."""
        self.answer(_keys(self))

    def post(self) -> None:
        """Make a private key and forget it."""
        from mist_notebook.sandbox.accounts.keypairs import rsa_pair

        self.answer({"priv": rsa_pair()[0]})

    def put(self) -> None:
        """Add one."""
        name = self.params.text("id", "name")
        if not name:
            raise bad_request("Keypair name not provided")
        added = old_shapes.key(self.state.keys.add(name=name, private=self.params.required("priv")))
        self.answer({field: added[field] for field in ("id", "machines", "isDefault")})


class OldKeyHandler(KeyHandler):
    """One key, by its name."""

    def put(self, key_id: str) -> None:
        """Give it another name, and so another id."""
        new_id = self.params.required("new_id", "new_name")
        self.state.keys.rename(self.state.keys.find(key_id), new_id)
        self.answer({"new_id": new_id})

    def post(self, key_id: str) -> None:
        """Make it the default."""
        super().post(self.state.keys.find(key_id))

    def delete(self, key_id: str) -> None:
        """Remove it, and answer the others."""
        self.state.keys.remove(self.state.keys.find(key_id))
        self.answer(_keys(self))


class OldKeyHalfHandler(KeyHalfHandler):
    """One half of a key."""

    def get(self, key_id: str, half: str) -> None:
        """Answer it as text in JSON; who asks for the private one is counted."""
        super().get(self.state.keys.find(key_id), half)


def _machines(handler: ApiHandler, cloud: Cloud) -> list[dict[str, object]]:
    return old_shapes.each(old_shapes.machine, handler.state.listed_machines(cloud))


def _keys(handler: ApiHandler) -> list[dict[str, object]]:
    return old_shapes.each(old_shapes.key, handler.state.keys.listing())


_MACHINE = "/backends/([^/]+)/machines/([^/]+)"
OLD_ROUTES: list[tuple[str, type[ApiHandler]]] = [
    ("/auth", AuthHandler),
    ("/check_token", PingHandler),
    ("/providers", OldProvidersHandler),
    ("/backends", BackendsHandler),
    ("/backends/([^/]+)", CloudHandler),
    ("/backends/([^/]+)/images", BackendImagesHandler),
    ("/backends/([^/]+)/images/([^/]+)", BackendImageHandler),
    ("/backends/([^/]+)/(sizes|locations|networks)", BackendListingHandler),
    ("/backends/([^/]+)/machines", BackendMachinesHandler),
    (_MACHINE, BackendMachineHandler),
    (f"{_MACHINE}/probe", OldProbeHandler),
    ("/(?:backends|clouds)/([^/]+)/machines/([^/]+)/metadata", OldTagsHandler),
    (f"{_MACHINE}/keys/([^/]+)", AssociationHandler),
    ("/keys", OldKeysHandler),
    ("/keys/([^/]+)", OldKeyHandler),
    ("/keys/([^/]+)/(private|public)", OldKeyHalfHandler),
]
