"""What a form asks for, as a spec: the only place where what stands in it becomes data."""

from __future__ import annotations

from typing import Any

from mist_notebook.backends import tag_rules
from mist_notebook.ground.amounts import quantity
from mist_notebook.records.model import MachineSpec
from mist_notebook.ssh.target import port_number

from .catalogue import Catalogue
from .checks import CLOUD_INIT, SCRIPT, extra_value, lacks, needs_of, script_kind
from .model import EXTRA, State, record_of
from .more import offered, several


def wish(state: State, catalogue: Catalogue) -> MachineSpec | None:
    """The spec of what is chosen and typed, of several machines the first one's; `None` while something is missing."""
    info = catalogue.backend(state.backend)
    if info is None or lacks(state, catalogue):
        return None
    needs, text = needs_of(state, catalogue), state.text("script")
    kind, hours = script_kind(text), state.text("hours").strip()
    given = {field.name: state.text(EXTRA + field.name).strip() for field in needs.fields}
    return MachineSpec(
        backend=info,
        name=several.names(state)[0],
        image=record_of("image", state, catalogue),
        size=record_of("size", state, catalogue),
        location=record_of("location", state, catalogue) if needs.location else None,
        key=record_of("key", state, catalogue) if needs.key else None,
        script=text if kind == SCRIPT else None,
        cloud_init=text if kind == CLOUD_INIT else None,
        hours=quantity.hours(hours) if hours else None,
        extra=_extra(given, state, catalogue) | _tags(state, info.provider),
    )


def _extra(given: dict[str, str], state: State, catalogue: Catalogue) -> dict[str, Any]:
    """What the backend takes besides; what it lists by its id, in the shape that goes over."""
    listed = {field.name: field for field in needs_of(state, catalogue).fields if field.lists}
    return {
        name: offered.value(listed[name], state, catalogue) if name in listed else extra_value(value, name)
        for name, value in given.items()
        if value
    }


def _tags(state: State, provider: str) -> dict[str, dict[str, str]]:
    tags = tag_rules.checked(state.text("tags"), provider)
    return {tag_rules.WORD: tags} if tags else {}


def login(state: State) -> tuple[str | None, int | None]:
    """As whom and at which port the machine is looked at; `None` is what is usual."""
    user, port = state.text("user").strip(), state.text("port").strip()
    return user or None, port_number(port) if port else None
