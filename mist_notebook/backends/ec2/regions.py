"""The regions of an account and their zones: which count for a backend, and which of them a word means."""

from __future__ import annotations

from typing import Any

from mist_notebook.ground.errors import ApiError
from mist_notebook.ground.resolver import pick, reference_text
from mist_notebook.records.model import Location

from . import records
from .asking.calls import Calls, everywhere


class Regions:
    """The regions that were named for a backend, or all that its account may use."""

    def __init__(self, calls: Calls, asked: tuple[str, ...], home: str) -> None:
        self._calls, self._asked, self.home = calls, asked, home
        self._account: tuple[str, ...] = ()

    def every(self) -> tuple[str, ...]:
        """Those that count here, the home region first."""
        return self._asked or self.account()

    def home_first(self) -> tuple[str, ...]:
        return self._asked or (self.home, *(one for one in self.account() if one != self.home))

    def account(self) -> tuple[str, ...]:
        """All that the account may use, asked once; those that were named where it may not say."""
        if not self._account:
            try:
                rows = self._calls.ask("DescribeRegions", self.home, "Regions")["Regions"]
            except ApiError as error:
                if error.code != "UnauthorizedOperation" or not self._asked:
                    raise
                return self._asked
            found = sorted(str(row["RegionName"]) for row in rows if row.get("RegionName"))
            self._account = tuple(sorted(found, key=lambda name: name != self.home))
        return self._account

    def offered(self, region: str) -> list[Location]:
        """A region and its zones, each with the sizes that are offered there."""
        zones: dict[str, set[str]] = {}
        asked: dict[str, Any] = {"LocationType": "availability-zone", "MaxResults": 1000}
        for row in self._calls.pages("DescribeInstanceTypeOfferings", region, "InstanceTypeOfferings", **asked):
            zones.setdefault(str(row.get("Location")), set()).add(str(row.get("InstanceType")))
        every: frozenset[str] = frozenset().union(*zones.values())
        places = [records.zone(row, frozenset(zones.get(str(row.get("ZoneName")), ()))) for row in self._zones(region)]
        return [records.region(region, every), *(place for place in places if place is not None)]

    def zones_with(self, size: str, region: str) -> frozenset[str]:
        """The zones of a region that offer a size."""
        asked = [{"Name": "instance-type", "Values": [size]}]
        rows = self._calls.pages(
            "DescribeInstanceTypeOfferings", region, "InstanceTypeOfferings",
            LocationType="availability-zone", Filters=asked,
        )  # fmt: skip
        return frozenset(str(row.get("Location")) for row in rows)

    def find(self, reference: Any) -> Location:
        """The region or zone that a reference means; only the region that it can be in is asked."""
        text = reference_text(reference, "location").strip().casefold()
        every = self.every()
        if text in every:
            return records.region(text)
        near = [region for region in every if text.startswith(region)] or list(every)
        found = everywhere(near, lambda region: [zone for row in self._zones(region) if (zone := records.zone(row))])
        zones = [zone for zones in found.answers.values() for zone in zones]
        places: list[Location] = [*map(records.region, every), *zones]
        return pick(reference, places, what="location", ids=lambda one: (one.id,), names=lambda one: (one.name,))

    def _zones(self, region: str) -> list[records.Row]:
        rows = self._calls.ask("DescribeAvailabilityZones", region, "AvailabilityZones")["AvailabilityZones"]
        return [row for row in rows if isinstance(row, dict)]
