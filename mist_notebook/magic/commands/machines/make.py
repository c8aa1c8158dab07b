"""`%mist create`: a machine, or several, made and followed until they answer."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from mist_notebook.backends import extra_fields, provider_fields, tag_rules
from mist_notebook.display.page import Section
from mist_notebook.fleet import clocks, watch
from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.files.home import at_home
from mist_notebook.ground.interrupted import doing
from mist_notebook.ground.text import brief
from mist_notebook.magic.commands.parts.arrange import OUTPUT
from mist_notebook.magic.commands.parts.choice import PORT, USER
from mist_notebook.magic.commands.parts.specs import specs_of
from mist_notebook.magic.commands.table import Answer, Argument, command

from .follow import start_job

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.records.model import MachineSpec, Step

_LARGEST_FILE = 64 << 10
_NO_IMAGE = {"latest", "newest", "any", "default", "current"}


def _key_name(text: str) -> str:
    if set(text) & set("/\\~"):
        raise BadValueError(
            f"'{brief(text)}' is a path, and --key takes the name of a key.",
            "Name the file once: %mist add-key NAME --from FILE",
        )
    return text


def _image(text: str) -> str:
    if text.casefold() in _NO_IMAGE:
        raise BadValueError(
            f"'{text}' doesn't name one image.", "Name one by its id or name: %mist images BACKEND --search …"
        )
    return text


def _extra(text: str) -> tuple[str, Any]:
    """`key=value`; the value as `extra_fields` reads it."""
    name, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
        raise BadValueError(f"'{brief(text)}' is not key=value.", "Such as --extra security_group=sg-1")
    if name in provider_fields.RESERVED:
        raise BadValueError(f"'{name}' can't be given as an extra field.", "See %mist create --help for its option.")
    return name, extra_fields.value(name, value)


def _file(text: str) -> str:
    """What the file holds."""
    try:
        with at_home(text).open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            raise BadValueError(f"{brief(text)} is over {_LARGEST_FILE >> 10} KiB.", "Have it fetch what it needs.")
        return content.decode("utf-8")
    except OSError as error:
        raise BadValueError(f"{brief(text)} can't be read: {error.strerror}.", "Give the path of a file.") from None
    except ValueError:
        raise BadValueError(f"{brief(text)} is not text in UTF-8.", "Give a script.") from None


def _help_on_backend(session: Session, words: Sequence[str]) -> Sequence[Section]:
    """What this backend's provider takes beyond the common fields."""
    if not words:
        return (Section(lines=("%mist create BACKEND --help shows what that backend takes with --extra.",)),)
    backend = session.backend(words[0])
    of_provider = not backend.adapter.kept_here  # a kind of ours says itself what it takes
    fields = provider_fields.fields(backend.provider) if of_provider else backend.adapter.needs().fields
    if not fields:
        return (Section(lines=(f"{backend.name} ({backend.provider}) needs nothing else, as far as we know.",)),)
    rows = tuple((f"--extra {field.name}=…", field.about + (" (needed)" if field.needed else "")) for field in fields)
    return (Section(f"{backend.name} ({backend.provider}) takes besides", rows=rows),)


@command(
    "create",
    Argument("backend", "the backend", values="backend", required=True),
    Argument("--name", "its exact name; one name is one machine", "NAME", required=True),
    Argument("--image", "id or name of the image", "IMAGE", values="image", read=_image, required=True),
    Argument("--size", "id or name of the size", "SIZE", values="size", required=True),
    Argument(
        "--location", "id or name of the location; A,B means B where A has no room", "LOCATION", values="location"
    ),
    Argument(
        "--key", "name of the key that may log in; the default one unless given", "KEY", values="key", read=_key_name
    ),
    Argument("--script", "a script to run on it once it is up", "FILE", read=_file),
    Argument("--cloud-init", "what cloud-init does as it boots", "FILE", read=_file),
    Argument("--hours", "destroy it after this time: 2h, 90m, 3d", "TIME", read=quantity.hours),
    Argument(
        "--network", "id or name of the network to be in; may be given again", "NETWORK", values="network", many=True
    ),
    Argument("--extra", "a field that the provider needs; may be repeated", "K=V", read=_extra, many=True),
    Argument("--tag", "a tag to give it; may be repeated", "NAME=VALUE", read=tag_rules.read, many=True),
    Argument("--count", "this many, called NAME-1 and so on", "N", read=quantity.machines),
    Argument("--together", "let the machines of this --count reach each other, where the cloud can", switch=True),
    Argument("--another", "one more beside the one that exists: NAME-2 and so on", switch=True),
    Argument("--unique", "add six characters to the name, so that no other has it", switch=True),
    Argument("--accept-unknown-price", "the name again, where no price is known", "NAME"),
    Argument("--dry-run", "show the receipt, and send nothing", switch=True),
    Argument("--no-wait", "don't wait: follow it as a job, see %mist jobs", switch=True),
    Argument("--no-probe", "don't look at it over SSH once it runs", switch=True),
    USER,
    PORT,
    OUTPUT,
    group="make",
    summary="make a machine and follow it until it answers; the same line again gives the same machine",
    examples=(
        "%mist create NephoScale --name web-1 --image 5 --size 48 --location SJC-1 --key demo --dry-run",
        "machine = %mist create NephoScale --name web-1 --image 5 --size 48 --location SJC-1 --key demo",
        "%mist create EC2 --help",
    ),
    returns="Machine",
    more_help=_help_on_backend,
)
def create(session: Session, options: Namespace) -> Answer:
    from mist_notebook.provision import guard, receipt

    with doing("Interrupted while looking up what to make.", "Nothing was sent: run the same line to start again."):
        backend = session.backend(options.backend)
        specs = specs_of(session, backend, options)
        is_sandbox = backend.record.sandbox
        limits, opened = session.client.limits(is_sandbox), session.client.opened_like(is_sandbox)
    page = receipt.page(specs, limits, opened)
    if options.dry_run:
        return Answer(page, ("Nothing was sent.",))
    guard.check_together(specs, opened, limits)
    if options.no_wait:
        print(page)  # noqa: T201 - what is asked for stands in the cell before it is sent
        return Answer(_jobs(session, backend, specs, options))
    machines = watch.follow(backend, specs, page, **_course(options))
    for machine in machines:
        session.remember(backend, machine.record)
    notes = (*clocks.notes(session, [backend]), *watch.without_limit(specs, machines))
    return Answer(machines[0] if options.count is None else machines, notes)


def _jobs(session: Session, backend: Backend, specs: Sequence[MachineSpec], options: Namespace) -> Any:
    """One job for each machine; one alone, or a list where several were asked for."""
    course = _course(options)
    jobs = [
        start_job(
            session,
            spec.name,
            partial(backend.provision, spec, **course),
            result=_machine_of(backend),
            backend=backend.record,
            now=backend.adapter.now,
        )
        for spec in specs
    ]
    return jobs[0] if options.count is None else jobs


def _course(options: Namespace) -> dict[str, Any]:
    """How it is to be followed."""
    return {
        "accept_unknown_price": bool(options.accept_unknown_price),
        "probe": not options.no_probe,
        "user": options.user,
        "port": options.port,
    }


def _machine_of(backend: Backend) -> Callable[[Step], Any]:
    """What waiting for a job gives: the machine of its last step."""
    return lambda step: backend.machine(step.machine) if step.machine else None
