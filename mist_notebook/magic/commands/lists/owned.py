"""Commands that look at what one has: keys, machines, and the journal of what was asked for."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import MistUsageError
from mist_notebook.magic.commands.parts import searched
from mist_notebook.magic.commands.parts.arrange import ARRANGE, OUTPUT, arranged, notes_of
from mist_notebook.magic.commands.table import Answer, Argument, command

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session


@command(
    "keys",
    *ARRANGE,
    OUTPUT,
    group="look",
    summary="the SSH keys of this computer, and those that backends know",
    examples=("%mist keys",),
    returns="frame",
)
def keys(session: Session, options: Namespace) -> Answer:
    from mist_notebook.client.keys_here import local_keys
    from mist_notebook.frames import frames

    found, notes = session.asked_keys()
    here = session.client.local_keys
    every = [*found, *local_keys(here, found)]
    frame = frames.with_here(frames.keys(every, sandbox=session.client.is_sandbox), here.names())
    return Answer(arranged(frame, options), notes)


@command(
    "machines",
    Argument("backend", "one backend, or several; all without one", values="backend", many=True),
    searched.search("machine"),
    Argument("--mine", "only those made from here", switch=True),
    Argument("--all-regions", "also in regions of an account that its backend leaves out", switch=True),
    *ARRANGE,
    OUTPUT,
    group="look",
    summary="the machines of all backends, as they are now, with what they have cost",
    examples=(
        "%mist machines",
        "%mist machines NephoScale --mine --sort created --desc",
        "%mist machines --all-regions",
    ),
    returns="frame",
)
def machines(session: Session, options: Namespace) -> Answer:
    from mist_notebook.fleet import doubts, groups, rows
    from mist_notebook.frames import frames

    named = searched.backends(session, options.backend, "machines", may_be_all=True)
    chosen = named or list(session.client.backends.values())
    parts, failed = session.machines(chosen, stored=True, everywhere=options.all_regions)
    if failed and not parts:
        raise failed[0][1]
    notes = doubts.notes(session, [part for part in parts if part.stored_at is None])
    found = [(part, row) for part, row in rows.rows(session, parts) if row.mine or not options.mine]
    records, backends = [row for _, row in found], [part.backend for part, _ in found]
    frame = frames.rows("machines", records, backends, sandbox=session.client.is_sandbox)
    belongs = [groups.name_at(f"{part.backend.id}/{row.id}") for part, row in found]
    if any(belongs):
        frame = frame.assign(cluster=frames.texts(belongs))
    frame, said = searched.containing(frame, options.search)
    missing = tuple(f"{backend.name} is missing here: {error.message}" for backend, error in failed)
    return Answer(arranged(frame, options, parts), (*notes, *said, *missing, *notes_of(parts)))


@command(
    "journal",
    Argument("--repair", "look for the machines of records that can't be read", switch=True),
    Argument("--forget", "close the record of this operation, once its machine can no longer appear", "OP"),
    Argument("--yes", "with --forget: its exact name, to forget a machine that may still exist and cost money", "NAME"),
    Argument("--adopt", "count this machine as made from here", "BACKEND/ID"),
    *ARRANGE,
    OUTPUT,
    group="look",
    summary="what you asked for from here, what became of it, and what it has cost",
    examples=("%mist journal", "%mist journal --forget 3f9a1c20", "%mist journal --adopt EC2/i-0a1b"),
    returns="frame",
)
def journal(session: Session, options: Namespace) -> Answer:
    from mist_notebook.fleet import doubts, rows, upkeep
    from mist_notebook.frames import frames

    notes: list[str] = []
    if options.forget is not None:
        notes.append(upkeep.forget(session, options.forget, options.yes))
    elif options.yes is not None:
        raise MistUsageError("--yes goes with --forget OP.", "Such as: %mist journal --forget 3f9a1c20 --yes web")
    if options.adopt is not None:
        notes.append(upkeep.adopt(session, options.adopt))
    if options.repair:
        notes += upkeep.repair(session)
    parts, failed = session.machines(list(session.client.backends.values()))
    notes += doubts.notes(session, parts)
    notes += [f"{backend.name} could not be looked at: {error.message}" for backend, error in failed]
    backends = {backend.id: backend.record for backend in session.client.backends.values()}
    found = rows.entries(session.client.journal)
    entries, owners = [entry for _, entry in found], [backends.get(record.backend) for record, _ in found]
    frame = frames.rows("journal", entries, owners, sandbox=session.client.is_sandbox)
    return Answer(arranged(frame, options), tuple(notes))
