"""What can happen to a form: what a person does, and what comes back from those who were asked. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mist_notebook.records.model import Key, Price

from .catalogue import Question, Shelf
from .facts import Fill, Hints, Trouble, Verdict


@dataclass(frozen=True)
class Filled:
    """The form was opened with something in it."""

    fill: Fill


@dataclass(frozen=True)
class Hinted:
    """By these, whatever nobody has chosen is suggested from now on."""

    hints: Hints


@dataclass(frozen=True)
class Found:
    """The cheapest size of all backends that meets the wishes was looked for: where it is, and what to say of it."""

    backend: str
    size: str
    said: str


@dataclass(frozen=True)
class Chose:
    """A person chose a `backend`, `location`, `image`, `size` or `key`, by its id; `None`: none of them."""

    kind: str
    id: str | None


@dataclass(frozen=True)
class Typed:
    """A person typed into `name`, `count`, `tags`, `script`, `hours`, `user`, `port`, `accept`, or `extra.FIELD`."""

    field: str
    text: str


@dataclass(frozen=True)
class Opened:
    """A person unfolded a part, such as `more`; what is shown only there is asked for, and asked again if it failed."""

    part: str


@dataclass(frozen=True)
class Asked:
    """The question was put to the server."""

    question: Question


@dataclass(frozen=True)
class Answered:
    """The server answered what was asked under this stamp."""

    question: Question
    stamp: int
    shelf: Shelf


@dataclass(frozen=True)
class Failed:
    """There was no answer to what was asked under this stamp."""

    question: Question
    stamp: int
    trouble: Trouble


@dataclass(frozen=True)
class Retried:
    """Ask again what failed."""


@dataclass(frozen=True)
class Reread:
    """What was read is out of date: ask again, and keep what is known until then."""

    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Searched:
    """A person looks for images beyond those that the backend lists by itself."""

    query: str


@dataclass(frozen=True)
class Disconnected:
    """The connection is closed, or is another one: what is on its way counts no more; nothing is asked until Retry."""

    trouble: Trouble


@dataclass(frozen=True)
class Told:
    """Something is to be known at a field, which is no error; empty text takes it away."""

    field: str
    text: str


@dataclass(frozen=True)
class FoundPrices:
    """What the sizes of a backend cost by location, where that differs."""

    backend: str
    prices: Mapping[str, Mapping[str, Price]]


@dataclass(frozen=True)
class FoundOwn:
    """The keys of this computer that can be taken were looked for."""

    shelf: Shelf


@dataclass(frozen=True)
class Took:
    """This key can be had by a machine from now on, and is chosen: it was of this computer, or was pasted."""

    key: Key
    said: str


@dataclass(frozen=True)
class Wiped:
    """What was pasted may have been a private key: nothing of it is here."""


@dataclass(frozen=True)
class Reviewed:
    """A person wants to see the receipt; `op` names the one machine that can come of it."""

    op: str


@dataclass(frozen=True)
class Checked:
    """The fresh look for this operation is done; `next_op` is for a receipt that has to be drawn anew."""

    op: str
    verdict: Verdict
    next_op: str = ""


@dataclass(frozen=True)
class CheckFailed:
    """The fresh look for this operation, or what was to follow it, did not work: nothing was sent."""

    op: str
    trouble: Trouble
    next_op: str = ""


@dataclass(frozen=True)
class Backed:
    """A person goes back to the fields."""


@dataclass(frozen=True)
class Confirmed:
    """A person wants this operation, as its receipt says."""

    op: str


@dataclass(frozen=True)
class Started:
    """The operation is on its way."""

    op: str


@dataclass(frozen=True)
class Ended:
    """The operation has ended, well or not."""

    op: str


@dataclass(frozen=True)
class Renewed:
    """A person wants another machine."""


Event = (
    Filled
    | Hinted
    | Found
    | Chose
    | Typed
    | Opened
    | Asked
    | Answered
    | Failed
    | Retried
    | Reread
    | Searched
    | Disconnected
    | Told
    | FoundOwn
    | FoundPrices
    | Took
    | Wiped
    | Reviewed
    | Checked
    | CheckFailed
    | Backed
    | Confirmed
    | Started
    | Ended
    | Renewed
)
