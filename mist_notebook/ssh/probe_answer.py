"""What a machine said to the probe's script, up to a number of bytes, and what that means."""

from __future__ import annotations

import re
from typing import Any

from mist_notebook.ground.text import clean

from . import probe_script
from .outcome import AUTH, HINTS, HUNG, OK

_OTHER_USER = re.compile(r'Please login as the user "([a-z_][a-z0-9_-]{0,31})" rather than the user "[a-z0-9_-]{1,32}"')


class Answer:
    """Hears the script's two streams; then tells the fields of the report."""

    def __init__(self, most_bytes: int) -> None:
        self.refusal = ""
        self._left = most_bytes
        self._said = bytearray()
        self._complained = bytearray()

    def hear(self, data: bytes, is_error: bool) -> bool:
        """Keep what is within the limit; `True` once the script's end is there, or the limit."""
        into = self._complained if is_error else self._said
        into += data[: self._left]
        self._left -= min(len(data), self._left)
        return not self._left or self._has_ended

    @property
    def _has_ended(self) -> bool:
        return self._said.rstrip().endswith(probe_script.END.encode())

    def read(self, why_hung: str) -> dict[str, Any]:
        """The fields of the report."""
        said = self._said.decode("utf-8", "replace")
        parts = probe_script.parts_of(said)
        facts = probe_script.facts_of(parts)
        other_user = _OTHER_USER.search(said + self._complained.decode("utf-8", "replace"))
        if other_user and not parts:
            detail = f"It takes this key, but not for this user. It said: {clean(other_user[0])}"
            return {"outcome": AUTH, "detail": detail, "hint": f"Try the user it names: {other_user[1]}."}
        if why_hung or not (self._left or parts):
            detail = why_hung or "It said far more than the probe asked, and not what it asked."
            return {"outcome": HUNG, "detail": detail, "hint": HINTS[HUNG], **facts}
        return {"outcome": OK, "detail": self._reservation(said, bool(parts)), **facts}

    def _reservation(self, said: str, has_parts: bool) -> str:
        """What was not as it should be, though the machine is up and the login works."""
        if self._has_ended:
            return ""
        if not self._left:
            return "It said more than the probe reads: some figures are missing."
        if has_parts:
            return "It stopped before the end of the probe's commands: some figures are missing."
        first = probe_script.text(self.refusal or said or self._complained.decode("utf-8", "replace"))
        return "The login works, but it ran none of the probe's commands." + (f" It said: {first}" if first else "")
