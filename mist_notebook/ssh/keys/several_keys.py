"""Several keys for one login, in the order in which they are offered: files' own, and ones that the agent holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncssh

MOST_OFFERED = 5  # sshd hangs up at the sixth


@dataclass(frozen=True)
class FileKey:
    """A private key, and its certificate where one lies beside it."""

    key: asyncssh.SSHKey = field(repr=False)
    certificate: bytes | None = field(default=None, repr=False)

    def pairs(self) -> Sequence[asyncssh.SSHKeyPair]:
        """What it signs with; a certificate that can't be read is left out."""
        if self.certificate is not None:
            try:
                return list(asyncssh.load_keypairs([(self.key, self.certificate)]))
            except (ValueError, asyncssh.Error):
                pass
        return list(asyncssh.load_keypairs([self.key]))


@dataclass(frozen=True)
class SeveralKeys:
    """Keys of files, and public halves, as the wire has them, of what the agent at `agent_path` holds."""

    agent_path: str
    offers: tuple[FileKey | bytes, ...]

    @property
    def held(self) -> tuple[bytes, ...]:
        """What is the agent's."""
        return tuple(one for one in self.offers if isinstance(one, bytes))

    def ordered(self, from_agent: Sequence[asyncssh.SSHKeyPair]) -> list[asyncssh.SSHKeyPair]:
        """The pairs in the order of the offers, as many as a server hears."""
        by_public = {pair.public_data: pair for pair in from_agent}
        found: list[asyncssh.SSHKeyPair] = []
        for one in self.offers:
            found += one.pairs() if isinstance(one, FileKey) else [by_public[one]] if one in by_public else []
        return found[:MOST_OFFERED]
