"""Everything that one sandbox holds: who may come in, its clouds, keys and listings, and what was asked of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from .accounts.accounts import Identity, Tokens, kept_identity, new_identity
from .accounts.keys import Keys
from .fleet import documents
from .fleet.fleet import Fleet
from .fleet.jobs import Jobs
from .fleet.lag import Lag
from .fleet.machine import TERMINATED, Machine
from .ground.chance import Chance
from .ground.faults import Fault, Faults
from .ground.refusals import RefusedError, SandboxError, cloud_unavailable, not_found
from .ground.store import Store
from .ground.waits import Waits
from .world import big, surroundings
from .world.catalogue import Catalogues
from .world.clouds import Cloud, Clouds, first_id
from .world.items import ITEMS
from .world.listing import MOST_ASKED, Body, Image, Images, rendered

_REQUESTS_KEPT = 10_000
_ASKED_ANEW = ("ec2", "docker")


class SandboxState:
    """What the handlers share; used by the server's thread only, once the server runs."""

    def __init__(
        self,
        store: Store,
        catalogues: Catalogues,
        *,
        clock: Callable[[], float],
        boot_seconds: float = 0.0,
        seed: int = 0,
        faults: Iterable[Fault] = (),
    ) -> None:
        self.store = store
        self.clock = clock
        self.boot_seconds = boot_seconds
        self.chance = Chance(seed)
        self.faults = Faults(faults)
        self.lag = Lag()
        self.waits = Waits(clock)
        self.clouds = Clouds(store)
        self.catalogues = catalogues
        self.owner = self._identity(store)
        self.tokens = Tokens(store, self.owner, clock)
        self.keys = Keys(store, self.owner.instance_id, self.faults)
        self.fleet = Fleet(store, clock)
        self.jobs = Jobs(store, self.owner.instance_id)
        self.requests: deque[tuple[str, str]] = deque(maxlen=_REQUESTS_KEPT)
        self.ledger: deque[tuple[str, str, bool]] = deque(maxlen=_REQUESTS_KEPT)
        self._images: dict[str, Images] = {}
        self._bodies: dict[tuple[str, str], Body] = {}

    def reset(self, *, seed: int, faults: Iterable[Fault]) -> None:
        """Begin anew, with another seed and other faults: who this is stays, and who may come in."""
        self.store.empty()
        self.fleet.forget()
        self.chance = Chance(seed)
        self.faults.replace(faults)
        self.lag = Lag()
        self.jobs = Jobs(self.store, self.owner.instance_id)
        for kept in (self.requests, self.ledger, self._images, self._bodies):
            kept.clear()
        with self.store.together():
            self._add_first_clouds()

    def fill_big(self, count: int, seed: int) -> None:
        """Have a cloud `Big` with `count` seeded images; with 0, have none."""
        there = next((cloud for cloud in self.clouds.all() if cloud.id == big.BIG_ID), None)
        if not count:
            if there:
                self.clouds.remove(there)
            return
        try:
            cloud = there or self.clouds.add(name=big.BIG_NAME, provider=big.BIG_PROVIDER, cloud_id=big.BIG_ID)
        except RefusedError:
            raise SandboxError(f"--images needs the name {big.BIG_NAME}, which another cloud has: rename it.") from None
        self._images[cloud.id] = Images(big.images(count, seed, stars=self.clouds.stars(cloud)))

    def open_cloud(self, cloud_id: str) -> Cloud:
        """The cloud of that id, if it is enabled: a disabled one lists nothing."""
        cloud = self.clouds.get(cloud_id)
        if not cloud.enabled:
            raise cloud_unavailable("the cloud is disabled")
        return cloud

    def check_credentials(self, cloud: Cloud) -> None:
        """Refuse what needs the cloud itself while that doesn't take the credentials that it was added with."""
        if self.faults.take("cloud-unauthorized", cloud.name):
            raise RefusedError(401, "Unauthorized cloud credentials", f"{cloud.name} refused them")

    def document(self, cloud: Cloud) -> dict[str, object]:
        """The cloud as the API answers it; its region is its catalogue's, whichever was asked for."""
        return cloud.document(region=self.catalogues.region(cloud.provider), owner_id=self.owner.instance_id)

    def remove_cloud(self, cloud: Cloud) -> None:
        """Forget the cloud, what it listed, and its machines."""
        for machine in self.fleet.machines.of_cloud(cloud.id):
            self.fleet.machines.forget(machine)
        self.clouds.remove(cloud)
        self.fleet.touch()
        self._images.pop(cloud.id, None)
        for key in [key for key in self._bodies if key[0] == cloud.id]:
            del self._bodies[key]

    def listed_machines(self, cloud: Cloud) -> list[dict[str, object]]:
        """The cloud's machines, as far as a listing has them."""
        now = self.clock()
        if self.faults.take("empty-list", cloud.name):
            return []
        there = [machine for machine in self.fleet.machines.of_cloud(cloud.id) if not machine.is_gone(now)]
        keys = self.fleet.associations.by_machine()
        return [
            documents.machine(
                self.lag.written(machine, now),
                cloud,
                keys.get(machine.id, ()),
                owner_id=self.owner.instance_id,
                now=now,
            )
            for machine in self.lag.visible(there, now)
        ]

    def find_machine(self, cloud_id: str | None, either_id: str) -> Machine | None:
        """The one machine of that id, in any cloud or in that one, that isn't destroyed."""
        if cloud_id is not None:
            self.open_cloud(cloud_id)
        now = self.clock()
        found = [
            machine
            for machine in self.fleet.machines.by_either_id(either_id)
            if cloud_id in (None, machine.cloud_id) and machine.state(now) != TERMINATED
        ]
        return found[0] if len(found) == 1 else None

    def images(self, cloud: Cloud) -> Images:
        """The cloud's images."""
        if cloud.id not in self._images:
            self._images[cloud.id] = self._catalogue_images(cloud)
        return self._images[cloud.id]

    def search_images(self, cloud: Cloud, term: str) -> list[Image]:
        """The cloud's images that a search finds.

        EC2 is asked anew for each search: at most 50 for `*`, and whatever it finds is listed from then on.
        """
        images = self.images(cloud)
        if cloud.provider not in _ASKED_ANEW or cloud.id == big.BIG_ID:
            return images.hits(term)
        hits = images.hits(term)[:MOST_ASKED]
        unlisted = {image.external_id for image in hits if not image.short}
        if unlisted:
            self.clouds.keep_found(cloud, unlisted)
            images.list_also(unlisted)
        return hits

    def body(self, cloud: Cloud, kind: str) -> Body:
        """The cloud's sizes, locations or networks."""
        if (cloud.id, kind) not in self._bodies:
            self._bodies[cloud.id, kind] = Body(rendered(self.items(cloud, kind)))
        return self._bodies[cloud.id, kind]

    def items(self, cloud: Cloud, kind: str) -> list[dict[str, object]]:
        """The same as records."""
        catalogue = self.catalogues.of(cloud.provider)
        found = [ITEMS[kind](row, cloud, catalogue) for row in catalogue.rows[kind]]
        return found or (surroundings.networks(cloud, catalogue) if kind == "networks" else [])

    def toggle_star(self, cloud: Cloud, either_id: str) -> Image:
        """Star an image, or take its star away."""
        images = self.images(cloud)
        image = images.find(either_id)
        if image is None:
            raise not_found("CloudImage does not exist")
        toggled = image.toggled()
        self.clouds.star(cloud, image.external_id, starred=toggled.starred)
        images.replace(toggled)
        return toggled

    def _catalogue_images(self, cloud: Cloud) -> Images:
        catalogue = self.catalogues.of(cloud.provider)
        stars, found = self.clouds.stars(cloud), self.clouds.found(cloud)
        images = []
        for row in catalogue.rows["images"]:
            document = ITEMS["images"](row, cloud, catalogue)
            document["starred"] = stars.get(row["external_id"], row["starred"])
            images.append(Image.of(document, short=row["default"] or row["external_id"] in found))
        return Images(images)

    def _identity(self, store: Store) -> Identity:
        kept = kept_identity(store)
        if kept:
            return kept
        with store.together():
            self._add_first_clouds()
            return new_identity(store)

    def _add_first_clouds(self) -> None:
        for catalogue in self.catalogues.all():
            self.clouds.add(name=catalogue.title, provider=catalogue.provider, cloud_id=first_id(catalogue.title))
