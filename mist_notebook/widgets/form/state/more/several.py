"""Several machines of one form: how many, what each is called, and what they come to. Pure."""

from __future__ import annotations

from collections.abc import Set as Collection

from mist_notebook.ground import numbered
from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import BadValueError
from mist_notebook.widgets.form.state.model import State

MOST = 20  # so many cards can still be watched; a line makes more


def count(state: State) -> int:
    """How many are wanted; one where nothing is said, or nothing that can be meant."""
    text = state.text("count").strip()
    try:
        return read(text) if text else 1
    except BadValueError:
        return 1


def read(text: str) -> int:
    """A number of machines for a form. Raises BadValueError."""
    found = quantity.machines(text)
    if found > MOST:
        raise BadValueError(f"A form follows {MOST} machines at once.", f"The line makes more: --count {found}.")
    return found


def names(state: State) -> tuple[str, ...]:
    """What each will be called: one as it is typed, several with their number."""
    name = state.text("name")
    return of(name, count(state))


def free(name: str, how_many: int, taken: Collection[str]) -> str:
    """The first of NAME-2, NAME-3 … under which so many are free."""
    return next(one for one in numbered.numbered(name, 2) if not taken & {*of(one, how_many)})


def of(name: str, how_many: int) -> tuple[str, ...]:
    """NAME, or NAME-1, NAME-2 and so on."""
    return (name,) if how_many == 1 else numbered.several(name, how_many)
