"""The errors a person can meet, and how they show in a notebook.

    MistError
    ├── MistUsageError     the line can't be read: which word is wrong, the right one
    ├── BadValueError      a value is outside what is allowed
    ├── SettingsError      a setting, or the file it stands in, is wrong
    ├── NotFoundError      nothing of that name; the nearest ones
    ├── AmbiguousError     several of that name; all of them
    ├── AuthError          the server refused who we are
    ├── UnavailableError   no usable answer in time
    ├── ApiError           the server said no, or something that can't be read
    │   ├── RefusedError         to a create, and it is certain that nothing was made
    │   │   ├── RefusedLoginError    for who we are
    │   │   └── NoRoomError          for where it was to stand: another location may have it
    │   ├── NotLoggedInError     the server refused who we are, with another status than 401; an AuthError too
    │   └── CloudLoginError      the cloud doesn't take the credentials that a backend was added with
    ├── LimitError         the guard stopped a create before it was sent
    ├── JournalError       a record can't be written or read
    ├── ProvisionError     a machine was not made, or did not come up
    ├── ProbeError         a machine can't be asked over SSH: host, user, what SSH said
    └── ClusterError       machines can't be one cluster: each one's reason

Every one has a message (what happened, with the offending value) and a hint (what to do). None is ever IPython's
`UsageError`, which leaves no error in the notebook: a runner would call a failed notebook passed.
"""

from __future__ import annotations

from .secret import redact
from .text import clean

_MESSAGE_LIMIT = 400


class MistError(Exception):
    """Something a person can mend: what happened, and what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = _printable(message)
        self.hint = _printable(hint)
        super().__init__(self.message)

    def __str__(self) -> str:
        return "\n".join(line for line in (self.message, self.hint) if line)

    def add_place(self, place: str) -> None:
        """Say where, before what: which line of a cell."""
        self.message = _printable(f"{place}: {self.message}")

    def _render_traceback_(self) -> list[str]:
        """What IPython and Jupyter print instead of a traceback: one line, or two.

        They are one item, as `%xmode Plain` puts items together without a break.
        """
        return [str(self)]


class MistUsageError(MistError):
    """A line or a call that can't be read."""


class BadValueError(MistError):
    """A value outside what is allowed."""


class SettingsError(MistError):
    """A setting, or the file that it stands in, is wrong."""


class NotFoundError(MistError):
    """Nothing of that name."""


class AmbiguousError(MistError):
    """Several things of that name."""


class AuthError(MistError):
    """The server refused who we are."""


class UnavailableError(MistError):
    """No usable answer: not reached, too slow, or too large."""


class ApiError(MistError):
    """The server refused the request, or answered what can't be read."""

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        status: int | None = None,
        pause_s: float | None = None,
        code: str = "",
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        self.pause_s = pause_s  # how long it asks to be left alone, where it does
        self.code = code  # its own word for what is wrong, where it has one


class RefusedError(ApiError):
    """A create was refused, and it is certain that nothing was made; whatever else fails in a create leaves doubt."""


class RefusedLoginError(RefusedError, AuthError):
    """A create was refused for who we are: certain as any, and a new login may let it through."""


class NoRoomError(RefusedError):
    """A create was refused for where it was to stand: no capacity, or no quota there. Another location may have it."""


class NotLoggedInError(ApiError, AuthError):
    """The server refused who we are, with a status that others use otherwise: its words tell."""


class CloudLoginError(ApiError):
    """A cloud doesn't take the credentials that its backend was added with: ours to the server are fine."""


class LimitError(MistError):
    """The guard stopped it before anything was sent."""


class JournalError(MistError):
    """A record of what was asked for can't be written or read."""


class ProvisionError(MistError):
    """A machine was not made, or did not come up."""


class ProbeError(MistError):
    """A machine could not be asked over SSH, or what that needs (a key, the pinned host keys) can't be used."""


def _printable(text: str) -> str:
    return clean(redact(text), _MESSAGE_LIMIT)


class ClusterError(MistError):
    """Machines can't be one cluster."""
