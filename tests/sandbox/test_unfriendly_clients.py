"""What careless and unfriendly clients can't take from the others: memory, connections, patience."""

from __future__ import annotations

import contextlib
import http.client
import resource
import socket
from collections.abc import Iterator

import pytest
import requests

from mist_notebook import MistClient
from mist_notebook.sandbox import Sandbox
from mist_notebook.sandbox.connections import Limits

MEBIBYTE = 1024 * 1024


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start(limits=Limits(connections=64)) as running:
        yield running


@contextlib.contextmanager
def quick(**limits: float) -> Iterator[Sandbox]:
    """A sandbox that loses its patience at once."""
    with Sandbox.start(limits=Limits(patience_s=0.5, **limits)) as running:  # type: ignore[arg-type]
        yield running


def address(sandbox: Sandbox) -> tuple[str, int]:
    return "127.0.0.1", int(sandbox.url.rpartition(":")[2])


def connected(sandbox: Sandbox) -> socket.socket:
    return socket.create_connection(address(sandbox), timeout=20)


def head(
    sandbox: Sandbox, length: int, *, token: str = "", path: str = "/api/v1/clouds", method: str = "POST"
) -> bytes:
    host = sandbox.url.removeprefix("http://")
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {length}"]
    lines += [f"Authorization: {token}"] if token else []
    return "\r\n".join([*lines, "", ""]).encode()


def answered(connection: socket.socket) -> str:
    """All that comes until the sandbox closes the connection."""
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            said += part
    return said.decode()


def clouds(sandbox: Sandbox) -> int:
    """How many clouds a well-behaved client sees."""
    got = requests.get(f"{sandbox.url}/api/v1/clouds", headers={"Authorization": sandbox.token}, timeout=20)
    return len(got.json())


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize(
    ("path", "token", "says"),
    [
        ("/api/v1/clouds", "", "403 Forbidden"),
        ("/api/v1/clouds", "wrong", "401 Unauthorized"),
        ("/api/v1/tokens", "", "413 "),
        ("/auth", "", "413 "),
        ("/nowhere", "", "403 Forbidden"),
    ],
)
def test_a_stranger_is_refused_before_the_body_is_there(sandbox: Sandbox, path: str, token: str, says: str) -> None:
    with connected(sandbox) as connection:
        connection.sendall(head(sandbox, 15 * MEBIBYTE, path=path, token=token))
        assert connection.recv(4096).decode().startswith(f"HTTP/1.1 {says}")


def test_half_bodies_of_strangers_cost_no_memory_and_the_others_are_served(sandbox: Sandbox) -> None:
    clouds(sandbox)
    before = peak_bytes()
    half = b"x" * (8 * MEBIBYTE)
    with contextlib.ExitStack() as opened:
        for _ in range(40):
            connection = opened.enter_context(connected(sandbox))
            connection.sendall(head(sandbox, 15 * MEBIBYTE) + half)
        assert clouds(sandbox) == 6
    assert peak_bytes() - before < 64 * MEBIBYTE


def test_a_refused_body_that_comes_whole_still_gets_its_answer(sandbox: Sandbox) -> None:
    for headers, status in (({}, 403), ({"Authorization": "wrong"}, 401), ({"Authorization": sandbox.token}, 413)):
        body = b"x" * (4 * MEBIBYTE)
        assert (
            requests.post(f"{sandbox.url}/api/v1/clouds", data=body, headers=headers, timeout=20).status_code == status
        )


@pytest.mark.parametrize(("token", "status"), [(True, 413), (False, 403)])
def test_a_body_of_no_said_length_is_cut_too(sandbox: Sandbox, token: bool, status: int) -> None:
    headers = {"Authorization": sandbox.token} if token else {}
    parts = (b"x" * 65536 for _ in range(32))
    answer = requests.post(f"{sandbox.url}/api/v1/clouds", data=parts, headers=headers, timeout=20)
    assert answer.status_code in (status, 413)


def test_a_connection_that_says_nothing_is_closed() -> None:
    with quick() as sandbox, connected(sandbox) as connection:
        assert answered(connection) == ""
        assert clouds(sandbox) == 6


def test_headers_that_drip_are_closed() -> None:
    with quick() as sandbox, connected(sandbox) as connection:
        connection.sendall(b"GET /api/v1/clouds HTTP/1.1\r\nHost: ")
        assert answered(connection) == ""


@pytest.mark.parametrize("known", [True, False])
def test_a_body_that_stops_is_closed(known: bool) -> None:
    with quick() as sandbox, connected(sandbox) as connection:
        connection.sendall(head(sandbox, 1000, token=sandbox.token if known else "") + b"half")
        assert answered(connection) == ""
        assert clouds(sandbox) == 6


def test_headers_without_an_end_are_closed(sandbox: Sandbox) -> None:
    with connected(sandbox) as connection, contextlib.suppress(OSError):
        connection.sendall(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100_000)
        assert "200" not in answered(connection)
    assert clouds(sandbox) == 6


def test_a_thousand_half_open_connections_leave_room_for_the_others(sandbox: Sandbox) -> None:
    with contextlib.ExitStack() as opened:
        for number in range(1000):
            connection = opened.enter_context(connected(sandbox))
            connection.sendall(b"GET /api/v1/clouds HTTP/1.1\r\n")
            if number % 100 == 99:
                assert clouds(sandbox) == 6


def test_a_connection_kept_alive_outlives_the_patience_and_is_used_again() -> None:
    with quick() as sandbox, contextlib.closing(http.client.HTTPConnection(*address(sandbox), timeout=20)) as kept:
        for _ in range(2):
            kept.request("GET", "/api/v1/clouds", headers={"Authorization": sandbox.token})
            assert (kept.getresponse().read() != b"", kept.sock is not None) == (True, True)
            kept.auto_open = 0
            with connected(sandbox) as silent:
                answered(silent)  # the patience is over for whoever said nothing


def test_a_token_holder_who_is_waiting_is_not_put_out() -> None:
    faults = [{"do": "slow-list", "name": "EC2", "seconds": 3600}]
    with Sandbox.start(limits=Limits(connections=8), faults=faults) as sandbox, connected(sandbox) as waiting:
        ec2 = requests.get(f"{sandbox.url}/api/v1/clouds", headers={"Authorization": sandbox.token}, timeout=20).json()
        path = f"/api/v1/clouds/{next(one['id'] for one in ec2 if one['name'] == 'EC2')}/images"
        waiting.sendall(head(sandbox, 0, token=sandbox.token, path=path, method="GET"))
        while ("GET", path) not in sandbox.requests:
            pass
        with contextlib.ExitStack() as opened:
            crowd = [opened.enter_context(connected(sandbox)) for _ in range(20)]
            assert answered(crowd[0]) == ""
            assert clouds(sandbox) == 6
        waiting.setblocking(False)
        with pytest.raises(BlockingIOError):
            waiting.recv(1)


def test_idle_connections_to_a_machine_leave_room_for_who_logs_in() -> None:
    with Sandbox.start(boot_seconds=0.02) as sandbox, MistClient(sandbox.url, api_token=sandbox.token) as client:
        client.make_key("demo")
        machine = client.backend_from_name("NephoScale").create_machine("web", "demo", "5", "SJC-1", "48")
        assert client.prober.when_up(machine, "demo").outcome == "ok"  # until then nothing listens there
        place = (machine.record.ssh_host, machine.record.ssh_port)
        with contextlib.ExitStack() as opened:
            for _ in range(150):
                opened.enter_context(socket.create_connection(place, timeout=20))  # type: ignore[arg-type]
            assert machine.probe().outcome == "ok"
