"""A create that its service took and does by and by: its story step by step, until a machine is there."""

from __future__ import annotations

from collections.abc import Generator

from mist_notebook.backends.base import Adapter
from mist_notebook.ground.errors import AmbiguousError, ApiError, AuthError, RefusedError, UnavailableError
from mist_notebook.records.model import Machine, Step, Story

from .course import Course, Patience, Rests, Steps
from .journal import Journal, Record
from .lookup import settle

_NO_ANSWER = (ApiError, UnavailableError)
_LIST_EVERY_S = 15.0  # a listing may cost its service more than all of the story


def promised(
    adapter: Adapter, journal: Journal, record: Record, course: Course, step: Steps
) -> Generator[Step, None, tuple[Record, Machine | None, str]]:
    """The record, its machine where there is one, and why there may be none.

    Raises RefusedError where the story says for certain that nothing was made, AuthError where nobody is let in.
    """
    patience = Patience(adapter, course, course.wait_s)
    told, rests = "it was taken", Rests(course)
    next_listing_s = 0.0
    while True:
        story = _story(adapter, record)
        told = story.lines[-1] if story and story.lines else told
        decides = story is not None and bool(story.machine_id or story.refused or story.failed)
        if decides or course.clock() >= next_listing_s:
            next_listing_s = course.clock() + _LIST_EVERY_S
            record, machine = _settled(adapter, journal, record)
            if machine is not None or record.machine_id:
                made = machine or Machine(id=record.machine_id or "", name=record.name, state="pending")
                return record, made, ""
            if not record.is_open:
                raise RefusedError(f"'{record.name}' was not made: {record.note}")
        if story is not None and story.failed:
            return record, None, story.failed
        if patience.is_over:
            return record, None, f"{adapter.info.name} said last: {told}."
        yield step("submitted", f"{adapter.info.name}: {told}; waiting for '{record.name}', {patience.until}.")
        rests.rest()


def _story(adapter: Adapter, record: Record) -> Story | None:
    try:
        return adapter.story(record.op)
    except AuthError:
        raise
    except _NO_ANSWER:
        return None


def _settled(adapter: Adapter, journal: Journal, record: Record) -> tuple[Record, Machine | None]:
    """The record after a look; what only has its name is not offered while the story goes on."""
    try:
        return settle(adapter, journal, record)
    except AuthError:
        raise
    except (AmbiguousError, *_NO_ANSWER):
        return journal.latest(record), None
