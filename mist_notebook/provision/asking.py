"""The one request of a create, and what became of it: made, refused for certain, or looked for in doubt.

Where several locations were named each gets one request, in turn, and only where the one before refused for certain.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise

from msgspec.structs import replace

from mist_notebook.backends.base import Adapter
from mist_notebook.ground.errors import (
    AmbiguousError,
    ApiError,
    AuthError,
    JournalError,
    MistError,
    NoRoomError,
    ProvisionError,
    RefusedError,
    UnavailableError,
)
from mist_notebook.records.model import Machine, MachineSpec, Step

from . import guard
from .course import Course, Patience, Steps
from .journal import DOUBTFUL, Journal, Record
from .lookup import PATIENCE_S, settle
from .promised import promised

NO_ANSWER = (ApiError, AuthError, UnavailableError)
_LOOKS = 3
_LOGIN_S = 3600.0
_ANOTHER_LOGIN = "It goes on, and costs. Waiting for another token, which %mist connect {url} asks for"

Found = tuple[Record, Machine | None]


def ask(
    adapter: Adapter, spec: MachineSpec, journal: Journal, record: Record, before: set[str], course: Course, step: Steps
) -> Generator[Step, None, tuple[Record, Machine]]:
    """Send the request, once. `before` are the machines that were there: the id of one of them is no answer.

    Raises RefusedError where nothing was made for certain; ProvisionError and AmbiguousError leave doubt.
    """
    *before_last, last = spec.turns()
    for one, following in pairwise(spec.turns()):
        try:
            made = yield from _asked(adapter, one, journal, record, before, course, step)
            return _settled_for(journal, one, *made)
        except _PassedOverError as passed:
            record = passed.record
        with _dropping(journal, record):
            yield step("submitted", f"{record.passed}: {_place(following)} is asked next.")
    made = yield from _asked(adapter, last, journal, record, before, course, step, is_last=True)
    return _settled_for(journal, last, *made) if before_last else made


class _PassedOverError(Exception):
    """The location has no room, and another one was named."""

    def __init__(self, record: Record) -> None:
        super().__init__()
        self.record = record


def _asked(
    adapter: Adapter,
    spec: MachineSpec,
    journal: Journal,
    record: Record,
    before: set[str],
    course: Course,
    step: Steps,
    *,
    is_last: bool = False,
) -> Generator[Step, None, tuple[Record, Machine]]:
    """Send the request to one location."""
    try:
        machine = adapter.submit(replace(spec, op=record.op))
        if not machine.id:
            return (yield from _promise(adapter, journal, record, course, step))
        if machine.id in before:
            raise ApiError(f"{adapter.info.name} answered with a machine that was there before ({machine.id}).")
    except RefusedError as error:
        return _after_refusal(adapter, journal, record, spec, error, is_last=is_last)
    except MistError as error:
        return (
            yield from _after_doubt(adapter, journal, _doubted(journal, record, error.message), course, step, error)
        )
    except BaseException as interrupt:
        _doubted(journal, record, "interrupted while it was sent")
        interrupt.add_note(f"'{spec.name}' may have been made. Nothing is sent twice: %mist journal looks for it.")
        raise
    try:
        return journal.advance(record, "created", machine_id=machine.id), machine
    except JournalError as error:
        raise ProvisionError(f"'{spec.name}' was made ({machine.id}). {error.message}", error.hint) from None


def _promise(
    adapter: Adapter, journal: Journal, record: Record, course: Course, step: Steps
) -> Generator[Step, None, tuple[Record, Machine]]:
    """The machine of a create that is done by and by; where its story doesn't end well, what leaves doubt."""
    record, machine, why = yield from promised(adapter, journal, record, course, step)
    if machine is None:
        raise UnavailableError(why)
    return record, machine


def look_for(
    adapter: Adapter, journal: Journal, record: Record, course: Course, step: Steps, why: str
) -> Generator[Step, None, Found]:
    """The record and its machine after looks: as long as a service may take to list what it made, three at least.

    Its tag may come last, so that what carries none is offered only when that time is over.
    """
    patience = Patience(adapter, course, _left_s(adapter, journal, record))
    looks = 0
    while True:
        offer: AmbiguousError | None = None
        try:
            record, machine = settle(adapter, journal, record)
            if machine is not None or not record.is_open:
                return record, machine
        except AmbiguousError as error:
            offer = error
        except AuthError as error:
            what = f"'{record.name}', which may exist,"
            yield from login_again(adapter, course, step, what, error, "submitted", None)
            continue
        except NO_ANSWER as error:
            why = error.message
        looks += 1
        if looks >= _LOOKS and patience.is_over:
            break
        yield step("submitted", f"{_sentence(why)}Looking for '{record.name}', {patience.until}.")
        course.sleep(course.look_every_s)
    if offer is not None:
        raise offer
    return record, None


def paused(what: str, refused: AuthError) -> AuthError:
    """That nobody is let in to look any more, said at the first look: it goes on all the same."""
    hint = "It goes on, and costs. Once %mist connect has another token, the same line goes on; nothing is sent twice."
    return AuthError(f"{what} can't be followed just now: {refused.message}", hint)


def can_log_in_again(adapter: Adapter, course: Course) -> bool:
    """Whether another login can come while somebody waits for it."""
    return course.waits_for_login and adapter.logins is not None


def login_again(
    adapter: Adapter, course: Course, step: Steps, what: str, refused: AuthError, state: str, machine: Machine | None
) -> Iterator[Step]:
    """Steps until there is another login; raises that it is paused where none can come, or none came in an hour.

    Nothing is asked meanwhile: who is refused is refused again.
    """
    refusal, before = paused(what, refused), adapter.logins
    if not can_log_in_again(adapter, course):
        raise refusal
    patience = Patience(adapter, course, _LOGIN_S)
    said = f"Paused: {refusal.message} {_ANOTHER_LOGIN.format(url=adapter.info.server)}, {patience.until}."
    while adapter.logins == before:
        if patience.is_over:
            raise refusal
        yield step(state, said, machine)
        course.sleep(course.look_every_s)


def forgetting(journal: Journal, record: Record) -> str:
    """How to close a record that nothing can tell more of; nothing while the service may still be at it."""
    sent_s = journal.seconds_since(record, "sent")
    may_come = sent_s is not None and sent_s < PATIENCE_S
    return "" if may_come else f" If it never came: %mist journal --forget {record.op[:8]}"


def _left_s(adapter: Adapter, journal: Journal, record: Record) -> float:
    """How long a look for it may take by now; what is only gone for the moment is not waited for."""
    if record.state not in DOUBTFUL:
        return 0.0
    if record.passed and (journal.seconds_since(record, "sent") or 0.0) < PATIENCE_S:
        return adapter.sees_new_after_s  # its last request left later than its first
    return max(0.0, adapter.sees_new_after_s - max(0.0, journal.seconds_since(record, "sent") or 0.0))


def _after_refusal(
    adapter: Adapter, journal: Journal, record: Record, spec: MachineSpec, refusal: RefusedError, *, is_last: bool
) -> tuple[Record, Machine]:
    """Nothing, and the record closed unless another location is next; but where a look shows its tag, that machine."""
    with suppress(*NO_ANSWER, AmbiguousError):
        record, machine = settle(adapter, journal, record)
        if machine is not None:
            return record, machine
    if isinstance(refusal, NoRoomError) and not is_last:
        said = f"{_place(spec)} has no room ({refusal.message.rstrip('.')})"
        raise _PassedOverError(journal.pass_over(record, _beside(record.passed, said)))
    note = _beside(record.passed, f"{_place(spec)}: {refusal.message}") if record.passed else refusal.message
    with suppress(JournalError):
        journal.advance(record, "dropped", note=note)
    hint = f"{refusal.hint.removesuffix('Nothing was made.')} {_free(record)}".strip()
    raise type(refusal)(note, hint, status=refusal.status, pause_s=refusal.pause_s)


def _settled_for(journal: Journal, spec: MachineSpec, record: Record, machine: Machine) -> tuple[Record, Machine]:
    """The record with the location that made it in the end, and its price: until then the dearest counted."""
    passed = _beside(record.passed, f"{_place(spec)} made it") if record.passed else ""
    with suppress(JournalError):
        record = journal.advance(record, record.state, passed=passed, **guard.counted(spec))
    return record, machine


@contextmanager
def _dropping(journal: Journal, record: Record) -> Iterator[None]:
    """Within, nothing is under way: whatever ends it closes the record."""
    try:
        yield
    except BaseException:
        with suppress(JournalError):
            journal.advance(record, "dropped", note=f"{record.passed} · not asked elsewhere")
        raise


def _beside(before: str, said: str) -> str:
    return f"{before} · {said}" if before else said


def _place(spec: MachineSpec) -> str:
    return spec.location.id if spec.location else "no location"


def _sentence(words: str) -> str:
    return f"{words if words.endswith(('.', '!', '?', '…')) else words + '.'} " if words else ""


def _free(record: Record) -> str:
    return f"Nothing was made: the name '{record.name}' and the budget are free."


def _doubted(journal: Journal, record: Record, why: str) -> Record:
    """The record marked as unknown; `sent`, which is no less in doubt, where that can't be written."""
    with suppress(JournalError):
        return journal.advance(record, "unknown", note=why)
    return record


def _after_doubt(
    adapter: Adapter, journal: Journal, record: Record, course: Course, step: Steps, error: MistError
) -> Generator[Step, None, tuple[Record, Machine]]:
    record, machine = yield from look_for(adapter, journal, record, course, step, error.message)
    if record.state == "dropped":
        raise RefusedError(f"'{record.name}' was not made: {record.note}", _free(record))
    if machine is None:
        raise ProvisionError(
            f"'{record.name}' may or may not exist: {error.message}",
            f"Every %mist machines looks for it, and it counts; nothing is sent twice ({record.op[:8]}).",
        )
    return record, machine
