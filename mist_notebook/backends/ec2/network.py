"""The network that machines stand in, and who is let in: the default one, and security groups of ours in it.

One group a region lets SSH in from where the person is; another for each set of machines that have to reach each other.
They are made when the first machine needs them, and removed with the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from mist_notebook.ground.errors import ApiError, BadValueError, MistError
from mist_notebook.ground.text import clean
from mist_notebook.records.model import Choice, MachineSpec

from . import records
from .asking.calls import Calls

SSH_GROUP = "mist-notebook"
_TOGETHER = "mist-notebook together "
_LIVING = ["pending", "running", "shutting-down", "stopping", "stopped"]
_IN_USE = ("DependencyViolation", "InvalidGroup.InUse")
_THERE_ALREADY = ("InvalidGroup.Duplicate", "InvalidPermission.Duplicate")
_LONGEST = 200


@dataclass(frozen=True)
class Standing:
    """Where a machine will stand: its region, network and subnet, and the groups that it will be in, by name."""

    region: str
    vpc: str
    subnet: str | None
    groups: dict[str, str | None]  # the id of one that is there; None of one that has to be made
    given: str | None = None  # a group that the person named: then none of ours


class Networks:
    """The networks and groups of one account."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def standing(self, spec: MachineSpec, region: str) -> Standing:
        """Where such a machine will stand; nothing is made. Raises BadValueError where there is no network for it."""
        subnet, given = spec.extra.get("subnet_id"), spec.extra.get("security_group")
        vpc = self._of_subnet(str(subnet), region) if subnet else self._default(region)
        if given:
            self._check_inside(str(given), vpc, region)
        names = [*([] if given else [SSH_GROUP]), *([group_of(spec.together)] if spec.together else [])]
        there = {str(row.get("GroupName")): str(row.get("GroupId")) for row in self._groups(region, vpc, names)}
        return Standing(
            region, vpc, str(subnet) if subnet else None, {name: there.get(name) for name in names},
            str(given) if given else None,
        )  # fmt: skip

    def ensured(self, standing: Standing, source: str) -> list[str]:
        """The ids of its groups, each made where it isn't there, with SSH let in from `source`. Asked once each."""
        ids = [] if standing.given is None else [standing.given]
        for name, known in standing.groups.items():
            own = known or self._made(name, standing)
            rule = _ssh(source) if name == SSH_GROUP else _each_other(own)
            if name == SSH_GROUP or known is None:
                self._let_in(own, rule, standing.region)
            ids.append(own)
        return ids

    def ours(self, region: str) -> Iterator[tuple[str, str]]:
        """Id and name of every group of ours in a region."""
        asked = [{"Name": "tag-key", "Values": [records.OURS_TAG]}]
        for row in self._calls.pages("DescribeSecurityGroups", region, "SecurityGroups", Filters=asked):
            yield str(row.get("GroupId")), str(row.get("GroupName"))

    def is_used(self, group: str, region: str) -> bool:
        """Whether a machine of anybody's is in it, one that is on its way out too."""
        asked = [{"Name": "instance.group-id", "Values": [group]}, {"Name": "instance-state-name", "Values": _LIVING}]
        return any(self._calls.pages("DescribeInstances", region, "Reservations", Filters=asked))

    def remove(self, group: str, region: str) -> bool:
        """Remove a group of ours; sent once. `False` where something still uses it."""
        try:
            self._calls.ask("DeleteSecurityGroup", region, None, GroupId=group)
        except ApiError as error:
            if error.code in _IN_USE:
                return False
            if error.code == "InvalidGroup.NotFound":
                return True
            raise
        return True

    def tidy(self, region: str) -> None:
        """Remove the groups of ours that no machine is in any more; what can't be is left for the sweep."""
        for group, _ in list(self.ours(region)):
            with suppress(MistError):
                if not self.is_used(group, region):
                    self.remove(group, region)

    def networks(self, region: str) -> Iterator[records.Row]:
        return self._calls.pages("DescribeVpcs", region, "Vpcs")

    def subnets(self, region: str) -> Iterator[Choice]:
        """Every subnet of a region, each also by its network."""
        networks = {str(row.get("VpcId")): row for row in self.networks(region)}
        for row in self._calls.pages("DescribeSubnets", region, "Subnets"):
            vpc = str(row.get("VpcId"))
            named = records.network(networks.get(vpc, {"VpcId": vpc}), region)
            if (choice := records.subnet(row, region, named.name if named else vpc)) is not None:
                yield choice

    def groups(self, region: str) -> Iterator[Choice]:
        """Every security group of a region."""
        for row in self._calls.pages("DescribeSecurityGroups", region, "SecurityGroups"):
            if (choice := records.group(row)) is not None:
                yield choice

    def _default(self, region: str) -> str:
        asked = [{"Name": "is-default", "Values": ["true"]}]
        rows = self._calls.ask("DescribeVpcs", region, "Vpcs", Filters=asked)["Vpcs"]
        if not rows:
            raise BadValueError(
                f"This account has no default network (VPC) in {region}. Nothing was sent.",
                f"aws ec2 create-default-vpc --region {region} makes one; or name a subnet: --extra subnet_id=subnet-…",
            )
        return str(rows[0]["VpcId"])

    def _of_subnet(self, subnet: str, region: str) -> str:
        try:
            rows = self._calls.ask("DescribeSubnets", region, "Subnets", SubnetIds=[subnet])["Subnets"]
        except ApiError as error:
            if "InvalidSubnetI" in error.code:
                raise BadValueError(f"There is no subnet '{clean(subnet)}' in {region}.", "Nothing was sent.") from None
            raise
        return str(rows[0]["VpcId"])

    def _check_inside(self, group: str, vpc: str, region: str) -> None:
        """Refuse a group that isn't there, or that is of another network."""
        try:
            rows = self._calls.ask("DescribeSecurityGroups", region, "SecurityGroups", GroupIds=[group])
        except ApiError as error:
            if error.code.startswith("InvalidGroup"):
                raise BadValueError(
                    f"There is no security group '{clean(group)}' in {region}.", "Nothing was sent."
                ) from None
            raise
        found = str(rows["SecurityGroups"][0].get("VpcId") or vpc) if rows["SecurityGroups"] else vpc
        if found != vpc:
            raise BadValueError(
                f"The security group '{clean(group)}' is of {found}, and the machine would be in {vpc}.",
                "Name a subnet of that network: --network. Nothing was sent.",
            )

    def _groups(self, region: str, vpc: str, names: list[str]) -> list[records.Row]:
        if not names:
            return []
        asked = [{"Name": "group-name", "Values": names}, {"Name": "vpc-id", "Values": [vpc]}]
        return list(self._calls.pages("DescribeSecurityGroups", region, "SecurityGroups", Filters=asked))

    def _made(self, name: str, standing: Standing) -> str:
        """A new group of ours; the one of that name, where somebody was faster."""
        tags = [{"Key": records.OURS_TAG, "Value": name}, {"Key": "Name", "Value": name}]
        about = "SSH to machines made by mist-notebook" if name == SSH_GROUP else "Machines that reach each other"
        words: dict[str, Any] = {"GroupName": name, "Description": about, "VpcId": standing.vpc}
        words["TagSpecifications"] = [{"ResourceType": "security-group", "Tags": tags}]
        try:
            return str(self._calls.ask("CreateSecurityGroup", standing.region, "GroupId", **words)["GroupId"])
        except ApiError as error:
            if error.code not in _THERE_ALREADY:
                raise
        rows = self._groups(standing.region, standing.vpc, [name])
        if not rows:
            raise ApiError(f"EC2 in {standing.region} says that there is a group '{name}', and doesn't list it.")
        return str(rows[0]["GroupId"])

    def _let_in(self, group: str, rule: dict[str, Any], region: str) -> None:
        try:
            self._calls.ask("AuthorizeSecurityGroupIngress", region, None, GroupId=group, IpPermissions=[rule])
        except ApiError as error:
            if error.code not in _THERE_ALREADY:
                raise


def group_of(together: str) -> str:
    """The name of the group of machines that reach each other."""
    return f"{_TOGETHER}{together}"[:_LONGEST]


def _ssh(source: str) -> dict[str, Any]:
    known = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    if ":" in source:
        return {**known, "Ipv6Ranges": [{"CidrIpv6": source, "Description": "SSH"}]}
    return {**known, "IpRanges": [{"CidrIp": source, "Description": "SSH"}]}


def _each_other(group: str) -> dict[str, Any]:
    return {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
