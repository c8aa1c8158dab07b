"""The handshake with one host: its key against the pin or the known hosts, and the keys that are offered.

What asyncssh could read or offer on its own is switched off: configuration files, known_hosts, passwords, GSSAPI,
host-based login, forwarding, compression; the agent signs only where a login is by one of its keys.
"""

from __future__ import annotations

import asyncio
from typing import Any

import asyncssh

from .config.known import Trust
from .keys.agent import LoginKey, key_pairs
from .outcome import AUTH, OutcomeError
from .refusal import Witness, hung, translated
from .target import Target

_HOST_KEY_ALGORITHMS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-rsa",
)
_ALONE: dict[str, Any] = {
    "config": [],
    "agent_path": None,
    "agent_forwarding": False,
    "x11_forwarding": False,
    "client_certs": [],
    "client_host_keysign": False,
    "client_host_keys": None,
    "compression_algs": None,
    "encryption_algs": "^aes128-gcm@openssh.com",
    "gss_host": None,
    "gss_kex": False,
    "gss_auth": False,
    "host_based_auth": False,
    "kbdint_auth": True,  # to hear that it is asked for: the witness answers neither this nor a password
    "known_hosts": ([], [], []),
    "password_auth": True,
    "pkcs11_provider": None,
    "preferred_auth": "publickey,keyboard-interactive,password",
    "x509_trusted_certs": None,
}
_CERTIFIED = "-cert-v01@openssh.com"


async def handshake(
    target: Target, key: LoginKey, witness: Witness, timeout_s: float, **way: Any
) -> asyncssh.SSHClientConnection:
    """A logged-in connection by that way: `sock`, `tunnel` or `proxy_command`. Raises OutcomeError."""
    trust = target.trust
    try:
        async with asyncio.timeout(timeout_s), key_pairs(key) as pairs:
            if not pairs:
                raise OutcomeError(AUTH, "The SSH agent no longer holds the key.", "See: ssh-add -l", is_certain=True)
            options = {
                **_ALONE,
                "client_keys": [witness.watched(pair) for pair in pairs],
                "server_host_key_algs": _algorithms(witness.pinned, trust),
                **(_known(trust) if trust else {}),
                **way,
            }
            return await asyncssh.connect(
                target.host, target.port, username=target.user, client_factory=lambda: witness, **options
            )
    except OutcomeError:
        raise
    except TimeoutError:
        raise hung(target, witness, timeout_s) from None
    except Exception as error:  # a hostile host can bring asyncssh to raise anything
        raise translated(error, target, key, witness) from None


def _known(trust: Trust) -> dict[str, Any]:
    """The authorities are asyncssh's to check, with the certificate; the witness checks plain keys."""
    return {
        "known_hosts": ([], list(trust.authorities), list(trust.revoked)),
        "host_key_alias": trust.host,
    }


def _algorithms(pinned: str | None, trust: Trust | None) -> list[str]:
    """The host key algorithms, the known keys' first: a host with several keys shows the one that is asked first."""
    kinds = (trust.kinds if trust else ()) or ((pinned or "").partition(" ")[0],)
    own = [name for kind in kinds for name in _HOST_KEY_ALGORITHMS if name == kind or _is_rsa(kind, name)]
    plain = [*dict.fromkeys(own), *(name for name in _HOST_KEY_ALGORITHMS if name not in own)]
    return [*(f"{name}{_CERTIFIED}" for name in plain if trust and trust.authorities), *plain]


def _is_rsa(kind: str, name: str) -> bool:
    return kind == "ssh-rsa" and "rsa" in name
