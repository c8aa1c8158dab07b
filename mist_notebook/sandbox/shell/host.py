"""The machine that a shell runs on, at one moment: every number that a command shows comes from here."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .distributions import Distribution

_KB_PER_MB = 1024
_KB_PER_GB = 1024 * 1024
_KERNEL_KEEPS = 0.03
_MINUTES = (1, 5, 15)
_BUSY, _SHORT, _FULL = 4, 0.94, 0.97  # what is ill: load for each processor, parts of memory and disk


@dataclass(frozen=True)
class Interface:
    """A network interface with its one address."""

    name: str
    address: str
    prefix: int
    mac: str


@dataclass(frozen=True)
class Login:
    """Somebody at a terminal."""

    user: str
    terminal: str
    since: float
    origin: str


@dataclass(frozen=True)
class Memory:
    """Memory in KiB; `free` + `used` + `cached` are the whole."""

    total: int
    used: int
    cached: int

    @property
    def free(self) -> int:
        """What nobody uses."""
        return self.total - self.used - self.cached

    @property
    def available(self) -> int:
        """What could be had."""
        return self.free + self.cached


@dataclass(frozen=True)
class Host:
    """One machine at the time `now`, seen by `user`."""

    name: str
    user: str
    distribution: Distribution
    arch: str
    cpus: int
    ram_mb: int
    disk_gb: int
    interfaces: tuple[Interface, ...]
    now: float
    booted: float
    seed: str
    logins: tuple[Login, ...] = ()
    authorized: Mapping[str, str] | None = None
    ills: frozenset[str] = frozenset()

    @property
    def home(self) -> str:
        """The home folder of whoever is here."""
        return "/root" if self.user == "root" else f"/home/{self.user}"

    @property
    def uptime_s(self) -> float:
        """Seconds since it booted."""
        return max(0.0, self.now - self.booted)

    @property
    def kernel(self) -> str:
        """The kernel's release, with the architecture where the distribution writes it."""
        release = self.distribution.kernel
        if self.distribution.id in ("debian", "ubuntu"):
            kind = "generic" if self.distribution.id == "ubuntu" else {"x86_64": "amd64"}.get(self.arch, self.arch)
            return f"{release}-{kind}"
        return f"{release}.{self.arch}" if ".el" in release or ".fc" in release or ".amzn" in release else release

    @cached_property
    def load(self) -> tuple[float, float, float]:
        """The load of the last 1, 5 and 15 minutes: small, and the same for the same machine and minute."""
        minute = int(self.now // 60)
        busy = _BUSY * self.cpus if "high-load" in self.ills else 0.0
        boot = 0.8 * math.exp(-self.uptime_s / 90)
        one, five, fifteen = (
            busy + sum(self._noise(minute - past) for past in range(span)) / span + boot / math.sqrt(span)
            for span in _MINUTES
        )
        return round(one, 2), round(five, 2), round(fifteen, 2)

    @cached_property
    def memory(self) -> Memory:
        """Its memory; a little of the size's is the kernel's."""
        total = int(self.ram_mb * _KB_PER_MB * (1 - _KERNEL_KEEPS))
        if "low-memory" in self.ills:
            return Memory(total, int(total * _SHORT), int(total * 0.02))
        used = min(int(total * 0.5), 60_000 + int(total * 0.05 * (1 + self._noise(int(self.now // 60)))))
        return Memory(total, used, int(total * 0.15))

    @cached_property
    def disk_kb(self) -> tuple[int, int]:
        """The size of its one file system, and how much of it is used."""
        total = int(self.disk_gb * _KB_PER_GB * 0.98)
        if "full-disk" in self.ills:
            return total, int(total * _FULL)
        return total, min(int(total * 0.6), 1_400_000 + int(self.uptime_s / 60))

    def _noise(self, minute: int) -> float:
        digest = hashlib.sha256(f"{self.seed}/{minute}".encode()).digest()
        return 0.12 * int.from_bytes(digest[:4]) / 2**32
