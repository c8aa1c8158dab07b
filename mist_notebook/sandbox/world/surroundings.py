"""What an account has beside machines: at EC2 two networks with their subnets, security groups, and a volume.

The first network is the one that every account had by default, as AWS documents it; the group `mistio` is the one that
Mist made; the second network and the volume are examples. Other providers' data have none.
"""

from __future__ import annotations

from typing import Any

from .catalogue import Catalogue
from .clouds import Cloud
from .listing import item_id

Row = dict[str, Any]
_WITH = "ec2"
_NETWORKS = (("vpc-5a9d1c3e", "default", "172.31.0.0/16"), ("vpc-0be2714f", "lab", "10.20.0.0/16"))
_GROUPS = (
    ("sg-903004f8", "default", "default VPC security group"),
    ("sg-2f7c1a44", "mistio", "Security Group created by mist.io"),
)
_VOLUMES = (("vol-1d5cc8cc", "data", 20, "us-east-1a"),)


def networks(cloud: Cloud, catalogue: Catalogue) -> list[Row]:
    """The networks of an account, each with its subnets: the default one's is in every zone, the other's in one."""
    if cloud.provider != _WITH:
        return []
    zones = [row["external_id"] for row in catalogue.rows["locations"]]
    return [
        {
            **_common("networks", own, name, cloud),
            "cidr": cidr,
            "description": "",
            "extra": {"is_default": name == "default"},
            "location": "",
            "subnets": _subnets(cloud, own, cidr, zones if name == "default" else zones[:1]),
            "tags": {},
        }
        for own, name, cidr in _NETWORKS
    ]


def groups(cloud: Cloud) -> list[Row] | None:
    """The security groups; `None` where Mist lists none."""
    if cloud.provider != _WITH:
        return None
    return [{"id": own, "name": name, "description": about} for own, name, about in _GROUPS]


def volumes(cloud: Cloud) -> list[Row]:
    """The volumes, none of which a machine has."""
    rows = _VOLUMES if cloud.provider == _WITH else ()
    return [
        {
            **_common("volumes", own, name, cloud),
            "size": size,
            "location": zone,
            "attached_to": [],
            "extra": {},
            "tags": {},
        }
        for own, name, size, zone in rows
    ]


def _subnets(cloud: Cloud, network: str, cidr: str, zones: list[str]) -> dict[str, Row]:
    begin = cidr.partition(".0/")[0].rpartition(".")[0]
    rows = [
        {
            **_common("subnets", f"{network.replace('vpc', 'subnet')}{number:x}", f"{zone}", cloud),
            "cidr": f"{begin}.{16 * number}.0/20",
            "availability_zone": zone,
        }
        for number, zone in enumerate(zones)
    ]
    return {row["id"]: row for row in rows}


def _common(kind: str, own: str, name: str, cloud: Cloud) -> Row:
    return {"id": item_id(cloud.id, kind, own), "cloud": cloud.id, "external_id": own, "name": name}
