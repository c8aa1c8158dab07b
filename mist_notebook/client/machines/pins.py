"""Pinned host keys of live machines and of the embedded sandbox's side by side: on disk, and in memory."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path

from mist_notebook.ssh.host_keys import HostKeys


class Pins(HostKeys):
    """The pins of a file, but those of machines in the backends `in_memory`, which end with this process."""

    def __init__(self, path: Path, memory: HostKeys, in_memory: AbstractSet[str]) -> None:
        super().__init__(path)
        self._memory = memory
        self._in_memory = in_memory

    def known(self, machine_id: str) -> str | None:
        return self._memory.known(machine_id) if self._is_in_memory(machine_id) else super().known(machine_id)

    def pin(self, machine_id: str, key: str) -> bool:
        is_in_memory = self._is_in_memory(machine_id)
        return self._memory.pin(machine_id, key) if is_in_memory else super().pin(machine_id, key)

    def forget(self, machine_id: str) -> bool:
        return self._memory.forget(machine_id) if self._is_in_memory(machine_id) else super().forget(machine_id)

    def _is_in_memory(self, machine_id: str) -> bool:
        """Its name begins with its backend's id: see `prober.pin_name`."""
        return machine_id.partition("/")[0] in self._in_memory
