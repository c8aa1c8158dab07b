"""The private key that a login offers, read from a file as OpenSSH would read it: the owner's alone, or not at all."""

from __future__ import annotations

from pathlib import Path

import asyncssh

from mist_notebook.ground.errors import ProbeError
from mist_notebook.ground.own_file import read_own
from mist_notebook.ground.secret import Secret

_FILE_LIMIT = 1 << 20


def load_key(path: Path, passphrase: Secret | None = None) -> asyncssh.SSHKey:
    """The key in the file. Raises ProbeError: not there, readable by others, no private key, a passphrase is due."""
    content = _content(path)
    try:
        return asyncssh.import_private_key(content, passphrase.reveal() if passphrase else None)
    except asyncssh.KeyEncryptionError as error:
        if "bcrypt" in str(error):
            raise ProbeError(f"The key {path} needs a package to be decrypted.", "Run: pip install bcrypt") from None
        raise ProbeError(f"The passphrase of the key {path} is wrong.", "Try again.") from None
    except asyncssh.KeyImportError as error:
        if "assphrase" in str(error):
            raise ProbeError(f"The key {path} has a passphrase.", "It is asked for where someone can answer.") from None
        if "decrypt" in str(error):
            raise ProbeError(f"The passphrase of the key {path} is wrong.", "Try again.") from None
        raise ProbeError(f"There is no private key in {path}.", "Give the private half: not the .pub file.") from None


def needs_passphrase(path: Path) -> bool:
    """Whether the file holds an encrypted key. Raises ProbeError if it can't be read."""
    try:
        asyncssh.import_private_key(_content(path))
    except asyncssh.KeyEncryptionError:
        return True
    except asyncssh.KeyImportError as error:
        return "assphrase" in str(error)
    return False


def _content(path: Path) -> bytes:
    try:
        content, mode = read_own(path, _FILE_LIMIT)
    except OSError as error:
        raise ProbeError(f"The key {path} can't be read: {error.strerror}.", "Give another key.") from None
    if mode & 0o077:
        raise ProbeError(f"The private key {path} can be read by others.", f"Run: chmod 600 '{path}'")
    return content
