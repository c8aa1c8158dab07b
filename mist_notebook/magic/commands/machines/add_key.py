"""`%mist add-key`: a key to get into machines, new or from a file."""

from __future__ import annotations

import base64
import binascii
import re
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from mist_notebook.ground import ask
from mist_notebook.ground.errors import ApiError, BadValueError, MistUsageError
from mist_notebook.ground.files.home import at_home
from mist_notebook.ground.secret import Secret
from mist_notebook.ground.text import brief
from mist_notebook.magic.commands.table import Answer, Argument, command

from .follow import say

if TYPE_CHECKING:
    from mist_notebook.client.keys import Key
    from mist_notebook.client.notebook.session import Session

_REFUSED = 400
_RSA = "ssh-rsa"
_FLAG = "--send-private"


@command(
    "add-key",
    Argument("name", "what the key will be called", required=True),
    Argument("--generate", "make a new one; its private half stays here, and a Mist server is given it", switch=True),
    Argument("--from", "the file of a private key that you have, or of a public one that the SSH agent has", "FILE"),
    Argument(_FLAG, "you agree that the Mist server is given the private half, decrypted", switch=True),
    Argument("--keep-here", "the server is given nothing: the key is used from this computer alone", switch=True),
    group="make",
    summary="add an SSH key, new or from a file, and give it to the server",
    examples=(
        "%mist add-key demo --generate",
        "%mist add-key mine --from ~/.ssh/id_rsa --send-private",
        "%mist add-key mine --from ~/.ssh/id_ed25519 --keep-here",
    ),
    returns="text",
)
def add_key(session: Session, options: Namespace) -> Answer:
    name, source = options.name, getattr(options, "from")
    if bool(source) == options.generate:
        raise MistUsageError(
            "add-key needs either --generate or --from FILE.", f"Such as: %mist add-key {_word(name)} --generate"
        )
    if options.send_private and options.keep_here:
        raise MistUsageError(f"{_FLAG} and --keep-here are both given.", "Keep one of them.")
    if not name.strip() or name != name.strip():
        raise BadValueError("The name of the key is empty, or has a space at an end.", "Such as: demo")
    key = _made_key(session, name, options) if options.generate else _given_key(session, name, source, options)
    if session.client.wants_private:
        session.list_keys()
    else:
        session.know_key(name)
    path = session.client.local_keys.path_of(name)
    if isinstance(key, str):
        stays = f"Key {brief(name)}: {path} stays on this computer, and logs in from here. {key}"
        return Answer(None, (stays, f"Such as: %mist probe NAME --key {_word(name)}"))
    where = "the server has it too" if session.client.wants_private else "a backend gets the public half with a create"
    return Answer(None, (f"Key {key.name} ({key.id}): its private half is {path}; {where}.",))


def _word(name: str) -> str:
    return name if re.fullmatch(r"[\w.-]+", name, re.ASCII) and name[0] != "-" else "NAME"


def _made_key(session: Session, name: str, options: Namespace) -> Key | str:
    """A new key that the server is given too, or why it wasn't."""
    keys = session.client.local_keys
    if options.keep_here:
        keys.have(name, rsa=False)
        return "The server was not given it."
    client = session.client
    will_be_sent = client.wants_private and not client.is_sandbox and _there(session, name) is None
    if will_be_sent and not _agreed(session, name, options):
        keys.have(name, rsa=True)
        return "The server was not given it."
    return session.client.make_key(name, send_private=will_be_sent)


def _given_key(session: Session, name: str, source: str, options: Namespace) -> Key | str:
    """The key of a file, given to the server unless it has it already, or why it wasn't; the file's place is kept."""
    from mist_notebook.ssh.keys.local_keys import read_key
    from mist_notebook.ssh.keys.login_keys import is_public, needs_passphrase, public_half

    path = at_home(source).absolute()
    is_locked = not is_public(path) and needs_passphrase(path)
    public = public_half(path) or read_key(path).public_data
    there = _there(session, name)
    if there is not None and _blob(there.public) != public:
        raise BadValueError(
            f"There is another key called '{brief(name)}' already.", "Nothing was sent. Give another name."
        )
    if not session.client.wants_private:
        session.client.local_keys.remember(name, path)
        return there or session.client.make_key(name)
    why_not = _why_not(session, public, is_public_file=is_public(path), options=options)
    if there is None and not why_not:
        asks = is_locked or not session.client.is_sandbox
        if asks and not _agreed(session, name, options):
            why_not = "The server was not given it."
    result: Key | str = there or why_not
    if not result:
        result = _sent(session, name, read_key(path))
    session.client.local_keys.remember(name, path)
    return result


def _sent(session: Session, name: str, private: Any) -> Key | str:
    text = private.export_private_key("pkcs1-pem" if private.get_algorithm() == _RSA else "openssh").decode()
    try:
        return session.client.add_key(name, Secret(text), send_private=True)
    except ApiError as error:
        if error.status != _REFUSED:
            raise
        return f"The server doesn't take it: {error.message}"


def _why_not(session: Session, public: bytes, *, is_public_file: bool, options: Namespace) -> str:
    """Why the server can't be given a key, before anyone is asked; "" if it can."""
    if options.keep_here:
        return "The server was not given it."
    if is_public_file:
        return "It is a public half, whose private one the SSH agent holds; a Mist server wants private halves alone."
    kind = public[4 : 4 + int.from_bytes(public[:4])].decode("ascii", "replace")
    if kind != _RSA and not session.client.is_sandbox:
        return f"It is {kind}; a Mist server takes RSA keys only, and was not given it."
    return ""


def _agreed(session: Session, name: str, options: Namespace) -> bool:
    """Whether the private half may go: said before it does, and asked unless the line says so already."""
    server = session.client.settings.url or "the sandbox"
    said = f"A Mist server wants the private half of a key: that of '{brief(name)}' goes to {server}, decrypted."
    if options.send_private:
        say(said)
        return True
    return ask.agreed(
        f"{said} With --keep-here nothing is sent.",
        flag=f"{_FLAG} (the private half goes to {server}, decrypted), or --keep-here (nothing is sent)",
    )


def _there(session: Session, name: str) -> Key | None:
    return session.client.key_named(name)


def _blob(public: str) -> bytes:
    """A public half as the wire has it."""
    try:
        return base64.b64decode(public.split()[1])
    except (binascii.Error, IndexError):
        return b""
