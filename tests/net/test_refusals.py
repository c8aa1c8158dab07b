"""The two ways in which a create fails, told apart by the door for every kind of backend."""

from __future__ import annotations

import pytest

from mist_notebook.ground.errors import ApiError, AuthError, MistError, RefusedError, UnavailableError
from mist_notebook.ground.secret import Secret
from mist_notebook.net.http import Http, Limits
from tests.rigs import hostile

HASTE = Limits(total_s=0.3)


def asked(*steps: hostile.Step) -> tuple[MistError, int]:
    """The error of a create, and how many requests it was."""
    with hostile.serve(*steps) as server:
        door = Http(server.url, token=Secret("a-token"), limits=HASTE)
        with pytest.raises(MistError) as caught:
            door.create("POST", "/machines", json={"name": "web"})
        door.close()
        return caught.value, len(server.ledger)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 410, 413, 415, 422, 429, 301, 307])
def test_a_create_that_the_service_refuses_made_nothing_for_certain(status: int) -> None:
    error, requests = asked(hostile.answer("quota exceeded", status=status, content_type="text/plain"))
    assert isinstance(error, RefusedError)
    assert (error.status, requests) == (status, 1)


DOUBTFUL = {
    "408": hostile.answer(status=408),
    "409": hostile.answer(status=409),
    "500": hostile.answer(status=500),
    "502": hostile.answer(status=502),
    "503": hostile.answer(status=503, headers={"Retry-After": "0"}),
    "504": hostile.answer(status=504),
    "silence": hostile.hang,
    "reset": hostile.reset,
    "hung up": hostile.close,
    "a web page": hostile.answer("<html>Sign in", content_type="text/html"),
    "cut off": hostile.answer("{", length=100),
    "no HTTP": hostile.raw(b"SSH-2.0-dropbear\r\n"),
}


@pytest.mark.parametrize("step", DOUBTFUL.values(), ids=DOUBTFUL)
def test_every_other_failure_of_a_create_leaves_doubt_and_is_sent_once(step: hostile.Step) -> None:
    error, requests = asked(step)
    assert isinstance(error, (ApiError, UnavailableError))
    assert not isinstance(error, RefusedError)
    assert requests == 1


def test_a_create_that_never_left_made_nothing_for_certain() -> None:
    with hostile.serve(hostile.json({})) as server:
        url = server.url
    door = Http(url, limits=HASTE)
    with pytest.raises(RefusedError, match="refused the connection"):
        door.create("POST", "/machines")
    door.close()


def test_a_create_that_is_refused_for_its_login_is_an_auth_error_too() -> None:
    error, _ = asked(hostile.answer("User not authenticated", status=401, content_type="text/plain"))
    assert isinstance(error, RefusedError)
    assert isinstance(error, AuthError)


def test_other_writes_know_of_no_refusal() -> None:
    with hostile.serve(hostile.answer(status=400)) as server:
        door = Http(server.url)
        with pytest.raises(ApiError) as caught:
            door.send("POST", "/machines")
        door.close()
    assert not isinstance(caught.value, RefusedError)
