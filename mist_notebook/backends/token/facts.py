"""What is to be known of a cloud with a token and JSON, as data: `adapter` does the same with all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mist_notebook.backends.provider_fields import Field
from mist_notebook.net.http import BEARER, Scheme
from mist_notebook.records.model import Choice, Image, Key, Location, Machine, MachineSpec, Quota, Size

from .tools import Tool

Row = dict[str, Any]
Fields = Mapping[str, str]


@dataclass(frozen=True)
class Rows:
    """Where a list is: its path, the key that it stands under in the answer, and what is asked along."""

    path: str
    key: str
    params: Fields = field(default_factory=dict)


@dataclass(frozen=True)
class Pages:
    """How long lists come: what asks for a page of how many, the parameters of the next one, how many there are."""

    size: Fields
    next: Callable[[Row, int, int], Fields | None]  # of an answer, the number of its page, and how many it holds
    total: Callable[[Row], Any]


@dataclass(frozen=True)
class Amount:
    """What a size costs somewhere, before tax; a month is never dearer than that. `computed`: not the cloud's word."""

    hourly: float | None
    monthly: float | None
    computed: bool = False


@dataclass(frozen=True)
class Terms:
    """What goes for all prices of an account: the currency, and what a public address costs, by location."""

    currency: str = "USD"
    address: Mapping[str, Amount] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True)
class Words:
    """The error words of a cloud: those with which it refuses before it does anything, and those that leave doubt."""

    read: Callable[[Row], tuple[str, str]]  # code and message of an error's body
    certain: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()
    no_room: frozenset[str] = frozenset()  # of the certain ones those that another location may not have


@dataclass(frozen=True)
class Listed:
    """A field of a create whose choices the cloud lists: where they are, and how a row is one."""

    field: Field
    rows: Rows
    choice: Callable[[Row], Choice | None]


@dataclass(frozen=True)
class Facts:
    """One cloud. `prices` is by location, "" for everywhere else."""

    provider: str
    name: str
    url: str
    variables: tuple[str, ...]
    tool: Tool
    renew: str  # where a person gets another token
    sizes: Rows
    images: Rows
    locations: Rows | None
    machines: Rows
    keys: Rows
    pages: Pages
    words: Words
    size: Callable[[Row], Size | None]
    prices: Callable[[Row, Terms], Mapping[str, Amount]]
    image: Callable[[Row], Image | None]
    location: Callable[[Row], Location | None]
    machine: Callable[[Row], Machine | None]
    one: Callable[[Row], Any]  # the machine in an answer that has one
    key: Callable[[Row], Key | None]
    new_key: Callable[[str, str, str], Row]  # of name, public half and project
    create: Callable[[MachineSpec, str | None, str], Row]  # with what cloud-init is to do, and the project
    acts: Mapping[str, tuple[str, str, Row | None]]
    machine_path: str
    who: Callable[[Row], tuple[str, str]] | None = None  # id and label in the answer of `who_path`
    who_path: str = ""
    terms_path: str = ""
    terms: Callable[[Row], Terms] | None = None
    most_user_data: int = 16 << 10
    scheme: Scheme = BEARER
    billed_when_stopped: bool = True
    zones: tuple[str, ...] = ()  # where each has lists of its own: paths have {zone}, machines' ids begin with it
    after: Row | None = None  # what a new machine has to be asked for once it is there
    project_variable: str = ""
    quota_path: str = ""
    quota: Callable[[Row], Quota] | None = None  # of machines, without how many there are
    labels: Rows | None = None  # where a cloud keeps the words of machines, those of machines that are gone too
    label: str = ""  # which field of such a row is the word
    usual_terms: Terms = field(default_factory=Terms)
    choices: tuple[Listed, ...] = ()
