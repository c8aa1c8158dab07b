"""What the arguments of a line may hold, for completion: by the tables, from memory, and from what the scout knows."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.magic.commands.table import Argument, Command

    from .scout import Scout

Value = tuple[str, str]
WISH = "wish"
_OF_OFFERS = ("provider", "region", "offer", "frame")
_KINDS = {"image": "images", "size": "sizes", "location": "locations", "network": "networks", "machine": "machines"}
_USUAL = {
    "--cpus": ("1", "2", "4", "8", "16", "32", "64", "4..8", "=4"),
    "--ram": ("1GB", "2GB", "4GB", "8GB", "16GB", "32GB", "64GB", "128GB", "4GB..16GB", "4x", "8x"),
    "--disk": ("25GB", "50GB", "100GB", "200GB", "500GB", "1TB"),
    "--gpu": ("A100", "A100:80GB", "A100-80GB", "A100-40GB", "H100", "H200", "B200", "1", "8"),
    "--with": ("ipv4", "ipv4,100GB disk", "ipv4,100GB disk,1TB out"),
    "--net": ("1", "10", "25", "100"),
    "--hours": ("1h", "2h", "8h", "1d", "7d", "30d"),
    "--max-price": ("0.05", "0.10", "0.50", "1.00"),
    "--limit": ("5", "10", "20", "50", "100"),
    "--os": ("linux", "windows"),
}


class Source(Protocol):
    """Where live values come from: the session, if a command has made one, the shell's variables, and a scout."""

    shell: Any

    @property
    def opened_session(self) -> Session | None: ...

    @property
    def scout(self) -> Scout: ...


def of(argument: Argument, command: Command, plain: Sequence[str], source: Source) -> Iterable[Value]:
    """What the argument may hold, each with what it is; `plain` are the words of the line that are no options."""
    if argument.choices:
        return [(choice, argument.attribute) for choice in argument.choices]
    if argument.values == "column" or argument.name == "--by":
        return [(name, "column") for name in _columns(command)]
    if argument.values == "direct":
        return _of_adding()
    if argument.values == "ssh-host":
        return _ssh_hosts() if plain[:1] == ["server"] else []
    if argument.values in _OF_OFFERS:
        return _of_offers(argument.values, source)
    if argument.values in ("backend", "key", "job") or argument.values in _KINDS:
        return _live(argument.values, plain, source)
    usual = _USUAL.get(argument.name, ())
    return [(word, WISH) for word in (*usual, *(_gpus(usual) if argument.name == "--gpu" else ()))]


def _gpus(usual: Sequence[str]) -> Iterable[str]:
    """The other models of the table; names with a space in them are for those who type them."""
    from mist_notebook.ground.amounts import gpu_models

    return (model for model in gpu_models.MODELS if " " not in model and model not in usual)


def _of_adding() -> list[Value]:
    """What can be added without a Mist server."""
    from mist_notebook.backends import discovery

    return [(provider, "provider") for provider in discovery.addable()]


def _ssh_hosts() -> list[Value]:
    """The hosts of this computer's SSH configuration; none where it can't be read."""
    from mist_notebook.ground.errors import MistError
    from mist_notebook.ssh.config import hosts, said

    try:
        return [(name, "host") for name in hosts.named_in(said.config_file())]
    except MistError:
        return []


def _live(kind: str, plain: Sequence[str], source: Source) -> Iterable[Value]:
    """What the session has seen; what it has not, the scout may know, or goes to look for."""
    session = source.opened_session
    if kind == "job":
        jobs = session.jobs.all() if session else []
        return [(text, job.state) for job in jobs for text in (job.id, job.name)]
    seen = _seen(kind, plain, session) if session else []
    return seen or source.scout.known(_KINDS.get(kind, f"{kind}s"), plain[:1], session)


def _seen(kind: str, plain: Sequence[str], session: Session) -> list[Value]:
    if kind == "backend":
        return [(backend.name, backend.provider) for backend in session.known_backends()]
    if kind == "key":
        return [(key.name, "key") for key in session.known_keys()]
    records = session.known(_KINDS[kind], plain)
    return [(text, kind) for record in records for text in (record.name, record.id)]


def _of_offers(kind: str, source: Source) -> list[Value]:
    """Providers and regions, from the table of facts; offers that were compared, and frames of the notebook."""
    from mist_notebook.prices.wishes import places

    session = source.opened_session
    if kind == "provider":
        names = [(backend.name, backend.provider) for backend in session.known_backends()] if session else []
        return [*names, *((provider, kind) for provider in places.LISTED)]
    if kind == "region":
        return [*((word, kind) for word in places.words()), *places.regions(places.LISTED)]
    if kind == "frame":
        return _frames(source.shell.user_ns)
    if session is None or session.compared is None:
        return []
    from mist_notebook.prices.known.offers import size_words

    return [(word, "size") for word in size_words(session.compared)]


def _frames(namespace: Mapping[str, Any]) -> list[Value]:
    """The DataFrames among the variables; without pandas there is none."""
    if "pandas" not in sys.modules:
        return []
    kind = sys.modules["pandas"].DataFrame
    return [(name, "frame") for name, value in namespace.items() if name[0] != "_" and isinstance(value, kind)]


def _columns(command: Command) -> list[str]:
    """The columns of what the command returns."""
    from mist_notebook.records.columns import ALIKE, COLUMNS, COMPARED, MONTHLY, OFFERS

    if command.name in ("compare", "like", "explore"):
        return [*(column.name for column in OFFERS), *(ALIKE if command.name == "like" else (*COMPARED, *MONTHLY))]
    columns = COLUMNS.get(command.name, ())
    return ["backend", "provider", *(column.name for column in columns)] if columns else []
