"""The machines of one region, all of them or one by its id; and its types of machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mist_notebook.ground.errors import ApiError
from mist_notebook.records.model import Machine

from . import records
from .asking.calls import Calls

_NOT_THERE = ("InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed")


def every(calls: Calls, region: str) -> list[Machine]:
    """All machines there, those that were terminated a while ago too."""
    return _read(calls.pages("DescribeInstances", region, "Reservations", MaxResults=1000), region)


def one(calls: Calls, machine_id: str, region: str) -> Machine | None:
    """The machine of that id; `None` where the region has none."""
    try:
        found = calls.ask("DescribeInstances", region, "Reservations", InstanceIds=[machine_id])["Reservations"]
    except ApiError as error:
        if error.code in _NOT_THERE:
            return None
        raise
    return next(iter(_read(found, region)), None)


def types(calls: Calls, region: str, **words: Any) -> list[records.Row]:
    """What EC2 says of its types there."""
    return list(calls.pages("DescribeInstanceTypes", region, "InstanceTypes", MaxResults=100, **words))


def _read(reservations: Iterable[records.Row], region: str) -> list[Machine]:
    rows = [row for reservation in reservations for row in reservation.get("Instances") or ()]
    return [machine for row in rows if (machine := records.machine(row, region)) is not None]
