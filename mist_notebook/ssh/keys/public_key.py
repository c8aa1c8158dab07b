"""A public key as a person pastes it: one line as OpenSSH writes it, read or refused in words.

What may be a private half is told apart by one pattern, which a page can look by too: before anything is sent to a
kernel. No text is ever quoted that may be one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Any

import asyncssh

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief, clean

PATTERN = (  # read by Python and by JavaScript: nothing in it that one of them takes otherwise
    "PRIVATE KEY|PuTTY-User-Key-File|Private-Lines|Private-MAC|b3BlbnNzaC1rZXktdjE|AGE-SECRET-KEY"
    "|^\\s*(?!AAAA)[A-Za-z0-9+/=\\s]{60,}$"  # the middle of one, without the lines that say what it is
)
KINDS = {
    "ssh-ed25519": "ED25519",
    "ssh-rsa": "RSA",
    "ecdsa-sha2-nistp256": "ECDSA 256",
    "ecdsa-sha2-nistp384": "ECDSA 384",
    "ecdsa-sha2-nistp521": "ECDSA 521",
    "sk-ssh-ed25519@openssh.com": "ED25519 of a security key",
    "sk-ecdsa-sha2-nistp256@openssh.com": "ECDSA of a security key",
}
_LEAST_RSA_BITS = 2048
_COMMENT_LIMIT = 80
_NAME_LIMIT = 40
_LONGEST = 1 << 16
_SECRET = re.compile(PATTERN)
_KIND = re.compile(r"(?:ssh|ecdsa|sk|x509v3)-[\w.@-]+")
_UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060"), "")
_SAMPLE = "Paste one line such as: ssh-ed25519 AAAA… anna@laptop"
_FORMATS = (
    ("BEGIN CERTIFICATE", "That is a certificate for the web, and no SSH key.", _SAMPLE),
    ("BEGIN SSH2 PUBLIC KEY", "That is a public key in ssh.com's format.", "Convert it: ssh-keygen -i -f FILE"),
    ("BEGIN RSA PUBLIC KEY", "That is a public key in PEM format.", "Convert it: ssh-keygen -i -m PEM -f FILE"),
    ("PUBLIC KEY-----", "That is a public key in PEM format.", "Convert it: ssh-keygen -i -m PKCS8 -f FILE"),
)
_REFUSED_PRIVATE = (
    "That is, or may be, a private key: it was removed, and nothing of it is kept.",
    "Paste the public half: the one line of the file that ends in .pub; PuTTYgen shows it in its window.",
)


@dataclass(frozen=True)
class PublicKey:
    """One public key: its kind, the key as the wire has it, and whatever its owner wrote behind it."""

    kind: str
    blob: bytes
    comment: str = ""
    bits: int = 0

    @property
    def line(self) -> str:
        """As OpenSSH writes it, without the comment."""
        return f"{self.kind} {base64.b64encode(self.blob).decode('ascii')}"

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` shows it."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode("ascii")
        return f"SHA256:{digest.rstrip('=')}"

    @property
    def called(self) -> str:
        """A name for it, by its comment, that every provider takes."""
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", self.comment)[:_NAME_LIMIT].strip("-")
        return plain or f"key-{re.sub(r'[^a-z0-9]', '', self.fingerprint[7:].casefold())[:6]}"

    def __str__(self) -> str:
        kind = f"{KINDS[self.kind]}{f' {self.bits}' if self.bits else ''}"
        return " · ".join(filter(None, (kind, self.comment, self.fingerprint)))


def is_secret(text: str) -> bool:
    """Whether a text is, or may be, a private key or a part of one."""
    return bool(_SECRET.search(text))


def read(text: str) -> PublicKey:
    """The key that a person pasted. Raises BadValueError in words; of what may be a private half nothing is quoted."""
    if is_secret(text):
        raise BadValueError(*_REFUSED_PRIVATE)
    if len(text) > _LONGEST:
        raise BadValueError(f"That is {len(text):,} letters: no public key.", _SAMPLE)
    lines = [line for one in text.translate(_UNSEEN).splitlines() if (line := one.strip())]
    lines = [line for line in lines if not line.startswith("#")]
    if not lines:
        raise BadValueError("There is no key in it.", _SAMPLE)
    _refuse_others(text, lines)
    words = lines[0].split(None, 2)
    return _read(words[0], words[1] if len(words) > 1 else "", words[2] if len(words) > 2 else "")


def _refuse_others(text: str, lines: list[str]) -> None:
    """What people paste in place of a key's line: other formats, addresses, names of files, several keys."""
    for mark, what, hint in _FORMATS:
        if mark in text:
            raise BadValueError(what, f"{hint} Then paste the line that it prints." if "FILE" in hint else hint)
    first = lines[0]
    if re.match(r"(?:https?://|gh:|lp:|gitlab:)|(?:www\.)?git(?:hub|lab)\.com/", first, re.I):
        raise BadValueError(
            f"'{brief(first)}' is an address, and nothing is fetched from there.",
            "Open it yourself, and paste one of the lines that it shows.",
        )
    if re.match(r"(?:SHA256|MD5):|(?:[0-9a-f]{2}:){15}", first):
        raise BadValueError("That is a fingerprint: it identifies a key, but isn't one.", _SAMPLE)
    if len(lines) > 1:
        keys = sum(_kind_at(line) is not None for line in lines)
        if keys > 1:
            raise BadValueError(f"That is {keys} keys: one at a time.", "Paste one of the lines.")
        raise BadValueError(f"That is {len(lines)} lines: a public key is one.", "Paste it without a line break.")
    if re.match(r"(?:~|\.{1,2})?[/\\]|[A-Za-z]:\\|\S+\.pub$", first):
        raise BadValueError(f"'{brief(first)}' is the name of a file, and no key.", "Paste the line that stands in it.")


def _kind_at(line: str) -> int | None:
    """Where in the line a kind of key stands as a word, with a key behind it."""
    found = re.search(rf"(?:^|\s)({_KIND.pattern})\s+AAAA", line)
    return found.start(1) if found else None


def _read(kind: str, encoded: str, comment: str) -> PublicKey:
    if kind.startswith("AAAA"):
        raise BadValueError("The first word is missing: the kind of key.", _SAMPLE)
    if kind not in KINDS:
        _refuse_kind(kind, f"{kind} {encoded} {comment}")
    blob = _decoded(encoded)
    own = blob[4 : 4 + int.from_bytes(blob[:4])].decode("ascii", "replace")
    if own != kind:
        said = f"In front stands {kind}, and the key itself is {brief(own)}." if own in KINDS else _BROKEN
        raise BadValueError(said, "Copy the whole line once more.")
    key = _imported(f"{kind} {encoded}", blob)
    bits = int(key.pyca_key.key_size) if kind == "ssh-rsa" else 0
    if bits and bits < _LEAST_RSA_BITS:
        raise BadValueError(
            f"It is an RSA key of {bits} bits, which servers refuse by now.",
            f"{_LEAST_RSA_BITS} bits are the least; better a new one: ssh-keygen -t ed25519",
        )
    return PublicKey(kind, blob, clean(" ".join(comment.split()), _COMMENT_LIMIT), bits)


_BROKEN = "The key is broken: a part of it is missing, or another than it was."


def _refuse_kind(kind: str, line: str) -> None:
    at = _kind_at(line)
    if at:
        raise BadValueError(
            f"Options stand in front of the key: '{brief(line[:at].strip())}'.",
            f"Paste it from '{kind_of(line, at)}' on.",
        )
    if "-cert-v" in kind:
        raise BadValueError("That is a certificate of a key.", "Paste the key itself: the .pub file without -cert.")
    if kind == "ssh-dss":
        raise BadValueError("It is a DSA key, which servers refuse by now.", "Make a new one: ssh-keygen -t ed25519")
    if _KIND.fullmatch(kind):
        raise BadValueError(f"Keys of the kind '{brief(kind)}' aren't taken.", "ED25519, ECDSA and RSA are.")
    raise BadValueError(f"'{brief(kind)}' isn't a kind of key.", _SAMPLE)


def kind_of(line: str, at: int) -> str:
    """The word that stands there."""
    return line[at:].split(None, 1)[0]


def _decoded(encoded: str) -> bytes:
    if not encoded:
        raise BadValueError("The key itself is missing behind its kind.", "Copy the whole line once more.")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise BadValueError(_BROKEN, "Copy the whole line once more.") from None


def _imported(line: str, blob: bytes) -> Any:
    try:
        key = asyncssh.import_public_key(line)
    except (asyncssh.KeyImportError, ValueError, OverflowError):
        key = None
    if key is None or key.public_data != blob:
        raise BadValueError(_BROKEN, "Copy the whole line once more.")
    return key
