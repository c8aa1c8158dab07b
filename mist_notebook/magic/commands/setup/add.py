"""Commands that keep backends: clouds asked directly, and those on a Mist server; secrets are asked for unseen."""

from __future__ import annotations

import os
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from mist_notebook.ground import ask
from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.secret import Secret
from mist_notebook.ground.text import brief
from mist_notebook.magic.commands.table import Answer, Argument, command

if TYPE_CHECKING:
    from mist_notebook.backends.mist.credentials import Credential
    from mist_notebook.client.notebook.session import Session

BACKEND = Argument("backend", "the backend", values="backend", required=True)


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (equals and name.isidentifier() and value):
        raise BadValueError(f"'{brief(name)}' is not name=value.", "Such as --field project_id=mine")
    return name, value


@command(
    "add",
    Argument(
        "provider", "the provider, such as ec2; a region may follow: rackspace:lon", values="direct", required=True
    ),
    Argument("host", "of a server: its name, its address, or a host of the SSH configuration", values="ssh-host"),
    Argument("--name", "what the backend will be called; the provider's name without it", "NAME"),
    Argument("--region", "the region, where the provider has several accounts by region", "REGION"),
    Argument("--context", "of a cloud asked directly: the account's name in the cloud's own tool", "NAME"),
    Argument("--profile", "the same, as EC2's tools call it", "NAME"),
    Argument("--project", "the same, as Google's call it", "ID"),
    Argument("--subscription", "the same, as Azure's call it", "ID"),
    Argument("--cloud", "the same, as OpenStack's clouds.yaml calls it", "NAME"),
    Argument("--user", "of a server: the user to log in as", "NAME"),
    Argument("--port", "of a server: the port of SSH", "PORT"),
    Argument(
        "--key", "of a server: a key of this computer's by its name, or a private key's file", "KEY", values="key"
    ),
    Argument("--socket", "of docker or podman: its socket, where it isn't at one of the usual places", "PATH"),
    Argument(
        "--keep",
        "ask for the token unseen, and keep it there; file is one that only you can read",
        "WHERE",
        choices=("keyring", "file", "memory"),
    ),
    Argument("--direct", "ask the cloud itself, even though a Mist server is connected", switch=True),
    Argument("--field", "a field of the provider's that isn't secret; may be repeated", "K=V", read=_field, many=True),
    group="set up",
    summary="add a cloud with the token its tools keep here, or a backend to the Mist server; secrets are typed unseen",
    examples=(
        "%mist add hetzner",
        "%mist add digitalocean --context work --name Work",
        "%mist add ec2 --name Work --region eu-west-1",
        "%mist add openstack --cloud devstack",
        "%mist add server build.example.org --user admin",
        "%mist add ssh-config",
        "%mist add docker",
        "%mist add rackspace:lon --field username=me",
    ),
    returns="text",
)
def add(session: Session, options: Namespace) -> Answer:
    from mist_notebook.backends.mist import credentials
    from mist_notebook.client.joining import adding, clouds

    named = {word: value for word in clouds.WORDS if (value := getattr(options, word)) is not None}
    asked = options.direct or options.keep is not None or bool(named.keys() & clouds.OURS)
    if clouds.is_direct(options.provider, session.client.settings, asked=asked):
        return _added_directly(session, options, named)
    server = adding.server_for(session.client, options.provider)
    provider, region = adding.provider_of(server, options.provider, options.region)
    given: dict[str, Any] = {**named, **dict(options.field)}
    if region:
        given["region"] = region
    _refuse_secrets(provider, given)
    taken = credentials.read(provider, given)
    for field in credentials.missing(provider, taken):
        taken[field.name] = _asked(provider, field)
    name = options.name or server.provider_name(provider)
    backend = session.client.add_backend(name=name, provider=provider, **taken)
    session.forget(backend)
    return Answer(None, (f"{backend.name} ({backend.provider}) was added: %mist images {backend.name}",))


def _added_directly(session: Session, options: Namespace, named: dict[str, str]) -> Answer:
    """A cloud that is asked itself: what a Mist server would want doesn't go with it."""
    from mist_notebook.backends import direct
    from mist_notebook.client.notebook import welcome

    if options.field:
        raise MistUsageError(
            f"{options.provider} is asked directly: --field is for a Mist server.",
            f"Its credentials are found where its own tools keep them: %mist add {options.provider}",
        )
    backend, source = session.client.add_cloud(options.provider, options.name or "", keep=options.keep, **named)
    session.forget(backend)
    kind = direct.kind_of(options.provider)
    more = kind.added.format(source=source, name=backend.name, account=options.host) if kind else ""
    note = f"{backend.name} ({backend.provider}) was added, {more}"
    return Answer(None, (note, *welcome.first_look(session.client, backend)))


def _refuse_secrets(provider: str, given: dict[str, Any]) -> None:
    """A secret on a line is in the notebook and its history by then."""
    from mist_notebook.backends.mist import credentials

    taken = credentials.read(provider, given)
    for name, value in taken.items():
        if isinstance(value, Secret):
            raise MistUsageError(
                f"{name} of {provider} is a secret, which never stands on a line.",
                "It is in this notebook and its history now: revoke it. %mist add asks for it unseen.",
            )


def _asked(provider: str, field: Credential) -> Any:
    """The field from the environment, or from the person; seen where it is no secret."""
    variable = f"MIST_{provider}_{field.name}".upper()
    set_there = os.environ.get(variable)
    if set_there:
        return Secret(set_there) if field.secret else set_there
    if not field.secret and "key" not in field.name:
        raise MistUsageError(
            f"{provider} needs {field.name}: {field.about}.", f"Add --field {field.name}=… or set {variable}."
        )
    return ask.secret(f"{field.about} of {provider}", variable=variable)


@command(
    "enable",
    BACKEND,
    group="set up",
    summary="let the server use a backend again",
    examples=("%mist enable EC2",),
    returns="text",
)
def enable(session: Session, options: Namespace) -> Answer:
    backend = session.backend(options.backend)
    backend.enable()
    session.forget(backend)
    return Answer(None, (f"{backend.name} is enabled.",))


@command(
    "disable",
    BACKEND,
    group="set up",
    summary="keep the server from using a backend; nothing at the provider changes",
    examples=("%mist disable EC2",),
    returns="text",
)
def disable(session: Session, options: Namespace) -> Answer:
    backend = session.backend(options.backend)
    backend.disable()
    session.forget(backend)
    return Answer(None, (f"{backend.name} is disabled; its machines keep running, and cost money.",))
