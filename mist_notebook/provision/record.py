"""One operation as a record: what it holds, how it is written as a file, and what can't be one.

Leaves to `journal` when records are written, and which one holds.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from mist_notebook.ground.errors import BadValueError, JournalError
from mist_notebook.ground.secret import MASK, Secret, redact, says_secret

VERSION = 1
RECORD_LIMIT = 1 << 20
DOUBTFUL = ("sent", "unknown")
ENDED = ("gone", "dropped", "absent", "forgotten")
OPEN = ("intent", "sent", "unknown", "created", "ready", "destroying")
NEXT = {  # where each open state can lead
    "intent": ("sent", "dropped", "forgotten"),
    "sent": ("unknown", "created", "gone", "dropped", "absent", "forgotten"),
    "unknown": ("unknown", "created", "gone", "dropped", "absent", "forgotten"),
    "created": ("created", "ready", "destroying", "gone", "forgotten"),
    "ready": ("ready", "destroying", "gone", "forgotten"),
    "destroying": ("destroying", "gone", "forgotten"),
}
_FILE = re.compile(r"([0-9a-f]{32})-([0-9]{6,9})\.json")
_OP = re.compile(r"[0-9a-f]{32}")


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One create, and what became of it. Holds no secret and no key material.

    `turn` is its place in the chain of its backend and name, `first` where it began there, and `branch` names a chain
    of its own: of an operation that came back when its name had another one. `times` says when it first came to each
    state. `seen` is whether a listing has shown its machine, `missed` since when complete ones don't, and `going`
    whether its service took its destroy. `tag` is the operation that its machine carries, where that isn't its own: one
    request made two. `login` is the user that such an image has in that cloud. `passed` says which locations refused
    it for want of room, and which one then made it.
    """

    op: str
    account: str
    backend: str
    backend_name: str
    name: str
    spec: dict[str, Any]
    state: str = "intent"
    v: int = VERSION
    turn: int = 0
    first: int = 0
    branch: str = ""
    tag: str = ""
    seen: bool = False
    missed: str | None = None
    going: bool = False
    price_hourly: float | None = None
    price_monthly: float | None = None
    currency: str | None = None
    expires: str | None = None
    machine_id: str | None = None
    login: str | None = None
    passed: str = ""
    note: str = ""
    host: str = ""
    pid: int = 0
    times: dict[str, str] = {}

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def begun(self) -> int:
        """The turn of its first file; 0 where that can't be told from here, as records once didn't say it."""
        return self.first or (1 if self.turn <= len(self.times) else 0)

    def age_order(self) -> tuple[str, int, str]:
        """What the oldest come first by; of one name and one second, what was written first."""
        return self.times.get("intent", ""), self.turn, self.op


@dataclass(frozen=True)
class Broken:
    """A file that can't be read as a record: kept as it is, and in the way of creates until someone looks."""

    file: str
    why: str


def account_digest(origin: str, account: str) -> str:
    """The folder's name for one account on one server: nothing of either can choose a path."""
    return _digest(origin, account)


def kept(spec: dict[str, Any]) -> dict[str, Any]:
    """A spec as records keep it, plain and redacted: what two specs are compared by."""
    redacted: dict[str, Any] = _redacted(msgspec.json.decode(_encoded(spec)))
    return redacted


def _encoded(value: object) -> bytes:
    try:
        return msgspec.json.encode(value, enc_hook=_plain)
    except UnicodeEncodeError:
        raise BadValueError("What was asked for has half a character in it, which can't be sent.", "") from None


def _plain(value: object) -> str:
    return MASK if isinstance(value, Secret) else str(value)


def _redacted(value: Any) -> Any:
    """Text by text: a secret's shape may reach over a quote, and what is left would not be JSON."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    if isinstance(value, dict):
        return {redact(name): _named(name, item) for name, item in value.items()}
    return value


def _named(name: str, value: Any) -> Any:
    """What stands under a name such as `password` is a secret, whatever its shape or kind."""
    is_secret = says_secret(name) or MASK in redact(f"{name}=x")
    return MASK if is_secret and value not in ("", None, True, False) else _redacted(value)


def _digest(*words: str) -> str:
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:32]


def chain_of(record: Record) -> str:
    """How the files of this backend and name begin."""
    return _digest(record.backend, record.name, *([record.branch] if record.branch else []))


def file_name(record: Record) -> str:
    """The name of the record's file: of several kernels that write this turn, one does."""
    return file_at(chain_of(record), record.turn)


def file_at(chain: str, turn: int) -> str:
    """The name of that turn's file in a chain."""
    return f"{chain}-{turn:06d}.json"


def turn_of(name: str) -> int:
    """The turn that a file's name says; 0 if it is no file of ours."""
    match = _FILE.fullmatch(name)
    return int(match[2]) if match else 0


def twin_op(op: str, machine_id: str) -> str:
    """The operation of another machine that one request made: the same for every kernel that sees it."""
    return _digest(op, machine_id)


def content_of(record: Record) -> bytes:
    """The record as its file's content. Raises JournalError if it would be too large to be read again."""
    content = msgspec.json.format(_encoded(record), indent=1)
    if len(content) > RECORD_LIMIT:
        raise JournalError(f"The record of '{record.name}' is over 1 MiB. Nothing was sent.", "Shorten its script.")
    return content


def chains(names: Iterable[str]) -> list[list[str]]:
    """The files of each chain, the first turn first; whatever is no file of ours is a chain by itself."""
    found: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: (len(name), name)):
        match = _FILE.fullmatch(name)
        found.setdefault(match[1] if match else name, []).append(name)
    return list(found.values())


def read(file: str, content: bytes, account: str) -> Record | Broken:
    """The record in a file of that name, or why it is none of this account."""
    try:
        version = msgspec.json.decode(content, type=_Version).v
        if version > VERSION:
            return Broken(file, "written by a newer version")
        record = msgspec.json.decode(content, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Broken(file, "not a record" if content.strip(b"\0 \n") else "empty")
    why = _contradiction(record, account, file)
    return Broken(file, why) if why else record


class _Version(msgspec.Struct):
    v: int


def _contradiction(record: Record, account: str, file: str) -> str:
    """What in the record can't be true; nothing if all can."""
    price = record.price_hourly
    checks = {
        f"no such state: {record.state}": record.state in (*OPEN, *ENDED),
        "of another account": record.account == account,
        "its operation id is none": _OP.fullmatch(record.op) is not None,
        "its name is another record's": file == file_name(record),
        "its price is none": price is None or (math.isfinite(price) and price >= 0),
        "a time in it is none": all(_is_moment(moment) for moment in record.times.values()),
    }
    return next((why for why, is_fine in checks.items() if not is_fine), "")


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
