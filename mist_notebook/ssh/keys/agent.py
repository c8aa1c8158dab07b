"""The SSH agent's keys, asked for as `ssh` does: by the socket that SSH_AUTH_SOCK names. They stay where they are."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import asyncssh

from .several_keys import MOST_OFFERED, SeveralKeys

VARIABLE = "SSH_AUTH_SOCK"
_ANSWER_S = 5.0
_NO_AGENT = (asyncssh.Error, OSError, ValueError)


@dataclass(frozen=True)
class AgentKeys:
    """Keys that an agent holds, by their public halves as the wire has them; `path` is its socket."""

    path: str
    public: tuple[bytes, ...]

    def only(self, public: bytes) -> AgentKeys | None:
        """That key alone; `None` if the agent doesn't hold it."""
        return AgentKeys(self.path, (public,)) if public in self.public else None


LoginKey = asyncssh.SSHKey | AgentKeys | SeveralKeys


def agent_path() -> str:
    """Where the agent listens; "" if there is none."""
    return os.environ.get(VARIABLE, "")


async def held_by_agent(silent: set[str] | None = None, path: str | None = None) -> AgentKeys | None:
    """The keys that the agent holds by now; `None` if there is no agent, or it doesn't answer, or holds none.

    Without a `path` it is the environment's.

    One that doesn't answer in time comes into `silent`, and is not waited for again.
    """
    path = agent_path() if path is None else path
    held = tuple(pair.public_data for pair in await _asked(path, silent))
    return AgentKeys(path, held) if held else None


async def told_by_agent(silent: set[str] | None = None) -> list[str]:
    """The public keys that the agent holds by now as lines, each with its comment; none where there is no agent."""
    return [_line(pair) for pair in await _asked(agent_path(), silent)]


def _line(pair: asyncssh.SSHKeyPair) -> str:
    kind = pair.public_data[4 : 4 + int.from_bytes(pair.public_data[:4])].decode("ascii", "replace")
    encoded = base64.b64encode(pair.public_data).decode("ascii")
    return f"{kind} {encoded} {(pair.get_comment_bytes() or b'').decode('utf-8', 'replace')}"


async def _asked(path: str, silent: set[str] | None) -> list[asyncssh.SSHKeyPair]:
    if not path or (silent is not None and path in silent):
        return []
    try:
        async with asyncio.timeout(_ANSWER_S), asyncssh.SSHAgentClient(path) as client:
            return list(await client.get_keys())
    except TimeoutError:
        if silent is not None:
            silent.add(path)
    except _NO_AGENT:
        pass
    return []


@asynccontextmanager
async def key_pairs(key: LoginKey) -> AsyncIterator[list[asyncssh.SSHKeyPair]]:
    """What a login can sign with, for as long as it takes: the key, or what is left in the agent of its keys."""
    if isinstance(key, asyncssh.SSHKey):
        yield list(asyncssh.load_keypairs([key]))
        return
    if isinstance(key, SeveralKeys):
        async with _held(key.agent_path, key.held) as pairs:
            yield key.ordered(pairs)
        return
    async with _held(key.path, key.public) as pairs:
        yield pairs[:MOST_OFFERED]


@asynccontextmanager
async def _held(path: str, public: Sequence[bytes]) -> AsyncIterator[list[asyncssh.SSHKeyPair]]:
    """What is left in the agent of these keys."""
    if not public:
        yield []
        return
    client = asyncssh.SSHAgentClient(path)
    try:
        pairs: list[asyncssh.SSHKeyPair] = []
        with suppress(*_NO_AGENT):
            async with asyncio.timeout(_ANSWER_S):
                pairs = list(await client.get_keys(public))
        yield pairs
    finally:
        client.close()
