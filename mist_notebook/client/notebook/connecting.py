"""Opening a client for an address that a person named, with the token that is known, or one that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mist_notebook.client.client import MistClient
from mist_notebook.ground import ask
from mist_notebook.ground.errors import AuthError, MistError
from mist_notebook.net.origin import one_spelling
from mist_notebook.settings.options import SANDBOX
from mist_notebook.settings.settings import MissingTokenError

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend


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
    if before.settings.url is None or fresh.settings.url is None:
        return False
    if one_spelling(before.settings.url) != one_spelling(fresh.settings.url):
        return False
    known = before.accounts.known
    both = [backend for backend in fresh.known_backends if backend.id in known and _is_at_the_server(backend)]
    try:
        return bool(both) and all(fresh.journal_of(backend).account == known[backend.id].account for backend in both)
    except MistError:  # it doesn't say whose it is: then nothing of the one is taken for the other's
        return False


def _is_at_the_server(backend: Backend) -> bool:
    """Whether it is one of the Mist server's, and no sandbox's nor a cloud that is asked directly."""
    return backend.adapter.logins is not None and not backend.record.sandbox


def _opened(client: MistClient) -> MistClient:
    try:
        client.update_backends()
    except BaseException:
        client.close()
        raise
    return client
