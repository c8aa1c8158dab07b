"""Who may come in: the sandbox's own e-mail, password and token, and the tokens that were made with them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import uuid
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime

from mist_notebook.sandbox.ground.refusals import RefusedError, SandboxError, bad_request, not_found
from mist_notebook.sandbox.ground.store import Store

MOST_TOKENS = 20
_LONGEST_TTL_S = 100 * 365 * 86_400
_USE_NOTED_EVERY_S = 60


@dataclass(frozen=True)
class Identity:
    """Which sandbox this is, and the secrets that open it; kept for as long as the database is."""

    instance_id: str
    email: str
    password: str
    token: str

    def __repr__(self) -> str:
        return f"Identity(instance_id={self.instance_id!r})"


def kept_identity(store: Store) -> Identity | None:
    """The identity in the database; None if the database is new."""
    kept = {row["name"]: row["value"] for row in store.rows("SELECT name, value FROM identity")}
    if not kept:
        return None
    try:
        return Identity(**{field.name: kept[field.name] for field in fields(Identity)})
    except KeyError as absent:
        raise SandboxError(f"The sandbox's database lacks its {absent}: move it away to begin anew.") from None


def new_identity(store: Store) -> Identity:
    """A random identity, put into the database."""
    made = Identity(
        instance_id=uuid.uuid4().hex,
        email=f"{secrets.token_hex(4)}@sandbox.invalid",
        password=secrets.token_urlsafe(32),
        token=secrets.token_hex(32),
    )
    for name, value in asdict(made).items():
        store.write("INSERT INTO identity VALUES (?, ?)", name, value)
    return made


def kept_port(store: Store) -> int:
    """The port that this database's sandbox listened on last; 0 if it never did."""
    row = store.row("SELECT value FROM identity WHERE name = 'port'")
    return int(row["value"]) if row else 0


def keep_port(store: Store, port: int) -> None:
    """Listen on `port` the next time too."""
    store.write("INSERT OR REPLACE INTO identity VALUES ('port', ?)", str(port))


class Tokens:
    """The API tokens that people made, of which only digests are kept.

    The sandbox's own token is not among them: it never ends and can't be revoked.
    """

    def __init__(self, store: Store, owner: Identity, clock: Callable[[], float]) -> None:
        self._store = store
        self._owner = owner
        self._clock = clock

    def admits(self, given: str) -> bool:
        """Whether an Authorization header opens the sandbox: a bare token, or `mist_1 email:token`, in any case."""
        digest = _digest(given.strip().lower().removeprefix(f"mist_1 {self._owner.email}:"))
        if hmac.compare_digest(digest, _digest(self._owner.token)):
            return True
        found = [row for row in self._active() if hmac.compare_digest(digest, row["digest"])]
        for row in found:
            self._note_use(row)
        return bool(found)

    def knows(self, *, email: str, password: str) -> bool:
        """Whether these are the sandbox's own e-mail, in any case, and password."""
        right_email = hmac.compare_digest(_digest(email.lower()), _digest(self._owner.email))
        return hmac.compare_digest(_digest(password), _digest(self._owner.password)) and right_email

    def create(self, *, name: str, ttl_s: int, ip_address: str, user_agent: str) -> dict[str, object]:
        """A new token, in the only answer that ever shows it whole; 0 s to live is for ever."""
        names = {row["name"] for row in self._active()}
        _check_new(name, names)
        token, token_id = secrets.token_hex(32), uuid.uuid4().hex
        self._store.write(
            "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, NULL, ?, ?, ?)",
            *(token_id, name or _free_name(names), _digest(token), token[:4]),
            *(self._clock(), ttl_s, ip_address, user_agent),
        )
        (row,) = self._store.rows("SELECT * FROM tokens WHERE id = ?", token_id)
        return {**self._shown(row), "token": token}

    def listing(self) -> list[dict[str, object]]:
        """The tokens that still open the sandbox, each cut to four characters."""
        return [self._shown(row) for row in self._active()]

    def revoke(self, token_id: str) -> None:
        """End a token now."""
        if not self._store.write("DELETE FROM tokens WHERE id = ?", token_id):
            raise not_found("Session not found")

    def _active(self) -> list[sqlite3.Row]:
        return self._store.rows(
            "SELECT * FROM tokens WHERE ttl_s = 0 OR created + ttl_s > ? ORDER BY created, id", self._clock()
        )

    def _note_use(self, row: sqlite3.Row) -> None:
        now = self._clock()
        # Each note waits for the disk: one a minute is enough.
        if row["last_used"] is None or now - row["last_used"] >= _USE_NOTED_EVERY_S:
            self._store.write("UPDATE tokens SET last_used = ? WHERE id = ?", now, row["id"])

    def _shown(self, row: sqlite3.Row) -> dict[str, object]:
        return {
            "id": row["id"],
            "name": row["name"],
            "token": row["shown"] + "...",
            "created": _moment(row["created"]),
            "last_accessed_at": "Never" if row["last_used"] is None else _moment(row["last_used"]),
            "ttl": row["ttl_s"],
            "ip_address": row["ip_address"],
            "user_agent": row["user_agent"],
            "org_id": self._owner.instance_id,
            "org_name": "sandbox",
            "user_id": self._owner.instance_id,
        }


def check_ttl(ttl_s: int) -> None:
    """Refuse a time to live that no token can have."""
    if not 0 <= ttl_s <= _LONGEST_TTL_S:
        raise bad_request("Ttl must be greater or equal to zero")


def _check_new(name: str, names: Collection[str]) -> None:
    if name in names:
        raise RefusedError(409, "Conflict", "Token with name already exists")
    if len(names) >= MOST_TOKENS:
        raise bad_request(f"MAX number of {MOST_TOKENS} active tokens reached")


def _free_name(names: Collection[str]) -> str:
    candidates = (f"api_token_{number}" for number in range(1, MOST_TOKENS + 2))
    return next(name for name in candidates if name not in names)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def _moment(epoch_s: float) -> str:
    """A time as Mist writes it: UTC, without saying so."""
    return str(datetime.fromtimestamp(epoch_s, UTC).replace(tzinfo=None))
