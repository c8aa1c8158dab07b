"""`%mist add-key`: a key to get into machines, new or from a file."""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.secret import Secret
from mist_notebook.ground.text import brief

from .table import Answer, Argument, command

if TYPE_CHECKING:
    from mist_notebook.client.keys import Key
    from mist_notebook.client.session import Session


@command(
    "add-key",
    Argument("name", "what the key will be called", required=True),
    Argument("--generate", "make a new one; its private half stays here, and the server is given it", switch=True),
    Argument("--from", "the file of a private key that you have", "FILE"),
    group="make",
    summary="give the server an SSH key, new or from a file",
    examples=("%mist add-key demo --generate", "%mist add-key mine --from ~/.ssh/id_rsa"),
    returns="text",
)
def add_key(session: Session, options: Namespace) -> Answer:
    name, source = options.name, getattr(options, "from")
    if bool(source) == options.generate:
        raise MistUsageError(
            "add-key takes one of --generate and --from FILE.", f"Such as: %mist add-key {_word(name)} --generate"
        )
    if not name.strip() or name != name.strip():
        raise BadValueError("The name of the key is empty, or has a space at an end.", "Such as: demo")
    key = session.client.make_key(name) if options.generate else _given_key(session, name, source)
    session.list_keys()
    path = session.client.local_keys.path_of(name)
    return Answer(None, (f"Key {key.name} ({key.id}): its private half is {path}; the server has it too.",))


def _word(name: str) -> str:
    return name if re.fullmatch(r"[\w.-]+", name, re.ASCII) and name[0] != "-" else "NAME"


def _given_key(session: Session, name: str, source: str) -> Key:
    """The key of a file, given to the server unless it has it already; the file's place is remembered."""
    from mist_notebook.ssh.local_keys import read_key

    path = Path(source).expanduser().absolute()
    private = read_key(path)
    there = [key for key in session.client.keys.values() if key.name == name]
    public = private.export_public_key().decode().split()[:2]
    if there and there[0].public.split()[:2] != public:
        raise BadValueError(
            f"The server has another key called '{brief(name)}'.", "Nothing was sent. Give another name."
        )
    if not there:
        is_rsa = private.get_algorithm() == "ssh-rsa"
        if not (is_rsa or session.client.is_sandbox):
            raise BadValueError(f"{path.name} is {private.get_algorithm()}; Mist takes RSA keys.", "Nothing was sent.")
        text = private.export_private_key("pkcs1-pem" if is_rsa else "openssh").decode()
        there = [session.client.add_key(name, Secret(text))]
    session.client.local_keys.remember(name, path)
    return there[0]
