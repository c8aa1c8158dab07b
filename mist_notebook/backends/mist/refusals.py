"""What a Mist server's refusals mean: whose login is refused, and whether a create was refused for certain.

Mist answers 401 for three logins alike: ours to it, its own to the cloud, and its own to a machine. The words tell them
apart. It also answers some creates with an error once the machine runs: what it checks last is the time limit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import unquote

from mist_notebook.ground.errors import ApiError, CloudLoginError, NotLoggedInError, ProbeError
from mist_notebook.ground.text import is_pasteable
from mist_notebook.net.failures import refused
from mist_notebook.net.http import Failure, Refusal

_OURS = re.compile(r"not authenticated|log ?in\b|api.?token|csrf|unauthorized user|user unauthorized", re.I)
_TOKEN = re.compile(r"not authenticated|(invalid|expired|bad|wrong|revoked|unknown) (api.?)?token|csrf", re.I)
_EXPIRED = (419, 440, 498)  # what servers outside the standard say of a session or a token
_MACHINE = re.compile(
    r"(authenticate|connect|log ?in) (in)?to (the )?machine|machine.{0,20}unauthorized|unauthorized.{0,20}machine"
    r"|any of the machine's keys|no key can",
    re.I,
)
_CLOUD = re.compile(
    r"cloud.{0,40}(credential|unauthorized)|(unauthorized|invalid|wrong|bad).{0,20}cloud|credentials?\b"
    r"|invalid.{0,20}(key|secret|password|username)|authfailure|signature",
    re.I,
)
_POLICY = re.compile(r"polic|permission|not allowed|forbidden|not authorized to perform|rbac", re.I)
_DISABLED = re.compile(r"\b(cloud|backend)\b.{0,20}\bdisabled\b", re.I)
_CLOUD_PATH = re.compile(r"/clouds(?:/([^/]+))?")
_LATE = re.compile(r"expiration|schedul|\bdate\b|\btags?\b|tim(ed|e) ?out|connection|reset by|broken pipe", re.I)
_SURE = re.compile(
    r"quota|limit ?exceeded|exceed|capacity|insufficient|not enough|out of stock|sold ?out|no valid host"
    r"|(image|ami|size|flavou?r|plan|location|region|zone|network|key).{0,60}"
    r"(not exist|not found|unknown|invalid|not available|unavailable|no longer)"
    r"|(invalid|unknown|no such|unsupported).{0,30}(image|ami|size|flavou?r|plan|location|region|zone|network|key|name)"
    r"|validating name",
    re.I,
)


def read(refusal: Refusal, names: Mapping[str, str]) -> Failure:
    """The failure that a status means, in Mist's words; `names` are those of the backends, by id."""
    failure = refused(refusal)
    if refusal.status in (401, 403):
        failure = _login(refusal, failure, names)
    elif refusal.status in _EXPIRED or (refusal.status == 400 and _TOKEN.search(refusal.words)):
        failure = _not_ours(refusal, failure)
    if refusal.status >= 400 and _DISABLED.search(refusal.words):
        failure = _switched_off(refusal, failure, names)
    if refusal.method == "POST" and refusal.path.endswith("/machines"):
        return replace(failure, certain=is_certain(refusal.status, refusal.words))
    return failure


def is_certain(status: int, words: str) -> bool:
    """Whether a create that is answered so has made nothing. A 409 is the name of a time limit, once it runs."""
    if status in (401, 402, 403, 404, 429) or _DISABLED.search(words):
        return True
    if status == 400:
        return not _LATE.search(words)
    return status >= 500 and was_never_made(words)


def was_never_made(words: str) -> bool:
    """Whether the provider's own words, as Mist hands them on, say that it made nothing."""
    return bool(_SURE.search(words)) and not _LATE.search(words)


def _switched_off(refusal: Refusal, failure: Failure, names: Mapping[str, str]) -> Failure:
    """A backend that the server doesn't use: trying again is of no use, and a person can change it."""
    cloud = _CLOUD_PATH.search(refusal.path)
    name = names.get(unquote(cloud[1] or ""), "") if cloud else ""
    if not name:
        return failure
    message = f"{name} is disabled on {refusal.server}."
    named = f'"{name}"' if " " in name else name
    hint = f"To use it again: %mist enable {named if is_pasteable(name) else 'NAME'}"
    return replace(failure, message=message, hint=hint, passing=False)


def _not_ours(refusal: Refusal, failure: Failure) -> Failure:
    """That our own login was refused, whatever the status: servers and what stands before them differ in it."""
    if refusal.status == 401:
        return failure
    said = f"It said: '{refusal.words}'. " if refusal.words else ""
    message = f"The server at {refusal.server} did not accept the token ({refusal.status})."
    return replace(
        failure,
        kind=NotLoggedInError,
        message=message,
        hint=f"{said}%mist connect {refusal.server} asks for another token.",
    )


def _login(refusal: Refusal, failure: Failure, names: Mapping[str, str]) -> Failure:
    """Whose login was refused: ours, the cloud's at Mist, or the machine's."""
    words, server = refusal.words, refusal.server
    said = f"It said: '{words}'. " if words else ""
    if _OURS.search(words):
        return _not_ours(refusal, failure)
    if _MACHINE.search(words):
        hint = f"{said}Name a key that the machine knows, and the user: %mist associate-key; or --via ssh."
        return replace(failure, kind=ProbeError, message=f"{server} could not log in to the machine.", hint=hint)
    if refusal.status == 403 and _POLICY.search(words):
        hint = f"{said}Whoever manages that account on {server} can allow it."
        return replace(failure, kind=ApiError, message="The token's account may not do that.", hint=hint)
    cloud = _CLOUD_PATH.search(refusal.path)
    if cloud and _CLOUD.search(words):
        name = names.get(unquote(cloud[1] or ""), "")
        whose = f"The cloud did not accept the credentials that {server} has for '{name}'"
        message = f"{whose}." if name else "The cloud did not accept these credentials."
        hint = f"{said}Your token is fine. The cloud's own console has them; then %mist remove and %mist add."
        return replace(failure, kind=CloudLoginError, message=message, hint=hint)
    return failure
