"""A key that a person has already, of a file, the agent, or pasted: how it comes to be one that a machine can have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import ApiError, BadValueError
from mist_notebook.ground.numbered import free
from mist_notebook.ground.secret import Secret
from mist_notebook.records.model import Key
from mist_notebook.ssh.keys.agent import agent_path
from mist_notebook.ssh.keys.found_keys import FoundKey, each_once, in_agent, in_folder
from mist_notebook.ssh.keys.local_keys import read_key
from mist_notebook.ssh.keys.login_keys import needs_passphrase

from .keys_here import LOCAL

if TYPE_CHECKING:
    from mist_notebook.ssh.keys.local_keys import LocalKeys
    from mist_notebook.ssh.keys.public_key import PublicKey

    from .client import MistClient

_RSA = "ssh-rsa"


def found(client: MistClient) -> list[FoundKey]:
    """The keys of this computer that it isn't known by yet: `~/.ssh/*.pub`, and what the agent holds."""
    every = in_folder(Path.home() / ".ssh")
    if agent_path():
        every += client.prober.loop.run(in_agent(client.prober.silent_agents))
    known = client.local_keys.publics()
    return [key for key in each_once(every) if key.public.blob not in known]


def take(client: MistClient, key: FoundKey) -> Key:
    """Know this key from now on, by its name or one like it that is free: backends get its public half with a create.

    Nothing is sent. Its private half stays where it is.
    """
    here, known = client.local_keys, client.list_keys()
    name = here.name_of(key.public.blob)
    if name is None:
        name = free(key.name, _names(known, here))
        if key.file is None:
            here.keep_public(name, key.public.line)
        else:
            here.remember(name, key.private or key.file)
    return next((one for one in known if one.name == name), Key(id=f"{LOCAL}{name}", name=name))


def known_to_server(client: MistClient, public: PublicKey) -> Key | None:
    """The Mist server's own record of this key, if it has it: it is asked for the public half of each."""
    every = client.server().keys()
    return next((key for key in every if _told(client, key) == public.line.split()), None)


def _told(client: MistClient, key: Key) -> list[str]:
    """Its public half in words; none where the server doesn't tell."""
    try:
        return client.server().public_key(key.mist_id).split()[:2]
    except ApiError:
        return []


def give(client: MistClient, key: FoundKey) -> Key:
    """Have the Mist server given the private half of this key, decrypted; whoever calls has had that agreed to."""
    path = key.private
    if path is None:
        raise BadValueError(
            "A Mist server wants the private half of a key, and this one's isn't on this computer.",
            "Choose a key that the server has, or make one.",
        )
    if key.public.kind != _RSA and client.private_goes_to:
        raise BadValueError(f"It is {key.public.kind}; a Mist server takes RSA keys only.", "Make a key for it.")
    name = free(key.name, _names(client.list_keys(), client.local_keys))
    if needs_passphrase(path):
        raise BadValueError(
            f"{path} has a passphrase, which isn't asked for here.", f"%mist add-key {name} --from {path} asks for it."
        )
    form = "pkcs1-pem" if key.public.kind == _RSA else "openssh"
    text = read_key(path).export_private_key(form).decode("ascii")
    given = client.add_key(name, Secret(text), send_private=True).record
    client.local_keys.remember(name, path)
    return given


def _names(known: Sequence[Key], here: LocalKeys) -> set[str]:
    """Those that keys have by now."""
    return {key.name for key in known} | set(here.names())
