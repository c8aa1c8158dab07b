"""The private SSH keys that are on this computer: made here or named here, by the name that the server knows them by.

A made key lies in the user's data folder, mode 0600; of another one only the path is kept. No key's text is kept
anywhere else, and none is ever shown. Each name has its own files: nothing is shared that two kernels could spoil.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import os
import re
from contextlib import suppress
from pathlib import Path

import asyncssh

from mist_notebook.ground import ask
from mist_notebook.ground.errors import BadValueError, NotFoundError, ProbeError
from mist_notebook.ground.files import whole as whole_file
from mist_notebook.ground.files.home import at_home
from mist_notebook.ground.files.own import read_own
from mist_notebook.ground.secret import Secret

from .login_keys import load_key, needs_passphrase, public_half

RSA_BITS = 3072
PASSPHRASE_VARIABLE = "MIST_KEY_PASSPHRASE"  # noqa: S105 - the name of the variable
_PATH_LIMIT = 1 << 16
_DIGEST = 17  # with the dash before it


class LocalKeys:
    """The keys of one data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def generate(self, name: str, *, rsa: bool) -> Path:
        """Make a key of that name, RSA 3072 or Ed25519, and the path of its private half; one that is there stays."""
        path = self._made_file(name)
        there = self._place_of(name)
        if there is None:
            content = new_key(rsa=rsa)
            try:
                self._keep_name(name)
                there = None if whole_file.add(path, content) else path
            except OSError as error:
                raise self._unwritable(error) from None
        if there is not None:
            raise BadValueError(
                f"There already is a private key for '{name}': {there}.", "Nothing changed. Take another name."
            )
        return path

    def have(self, name: str, *, rsa: bool) -> Path:
        """The path of the private half of that name, made now where there is none: also of several kernels at once."""
        there = self.path_of(name)
        if there is None:
            try:
                return self.generate(name, rsa=rsa)
            except BadValueError:
                there = self.path_of(name)
                if there is None:
                    raise
        return there

    def remember(self, name: str, path: Path) -> None:
        """Keep where the private half of `name` lies."""
        place = os.fsencode(at_home(path).absolute())
        try:
            self._keep_name(name)
            whole_file.put(self._pointer(name), place)
        except OSError as error:
            raise self._unwritable(error) from None

    def keep_public(self, name: str, line: str) -> None:
        """Keep a public half under `name` whose private one is elsewhere: in the agent, or on another computer."""
        place = self._public_file(name)
        try:
            whole_file.own_folder(self._folder)
            whole_file.put(place, f"{line}\n".encode("ascii"))
        except OSError as error:
            raise self._unwritable(error) from None
        self.remember(name, place)

    def name_of(self, public: bytes) -> str | None:
        """What the key with this public half is called here, if it is here."""
        return next((name for name in self.names() if self._blob_of(name) == public), None)

    def publics(self) -> set[bytes]:
        """The public halves of the keys that are here, as far as they are told without a passphrase."""
        return {blob for name in self.names() if (blob := self._blob_of(name)) is not None}

    def _blob_of(self, name: str) -> bytes | None:
        path = self.path_of(name)
        try:
            return public_half(path) if path is not None else None
        except ProbeError:
            return None

    def path_of(self, name: str) -> Path | None:
        """Where the private half of `name` lies; `None` if it isn't on this computer."""
        path = self._place_of(name)
        return path if path is not None and path.is_file() else None

    def names(self) -> list[str]:
        """The names of the keys that are here, as far as their files tell; in alphabetical order."""
        try:
            stems = {path.stem for path in self._folder.iterdir() if path.suffix in (".key", ".path")}
        except OSError:
            return []
        names = {self._name_of(stem) for stem in stems}
        return sorted(name for name in names if name and self.path_of(name))

    def forget(self, name: str) -> Path | None:
        """Know no key of that name any more; where its private half stays, which is never deleted."""
        path, made = self.path_of(name), self._made_file(name)
        try:
            if os.path.lexists(made):
                aside = _aside(made)
                made.rename(aside)
                path = aside if path in (made, None) else path
            for ours in (self._pointer(name), self._public_file(name)):
                ours.unlink(missing_ok=True)
        except OSError as error:
            raise self._unwritable(error) from None
        return path if path and path.is_file() else None

    def public_of(self, name: str) -> str:
        """The public half of `name`, as OpenSSH writes it; asks for a passphrase where nothing else tells it."""
        path = self.path_of(name)
        told = public_half(path) if path is not None else None
        if told is None:
            return self.load(name).export_public_key().decode("ascii").strip()
        kind = told[4 : 4 + int.from_bytes(told[:4])].decode("ascii")
        return f"{kind} {base64.b64encode(told).decode('ascii')}"

    def load(self, name: str) -> asyncssh.SSHKey:
        """The key itself; asks for its passphrase if it has one."""
        path = self._place_of(name)
        if path is None:
            raise NotFoundError(
                f"The private half of the key '{name}' is not on this computer.",
                "Name its file with %mist add-key NAME --from FILE, or probe with --via mist.",
            )
        return read_key(path)

    def _place_of(self, name: str) -> Path | None:
        """Where the private half should be: where a person said, else where we made it."""
        try:
            named, _ = read_own(self._pointer(name), _PATH_LIMIT)
            return Path(os.fsdecode(named))
        except FileNotFoundError:
            made = self._made_file(name)
            return made if os.path.lexists(made) else None
        except OSError as error:
            place = self._pointer(name)
            raise ProbeError(
                f"Where '{name}' lies can't be read: {place} ({error.strerror}).", "Move it away."
            ) from None

    def _keep_name(self, name: str) -> None:
        """Keep a name that its file's can't say."""
        whole_file.own_folder(self._folder)
        stem = _file_name(name)
        if stem[:-_DIGEST] != name:
            whole_file.put(self._folder / f"{stem}.name", name.encode("utf-8", "surrogatepass"))

    def _name_of(self, stem: str) -> str | None:
        """The name of which this is the file's."""
        name = stem[:-_DIGEST]
        with suppress(OSError, UnicodeDecodeError):
            told, _ = read_own(self._folder / f"{stem}.name", _PATH_LIMIT)
            name = told.decode("utf-8", "surrogatepass")
        return name if name.strip() and _file_name(name) == stem else None

    def _made_file(self, name: str) -> Path:
        return self._folder / f"{_file_name(name)}.key"

    def _public_file(self, name: str) -> Path:
        return self._folder / f"{_file_name(name)}.pub"

    def _pointer(self, name: str) -> Path:
        return self._folder / f"{_file_name(name)}.path"

    def _unwritable(self, error: OSError) -> ProbeError:
        return ProbeError(
            f"The key can't be kept in {self._folder}: {error.strerror}.",
            "Make room there, or set MIST_DATA_DIR to a folder that can be written.",
        )


def _aside(made: Path) -> Path:
    """Where a key that was made here is kept once it has no name any more."""
    places = (made.with_suffix(f".removed-{count}") for count in itertools.count(1))
    return next(place for place in places if not os.path.lexists(place))


def read_key(path: Path) -> asyncssh.SSHKey:
    """The private key in a file that only its owner can read; a passphrase is asked for."""
    return load_key(path, _passphrase(path) if needs_passphrase(path) else None)


def _passphrase(path: Path) -> Secret:
    given = os.environ.get(PASSPHRASE_VARIABLE)
    return Secret(given) if given else ask.secret(f"passphrase of {path.name}", variable=PASSPHRASE_VARIABLE)


def new_key(*, rsa: bool) -> bytes:
    if rsa:
        return asyncssh.generate_private_key("ssh-rsa", key_size=RSA_BITS).export_private_key("pkcs1-pem")
    return asyncssh.generate_private_key("ssh-ed25519").export_private_key("openssh")


def _file_name(name: str) -> str:
    """A key's name as a file's: what can be read of it, and a digest that no other name has."""
    if not name.strip():
        raise BadValueError("The name of the key is empty.", "Such as: demo")
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '_', name)[:40]}-{digest}"
