"""Commands that make: machines, and keys to get into them."""

from __future__ import annotations

import json
import re
import secrets
from argparse import Namespace
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mist_notebook.backends import provider_fields
from mist_notebook.display.page import Section
from mist_notebook.fleet import watch
from mist_notebook.ground import quantity
from mist_notebook.ground.errors import BadValueError, LimitError, MistUsageError, NotFoundError
from mist_notebook.ground.secret import Secret
from mist_notebook.ground.text import brief

from .arrange import OUTPUT
from .choice import PORT, USER
from .follow import start_job
from .table import Answer, Argument, command

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.client import Key
    from mist_notebook.client.session import Session
    from mist_notebook.records.model import MachineSpec, Step

_LARGEST_FILE = 64 << 10
_MOST_AT_ONCE = 1000
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
_NO_IMAGE = {"latest", "newest", "any", "default", "current"}


def _count(text: str) -> int:
    if not re.fullmatch(r"0*[1-9][0-9]{0,3}", text) or int(text) > _MOST_AT_ONCE:
        raise BadValueError(f"'{brief(text)}' is not a number of machines.", f"From 1 to {_MOST_AT_ONCE:,}, such as 3.")
    return int(text)


def _key_name(text: str) -> str:
    if set(text) & set("/\\~"):
        raise BadValueError(
            f"'{brief(text)}' is a path; a key's name is due.", "Name the file once: %mist add-key NAME --from FILE"
        )
    return text


def _image(text: str) -> str:
    if text.casefold() in _NO_IMAGE:
        raise BadValueError(f"'{text}' is no one image.", "Name one by its id or name: %mist images BACKEND --search …")
    return text


def _extra(text: str) -> tuple[str, Any]:
    """`key=value`; the value as JSON where it is some, else as text."""
    name, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
        raise BadValueError(f"'{brief(text)}' is not key=value.", "Such as --extra security_group=sg-1")
    if name in provider_fields.RESERVED:
        raise BadValueError(f"'{name}' can't be given as an extra field.", "See %mist create --help for its option.")
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value


def _file(text: str) -> str:
    """What the file holds."""
    try:
        with Path(text).expanduser().open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            raise BadValueError(f"{brief(text)} is over {_LARGEST_FILE >> 10} KiB.", "Have it fetch what it needs.")
        return content.decode("utf-8")
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "no such home folder"
        raise BadValueError(f"{brief(text)} can't be read: {why}.", "Give the path of a file.") from None
    except ValueError:
        raise BadValueError(f"{brief(text)} is not text in UTF-8.", "Give a script.") from None


def _help_on_backend(session: Session, words: Sequence[str]) -> Sequence[Section]:
    """What this backend's provider takes beyond the common fields."""
    if not words:
        return (Section(lines=("%mist create BACKEND --help shows what that backend takes with --extra.",)),)
    backend = session.backend(words[0])
    fields = provider_fields.fields(backend.provider)
    if not fields:
        return (
            Section(lines=(f"{backend.name} ({backend.provider}) needs nothing beyond these, as far as is known.",)),
        )
    rows = tuple((f"--extra {field.name}=…", field.about + (" (needed)" if field.needed else "")) for field in fields)
    return (Section(f"{backend.name} ({backend.provider}) takes besides", rows=rows),)


@command(
    "create",
    Argument("backend", "the backend", values="backend", required=True),
    Argument("--name", "what it will be called, exactly; one name, one machine", "NAME", required=True),
    Argument("--image", "id or name of the image", "IMAGE", values="image", read=_image, required=True),
    Argument("--size", "id or name of the size", "SIZE", values="size", required=True),
    Argument("--location", "id or name of the location", "LOCATION", values="location"),
    Argument("--key", "name of the key to let in; the default one without it", "KEY", values="key", read=_key_name),
    Argument("--script", "a script to run on it once it is up", "FILE", read=_file),
    Argument("--cloud-init", "what cloud-init is to do as it boots", "FILE", read=_file),
    Argument("--hours", "destroy it after this time: 2h, 90m, 3d", "TIME", read=quantity.hours),
    Argument("--extra", "a field that the provider needs; may be given again", "K=V", read=_extra, many=True),
    Argument("--count", "so many, called NAME-1 and so on", "N", read=_count),
    Argument("--another", "one more beside the one there is: NAME-2 and so on", switch=True),
    Argument("--unique", "put six characters after the name that no other has", switch=True),
    Argument("--accept-unknown-price", "the name again, where nobody says what it costs", "NAME"),
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
    from mist_notebook.provision import receipt

    backend = session.backend(options.backend)
    specs = _specs(session, backend, options)
    limits, opened = session.client.limits(backend.record.sandbox), session.client.journal.opened()
    page = receipt.page(specs, limits, opened)
    if options.dry_run:
        return Answer(page, ("Nothing was sent.",))
    _check_together(session, backend, specs)
    if options.no_wait:
        print(page)  # noqa: T201 - what is asked for stands in the cell before it is sent
        return Answer(_jobs(session, backend, specs, options))
    machines = watch.follow(backend, specs, page, **_course(options))
    return Answer(machines[0] if options.count is None else machines, watch.without_limit(specs, machines))


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


def _specs(session: Session, backend: Backend, options: Namespace) -> list[MachineSpec]:
    """One spec for each machine; they differ in their names alone."""
    from msgspec.structs import replace

    if options.another and (options.count or options.unique):
        raise MistUsageError("--another goes with neither --count nor --unique.", "Choose one of them.")
    if options.accept_unknown_price not in (None, options.name):
        raise BadValueError(
            f"--accept-unknown-price says '{brief(options.accept_unknown_price)}', not the machine's name.",
            "Give the exact name again: nothing was sent.",
        )
    name = f"{options.name}-{_short_id()}" if options.unique and options.name.strip() else options.name
    for one in (name, *_names(name, options.count)[-1:]):
        provider_fields.check_name(one, backend.provider)
    if options.count:
        _check_count(session, backend, options.count)
    spec = _with_key(session, _spec(session, backend, options))
    name = _free_name(session, backend, name) if options.another else name
    return [replace(spec, name=one) for one in _names(name, options.count)]


def _names(name: str, count: int | None) -> list[str]:
    return [name] if count is None else [f"{name}-{number}" for number in range(1, count + 1)]


def _short_id() -> str:
    """Six characters that tell names apart, none of which is taken for another."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(6))


def _free_name(session: Session, backend: Backend, name: str) -> str:
    """The name, else the first of NAME-2, NAME-3 … that neither a machine nor an open record has."""
    taken = {machine.name for machine in backend.adapter.list_machines().records if machine.state != "terminated"}
    taken |= {record.name for record in session.client.journal.opened() if record.backend == backend.id}
    others = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (name, *others) if one not in taken)


def _spec(session: Session, backend: Backend, options: Namespace) -> MachineSpec:
    """The spec of one; what another backend is known to have is said so."""
    wanted = {kind: getattr(options, kind) for kind in ("image", "size", "location")}
    more = {"script": options.script, "cloud_init": options.cloud_init, "hours": options.hours}
    try:
        return backend.spec(options.name, key=options.key, **wanted, **more, **dict(options.extra))
    except NotFoundError as error:
        kind = next((kind for kind in wanted if error.message.startswith(f"No {kind} ")), None)
        owner = kind and _owner(session, backend, kind, wanted[kind])
        raise NotFoundError(
            error.message, f"It belongs to {owner}, not to {backend.name}." if owner else error.hint
        ) from None


def _with_key(session: Session, spec: MachineSpec) -> MachineSpec:
    """The spec with a key in it where its provider wants one: the one that was named, else the server's default."""
    from msgspec.structs import replace

    if spec.key is not None or not provider_fields.wants_key(spec.backend.provider):
        return spec
    default = next((key for key in session.list_keys() if key.default), None)
    if default is None:
        raise MistUsageError("create needs --key: nobody could log in.", "Make one: %mist add-key demo --generate")
    return replace(spec, key=default)


def _owner(session: Session, backend: Backend, kind: str, wanted: str) -> str | None:
    """Another backend that is known to have it; from memory."""
    for other in session.known_backends():
        known = session.known(f"{kind}s", [other.name]) if other.id != backend.id else []
        if any(wanted in (record.id, record.name) for record in known):
            return other.name
    return None


def _check_count(session: Session, backend: Backend, count: int) -> None:
    most = session.client.limits(backend.record.sandbox).count
    if count > most:
        raise BadValueError(
            f"--count is {count}; the limit is {most} at once.", f"Raise it: %mist budget --count {count}"
        )


def _check_together(session: Session, backend: Backend, specs: Sequence[MachineSpec]) -> None:
    """Refuse several before the first is sent, if they are too many or too dear together."""
    from mist_notebook.provision import guard

    opened = session.client.journal.opened()
    there = {record.name for record in opened if record.backend == backend.id}
    new = [spec for spec in specs if spec.name not in there]
    limits = session.client.limits(backend.record.sandbox)
    count = len(opened) + len(new)
    each = guard.usd_per_hour(specs[0].size.price) or 0.0
    total = sum(record.price_hourly or 0.0 for record in opened) + each * len(new)
    if len(new) > 1 and count > limits.count:
        raise LimitError(
            f"That would be {count} machines; the limit is {limits.count}.", f"%mist budget --count {count}"
        )
    if len(new) > 1 and total > limits.usd_per_hour:
        raise LimitError(
            f"Together they would cost {total:.4f} USD/h; the limit is {limits.usd_per_hour:g}. Nothing was sent.",
            f"Destroy some, or raise it: %mist budget --usd-per-hour {int(total * 100 + 1) / 100:.2f}",
        )
