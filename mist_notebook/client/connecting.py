"""Opening a client for an address that a person named, with the token that is known, or one that is asked for."""

from __future__ import annotations

from mist_notebook.ground import ask
from mist_notebook.ground.errors import AuthError
from mist_notebook.settings.options import SANDBOX
from mist_notebook.settings.settings import MissingTokenError

from .client import MistClient


def connected(url: str) -> MistClient:
    """A client whose server has answered; asks for a token where there is none, or the one there is is refused."""
    if url.casefold() == SANDBOX:
        return _opened(MistClient(SANDBOX))
    from mist_notebook.backends.mist.server import check_reachable
    from mist_notebook.net.http import check_url

    url = check_url(url)
    try:
        return _opened(MistClient(url))
    except MissingTokenError:
        check_reachable(url)
    except AuthError:
        pass
    return _opened(MistClient(url, api_token=ask.secret(f"API token of {url}", variable="MIST_API_TOKEN")))


def is_same_account(before: MistClient, fresh: MistClient) -> bool:
    """Whether both speak to one account of one live server, as far as the first one knows its own by now."""
    journals = before.accounts.known
    both = [backend for backend in fresh.known_backends if backend.id in journals and not backend.record.sandbox]
    return bool(both) and all(fresh.journal_of(backend).account == journals[backend.id].account for backend in both)


def _opened(client: MistClient) -> MistClient:
    try:
        client.update_backends()
    except BaseException:
        client.close()
        raise
    return client
