"""What goes wrong while a form asks, as it is said to a person, who goes on with what was chosen and typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mist_notebook.ground.errors import AuthError, MistError

from .state.facts import Trouble

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session


def of(error: Exception, session: Session) -> Trouble:
    """What an error says to a person; of a refused token, whether it is ours or only that of one backend."""
    if not isinstance(error, MistError):
        return Trouble(
            MistError(f"{type(error).__name__}: {error}").message, "This is a bug of ours: please report it."
        )
    is_refused = isinstance(error, AuthError) and _is_refused(session)
    hint = f"{error.hint} Then go on here: what you chose and typed is kept." if is_refused else error.hint
    return Trouble(error.message, hint, is_refused)


def _is_refused(session: Session) -> bool:
    """Whether the server takes our token for nothing at all; one question more."""
    try:
        session.connected.server().identity()
    except AuthError:
        return True
    except MistError:
        return False
    return False
