"""From the fields to one machine: review, receipt, one click, a last look, and off. Each receipt is worth one click.

edit ──► checking ──► review ──► confirming ──► go ──► making ──► ended
  ▲          │          ▲ │           │
  └──────────┴──────────┼─┘           │   something changed meanwhile: a new receipt, and a click of its own
                        └─────────────┘
"""

from __future__ import annotations

from dataclasses import replace

from mist_notebook.records.model import MachineSpec, Price

from .catalogue import CHOICES, Catalogue
from .checks import lacks
from .events import Backed, Checked, CheckFailed, Confirmed, Ended, Event, Renewed, Reviewed, Started
from .facts import Problem, Verdict
from .model import (
    CHECKING,
    CONFIRMING,
    EDIT,
    ENDED,
    EXTRA,
    GO,
    KINDS,
    LOCKED,
    MAKING,
    REVIEW,
    Review,
    State,
    question_of,
    without,
)


def reviewed(state: State, event: Event, catalogue: Catalogue) -> State:
    """The state after an event of a review; one that belongs to another operation changes nothing."""
    if isinstance(event, Reviewed):
        return _begun(state, event.op, catalogue) if state.review.phase == EDIT else state
    if isinstance(event, Backed):
        return state if state.review.phase in LOCKED else replace(state, review=Review())
    if isinstance(event, Renewed):
        return _renewed(state) if state.review.phase in (MAKING, ENDED) else state
    return _operated(state, event) if getattr(event, "op", "") == state.review.op else state


def _operated(state: State, event: Event) -> State:
    """The state after what belongs to its own operation."""
    review = state.review
    match event, review.phase:
        case Checked(), _:
            return _checked(state, event)
        case CheckFailed(), _:
            return _failed(state, event)
        case Confirmed(), "review" if may_confirm(state):
            return replace(state, review=replace(review, phase=CONFIRMING, changes=(), trouble=None))
        case Started(), "go":
            return replace(state, review=replace(review, phase=MAKING))
        case Ended(), "making":
            return replace(state, review=replace(review, phase=ENDED))
    return state


def may_confirm(state: State) -> bool:
    """Whether a click on Create would count: nothing is in the way, and a price that nobody knows is accepted."""
    return may_confirm_with(state.review, state.text("accept"))


def may_confirm_with(review: Review, accept: str) -> bool:
    """The same, with what was typed to accept an unknown price."""
    drawn = review.drawn
    if drawn is None or drawn.problems:
        return False
    return not drawn.consent or accept == drawn.word


def changes(drawn: MachineSpec, fresh: MachineSpec) -> tuple[str, ...]:
    """What a fresh look sees otherwise than the receipt says, in words: each thing that is sent, and the money."""
    then, now = _facts(drawn), _facts(fresh)
    return tuple(f"{what}: {then[what]} then, {now[what]} now" for what in then if then[what] != now[what])


def _begun(state: State, op: str, catalogue: Catalogue) -> State:
    """The state of a look that is on its way; with something missing, the one that says so at each field."""
    missing = lacks(state, catalogue)
    if missing:
        return replace(state, touched=state.touched | {lack.field for lack in missing})
    return replace(state, review=Review(CHECKING, op), texts=without(state.texts, "accept"))


def _checked(state: State, event: Checked) -> State:
    review, verdict = state.review, event.verdict
    if review.phase not in (CHECKING, CONFIRMING):
        return state
    at_fields = [problem for problem in verdict.problems if problem.field]
    if at_fields:
        return _back_to(at_fields, state)
    if review.phase == CHECKING:
        return replace(state, review=replace(review, phase=REVIEW, drawn=verdict, trouble=None))
    new = changes(review.drawn.spec, verdict.spec) if review.drawn else ()
    if not new and not verdict.problems and (not verdict.consent or _is_accepted(state, verdict)):
        return replace(state, review=replace(review, phase=GO, drawn=verdict))
    texts = without(state.texts, "accept")
    return replace(state, review=Review(REVIEW, event.next_op, verdict, new), texts=texts)


def _is_accepted(state: State, verdict: Verdict) -> bool:
    return state.text("accept") == verdict.word


def _back_to(problems: list[Problem], state: State) -> State:
    """The fields again, each problem at its own; what it was about is read anew."""
    said = {problem.field: f"{problem.message} {problem.hint}".rstrip() for problem in problems}
    asks = without(state.asks, *(question_of(problem.field, state) for problem in problems))
    if any(problem.field.startswith(EXTRA) for problem in problems):
        asks = without(asks, *(question for question in asks if question[1].startswith(CHOICES)))
    return replace(
        state,
        review=Review(),
        notes={**state.notes, **said},
        choices=without(state.choices, *(field for field in said if field in KINDS)),
        asks=asks,
    )


def _failed(state: State, event: CheckFailed) -> State:
    review = state.review
    if review.phase == CHECKING:
        return replace(state, review=Review(trouble=event.trouble))
    if review.phase in (CONFIRMING, GO):
        again = Review(REVIEW, event.next_op, review.drawn, trouble=event.trouble)
        return replace(state, review=again, texts=without(state.texts, "accept"))
    return state


def _renewed(state: State) -> State:
    """The fields again with every choice, and without the name; names are read anew. It is one machine again."""
    return replace(
        state,
        review=Review(),
        texts=without(state.texts, "name", "count", "accept"),
        touched=state.touched - {"name"},
        fills=state.fills + 1,
        asks=without(state.asks, question_of("name", state)),
    )


def _facts(spec: MachineSpec) -> dict[str, str]:
    image, size = spec.image, spec.size
    return {
        "name": spec.name,
        "image": f"{image.name} ({image.id}, owner {image.owner or 'unknown'}, {image.origin or 'origin unknown'})",
        "size": f"{size.name} ({size.id})",
        "its figures": f"{_figure(size.vcpus)} vCPUs, {_figure(size.ram_mb)} MB, {_figure(size.disk_gb)} GB",
        "price": _money(size.price),
        "location": f"{spec.location.name} ({spec.location.id})" if spec.location else "none",
        "key": f"{spec.key.name} ({spec.key.id})" if spec.key else "none",
    }


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:g}"


def _money(price: Price) -> str:
    if price.hourly is None:
        return "unknown"
    monthly = "" if price.monthly is None else f", {price.monthly:g} a month"
    return f"{price.hourly:g} {price.currency or 'USD'} an hour{monthly}"
