"""Whose refusal it is, and whether it is certain, in the words of a Mist server."""

from __future__ import annotations

import pytest

from mist_notebook.backends.mist import refusals
from mist_notebook.ground.errors import ApiError, AuthError, CloudLoginError, MistError, ProbeError, RefusedError
from mist_notebook.net.http import Refusal

CLOUD = "/api/v1/clouds/c1"
OURS = [
    (401, "User not authenticated. Please log in", CLOUD + "/machines"),
    (401, "User not authenticated", "/api/v1/clouds"),
    (401, "", "/api/v1/ping"),
    (401, "Unauthorized", "/api/v1/keys"),
    (403, "User not authenticated", CLOUD + "/images"),
    (403, "CSRF token missing", CLOUD + "/machines"),
    (400, "Invalid API token", CLOUD + "/machines"),
    (498, "", "/api/v1/clouds"),
    (440, "login timeout", "/api/v1/ping"),
    (419, "page expired", "/api/v1/keys"),
]
CLOUDS = [
    (401, "Unauthorized cloud credentials", CLOUD + "/images"),
    (401, "Unauthorized cloud credentials: AuthFailure", CLOUD + "/machines"),
    (403, "Unauthorized cloud credentials", CLOUD + "/sizes"),
    (401, "Invalid cloud credentials", CLOUD),
    (401, "Cloud unauthorized: InvalidClientTokenId", CLOUD + "/machines/i-1"),
]
MACHINES = [
    (401, "Couldn't authenticate to machine", CLOUD + "/machines/i-1/keys/k"),
    (401, "Machine unauthorized: Couldn't connect with any of the machine's keys", CLOUD + "/machines/i-1/probe"),
    (403, "Couldn't connect to machine", "/api/v1/machines/m1/probe"),
]


def error(status: int, words: str, path: str, method: str = "GET") -> MistError:
    refusal = Refusal(method, status, {}, words, "https://mist.example", path)
    return refusals.read(refusal, {"c1": "My EC2"}).error()


@pytest.mark.parametrize(("status", "words", "path"), OURS)
def test_our_own_login_says_how_to_connect(status: int, words: str, path: str) -> None:
    found = error(status, words, path)
    assert isinstance(found, AuthError) and (status == 401 or isinstance(found, ApiError))
    assert "did not accept the token" in found.message and "%mist connect https://mist.example" in found.hint
    assert not isinstance(found, CloudLoginError)


@pytest.mark.parametrize(("status", "words", "path"), CLOUDS)
def test_the_clouds_refusal_names_the_backend_and_not_our_token(status: int, words: str, path: str) -> None:
    found = error(status, words, path)
    assert isinstance(found, CloudLoginError)
    assert "'My EC2'" in found.message
    assert "%mist connect" not in str(found)


@pytest.mark.parametrize(("status", "words", "path"), MACHINES)
def test_the_machines_refusal_is_about_ssh(status: int, words: str, path: str) -> None:
    found = error(status, words, path, "PUT")
    assert isinstance(found, ProbeError)
    assert "log in to the machine" in found.message


def test_what_an_account_may_not_do_is_no_bad_token() -> None:
    found = error(403, "You are not authorized to perform this action: create_resources", CLOUD + "/machines", "POST")
    assert type(found) is ApiError
    assert "may not do that" in found.message


CERTAIN = [
    (400, "Required parameter missing: size"),
    (400, "Bad Request: image does not exist"),
    (402, "Payment required"),
    (404, "Cloud does not exist"),
    (401, "Unauthorized cloud credentials"),
    (429, "Too many requests"),
    (500, "Machine creation failed: quota exceeded: 2 machines are the most"),
    (500, "Machine creation failed: InsufficientInstanceCapacity"),
    (500, "Machine creation failed: InvalidAMIID.NotFound: The image id '[ami-1]' does not exist"),
    (500, "Machine creation failed: No valid host was found. There are not enough hosts available."),
    (503, "Machine creation failed: VcpuLimitExceeded"),
    (500, "Error validating name: name may only contain letters"),
]
DOUBTFUL = [
    (400, "Bad Request: expiration date is in the past"),
    (400, "Validation Error: schedule"),
    (409, "Conflict: a schedule of this name exists"),
    (500, "Internal Server Error"),
    (500, "Machine creation failed: The read operation timed out"),
    (500, "Machine creation failed: Connection reset by peer"),
    (502, ""),
    (503, "Cloud unavailable"),
    (504, "Gateway time-out"),
]


@pytest.mark.parametrize(("status", "words"), CERTAIN)
def test_a_create_that_mist_refuses_with_a_reason_made_nothing(status: int, words: str) -> None:
    refusal = Refusal("POST", status, {}, words, "https://mist.example", CLOUD + "/machines")
    assert isinstance(refusals.read(refusal, {}).refusal(), RefusedError)


@pytest.mark.parametrize(("status", "words"), DOUBTFUL)
def test_what_mist_may_say_of_a_machine_that_runs_leaves_doubt(status: int, words: str) -> None:
    refusal = Refusal("POST", status, {}, words, "https://mist.example", CLOUD + "/machines")
    assert not isinstance(refusals.read(refusal, {}).refusal(), RefusedError)
