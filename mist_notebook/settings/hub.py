"""What whoever runs a computer for many has settled for all of them: a file that nobody's own settings overrule.

It is an ordinary settings file. What it says holds where a person says nothing; `only_sandbox` and the limits hold for
everyone: a limit of one's own may be lower, and not higher.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mist_notebook.ground.errors import BadValueError, SettingsError

from .options import CEILINGS

FILE = Path("/etc/mist_notebook/settings.toml")
_ASK = "Ask whoever runs this hub."


@dataclass(frozen=True)
class Hub:
    """The values that the file holds, read; and where it is."""

    values: Mapping[str, Any]
    path: Path

    @property
    def only_sandbox(self) -> bool:
        """Whether nothing but the sandbox is to be used here."""
        return bool(self.values.get("only_sandbox"))

    def refuse_elsewhere(self, what: str) -> None:
        """Raise SettingsError for what would lead to anything but the sandbox, where that is not to be."""
        if self.only_sandbox:
            raise SettingsError(f"{what} is not to be used here: this hub has the sandbox only ({self.path}).", _ASK)

    def refuse_above(self, name: str, value: float) -> None:
        """Raise BadValueError for a limit above the hub's own."""
        most = self.values.get(name)
        if most is not None and value > most:
            raise BadValueError(f"{value:g} is above this hub's {name} of {most:g} ({self.path}).", _ASK)

    def lowered(self, name: str, value: Any) -> Any:
        """A person's limit, or the hub's where that is lower; any other value as it is."""
        most = self.values.get(name) if name in CEILINGS else None
        return value if most is None else min(value, most)


NONE = Hub({}, FILE)
