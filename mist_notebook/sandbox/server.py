"""The HTTP server: one loopback socket, the routes, and an end that leaves nothing open."""

from __future__ import annotations

import errno
import socket
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.netutil import bind_sockets
from tornado.web import Application

from .api.handler import UnknownUrlHandler
from .api.routes import ROUTES
from .connections import Limits
from .doorkeeper import GuardedServer
from .ground.refusals import SandboxError
from .state import SandboxState

ADDRESS = "127.0.0.1"


def bind(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1; with port 0, on a free one."""
    try:
        (bound,) = bind_sockets(port, ADDRESS, family=socket.AF_INET)
    except OSError as error:
        why = "is in use" if error.errno == errno.EADDRINUSE else f"can't be used ({error.strerror})"
        raise SandboxError(
            f"Port {port} on {ADDRESS} {why}.\nStop what listens there, or give another with --port."
        ) from None
    return bound


class Server:
    """The sandbox's server; all of it happens on the thread of the loop that `start` runs in."""

    def __init__(self, state: SandboxState, bound: socket.socket, limits: Limits) -> None:
        self._bound = bound
        self._fleet = state.fleet
        arguments: dict[str, Any] = {"state": state, "port": bound.getsockname()[1]}
        application = _Application(
            [(path, handler, arguments) for path, handler in ROUTES],
            default_handler_class=UnknownUrlHandler,
            default_handler_args=arguments,
            compress_response=True,
            log_function=_no_log,
        )
        self._http = GuardedServer(application, state=state, port=arguments["port"], limits=limits)

    async def start(self) -> None:
        """Bring up the machines, and answer requests from now on."""
        self._fleet.start()
        self._http.add_socket(self._bound)

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        self._http.stop()
        await self._http.close_all_connections()
        await self._fleet.stop()


class _Application(Application):
    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> Any:
        """Mist doesn't look at the content type; Tornado does, and would refuse JSON that is called a form."""
        request.headers.pop("Content-Type", None)
        return super().find_handler(request, **kwargs)


def _no_log(_handler: object) -> None:
    """Nothing: a notebook's stderr is no access log."""
