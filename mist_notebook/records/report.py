"""What one look over SSH found, as a record that answers in the documentation's words too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from mist_notebook.ground.text import nearest


class Disk(msgspec.Struct, frozen=True, kw_only=True):
    """A mounted file system, in binary gigabytes."""

    mount: str
    size_gb: float | None = None
    used_gb: float | None = None


_OLD_WORDS = {
    "uptime": "uptime_s",
    "pub_ips": "public_ips",
    "priv_ips": "private_ips",
    "df": "disks",
    "rtt_min": "rtt_min_ms",
    "rtt_avg": "rtt_avg_ms",
    "rtt_max": "rtt_max_ms",
    "packets_loss": "loss_percent",
}


class ProbeReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one look over SSH found: an outcome, and a machine's vital signs where it is `ok`.

    `outcome` is one of refused, timeout, unreachable, not-ssh, key-changed, key-unknown, auth, hung, ok. `host` is the
    address that answered, or tells most; `tried` has a line for each other address that was tried before. `cores` may
    be a part of one, and memory less than the machine's, in a container. Round trips in ms are of TCP connects;
    `loss_percent` is of these too. `machine` is its name and `key_file` where the private key lies, where whoever
    looked knew them; `sandbox` marks an emulated machine.
    """

    outcome: str
    host: str
    port: int
    user: str
    via: str
    probed_at: datetime
    seconds: float
    detail: str = ""
    hint: str = ""
    uptime_s: float | None = None
    load1: float | None = None
    load5: float | None = None
    load15: float | None = None
    cores: float | None = None
    users: int | None = None
    ram_mb: float | None = None
    ram_used_mb: float | None = None
    disks: tuple[Disk, ...] = ()
    kernel: str | None = None
    os: str | None = None
    os_version: str | None = None
    distro: str | None = None
    hostname: str | None = None
    public_ips: tuple[str, ...] = ()
    private_ips: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    rtt_min_ms: float | None = None
    rtt_avg_ms: float | None = None
    rtt_max_ms: float | None = None
    loss_percent: float | None = None
    machine: str = ""
    key_file: str = ""
    sandbox: bool = False
    tried: tuple[str, ...] = ()

    def __getitem__(self, word: str) -> Any:
        """A fact in the documentation's words (`uptime`, `loadavg`, `pub_ips`, `rtt_avg`, …), or by its own name.

        `None` where the look didn't find it; KeyError with the nearest words for one that there isn't.
        """
        if word == "loadavg":
            return None if self.load1 is None else [self.load1, self.load5, self.load15]
        if word == "timestamp":
            return self.probed_at.timestamp()
        name = _OLD_WORDS.get(word, word)
        if name in self.__struct_fields__:
            found = getattr(self, name)
            return list(found) if isinstance(found, tuple) else found
        words = [*_OLD_WORDS, "loadavg", "timestamp", *self.__struct_fields__]
        raise KeyError(f"{word}: there is {', '.join(nearest(word, words) or sorted(_OLD_WORDS))}")

    def get(self, word: str, default: Any = None) -> Any:
        """The same, or `default` where it isn't known."""
        try:
            found = self[word]
        except KeyError:
            return default
        return default if found is None else found

    def __contains__(self, word: str) -> bool:
        return self.get(word) is not None
