"""A wish as EC2 will make it: an image of its region, a size that its zone offers, the network, who is let in.

Everything is asked, and nothing is made: what would be refused is refused here, and the receipt says the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec.structs import replace

from mist_notebook.backends.images import check_starts
from mist_notebook.backends.parts import ssh_from
from mist_notebook.backends.provider_fields import check_name
from mist_notebook.ground.errors import BadValueError
from mist_notebook.records.model import Image, Location, MachineSpec

from . import creating, records
from .asking import ssh_source
from .asking.calls import Calls
from .images import Images
from .network import SSH_GROUP, Networks, Standing
from .one_names import ARCHITECTURES, meant
from .regions import Regions

if TYPE_CHECKING:
    from .adapter import Opening

_AMAZON = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
_NOTHING_SENT = "Nothing was sent."


@dataclass(frozen=True)
class Fitter:
    """What a wish is measured against."""

    name: str
    calls: Calls
    regions: Regions
    images: Images
    networks: Networks
    opening: Opening

    def fitted(self, spec: MachineSpec) -> MachineSpec:
        """The spec with the image of its region, and in words what is used and made beside the machine."""
        check_name(spec.name, "ec2")
        creating.check(spec, self.name)
        region = self.region(spec)
        if spec.location is None and len(self.regions.every()) > 1:
            spec = replace(spec, location=records.region(region))
        spec = self.in_region(spec, region)
        self._check_offered(spec, spec.location)
        standing = self.networks.standing(spec, region)
        return replace(spec, beside=self._beside(spec, standing))

    def region(self, spec: MachineSpec) -> str:
        """Where a machine of that spec will be."""
        if spec.location is not None:
            return spec.location.region or spec.location.id
        asked = self.opening.asked
        if len(asked) > 1 and self.opening.home not in asked:
            raise BadValueError(f"Where? {self.name} has {', '.join(asked)}.", f"Add --location; {_NOTHING_SENT}")
        return self.opening.home

    def in_region(self, spec: MachineSpec, region: str) -> MachineSpec:
        """The spec with its image as that region has it: of a system by its one name, the region's own."""
        if spec.image.extra.get("region", region) == region:
            check_starts(spec.image, spec.size)
            return spec
        image = self._same_system(spec.image, spec.size.arch, region)
        if image is None:
            raise BadValueError(
                f"'{spec.image.name}' ({spec.image.id}) is of {spec.image.extra.get('region')}, not of {region}.",
                f"Name a system, such as ubuntu-24.04: it is found in every region. {_NOTHING_SENT}",
            )
        check_starts(image, spec.size)
        return replace(spec, image=image)

    def ssh_source(self, spec: MachineSpec, region: str) -> str:
        """From where SSH is let in."""
        said = {ssh_from.WORD: spec.extra.get(ssh_from.WORD) or self.opening.ssh_from}
        endpoint = self.calls.endpoint(region)
        is_amazon = (urlsplit(endpoint).hostname or "").endswith(_AMAZON)
        ask = partial(ssh_source.asked_of_amazon, self.opening.limits, self.opening.verify)
        return ssh_from.network(said, endpoint, ask if is_amazon else None)

    def _same_system(self, image: Image, arch: str | None, region: str) -> Image | None:
        one = meant(image.called or "", arch or ARCHITECTURES[0])
        return self.images.named(one, region) if one else None

    def _check_offered(self, spec: MachineSpec, place: Location | None) -> None:
        region = self.region(replace(spec, location=place))
        zones = self.regions.zones_with(spec.size.id, region)
        is_there = place.id in zones if place is not None and place.kind == "zone" else bool(zones)
        if not is_there:
            has = f"It is at {', '.join(sorted(zones))}." if zones else f"See %mist sizes {self.name}."
            where = place.id if place else region
            raise BadValueError(f"{self.name} has no {spec.size.name} at {where}.", f"{has} {_NOTHING_SENT}")

    def _beside(self, spec: MachineSpec, standing: Standing) -> tuple[tuple[str, str], ...]:
        named = [name if own else f"{name} (made now)" for name, own in standing.groups.items()]
        group = ", ".join([*([standing.given] if standing.given else []), *named])
        rows = [("network", f"{standing.vpc} of {standing.region}, in the security group {group}")]
        if SSH_GROUP in standing.groups:
            source = self.ssh_source(spec, standing.region)
            world = " · the WHOLE WORLD may try to log in" if source.endswith("/0") else ""
            rows.append(("SSH is let in", f"from {source} to port 22, and nothing else{world}"))
        if spec.together:
            rows.append(("together", f"the machines of '{spec.together}' reach each other on every port"))
        if spec.hours is not None:
            rows.append(("who ends it", "the machine itself, by shutdown, counted from each boot; then EC2 removes it"))
        disk = f"{spec.image.min_disk_gb:g} GB" if spec.image.min_disk_gb else "as large as the image's"
        rows.append(("beside it", f"its disk ({disk}) and its public IPv4 address cost extra; both go with it"))
        if creating.is_spot(spec):
            rows.append(("spot", "the price is the most: EC2 takes the spot price, and may end it at any time"))
        return tuple(rows)
