"""What machines leave behind at these clouds: the word that marked one stays in the account's list, at no cost."""

from __future__ import annotations

from mist_notebook.ground.errors import BadValueError
from mist_notebook.net.http import Http, quote_segment
from mist_notebook.records.model import OP_TAG, Listing, Machine, Orphan

from .facts import Facts
from .reading import Reader


def orphans(facts: Facts, reader: Reader, machines: Listing[Machine]) -> list[Orphan]:
    """The words of ours that no machine has any more, read only; none where a part of the machines is missing."""
    if facts.labels is None or machines.notes:
        return []
    needed = {value for one in machines.records for name, value in one.tags if name == OP_TAG}
    words = [str(one.get(facts.label) or "") for one in reader.list(facts.labels).rows]
    return [_orphan(word) for word in words if _op(word) and _op(word) not in needed]


def check(orphan: Orphan, found: list[Orphan]) -> None:
    """Refuse what is no orphan by now. Raises BadValueError."""
    if orphan.id not in {one.id for one in found}:
        raise BadValueError(f"{orphan.kind} {orphan.name} is needed, or gone, by now.", "Nothing was removed.")


def tidy(facts: Facts, reader: Reader, door: Http, machines: Listing[Machine], machine: Machine) -> None:
    """Have the word that marked the machine go with it."""
    op = dict(machine.tags).get(OP_TAG)
    for one in orphans(facts, reader, machines) if op else []:
        if one.op == op:
            remove(facts, door, one)


def remove(facts: Facts, door: Http, orphan: Orphan) -> None:
    """Remove what was just seen to be one; sent once."""
    if facts.labels is not None:
        door.send("DELETE", f"{facts.labels.path}/{quote_segment(orphan.id)}")


def _op(word: str) -> str:
    name, _, op = word.partition(":")
    return op if name == OP_TAG else ""


def _orphan(word: str) -> Orphan:
    return Orphan(id=word, mist_id=word, name=word, kind="tag", op=_op(word))
