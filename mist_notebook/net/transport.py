"""HTTP exchanges that no server can prolong: every wait, from the name look-up to the last byte, has one deadline.

Leaves to `http` what is sent, and to whom. Names are looked up on a thread, as `getaddrinfo` has no time limit;
a connection is tried no longer than what is left; and once there is a socket, a timer shuts it down at the deadline,
whatever urllib3 is reading then: a TLS handshake, a status line, a chunk's length or a body, one byte a second.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import create_connection

_POOL_SIZE = 32


class Deadline:
    """The moment at which a call ends, all its tries and pauses included."""

    def __init__(self, total_s: float, clock: Callable[[], float]) -> None:
        self.passed = False  # the timer has fired: what was read since may be cut off
        self.sent = False  # a request may have left
        self.total_s = total_s
        self._clock = clock
        self._end = clock() + total_s
        self._lock = threading.Lock()
        self._twin: socket.socket | None = None

    def elapsed_s(self) -> float:
        return self.total_s - self.remaining_s()

    def remaining_s(self) -> float:
        return max(self._end - self._clock(), 0.0)

    @contextmanager
    def enforced(self) -> Iterator[None]:
        """Within, connections of this thread are made, and at the deadline shut down, by this object."""
        timer = threading.Timer(self.remaining_s(), self.cut)
        timer.daemon = True
        before = _deadline.set(self)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            _deadline.reset(before)
            self._let_go()

    def guard(self, sock: Any) -> None:
        """Shut `sock` down at the deadline. A twin is kept, as TLS and http.client detach and close the original."""
        with self._lock:
            if self.passed:
                raise TimeoutError("deadline")
            if self._twin is None:
                self._twin = socket.fromfd(sock.fileno(), socket.AF_INET, socket.SOCK_STREAM)

    def connect(self, host: str, port: int, limit_s: float, options: Any) -> socket.socket:
        """A socket to the first address of `host` that answers, each tried for `limit_s` at most."""
        failure = OSError(f"{host} has no address")
        for address in _look_up(host, port, min(limit_s, self.remaining_s())):
            if self.passed:
                raise TimeoutError("deadline")
            try:
                timeout_s = max(min(limit_s, self.remaining_s()), 0.001)
                return create_connection(address, timeout_s, socket_options=options)
            except OSError as error:
                failure = error
        raise failure

    def connect_unix(self, path: str, limit_s: float) -> socket.socket:
        """A socket to a program on this computer."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(max(min(limit_s, self.remaining_s()), 0.001))
        try:
            sock.connect(path)
        except BaseException:
            sock.close()
            raise
        return sock

    def cut(self) -> None:
        """Shut the connection down, as if the time were over."""
        with self._lock:
            self.passed = True
            if self._twin is not None:
                _shut_down(self._twin)

    def _let_go(self) -> None:
        with self._lock:
            if self._twin is not None:
                self._twin.close()
            self._twin = None


_deadline: ContextVar[Deadline] = ContextVar("the deadline of the exchange on this thread")


class _Guarded(HTTPConnection):
    debuglevel = 0  # whatever http.client's is: at 1 it prints the Authorization header
    unix_socket = ""

    def _new_conn(self) -> socket.socket:
        deadline, limit_s = _deadline.get(), self.timeout or 0.001
        if self.unix_socket:
            sock = deadline.connect_unix(self.unix_socket, limit_s)
        else:
            sock = deadline.connect(self.host, self.port, limit_s, self.socket_options)
        try:
            deadline.guard(sock)
        except OSError:
            sock.close()
            raise
        return sock

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()
        _deadline.get().guard(self.sock)
        _deadline.get().sent = True
        super().request(*args, **kwargs)


class _GuardedTls(_Guarded, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTls


_POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _Pool, "https": _TlsPool}


def _pools(unix_socket: str) -> dict[str, type[HTTPConnectionPool]]:
    """What makes connections, by scheme."""
    if not unix_socket:
        return _POOLS
    connection = type("_GuardedUnix", (_Guarded,), {"unix_socket": unix_socket})
    return {"http": type("_UnixPool", (HTTPConnectionPool,), {"ConnectionCls": connection})}


class Transport(HTTPAdapter):
    """A pool of kept-alive connections, for any thread, that retries nothing and follows nothing."""

    def __init__(self, unix_socket: str = "") -> None:
        self._pools = _pools(unix_socket)
        super().__init__(pool_maxsize=_POOL_SIZE, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def close(self) -> None:
        """Close idle connections now, busy ones when they are done; urllib3 would leave it to the garbage collector."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for key in manager.pools.keys():  # noqa: SIM118 - it is no dict, and refuses to be iterated
                pool = manager.pools.get(key)
                if pool is not None:
                    pool.close()
        super().close()


def _look_up(host: str, port: int, limit_s: float) -> list[tuple[str, int]]:
    """`getaddrinfo`, on a thread that is left behind when it takes longer."""
    answers: queue.SimpleQueue[list[tuple[str, int]] | Exception] = queue.SimpleQueue()
    thread = threading.Thread(target=_look_up_into, args=(answers, host, port), daemon=True)
    thread.start()
    try:
        answer = answers.get(timeout=limit_s)
    except queue.Empty:
        raise TimeoutError(f"looking up {host}") from None
    thread.join()
    if isinstance(answer, Exception):
        raise answer
    return answer


def _look_up_into(answers: queue.SimpleQueue[Any], host: str, port: int) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answers.put(list(dict.fromkeys((str(address[0]), port) for *_, address in found)))
    except Exception as error:
        answers.put(error)


def _shut_down(sock: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        sock.shutdown(socket.SHUT_RDWR)
