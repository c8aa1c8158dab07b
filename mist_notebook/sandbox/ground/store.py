"""The sandbox's SQLite database: in memory, or one file in the state folder that no second sandbox can open.

It knows how to open, lock, check and write. What the tables mean is `accounts.py`, `clouds.py`, `keys.py`,
`machines.py`, `associations.py` and `jobs.py`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .refusals import SandboxError

_APPLICATION = 0x4D697374
_VERSION = 3
_SINCE_3 = """
CREATE TABLE found_images (
    cloud_id TEXT NOT NULL, external_id TEXT NOT NULL, PRIMARY KEY (cloud_id, external_id));
"""
_SCHEMA = """
CREATE TABLE identity (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE tokens (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, digest BLOB NOT NULL, shown TEXT NOT NULL, created REAL NOT NULL,
    last_used REAL, ttl_s INTEGER NOT NULL, ip_address TEXT NOT NULL, user_agent TEXT NOT NULL);
CREATE TABLE clouds (
    position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, name TEXT UNIQUE NOT NULL,
    provider TEXT NOT NULL, enabled INTEGER NOT NULL DEFAULT 1, features TEXT NOT NULL DEFAULT '{}');
CREATE TABLE stars (
    cloud_id TEXT NOT NULL, external_id TEXT NOT NULL, starred INTEGER NOT NULL, PRIMARY KEY (cloud_id, external_id));
CREATE TABLE keys (
    position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, name TEXT UNIQUE NOT NULL,
    is_default INTEGER NOT NULL, private TEXT NOT NULL, public TEXT NOT NULL);
CREATE TABLE machines (
    position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, cloud_id TEXT NOT NULL,
    external_id TEXT NOT NULL, name TEXT NOT NULL, build TEXT NOT NULL, tags TEXT NOT NULL, created REAL NOT NULL,
    target TEXT NOT NULL, meanwhile TEXT NOT NULL, since REAL NOT NULL, settles REAL NOT NULL, answers REAL,
    expiration TEXT NOT NULL, port INTEGER NOT NULL, host_key TEXT NOT NULL, UNIQUE (cloud_id, external_id));
CREATE TABLE associations (
    id TEXT PRIMARY KEY, machine_id TEXT NOT NULL, key_id TEXT NOT NULL, user TEXT NOT NULL, port INTEGER NOT NULL,
    made REAL NOT NULL, UNIQUE (machine_id, key_id));
CREATE TABLE jobs (
    id TEXT PRIMARY KEY, story_id TEXT NOT NULL, cloud_id TEXT NOT NULL, started REAL NOT NULL, finished REAL,
    error TEXT NOT NULL);
CREATE TABLE job_logs (
    position INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL, at REAL NOT NULL, entry TEXT NOT NULL);
"""


_FORGOTTEN = ("clouds", "stars", "found_images", "keys", "machines", "associations", "jobs", "job_logs")


class Store:
    """The open database; used by one thread at a time.

    Every write is on disk before its call returns: what was acknowledged survives a SIGKILL.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = _prepared(folder) if folder else None
        try:
            self._connection = _opened(self._file)
        except sqlite3.Error as error:
            raise SandboxError(_trouble(self._file, error)) from None

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """All rows that a query answers."""
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        """The first row that a query answers."""
        found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return found

    def write(self, sql: str, *values: object) -> int:
        """How many rows a statement changed."""
        return self._connection.execute(sql, values).rowcount

    @contextmanager
    def together(self) -> Iterator[None]:
        """The writes inside happen all or not at all."""
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def empty(self) -> None:
        """Forget everything but who this sandbox is, and the tokens."""
        with self.together():
            for table in _FORGOTTEN:
                self.write(f"DELETE FROM {table}")  # noqa: S608 # the names are this file's own
            self.write("DELETE FROM sqlite_sequence")

    def close(self) -> None:
        """Close the database and let the next sandbox have it."""
        self._connection.close()


def write_private(file: Path, text: str) -> None:
    """Replace `file`, at once and for its owner's eyes only (0600)."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_text(text)
    draft.replace(file)


def _prepared(folder: Path) -> Path:
    """The database's file, which nobody else can read, in a folder that nobody else can list."""
    file = folder / "sandbox.db"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            file.touch(mode=0o600)
        file.chmod(0o600)
    except FileExistsError:
        raise SandboxError(f"The state folder {folder} can't be used: it is a file.") from None
    except OSError as error:
        raise SandboxError(f"The state folder {folder} can't be used: {error.strerror}.") from None
    return file


def _opened(file: Path | None) -> sqlite3.Connection:
    # The loop's thread takes over what the caller's thread opened.
    connection = sqlite3.connect(file or ":memory:", isolation_level=None, timeout=0, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        _lock(connection)
        _check(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _lock(connection: sqlite3.Connection) -> None:
    """Keep every other process out until this one closes the database or dies."""
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("COMMIT")


def _check(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty database; refuse one that is damaged or of another version."""
    made_by, version = _only(connection, "PRAGMA application_id"), _only(connection, "PRAGMA user_version")
    if (made_by, version) == (_APPLICATION, _VERSION):
        if _only(connection, "PRAGMA quick_check(1)") != "ok":
            raise sqlite3.DatabaseError("it is damaged")
        return
    if (made_by, version) == (_APPLICATION, 2):
        connection.executescript(f"BEGIN; {_SINCE_3} PRAGMA user_version = {_VERSION}; COMMIT;")
        return
    if made_by == _APPLICATION:
        raise sqlite3.DatabaseError(f"it is of version {version}, not {_VERSION}")
    if made_by or version or _only(connection, "SELECT count(*) FROM sqlite_master"):
        raise sqlite3.DatabaseError("it is another program's")
    marks = f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION};"
    connection.executescript(f"BEGIN; {_SCHEMA} {_SINCE_3} {marks} COMMIT;")


def _only(connection: sqlite3.Connection, sql: str) -> Any:
    return connection.execute(sql).fetchone()[0]


def _trouble(file: Path | None, error: sqlite3.Error) -> str:
    if getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
        return f"Another sandbox runs on {file and file.parent}: stop it, or give another folder."
    return f"{file} can't be read ({error}).\nNothing was changed: move it away to begin anew, or give another folder."
