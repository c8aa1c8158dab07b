"""What a machine said to the probe's script, up to a number of bytes, and what that means."""

from __future__ import annotations

import re
from typing import Any

from mist_notebook.ground.text import clean
from mist_notebook.ssh.outcome import AUTH, HINTS, HUNG, OK, hint_for, is_booting

from . import script as probe_script

_OTHER_USER = re.compile(r'Please login as the user "([\w.@-]{1,64})" rather than the user "[^"\n]{1,64}"', re.ASCII)
_SENTENCE_LIMIT = 300


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
        """The fields of the report; `is_certain` where looking again can't change them."""
        said = self._said.decode("utf-8", "replace")
        parts = probe_script.parts_of(said)
        facts = probe_script.facts_of(parts)
        complained = self._complained.decode("utf-8", "replace")
        other_user = _OTHER_USER.search(said + complained)
        if other_user and not parts:
            detail = f"It takes this key, but not for this user. It said: {clean(other_user[0])}"
            hint = f"Try the user it names: {other_user[1]}."
            return {"outcome": AUTH, "detail": detail, "hint": hint, "is_certain": True, "named": other_user[1]}
        if why_hung or not (self._left or parts):
            detail = why_hung or "It said far more than the probe asked, and not what it asked."
            return {"outcome": HUNG, "detail": detail, "hint": HINTS[HUNG], **facts}
        if parts:
            return {"outcome": OK, "detail": self._reservation(), **facts}
        sentence = _sentence(self.refusal) or _sentence(said) or _sentence(complained)
        told = f" It said: {sentence}" if sentence else ""
        if is_booting(sentence):
            detail = f"It takes the login, and ends it.{told}"
            return {"outcome": AUTH, "detail": detail, "hint": hint_for(AUTH, sentence)}
        return {"outcome": OK, "detail": f"The login works, but it ran none of the probe's commands.{told}"}

    def _reservation(self) -> str:
        """What was not as it should be, though the machine is up and the login works."""
        if self._has_ended:
            return ""
        if not self._left:
            return "It said more than the probe reads: some figures are missing."
        return "It stopped before the end of the probe's commands: some figures are missing."


def _sentence(said: str) -> str:
    """What a machine said instead of an answer, on one line."""
    return clean(" ".join(said.split()), _SENTENCE_LIMIT)
