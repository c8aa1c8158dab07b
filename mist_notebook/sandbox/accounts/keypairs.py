"""SSH key pairs: made, and read for their public half. Imported when a key is first needed, as asyncssh is large."""

from __future__ import annotations

import asyncssh

_RSA_BITS = 2048
ED25519 = "ssh-ed25519"
# What stands before the 32 bytes in PKCS #8.
_PKCS8_ED25519 = bytes.fromhex("302e020100300506032b657004220420")
_TAKEN = ("ssh-rsa", ED25519)


def rsa_pair() -> tuple[str, str]:
    """A new RSA key: its private half in PEM, its public half in one line."""
    key = asyncssh.generate_private_key("ssh-rsa", key_size=_RSA_BITS)
    return key.export_private_key("pkcs1-pem").decode(), _line(key)


def host_key(secret: bytes) -> str:
    """The Ed25519 private key that 32 secret bytes are."""
    return asyncssh.import_private_key(_PKCS8_ED25519 + secret).export_private_key().decode()


def public_half(private: str) -> str:
    """The public half of an RSA or Ed25519 private key, in one line; empty if it is no such key."""
    try:
        key = asyncssh.import_private_key(private)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError, OverflowError):
        return ""
    return _line(key) if key.get_algorithm() in _TAKEN else ""


def _line(key: asyncssh.SSHKey) -> str:
    algorithm, data, *_ = key.export_public_key().decode().split()
    return f"{algorithm} {data}"
