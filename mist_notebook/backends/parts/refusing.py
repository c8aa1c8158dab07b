"""What a cloud's refusal means, from its own code and words: whose credentials, how to renew them, what is certain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from mist_notebook.ground.errors import ApiError, AuthError
from mist_notebook.ground.secret import redact
from mist_notebook.ground.text import clean
from mist_notebook.net.failures import is_certain, refused
from mist_notebook.net.http import Failure, Refusal

_LONGEST = 240


@dataclass(frozen=True)
class Said:
    """What the body of a refusal says. `certain` is `None` where the status has to tell."""

    code: str = ""
    message: str = ""
    certain: bool | None = None
    no_room: bool = False


def read(
    refusal: Refusal, cloud: str, source: str, renew: str, understood: Callable[[int, dict[str, object]], Said]
) -> Failure:
    """The failure, in the cloud's own words; `source` is where its credentials came from, `renew` how to get others."""
    failure, status = refused(refusal), refusal.status
    if 300 <= status < 400:
        return failure
    said = understood(status, _body(refusal.said))
    code, message = clean(said.code, 60), clean(redact(said.message), _LONGEST)
    certain = is_certain(status) if said.certain is None else said.certain
    words = message or refusal.words
    if status == 401:
        hint = f"{renew} It said: '{words}'." if words else renew
        return Failure(AuthError, f"{cloud} did not accept the credentials of {source}.", hint, status, certain=True)
    coded = f" ({code})" if code else ""
    text = f"{cloud} said {status}{coded}: {message}" if message else failure.message
    hint = failure.hint
    if status == 403 and not (said.no_room or hint):
        hint = f"By the credentials of {source}."
    return replace(failure, kind=ApiError, message=text, hint=hint, certain=certain, no_room=said.no_room and certain)


def _body(said: bytes) -> dict[str, object]:
    try:
        body = msgspec.json.decode(said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
