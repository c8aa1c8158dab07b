"""What a form holds: what a person has done to it, how its questions stand, and how far its review is. Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .catalogue import BACKENDS, FOUND, KEYS, Catalogue, Question, Shelf
from .facts import Hints, Trouble, Verdict, Wishes

LOADING, READY, FAILED = "loading", "ready", "failed"
EDIT, CHECKING, REVIEW, CONFIRMING = "edit", "checking", "review", "confirming"
GO, MAKING, ENDED = "go", "making", "ended"
LOCKED = (CONFIRMING, GO, MAKING, ENDED)  # nothing that is reviewed can be changed any more
KINDS = ("location", "image", "size", "key")
OF_BACKEND = ("location", "image", "size")
TEXTS = ("name", "count", "tags", "script", "hours", "user", "port", "accept")
EXTRA = "extra."
PASTE = "paste"  # the text of the box for a public key
SEND_KEY = "send-key"  # told while a person is asked whether a private half may go
_LISTINGS = {"location": "locations", "image": "images", "size": "sizes", "name": "names"}


@dataclass(frozen=True)
class Choice:
    """What was chosen: an id and its name then, of that backend; or a word, whose meaning isn't known yet."""

    id: str
    name: str = ""
    backend: str | None = None
    is_word: bool = False


@dataclass(frozen=True)
class Ask:
    """How a question stands: loading, ready or failed, since the stamp."""

    stamp: int
    phase: str
    trouble: Trouble | None = None


@dataclass(frozen=True)
class Review:
    """How far a review is. `op` is worth one click on what is `drawn`; `changes` says what is new since the last."""

    phase: str = EDIT
    op: str = ""
    drawn: Verdict | None = None
    changes: tuple[str, ...] = ()
    trouble: Trouble | None = None


@dataclass(frozen=True)
class State:
    """All that a person has done to the form, and how its questions stand.

    `notes` say at a field what went wrong there, `told` what else there is to know. `emptied` kinds are not chosen
    for a person; `touched` texts are told when they are empty. `left` are the choices of backends that were left,
    `searches` what was looked for among the images of each backend beyond those that it lists by itself. `fills` counts
    how often texts came from elsewhere than from their fields, `pastes` how often the box for a public key was emptied.

    `opened` are the parts that a person has unfolded: what only they show is asked for from then on.

    With `hints`, what nobody has chosen is suggested: `guessed` says of what this holds; `name` is a text.
    """

    backend: str | None = None
    backend_word: str = ""
    choices: Mapping[str, Choice] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    asks: Mapping[Question, Ask] = field(default_factory=dict)
    stamp: int = 0
    refused: Trouble | None = None
    searches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left: Mapping[str, Mapping[str, Choice]] = field(default_factory=dict)
    emptied: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()
    fills: int = 0
    pastes: int = 0
    review: Review = Review()
    wishes: Wishes = field(default_factory=Wishes)
    hints: Hints | None = None
    guessed: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()

    def text(self, name: str) -> str:
        """What stands in a text field."""
        return self.texts.get(name, "")

    def chosen(self, kind: str) -> str | None:
        """The id that is chosen, once it is known to be one here."""
        choice = self.choices.get(kind)
        return choice.id if choice and not choice.is_word and choice.backend == owner_of(kind, self) else None


def searches_of(state: State) -> list[Question]:
    """The searches for more images of the chosen backend, as questions."""
    backend = state.backend or ""
    return [(backend, FOUND + query) for query in state.searches.get(backend, ())]


def searching(state: State, query: str) -> State:
    """The state in which the chosen backend is searched for this too; nothing without one."""
    already = state.searches.get(state.backend or "", ())
    if state.backend is None or not query.strip() or query in already:
        return state
    return replace(state, searches={**state.searches, state.backend: (*already, query)})


def owner_of(kind: str, state: State) -> str | None:
    """The backend that a choice of this kind belongs to; `None` for what belongs to the account."""
    return state.backend if kind in OF_BACKEND else None


def is_text(name: str) -> bool:
    """Whether the form has a text field of that name."""
    return name in (*TEXTS, PASTE) or name.startswith(EXTRA)


def question_of(kind: str, state: State) -> Question:
    """What is asked to learn what a field can hold."""
    if kind in ("backend", "key"):
        return BACKENDS if kind == "backend" else KEYS
    return state.backend or "", _LISTINGS.get(kind, kind)


def shelf_of(kind: str, state: State, catalogue: Catalogue) -> Shelf | None:
    """Where the options of a kind stand, once they are known."""
    return catalogue.shelves.get(question_of(kind, state))


def record_of(kind: str, state: State, catalogue: Catalogue) -> Any:
    """The record that is chosen; `None` where none is."""
    shelf, record_id = shelf_of(kind, state, catalogue), state.chosen(kind)
    return shelf.by_id.get(record_id) if shelf and record_id is not None else None


def without(mapping: Mapping[Any, Any], *keys: Any) -> dict[Any, Any]:
    """The mapping but for these keys."""
    return {key: value for key, value in mapping.items() if key not in keys}
