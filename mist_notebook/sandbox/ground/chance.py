"""Where a sandbox's ids and host keys come from: from anywhere, or, with a seed, the same in every run of that seed.

What opens the sandbox (token, password) never comes from a seed.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid


class Chance:
    """Ids and keys; 0 is no seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def uuid(self, what: str) -> uuid.UUID:
        """An id for a thing; `what` names it, and is asked for once."""
        return uuid.UUID(bytes=self.secret(what)[:16], version=4)

    def secret(self, what: str) -> bytes:
        """32 bytes for a thing, likewise."""
        return hashlib.sha256(f"{self.seed}/{what}".encode()).digest() if self.seed else secrets.token_bytes(32)
