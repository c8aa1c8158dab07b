"""What every handler does the same way: guard, parameters, and Mist's ways to answer and to refuse."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from tornado.httputil import format_timestamp
from tornado.web import HTTPError, RequestHandler

from mist_notebook.sandbox.accounts.guard import check_address, check_token
from mist_notebook.sandbox.ground.params import Params
from mist_notebook.sandbox.ground.refusals import RefusedError
from mist_notebook.sandbox.state import SandboxState
from mist_notebook.sandbox.world.listing import Body, rendered


class ApiHandler(RequestHandler):
    """A route that only the holder of a token may use."""

    csrf_exempt = False

    def initialize(self, state: SandboxState, port: int) -> None:
        """Tornado's constructor for us."""
        self.state = state
        self.port = port

    def prepare(self) -> None:
        """Guard the route, then read what is asked."""
        self.state.requests.append((self.request.method or "", self.request.path))
        self.set_header("Date", format_timestamp(self.state.clock()))  # its machines' times are by that clock too
        self.state.fleet.settle()
        self.state.waits.look()
        check_address(self.request.headers, self.port)
        self.authorize()
        self.params = self.read_params()

    def authorize(self) -> None:
        """Refuse whoever has no token."""
        check_token(self.request.headers, self.request.method or "", self.state.tokens, csrf_exempt=self.csrf_exempt)

    def read_params(self) -> Params:
        """What is asked."""
        return Params(self.request.query, self.request.body)

    def answer(self, document: object) -> None:
        """Answer JSON."""
        self.answer_body(Body(rendered(document)))

    def answer_body(self, body: Body) -> None:
        """Answer JSON that may have been rendered and compressed before."""
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        if "gzip" not in self.request.headers.get("Accept-Encoding", ""):
            self.finish(body.plain)
            return
        self.set_header("Content-Encoding", "gzip")
        self.finish(body.gzipped)

    def answer_ok(self) -> None:
        """Answer what Mist answers when there is nothing to say."""
        self.finish("OK")

    def compute_etag(self) -> None:
        """No ETag: Mist sends none, and a digest of a large listing takes longer than the listing."""

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Refuse with the refusal's own status."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        super().send_error(error.status if isinstance(error, RefusedError) else status_code, **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer an error as Mist does: text that says it is HTML, and never a stack."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        self.finish(str(error) if isinstance(error, RefusedError) else _plain_text(status_code, self._reason))

    def log_exception(
        self, typ: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Log faults of ours only: what a client did wrong must not land on a notebook's stderr."""
        if not isinstance(value, RefusedError | HTTPError):
            super().log_exception(typ, value, tb)


class UnknownUrlHandler(ApiHandler):
    """Everything that has no route: an HTML page, for whoever asks."""

    def authorize(self) -> None:
        """Let anybody see that there is nothing."""
        raise RefusedError(404, _NOT_FOUND_PAGE)


_NOT_FOUND_PAGE = "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>\n"


def _plain_text(status_code: int, reason: str) -> str:
    return "Internal Server Error" if status_code >= 500 else reason
