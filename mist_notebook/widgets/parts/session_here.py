"""The session that a widget made from Python belongs to: the notebook's, where the extension is loaded."""

from __future__ import annotations

from mist_notebook.client.notebook.session import Session

_SLOT = "_mist_notebook"  # where a shell keeps what loading the extension made


def session_here() -> Session:
    """The notebook's session, else one of its own."""
    from IPython.core.getipython import get_ipython

    loaded = getattr(get_ipython(), _SLOT, None)
    if loaded is None:
        return Session()
    session: Session = loaded[0].session
    return session
