"""What AWS's refusals mean, translated once, by its own codes: who we are, what we may, whether there is room.

The code decides, and not the status: want of capacity comes as 500, too many questions as 503, and both made nothing.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace

from mist_notebook.ground.errors import ApiError, AuthError, MistError
from mist_notebook.ground.secret import redact
from mist_notebook.ground.text import clean
from mist_notebook.net.failures import is_certain, refused
from mist_notebook.net.http import Failure, Refusal

_CODE = re.compile(rb"<Code>([A-Za-z0-9._-]{1,120})</Code>")
_MESSAGE = re.compile(rb"<Message>(.*?)(?:</Message>|\Z)", re.DOTALL)
_JSON_CODE = re.compile(rb'"(?:__type|code|error)"\s*:\s*"(?:[^"#]*#)?([A-Za-z0-9._-]{1,120})"')
_JSON_MESSAGE = re.compile(rb'"(?:[Mm]essage|error_description)"\s*:\s*"((?:[^"\\]|\\.)*)"')
_LONGEST = 240
_CLOCK = re.compile(r"signature (?:expired|not yet current)|request has expired", re.IGNORECASE)
_ENCODED = re.compile(r"\s*Encoded authorization failure message:.*", re.DOTALL)


@dataclass(frozen=True)
class Place:
    """Who is asked and by whom, in words: the region, where the credentials came from, and what renews them."""

    region: str
    source: str
    renew: str
    clock: str = ""  # how far this computer's clock is off, where that is known


@dataclass(frozen=True)
class _Row:
    codes: frozenset[str]
    kind: type[MistError]
    message: str
    hint: str
    certain: bool | None = None  # None: as the status says
    passing: bool = False
    no_room: bool = False


def _row(codes: str, kind: type[MistError], message: str, hint: str = "", **more: bool) -> _Row:
    return _Row(frozenset(codes.split()), kind, message, hint, **more)


_SAID = "EC2 in {region} said {code}: {said}"
_ROWS = (
    _row(
        "ExpiredToken ExpiredTokenException RequestExpired", AuthError,
        "The credentials of {source} have expired.", "{renew}", certain=True,
    ),
    _row(
        "AuthFailure InvalidClientTokenId UnrecognizedClientException SignatureDoesNotMatch InvalidSignatureException "
        "IncompleteSignature InvalidAccessKeyId MissingAuthenticationToken MissingAuthenticationTokenException "
        "InvalidToken UnauthorizedException invalid_grant InvalidGrantException", AuthError,
        "AWS did not accept the credentials of {source}.", "It said {code}: {said} {renew}", certain=True,
    ),
    _row(
        "OptInRequired", ApiError,
        "This account is not signed up for what was asked for in {region}.", "It said: {said}", certain=True,
    ),
    _row(
        "UnauthorizedOperation AccessDenied AccessDeniedException AuthorizationError ForbiddenException Client."
        "UnauthorizedOperation", ApiError,
        "{source} may not {asked} in {region}.", "{said} What is needed stands in docs/clouds.md.", certain=True,
    ),
    _row(
        "RequestLimitExceeded Throttling ThrottlingException RequestThrottled RequestThrottledException "
        "EC2ThrottledException TooManyRequestsException", ApiError,
        "EC2 in {region} is asked too often by this account ({code}).", "Try again in a minute.",
        certain=True, passing=True,
    ),
    _row(
        "InsufficientInstanceCapacity InsufficientHostCapacity InsufficientReservedInstanceCapacity "
        "InsufficientCapacity InsufficientCapacityOnOutpost InsufficientFreeAddressesInSubnet Unsupported "
        "InsufficientVolumeCapacity SpotMaxPriceTooLow UnfulfillableCapacity", ApiError,
        _SAID, "Try another zone or size: --location a,b tries the second where the first has no room.",
        certain=True, no_room=True,
    ),
    _row(
        "VcpuLimitExceeded InstanceLimitExceeded MaxSpotInstanceCountExceeded InsufficientAddressCapacity "
        "MaxScheduledInstanceCapacityExceeded VolumeLimitExceeded", ApiError,
        _SAID, "Ask AWS for more (Service Quotas in its console), destroy something, or take another region.",
        certain=True, no_room=True,
    ),
    _row(
        "PendingVerification Blocked", ApiError, _SAID, "AWS has to clear that account first: see its console.",
        certain=True,
    ),
    _row(
        "IdempotentParameterMismatch IdempotentInstanceTerminated InternalError InternalFailure Unavailable "
        "ServiceUnavailable InternalServerError RequestTimeout", ApiError, _SAID, certain=False, passing=True,
    ),
)  # fmt: skip


def read(refusal: Refusal, place: Place) -> Failure:
    """The failure that an answer other than 2xx means."""
    failure = refused(refusal)
    code, said = words(refusal.said)
    if not code or 300 <= refusal.status < 400:
        if refusal.status in (401, 403):  # not AWS's own words: whose credentials is all that is known
            hint = f"{place.renew} It began: '{refusal.words}'" if refusal.words else place.renew
            message = f"{refusal.server} did not accept the credentials of {place.source}."
            return Failure(AuthError, message, hint, refusal.status, certain=True)
        return failure
    if _is_of_clock(code, said, place):
        hint = "Set it by a time server, then try again. Nothing was done."
        return Failure(AuthError, _clock_words(place), hint, refusal.status, certain=True, code=code)
    facts = {"region": place.region, "source": place.source, "renew": place.renew, "code": code, "said": said}
    facts["asked"] = refusal.path.rpartition(":")[2]
    for row in _ROWS:
        if code in row.codes:
            sure = is_certain(refusal.status) if row.certain is None else row.certain
            known = replace(failure, kind=row.kind, message=row.message.format(**facts), certain=sure, code=code)
            hint, passing = row.hint.format(**facts).strip(), row.passing or failure.passing
            return replace(known, hint=hint, passing=passing, no_room=row.no_room)
    return replace(failure, kind=ApiError, message=_SAID.format(**facts), code=code)


def words(said: bytes) -> tuple[str, str]:
    """AWS's code and message in a body of either of its dialects, safe to show; empty where it is no error of AWS's."""
    for code_of, message_of in ((_CODE, _MESSAGE), (_JSON_CODE, _JSON_MESSAGE)):
        code, message = code_of.search(said), message_of.search(said)
        if code:
            text = html.unescape((message[1] if message else b"").decode("utf-8", "replace")).replace('\\"', '"')
            plain = " ".join(_ENCODED.sub("", text).split())
            return code[1].decode(), clean(redact(plain), _LONGEST)
    return "", ""


def _is_of_clock(code: str, said: str, place: Place) -> bool:
    """Whether it is this computer's clock that is wrong: what was signed is too old, or of the future, for AWS."""
    is_timed = code == "RequestExpired" or _CLOCK.search(said) is not None
    return code == "RequestInTheFuture" or (is_timed and (bool(place.clock) or "not yet current" in said.casefold()))


def _clock_words(place: Place) -> str:
    off = f"is {place.clock} AWS's" if place.clock else "differs from AWS's"
    return f"This computer's clock {off}: what it signs is not accepted."
