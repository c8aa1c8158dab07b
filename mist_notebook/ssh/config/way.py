"""From what the configuration says to a login: the target, the hosts before it, their known keys, what is offered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from mist_notebook.ground.errors import MistError, ProbeError, SettingsError
from mist_notebook.ssh.keys.agent import AgentKeys, LoginKey
from mist_notebook.ssh.keys.local_keys import read_key
from mist_notebook.ssh.keys.login_keys import is_public, needs_passphrase, public_half
from mist_notebook.ssh.keys.several_keys import FileKey, SeveralKeys
from mist_notebook.ssh.target import Hop, Target

from . import reading
from .known import trust_of
from .said import Said, Wish, jumps

Agent = Callable[[str], AgentKeys | None]
_MOST_HOPS = 8


@dataclass(frozen=True)
class Asked:
    """What a login is made for: a machine's id and name, and what a person said beside.

    `takes_new`: whether a host key that nobody knows is taken this time. `key` is offered in place of the configured.
    """

    machine_id: str
    name: str
    takes_new: bool = False
    key: LoginKey | None = None


def way(said: Said, asked: Asked, agent: Agent) -> tuple[Target, LoginKey]:
    """Where to log in and with what. Raises SettingsError, ProbeError; may ask for a passphrase."""
    return _target(said, asked, agent, 0), asked.key or _keys(said, asked.name, agent)


def _target(said: Said, asked: Asked, agent: Agent, depth: int) -> Target:
    return Target(
        asked.machine_id,
        said.hostname,
        said.port,
        said.user,
        asked.name,
        loopback_allowed=True,
        trust=trust_of(said, takes_new=asked.takes_new),
        hop=_hop(said, asked, agent, depth),
        proxy_command=said.proxy_command,
    )


def _hop(said: Said, asked: Asked, agent: Agent, depth: int) -> Hop | None:
    """The last host before it. It is asked for as by itself, but for the hosts that are named before it."""
    if not said.proxy_jump:
        return None
    if depth >= _MOST_HOPS:
        raise SettingsError(f"ProxyJump: more than {_MOST_HOPS} hosts before {said.host}.", "It may lead in a circle.")
    *before, last = jumps(said.proxy_jump)
    there = reading.said_of(last)
    if before:
        there = replace(there, proxy_jump=",".join(_text(one) for one in before), proxy_command="")
    if (there.hostname, there.port, there.user) == (said.hostname, said.port, said.user):
        raise SettingsError(f"ProxyJump: {said.host} would be reached through itself.", "Give it ProxyJump none.")
    through = replace(asked, machine_id=f"ssh/{there.known_at}", name=last.host, key=None)
    return Hop(_target(there, through, agent, depth + 1), _keys(there, last.host, agent))


def _text(wish: Wish) -> str:
    host = f"[{wish.host}]" if ":" in wish.host else wish.host
    return f"{wish.user}@{host}" * bool(wish.user) + host * (not wish.user) + (f":{wish.port}" if wish.port else "")


def _keys(said: Said, name: str, agent: Agent) -> SeveralKeys:
    """What OpenSSH would offer: keys that are named for it first, then the agent's, then the usual files."""
    held = agent(said.agent) if said.agent else None
    named = list(_offers(said.named_files, held, name, asks=True))
    usual = [path for path in said.identity_files if path not in said.named_files]
    offers: list[FileKey | bytes] = [*named, *(held.public if held and not said.identities_only else ())]
    offers += _offers(usual, held, name, asks=False)
    if not offers:
        raise _no_key(said, name)
    return SeveralKeys(said.agent, tuple(dict.fromkeys(offers)))


def _offers(
    paths: tuple[Path, ...] | list[Path], held: AgentKeys | None, name: str, *, asks: bool
) -> Iterator[FileKey | bytes]:
    """Each file's key; what the agent holds of it is taken from there. One that can't be used is passed over."""
    troubles: list[MistError] = []
    found = 0
    for path in paths:
        if not path.is_file():
            continue
        try:
            public = public_half(path)
            if held is not None and public in held.public and public is not None:
                yield public
            elif is_public(path) or (needs_passphrase(path) and not asks):
                continue
            else:
                yield FileKey(read_key(path), _certificate(path))
            found += 1
        except MistError as error:
            troubles.append(error)
    if troubles and not found and asks:
        raise ProbeError(f"No key for '{name}' can be used: {troubles[0].message}", troubles[0].hint)


def _certificate(path: Path) -> bytes | None:
    with suppress(OSError):
        return path.with_name(f"{path.name}-cert.pub").read_bytes()
    return None


def _no_key(said: Said, name: str) -> ProbeError:
    named = ", ".join(str(path) for path in said.named_files)
    what = f"({named} is not there)" if named else "(no agent, and none of the usual files in ~/.ssh)"
    return ProbeError(f"There is no private key for '{name}' here {what}.", "Name one: --key NAME, or IdentityFile.")
