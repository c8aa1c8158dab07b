"""The tags of a machine as a person holds them: a dict to read, and two verbs that change them at the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from mist_notebook.backends import tag_rules
from mist_notebook.ground.errors import BadValueError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief
from mist_notebook.records.model import OP_TAG

if TYPE_CHECKING:
    from .machine import Machine


class Tags(dict[str, str]):
    """What the machine carried when it was last read."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine.record.tags)
        self._machine = machine

    def add_tag(self, key: str, value: str = "") -> None:
        """Add a tag, or change it; sent once."""
        if not key.strip():
            raise BadValueError("The tag has no name.", "Such as: machine.tags.add_tag('team', 'web')")
        if key == OP_TAG:
            raise BadValueError(f"'{OP_TAG}' says which of our records a machine belongs to.", "Nothing changed.")
        tag_rules.check(key, value, self._machine.hands.adapter.info.provider)
        self._change(key, value)

    def remove_tag(self, key: str) -> None:
        """Take a tag away; sent once."""
        if key == OP_TAG:
            raise BadValueError(f"'{OP_TAG}' says which of our records a machine belongs to.", "Nothing changed.")
        if key not in self:
            raise NotFoundError(f"No tag named '{brief(key)}'.", did_you_mean(key, list(self), "tag"))
        self._change(key, None)

    def _change(self, key: str, value: str | None) -> None:
        machine = self._machine
        machine.hands.adapter.set_tags(machine.record, {key: value})
        self.pop(key, None)
        if value is not None:
            self[key] = value
        machine.record = replace(machine.record, tags=tuple(self.items()))
