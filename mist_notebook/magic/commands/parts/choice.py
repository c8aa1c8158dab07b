"""Which machines a person means: over all backends; and what a login's options are read by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.text import brief, is_pasteable
from mist_notebook.magic.commands.table import Argument

if TYPE_CHECKING:
    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.client.notebook.session import Session

_MOST_NAMED = 12
_LONGEST_S = 86_400.0


def user_name(text: str) -> str:
    """A user as one logs in."""
    from mist_notebook.ssh import target

    return target.user_name(text)


def host_name(text: str) -> str:
    """An address or a host's name."""
    from mist_notebook.ssh import target

    return target.host_name(text)


def port_number(text: str) -> int:
    """A TCP port."""
    from mist_notebook.ssh import target

    return target.port_number(text)


def seconds(text: str) -> float:
    """A time limit in seconds."""
    try:
        limit = float(text)
    except ValueError:
        limit = math.nan
    if not 0 < limit <= _LONGEST_S:
        raise BadValueError(
            f"'{brief(text)}' can't be a time limit.", f"Give seconds, more than 0 and at most {_LONGEST_S:.0f}."
        )
    return limit


AGAIN = Argument("--yes", "the exact name again: nothing is removed without it", "NAME")


def check_again(again: str | None, name: str, *, what: str, shown: str) -> None:
    """Nothing where the exact name was given again. MistUsageError else; `what` is what wasn't removed."""
    if again != name:
        said = "--yes is missing" if again is None else f"--yes says '{brief(again)}'"
        raise MistUsageError(f"{what} was not removed: {said}.", f"To remove it, give its exact name again: {shown}")


MACHINES = Argument("machine", "one machine, or several: name, id or BACKEND/ID", values="machine", many=True)
USER = Argument("--user", "log in as this user; unless given, as its image and cloud expect", "USER", read=user_name)
PORT = Argument("--port", "the port of SSH", "PORT", read=port_number)
HOST = Argument("--host", "only at this address of the machine", "HOST", read=host_name)
KEY = Argument("--key", "with this key, of which the private half is on this computer", "NAME", values="key")


@dataclass(frozen=True)
class Found:
    """Machines, and a note for each backend that could not be asked."""

    machines: list[Machine]
    notes: tuple[str, ...] = ()


def chosen(session: Session, words: Sequence[str], *, everything: bool = False, what: str = "") -> Found:
    """The machines that the words mean, each once, from fresh listings; all that exist, where all are wanted."""
    from mist_notebook.fleet import inventory

    if words and everything:
        raise MistUsageError("--all and names are both given.", "Say one: names, or --all.")
    if not words:
        found = _there(session)
        if not everything:
            raise _which(found, what)
        return found
    picked = [inventory.find(session, word, looking=True) for word in words]
    return Found(list({inventory.place_of(machine): machine for machine in picked}.values()))


def check_host(host: str | None, machines: Sequence[Machine]) -> None:
    """An address is one machine's."""
    if host and len(machines) > 1:
        raise MistUsageError("--host is an address of one machine.", "Name one machine, or leave --host out.")


def _there(session: Session) -> Found:
    """Every machine that exists, of every backend; where none answers, the first one's error is raised."""
    from mist_notebook.provision.lookup import exists

    parts, failed = session.machines(list(session.client.backends.values()))
    if failed and not parts:
        raise failed[0][1]
    machines = [
        session.client.backends[part.backend.id].machine(record)
        for part in parts
        for record in part.records
        if exists(record)
    ]
    return Found(machines, tuple(f"{backend.name} is missing here: {error.message}" for backend, error in failed))


def _which(found: Found, what: str) -> MistUsageError:
    names = [machine.name for machine in found.machines if is_pasteable(machine.name)]
    if not names:
        return MistUsageError(f"Which machine? {what} needs its name.", "There is none yet: see %mist create --help.")
    more = " and more" if len(names) > _MOST_NAMED else ""
    example = f'"{names[0]}"' if " " in names[0] else names[0]
    return MistUsageError(
        f"Which machine? There {'is' if len(names) == 1 else 'are'} {', '.join(names[:_MOST_NAMED])}{more}.",
        f"For example: %mist {what} {example}",
    )
