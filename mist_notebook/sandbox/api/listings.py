"""What can be provisioned: images, sizes, locations and networks."""

from __future__ import annotations

from mist_notebook.sandbox.ground.refusals import RefusedError, bad_request
from mist_notebook.sandbox.world import surroundings
from mist_notebook.sandbox.world.clouds import Cloud
from mist_notebook.sandbox.world.listing import Body, joined, rendered, without_extra

from .handler import ApiHandler
from .patience import PatientHandler

_SEARCHABLE_BY_POST = ("ec2", "docker")


class _ListingHandler(PatientHandler):
    def answer_listing(self, body: Body) -> None:
        """Answer the items, with an empty `extra` for `extra=False`."""
        self.answer_body(body if self.params.truth("extra", True) else without_extra(body))


class CloudListingHandler(_ListingHandler):
    """A cloud's sizes, locations or networks: which of them, the route says."""

    async def get(self, cloud_id: str, kind: str) -> None:
        """List them; with `cached`, without asking the cloud."""
        self.answer_listing(self.state.body(await self.asked_cloud(cloud_id), kind))


class VolumesHandler(_ListingHandler):
    """A cloud's volumes."""

    async def get(self, cloud_id: str) -> None:
        """List them."""
        self.answer_listing(Body(rendered(surroundings.volumes(await self.asked_cloud(cloud_id)))))


class SecurityGroupsHandler(PatientHandler):
    """A cloud's security groups."""

    async def get(self, cloud_id: str) -> None:
        """List them, where the provider has any."""
        cloud = await self.asked_cloud(cloud_id)
        groups = surroundings.groups(cloud)
        if groups is None:
            raise bad_request(f"Listing security groups is not supported for provider {cloud.provider}")
        self.answer_body(Body(rendered(groups)))


class NetworksHandler(_ListingHandler):
    """The networks of all clouds that are enabled, or of one."""

    def get(self) -> None:
        """List them; `cloud` narrows it to one cloud."""
        cloud_id = self.params.text("cloud")
        clouds = [self.state.open_cloud(cloud_id)] if cloud_id else self.state.clouds.all()
        networks = [item for cloud in clouds if cloud.enabled for item in self.state.items(cloud, "networks")]
        self.answer_listing(Body(rendered(networks)))


class ImagesHandler(_ListingHandler):
    """A cloud's images."""

    async def get(self, cloud_id: str) -> None:
        """List the short list, or search for `search_term`; `*` finds everything, but 50 at EC2."""
        self.answer_listing(self.found(await self.asked_cloud(cloud_id)))

    async def post(self, cloud_id: str) -> None:
        """The same, but Mist never got it to work for more than two providers."""
        cloud = await self.asked_cloud(cloud_id)
        if cloud.provider not in _SEARCHABLE_BY_POST:
            raise RefusedError(500, "Internal Server Error")
        self.answer_listing(self.found(cloud))

    def found(self, cloud: Cloud) -> Body:
        """The images that are asked for."""
        # With `cached`, Mist answers from its database and doesn't look at the term.
        term = "" if self.params.given("cached") else self.params.text("search_term")
        return joined(self.state.search_images(cloud, term)) if term else self.state.images(cloud).short_list


class ImageHandler(ApiHandler):
    """One image."""

    def post(self, cloud_id: str, either_id: str) -> None:
        """Star it, or take its star away, and answer it."""
        image = self.state.toggle_star(self.state.open_cloud(cloud_id), either_id)
        self.answer_body(Body(image.document))
