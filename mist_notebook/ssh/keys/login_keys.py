"""The private key that a login offers, read from a file as OpenSSH would read it: the owner's alone, or not at all."""

from __future__ import annotations

import base64
import binascii
import re
import shlex
from contextlib import suppress
from pathlib import Path

import asyncssh

from mist_notebook.ground.errors import ProbeError
from mist_notebook.ground.files.own import read_own
from mist_notebook.ground.secret import Secret

_FILE_LIMIT = 1 << 20
_PUTTY = re.compile(rb"\s*PuTTY-User-Key-File-\d")
_SSH_COM = re.compile(rb"\s*---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY")
_OPENSSH = re.compile(rb"-----BEGIN OPENSSH PRIVATE KEY-----(.+?)-----END", re.S)
_OPENSSH_MAGIC = b"openssh-key-v1\0"
# The last two are of numbers that are no key's: cryptography's own, which asyncssh lets through.
_NO_KEY = (asyncssh.KeyImportError, ValueError, OverflowError)


def load_key(path: Path, passphrase: Secret | None = None) -> asyncssh.SSHKey:
    """The key in the file. Raises ProbeError: not there, readable by others, no private key, a passphrase is due.

    The numbers of an RSA key are taken as they stand, as OpenSSH takes them: proving them takes a tenth of a second at
    each login, and nobody but the owner can have changed them.
    """
    content = _content(path)
    _refuse_other_formats(path, content)
    words = passphrase.reveal() if passphrase else None
    try:
        return asyncssh.import_private_key(content, words, unsafe_skip_rsa_key_validation=True)
    except asyncssh.KeyEncryptionError:
        raise ProbeError(f"The passphrase of the key {path} is wrong.", "Try again.") from None
    except _NO_KEY as error:
        if "assphrase" in str(error):
            raise ProbeError(f"The key {path} has a passphrase.", "It is asked for where someone can answer.") from None
        if "decrypt" in str(error):
            raise ProbeError(f"The passphrase of the key {path} is wrong.", "Try again.") from None
        raise _no_key(path) from None


def needs_passphrase(path: Path) -> bool:
    """Whether the file holds an encrypted key. Raises ProbeError if it can't be read.

    Its numbers are not checked for that, which takes longest: nobody logs in with what is read here.
    """
    return bool(_locked(_content(path)))


def public_half(path: Path) -> bytes | None:
    """The public half of the key in the file, as the wire has it, without its passphrase; `None` where that isn't told.

    Of a public key's file it is the key itself: the private half may be in the agent. Else it stands in OpenSSH's own
    format, encrypted or not, or in the file beside it that ends in `.pub`. Raises ProbeError if the file can't be read.
    """
    content = _content(path, may_be_public=True)
    told = _public_in_private(content) or _public(content)
    if told is None:
        with suppress(OSError):
            told = _public(read_own(path.with_name(f"{path.name}.pub"), _FILE_LIMIT)[0])
    return told


def is_half_of(public: str, private: Secret) -> bool:
    """Whether a public half, in a line as OpenSSH writes it, is that of a private key that has no passphrase."""
    try:
        told = base64.b64decode(public.split()[1])
        key = asyncssh.import_private_key(private.reveal(), unsafe_skip_rsa_key_validation=True)
        return bool(key.public_data == told)
    except (*_NO_KEY, asyncssh.KeyEncryptionError, IndexError):
        return False


def is_public(path: Path) -> bool:
    """Whether the file holds a public key alone, as `ssh` takes it for one that the agent has."""
    return _is_public(_content(path, may_be_public=True))


def _is_public(content: bytes) -> bool:
    return b"PRIVATE KEY" not in content and _public(content) is not None


def _public(content: bytes) -> bytes | None:
    """The public half: of a public key's file, or of a private key's that isn't encrypted, unchecked."""
    try:
        if b"PRIVATE KEY" in content:
            return asyncssh.import_private_key(content, unsafe_skip_rsa_key_validation=True).public_data
        return asyncssh.import_public_key(content).public_data
    except (*_NO_KEY, asyncssh.KeyEncryptionError):
        return None


def _public_in_private(content: bytes) -> bytes | None:
    """What stands unencrypted at the head of OpenSSH's own format: its words are cipher, kdf, its options, a count."""
    match = _OPENSSH.search(content)
    try:
        blob = base64.b64decode(match[1] if match else b"")
        if not blob.startswith(_OPENSSH_MAGIC):
            return None
        rest = blob.removeprefix(_OPENSSH_MAGIC)
        for _ in range(3):
            _, rest = _word(rest)
        return _word(rest[4:])[0]
    except (binascii.Error, ValueError):
        return None


def _word(blob: bytes) -> tuple[bytes, bytes]:
    end = 4 + int.from_bytes(blob[:4])
    if len(blob) < end or end == 4:
        return b"", blob[end:]
    return blob[4:end], blob[end:]


def _refuse_other_formats(path: Path, content: bytes) -> None:
    """The formats of others that have a way to ours: the line that converts them."""
    there, new = shlex.quote(str(path)), shlex.quote(f"{path}.openssh")
    if _PUTTY.match(content):
        raise ProbeError(
            f"{path} is a key in PuTTY's own format.", f"Convert it: puttygen {there} -O private-openssh -o {new}"
        )
    if _SSH_COM.match(content):
        raise ProbeError(
            f"{path} is a key in ssh.com's format.", f"Convert it: (umask 077; ssh-keygen -i -f {there} > {new})"
        )


def _content(path: Path, *, may_be_public: bool = False) -> bytes:
    try:
        content, mode = read_own(path, _FILE_LIMIT)
    except OSError as error:
        raise ProbeError(f"The key {path} can't be read: {error.strerror}.", "Give another key.") from None
    if mode & 0o077 and not (may_be_public and _is_public(content)):
        if not _is_private(content):
            raise _no_key(path)  # nobody's rights to another file are taken away
        quoted = str(path).replace("'", "'\"'\"'")
        raise ProbeError(f"The private key {path} can be read by others.", f"Run: chmod 600 '{quoted}'")
    return content


def _is_private(content: bytes) -> bool:
    """Whether it holds a private key, or what is left of one."""
    named = b"PRIVATE KEY" in content or _PUTTY.match(content) or _SSH_COM.match(content)
    return bool(named) or _locked(content) is not None


def _locked(content: bytes) -> bool | None:
    """Whether the private key in it is encrypted; `None` where there is none."""
    try:
        asyncssh.import_private_key(content, unsafe_skip_rsa_key_validation=True)
    except asyncssh.KeyEncryptionError:
        return True
    except _NO_KEY as error:
        return True if "assphrase" in str(error) else None
    return False


def _no_key(path: Path) -> ProbeError:
    return ProbeError(f"There is no private key in {path}.", "Give the private half: not the .pub file.")
