"""One machine as the database keeps it, and what its clock makes of that: pending, running, stopped, gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

RUNNING = "running"
STOPPED = "stopped"
TERMINATED = "terminated"
# A machine runs a while before its SSH server does.
_RUNNING_AFTER = 2 / 3
_ENDS_AFTER = 1 / 3
_TERMINATED_SHOWN_S = {"ec2": 3600.0}


@dataclass(frozen=True)
class Build:
    """What a machine was made of; none of it ever changes."""

    provider: str
    image_id: str
    image_name: str
    os_type: str
    os_distro: str
    arch: str
    size_name: str
    cpus: int
    ram_mb: int
    disk_gb: int
    price_hourly: float | None
    price_monthly: float | None
    location_id: str
    location_name: str
    public_ip: str
    private_ip: str
    boot_s: float
    # "" answers SSH, "refuse" never listens, "hang" takes the connection and says nothing.
    silent: str
    extra: Mapping[str, Any]
    # Whether the provider says when the machine was made.
    dated: bool = True
    # How long its SSH server runs before it has the keys.
    keyless_s: float = 0.0
    # What is wrong with it for as long as it is there, apart by spaces.
    ills: str = ""


@dataclass(frozen=True)
class Expiration:
    """When a machine stops or goes by itself."""

    id: str
    date: str
    at: float
    action: str
    notify_s: int

    def document(self) -> dict[str, object]:
        """The expiration as the API answers it."""
        return {"id": self.id, "date": self.date, "action": self.action, "notify": self.notify_s}


@dataclass(frozen=True)
class Machine:
    """A machine on its way to `target`, which it reaches at `settles`; until then it is `meanwhile`.

    `since` is when that way began; `answers` when its SSH server comes up, None if it doesn't.
    """

    id: str
    cloud_id: str
    external_id: str
    name: str
    build: Build
    tags: Mapping[str, str]
    created: float
    target: str
    meanwhile: str
    since: float
    settles: float
    answers: float | None
    expiration: Expiration | None
    port: int
    host_key: str = field(repr=False)

    def state(self, now: float) -> str:
        """The state that the API answers."""
        return self.meanwhile if now < self.settles else self.target

    def is_up(self, now: float) -> bool:
        """Whether its SSH server runs."""
        return self.answers is not None and now >= self.answers

    def has_keys(self, now: float) -> bool:
        """Whether it lets anybody in."""
        return now >= self.created + self.build.boot_s + self.build.keyless_s

    def is_gone(self, now: float) -> bool:
        """Whether it is no longer listed; EC2 goes on listing what was terminated for an hour."""
        shown_s = _TERMINATED_SHOWN_S.get(self.build.provider, 0.0)
        return self.target == TERMINATED and now >= self.settles + shown_s

    def turning_points(self) -> list[float]:
        """The moments at which something changes by itself."""
        moments = [self.settles, self.answers, self.expiration.at if self.expiration else None]
        return [moment for moment in moments if moment is not None]


def booting(build: Build, now: float, meanwhile: str) -> dict[str, Any]:
    """What changes in a machine that begins to boot."""
    answers = None if build.silent == "refuse" else now + build.boot_s
    settles = now + build.boot_s * _RUNNING_AFTER
    return {"target": RUNNING, "meanwhile": meanwhile, "since": now, "settles": settles, "answers": answers}


def ending(build: Build, now: float, target: str) -> dict[str, Any]:
    """What changes in a machine that begins to stop, or to go for good."""
    meanwhile = "stopping" if target == STOPPED else TERMINATED
    settles = now + build.boot_s * _ENDS_AFTER
    return {"target": target, "meanwhile": meanwhile, "since": now, "settles": settles, "answers": None}
