"""What the sandbox refuses: a request, with the API's status and words, or to start at all."""

from __future__ import annotations


class SandboxError(Exception):
    """The sandbox can't start; the text says what is wrong and what to do, in one or two lines."""


class RefusedError(Exception):
    """A request that is refused: its status, and the plain text that a Mist server would answer."""

    def __init__(self, status: int, message: str, detail: str = "") -> None:
        self.status = status
        super().__init__(f"{message}: {detail}" if detail else message)


def bad_request(detail: str) -> RefusedError:
    """400: the request can't be understood or obeyed."""
    return RefusedError(400, "Bad Request", detail)


def missing(parameter: str) -> RefusedError:
    """400: a parameter that has to be there isn't."""
    return RefusedError(400, "Required parameter not provided", parameter)


def unauthenticated(detail: str = "") -> RefusedError:
    """401: no token, or one that isn't known here."""
    return RefusedError(401, "User not authenticated. Please log in", detail)


def unauthorized(detail: str) -> RefusedError:
    """401: a machine lets none of the keys in."""
    return RefusedError(401, "Couldn't authenticate to machine", detail)


def forbidden(detail: str) -> RefusedError:
    """403: whoever asks, not this way."""
    return RefusedError(403, "Forbidden", detail)


def not_found(detail: str) -> RefusedError:
    """404: the route is right, the thing isn't there."""
    return RefusedError(404, "Not Found", detail)


def too_large(most_bytes: int = 0) -> RefusedError:
    """413: a body is longer than it may be."""
    most = f"{most_bytes // 1024**2} MiB" if most_bytes >= 1024**2 else f"{most_bytes // 1024} KiB"
    return RefusedError(413, "Request Entity Too Large", f"{most} is the most" if most_bytes else "")


def unreachable(detail: str) -> RefusedError:
    """503: the machine can't be reached now."""
    return RefusedError(503, "Machine unavailable", detail)


def cloud_unavailable(detail: str) -> RefusedError:
    """503: the cloud can't be asked now."""
    return RefusedError(503, "Cloud unavailable", detail)
