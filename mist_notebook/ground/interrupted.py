"""An interrupt as a person reads it: what was being done, and what may be so now, in two lines and without a stack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .secret import redact
from .text import clean

_LIMIT = 400


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, or the stop button: still a KeyboardInterrupt to everyone who waits for one."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = clean(redact(message), _LIMIT)
        self.hint = clean(redact(hint), _LIMIT)
        super().__init__(self.message)

    def __str__(self) -> str:
        return "\n".join(line for line in (self.message, self.hint) if line)

    def _render_traceback_(self) -> list[str]:
        """What IPython and Jupyter print instead of a stack; one item, as `%xmode Plain` joins items."""
        return [str(self)]


@contextmanager
def doing(what: str, now: str) -> Iterator[None]:
    """Within, an interrupt says what was being done and what may be so now; one that says it already stays."""
    try:
        yield
        return
    except Interrupted:
        raise
    except KeyboardInterrupt:
        pass
    raise Interrupted(what, now)
