"""The one door to the network, against real servers on loopback that misbehave on cue."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import ssl
import subprocess
import sys
import textwrap
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest
import trustme

from mist_notebook import __version__
from mist_notebook.ground.errors import ApiError, AuthError, BadValueError, MistError, SettingsError, UnavailableError
from mist_notebook.ground.secret import Secret
from mist_notebook.net.http import Http, Limits, gc_paused
from tests.rigs import hostile

CANARY = "canary-3f9a71c2d84e"
HASTE = Limits(connect_s=5, total_s=0.2, catalogue_total_s=0.2)
DESCRIPTORS = Path("/proc/self/fd")
ENVIRONMENT = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NETRC"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"),
)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def door(pauses: list[float]) -> Iterator[object]:
    """Makes doors that note their pauses instead of pausing, and closes them."""
    made: list[Http] = []

    def make(url: str, **options: object) -> Http:
        made.append(Http(url, **{"sleep": pauses.append, **options}))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for http in made:
        http.close()


def failure(call: object, *arguments: object, **options: object) -> MistError:
    """The one error that a call ends with: ours, of one or two lines, with nothing foreign attached to it."""
    with pytest.raises(MistError) as caught:
        call(*arguments, **options)  # type: ignore[operator]
    error = caught.value
    assert 1 <= len(error._render_traceback_()) <= 2
    assert error.__cause__ is None
    assert error.__context__ is None
    assert not {"request", "response", "headers"} & set(vars(error))
    assert CANARY not in f"{error} {error!r} {error.args} {vars(error)}"
    return error


# What is sent


def test_a_read_says_who_asks_and_for_what(door):
    with hostile.serve(hostile.json([])) as server:
        door(server.url, token=Secret(CANARY)).get("/api/v1/clouds", params={"q": "a b"})
    [request] = server.ledger
    assert (request.method, request.target, request.body) == ("GET", "/api/v1/clouds?q=a+b", b"")
    assert request.headers["authorization"] == CANARY
    assert request.headers["user-agent"] == f"mist-notebook/{__version__}"
    assert request.headers["accept"] == "application/json"
    assert "gzip" in request.headers["accept-encoding"]
    assert "content-type" not in request.headers


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_json_is_sent_with_every_method(door, method):
    with hostile.serve(hostile.answer("OK", content_type="text/html")) as server:
        http, asked = door(server.url), {"search_term": "debian", "key": Secret(CANARY)}
        body = http.get("/x", json=asked) if method == "GET" else http.send(method, "/x", json=asked)
    [request] = server.ledger
    assert body == b"OK"
    assert request.headers["content-type"] == "application/json"
    assert request.body == f'{{"search_term": "debian", "key": "{CANARY}"}}'.encode()


@pytest.mark.parametrize("nothing", [None, {}])
def test_no_body_is_sent_for_nothing(door, nothing):
    with hostile.serve(hostile.json([])) as server:
        door(server.url).send("POST", "/x", json=nothing)
    assert server.ledger[0].body == b""
    assert "content-type" not in server.ledger[0].headers


def test_a_path_prefix_is_kept(door):
    with hostile.serve(hostile.json([])) as server:
        http = door(server.url + "/mist/api/v1/")
        http.get("/api/v1/ping")
    assert http.origin == server.url
    assert server.ledger[0].target == "/mist/api/v1/ping"


def test_connections_are_kept_alive(door):
    with hostile.serve(hostile.json([])) as server:
        http = door(server.url)
        for _ in range(3):
            http.get("/x")
    assert [request.connection for request in server.ledger] == [1, 1, 1]


@pytest.mark.parametrize("path", ["x", "@evil.example/x", "https://evil.example/", ""])
def test_a_path_can_not_name_another_server(door, path):
    with hostile.serve(hostile.json([])) as server:
        error = failure(door(server.url, token=Secret(CANARY)).get, path)
    assert type(error) is BadValueError
    assert server.ledger == []


@pytest.mark.parametrize("token", [f"{CANARY}\r\nX: y", f"{CANARY}\n", f"{CANARY}é", f"{CANARY}\x00"])
def test_a_token_that_can_not_be_sent_is_refused_unseen(token):
    assert type(failure(Http, "https://mist.example", token=Secret(token))) is BadValueError


# One origin


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_redirects_are_not_followed(door, status, method):
    with hostile.serve(hostile.json([])) as elsewhere:
        target = elsewhere.url.replace("127.0.0.1", "localhost") + f"/x?token={CANARY}"
        with hostile.serve(hostile.answer(status=status, headers={"Location": target})) as server:
            http = door(server.url, token=Secret(CANARY))
            error = failure(http.get if method == "GET" else lambda path: http.send(method, path), "/x")
    assert isinstance(error, ApiError)
    assert error.status == status
    assert "a redirect to localhost." in error.message
    assert elsewhere.ledger == []
    assert len(server.ledger) == 1


@pytest.mark.parametrize("location", ["/other", "http://[", "", "https://a@b@c:99999/", "//\x1b[31m.example"])
def test_odd_redirects_are_one_error(door, location):
    with hostile.serve(hostile.answer(status=302, headers={"Location": location})) as server:
        error = failure(door(server.url).get, "/x")
    assert "redirect" in error.message
    assert "\x1b" not in str(error)


def test_the_body_of_a_redirect_is_not_read(door):
    head = b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 1000000000\r\n\r\n"
    with hostile.serve(hostile.then_flood(head, bytes(1 << 16))) as server:
        error = failure(door(server.url).get, "/x")
    assert isinstance(error, ApiError)


def test_the_token_goes_nowhere_else(door, monkeypatch, tmp_path, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(HTTPConnection, "debuglevel", 1)
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password netrc-password\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with hostile.serve(hostile.json([])) as elsewhere:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, elsewhere.url)
        points = dict.fromkeys(("Link", "Content-Location", "Refresh", "Alt-Svc"), f"<{elsewhere.url}/>; rel=next")
        with hostile.serve(hostile.json([], headers={**points, "Set-Cookie": f"session={CANARY}"})) as server:
            http = door(server.url, token=Secret(CANARY))
            http.get("/x")
            http.send("POST", "/x", json={"password": Secret(CANARY)})
    assert elsewhere.ledger == []
    assert [request.headers["authorization"] for request in server.ledger] == [CANARY, CANARY]
    assert not any("cookie" in request.headers for request in server.ledger)
    assert CANARY not in caplog.text
    assert CANARY not in "".join(capsys.readouterr())


def test_without_a_token_netrc_is_not_asked(door, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("default login someone password netrc-password\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with hostile.serve(hostile.json([])) as server:
        door(server.url).get("/x")
    assert "authorization" not in server.ledger[0].headers


def test_other_hosts_are_reached_through_the_proxy_of_the_environment(door, monkeypatch):
    with hostile.serve(hostile.answer("no", status=407)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//someone:hunter2@"))
        error = failure(door("https://mist.example", token=Secret(CANARY)).send, "POST", "/x")
    [request] = proxy.ledger
    assert (request.method, request.target) == ("CONNECT", "mist.example:443")
    assert "authorization" not in request.headers
    assert "407" in error.message
    assert "hunter2" not in str(error)


def test_no_proxy_is_obeyed(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "mist.example")
    assert Http("https://mist.example")._proxies == {}


def test_a_proxy_that_is_down_is_named(door, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://someone:hunter2@localhost:{_closed_port()}")
    error = failure(door("https://mist.example").get, "/x")
    assert error.message == "the proxy localhost refused the connection."
    assert "HTTPS_PROXY" in error.hint


def test_a_proxy_that_drips_ends_at_the_deadline(door, monkeypatch):
    with hostile.serve(hostile.then_drip(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = failure(door("https://mist.example", limits=HASTE).get, "/x")
    assert error.message == "No answer from https://mist.example in 0.2 s."


def test_a_socks_proxy_is_refused_in_words(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", f"socks5://someone:{CANARY}@127.0.0.1:1")
    assert type(failure(Http, "https://mist.example")) is SettingsError


# Certificates


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def _tls(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def test_an_own_authority_is_accepted(door, authority, ca_file):
    with hostile.serve(hostile.json([1]), tls=_tls(authority.issue_cert("localhost"))) as server:
        http = door(server.url, verify=ca_file, token=Secret(CANARY))
        assert http.get("/x") == b"[1]"
        assert http.get("/x") == b"[1]"
    assert [(request.headers["authorization"], request.connection) for request in server.ledger] == [(CANARY, 1)] * 2


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_an_authority_of_the_environment_is_accepted(door, authority, ca_file, monkeypatch, variable):
    monkeypatch.setenv(variable, ca_file)
    with hostile.serve(hostile.json([1]), tls=_tls(authority.issue_cert("localhost"))) as server:
        assert door(server.url).get("/x") == b"[1]"


def test_an_expired_certificate_is_refused(door, authority, ca_file):
    certificate = authority.issue_cert("localhost", not_after=datetime.now(UTC) - timedelta(days=1))
    _refuses(door, certificate, ca_file, "certificate has expired")


def test_the_certificate_of_another_host_is_refused(door, authority, ca_file):
    _refuses(door, authority.issue_cert("other.example"), ca_file, "certificate is not valid for 'localhost'")


def test_a_certificate_of_an_unknown_authority_is_refused(door, authority):
    _refuses(door, authority.issue_cert("localhost"), True, "certificate")


def test_a_self_signed_certificate_is_refused(door, authority, tmp_path):
    authority.cert_pem.write_to_path(str(tmp_path / "self.pem"))
    authority.private_key_pem.write_to_path(str(tmp_path / "self.pem"), append=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "self.pem")
    _refuses(door, context, True, "self-signed certificate")


def _refuses(door, certificate, verify, reason):
    context = certificate if isinstance(certificate, ssl.SSLContext) else _tls(certificate)
    with hostile.serve(hostile.json([1]), tls=context) as server:
        error = failure(door(server.url, verify=verify, token=Secret(CANARY)).send, "POST", "/x")
    assert type(error) is UnavailableError
    assert reason in error.message
    assert "was sent" not in error.hint
    assert server.ledger == []


def test_a_server_without_tls_is_told_apart(door):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_in_plain_text() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer_in_plain_text)
        thread.start()
        error = failure(door(f"https://127.0.0.1:{listener.getsockname()[1]}").get, "/x")
        thread.join()
    assert error.message.startswith("No TLS connection to https://127.0.0.1:")


@pytest.mark.parametrize("verify", [False, None, 0, ""])
def test_verification_has_no_switch(verify):
    assert type(failure(Http, "https://mist.example", verify=verify)) is BadValueError


def test_a_missing_authority_file_is_named(monkeypatch, tmp_path):
    missing = str(tmp_path / "none.pem")
    assert missing in failure(Http, "https://mist.example", verify=missing).message
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", missing)
    error = failure(Http, "https://mist.example")
    assert type(error) is SettingsError
    assert "REQUESTS_CA_BUNDLE" in error.message


def test_a_file_without_certificates_is_one_error(door, tmp_path, authority):
    (tmp_path / "ca.pem").write_text("nothing")
    with hostile.serve(hostile.json([]), tls=_tls(authority.issue_cert("localhost"))) as server:
        assert type(failure(door(server.url, verify=str(tmp_path / "ca.pem")).get, "/x")) is UnavailableError


# Time


DRIPS = {
    "silence": hostile.hang,
    "status line": hostile.then_drip(b"HTTP/1.1 2", b"0"),
    "headers": hostile.then_drip(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"),
    "continue": hostile.then_drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": hostile.then_drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
    "body to be closed": hostile.then_drip(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 100000\r\n\r\n"),
    "body without length": hostile.then_drip(b"HTTP/1.1 200 OK\r\n\r\n["),
    "chunks": hostile.then_drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "chunk size": hostile.then_drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
    "trailer": hostile.then_drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n"),
    "gzip": hostile.then_drip(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9999\r\n\r\n\x1f\x8b", b"\x08"
    ),
}


@pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS.keys())
@pytest.mark.parametrize("catalogue", [False, True])
def test_nothing_drips_past_the_deadline(door, drip, catalogue):
    with hostile.serve(drip) as server:
        error = failure(door(server.url, limits=HASTE).get, "/x", catalogue=catalogue)
        assert type(error) is UnavailableError
        assert error.message == f"No answer from {server.url} in 0.2 s."
        assert len(server.ledger) == 1


@pytest.mark.parametrize("status", [401, 500])
def test_a_dripping_explanation_does_not_hide_the_status(door, status):
    with hostile.serve(hostile.then_drip(b"HTTP/1.1 %d X\r\nContent-Length: 99999\r\n\r\n" % status)) as server:
        error = failure(door(server.url, limits=HASTE).get, "/x")
    assert isinstance(error, AuthError if status == 401 else ApiError)


def test_a_silent_tls_handshake_ends_at_the_deadline(door):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        http = door(f"https://127.0.0.1:{deaf.getsockname()[1]}", limits=HASTE)
        error = failure(http.send, "POST", "/x")
    assert error.message.endswith("in 0.2 s.")
    assert "was sent" not in error.hint


def test_an_upload_that_nobody_reads_ends_at_the_deadline(door):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        http = door(f"http://127.0.0.1:{deaf.getsockname()[1]}", limits=HASTE)
        error = failure(http.send, "POST", "/x", json={"x": "y" * (30 << 20)})
    assert error.message.endswith("in 0.2 s.")
    assert "may have been done" in error.hint


@pytest.mark.parametrize("catalogue", [False, True])
def test_a_silence_may_last_as_long_as_the_whole_call(door, pauses, catalogue):
    limits = Limits(total_s=0.1, catalogue_total_s=0.3)
    with hostile.serve(hostile.hang) as server:
        error = failure(door(server.url, limits=limits).get, "/x", catalogue=catalogue)
        assert error.message == f"No answer from {server.url} in {0.3 if catalogue else 0.1} s."
        assert len(server.ledger) == 1
    assert pauses == []


def test_an_answer_after_a_long_silence_is_an_answer(door):
    """The silence is longer than any that used to be allowed, by a clock that the silence itself moves."""

    def slowly(exchange: hostile.Exchange) -> None:
        now[0] += 29.0
        hostile.json(["late"])(exchange)

    now = [0.0]
    with hostile.serve(slowly) as server:
        assert door(server.url, clock=lambda: now[0]).get("/x") == b'["late"]'
        assert door(server.url, clock=lambda: now[0]).send("POST", "/x") == b'["late"]'


@pytest.mark.parametrize(
    ("head", "ended_by_s"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", 9),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n", 13),
        (b"HTTP/1.1 200 OK\r\n\r\n[", 13),
    ],
    ids=["known length", "chunks", "no length"],
)
def test_a_body_that_can_not_be_whole_in_time_is_given_up_early(door, head, ended_by_s):
    def dripping(exchange: hostile.Exchange) -> None:
        exchange.send(head)
        while not exchange.ended.wait(0.005):
            now[0] += 0.5
            exchange.send(b"1\r\n \r\n")

    now = [0.0]
    with hostile.serve(dripping) as server:
        error = failure(door(server.url, clock=lambda: now[0]).get, "/x")
    assert type(error) is UnavailableError
    assert "drips" in error.message
    assert now[0] < ended_by_s * 2


def test_a_slow_body_that_can_be_whole_in_time_is_waited_for(door):
    def slowly(exchange: hostile.Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n")
        for _ in range(30):
            now[0] += 0.9
            exchange.send(b"1")
            exchange.ended.wait(0.005)

    now = [0.0]
    with hostile.serve(slowly) as server:
        assert door(server.url, clock=lambda: now[0]).get("/x") == b"1" * 30


def test_a_name_look_up_without_answer_ends(door, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answered.wait() and [])
    try:
        error = failure(door("https://mist.example", limits=HASTE).get, "/x")
    finally:
        answered.set()
    assert type(error) is UnavailableError
    assert error.message == "No answer from https://mist.example in 0.2 s."


def test_an_unknown_host_is_named_and_not_tried_again(door, monkeypatch, pauses):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failure(door("https://no-such.invalid").send, "POST", "/x")
    assert error.message == "No host named 'no-such.invalid'."
    assert "was sent" not in error.hint
    assert pauses == []


def test_every_address_of_a_host_is_tried(door, monkeypatch):
    with hostile.serve(hostile.json([])) as server:
        real, port = socket.getaddrinfo, server.port

        def two(host: str, *arguments: object, **options: object) -> object:
            hosts = ["127.0.0.2", "127.0.0.1"] if host == "localhost" else [host]
            return [found for each in hosts for found in real(each, *arguments, **options)]

        monkeypatch.setattr(socket, "getaddrinfo", two)
        assert door(f"http://localhost:{port}").get("/x") == b"[]"


def test_no_thread_is_left_behind(door):
    before = set(threading.enumerate())
    with hostile.serve(hostile.json([]), hostile.json([]), hostile.hang) as server:
        http = door(server.url, limits=HASTE)
        http.get("/x")
        http.send("POST", "/x")
        failure(http.get, "/x")
        ours = [thread for thread in set(threading.enumerate()) - before if thread.name != "hostile"]
        assert ours == []


# Size


SMALL = Limits(max_bytes=1000, max_catalogue_bytes=2000)


@pytest.mark.parametrize("size", [999, 1000])
@pytest.mark.parametrize("gzipped", [False, True])
def test_a_body_up_to_the_cap_is_whole(door, size, gzipped):
    with hostile.serve(hostile.answer(b"7" * size, gzipped=gzipped)) as server:
        assert door(server.url, limits=SMALL).get("/x") == b"7" * size


OVER = {
    "plain": hostile.answer(b"7" * 1001),
    "gzip": hostile.answer(b"7" * 1001, gzipped=True),
    "chunked": hostile.chunked(b"7" * 600, b"7" * 401),
    "declared only": hostile.then_drip(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"),
    "endless": hostile.then_flood(b"HTTP/1.1 200 OK\r\n\r\n", b"7" * 9000),
}


@pytest.mark.parametrize("step", OVER.values(), ids=OVER.keys())
def test_a_body_over_the_cap_is_refused(door, step):
    with hostile.serve(step) as server:
        error = failure(door(server.url, limits=SMALL).get, "/x")
        assert type(error) is UnavailableError
        assert error.message == f"The answer of {server.url} to /x is over 1000 bytes."
        assert len(server.ledger) == 1


def test_a_catalogue_has_a_cap_of_its_own(door):
    with hostile.serve(hostile.answer(b"7" * 1500)) as server:
        assert len(door(server.url, limits=SMALL).get("/x", catalogue=True)) == 1500


def test_more_than_was_declared_is_not_part_of_any_answer(door):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
    step = hostile.then_flood(head + b"7" * 5000, b"7" * 5000)  # too much from the first piece on
    with hostile.serve(step, hostile.json("second")) as server:
        http = door(server.url)
        assert http.get("/x") == b"7" * 10
        assert http.get("/x") == b'"second"'


BOMBS = {
    "gzip": hostile.gzip_bomb(300 << 20),
    "gzip of gzip": hostile.gzip_bomb(300 << 20, layers=2),
    "refusal": hostile.gzip_bomb(300 << 20, status=500),
    "chunked flood": hostile.then_flood(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + bytes(0x10000) + b"\r\n"
    ),
    "plain flood": hostile.then_flood(b"HTTP/1.1 200 OK\r\n\r\n", bytes(1 << 16)),
    "huge chunk": hostile.then_flood(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", bytes(1 << 16)
    ),
    "status line": hostile.then_flood(b"HTTP/1.1 200 ", b"x" * 65536),
    "headers": hostile.then_flood(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n" * 9999),
}


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="needs /proc")
@pytest.mark.parametrize("step", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_stays_small(step):
    with hostile.serve(step) as server:
        outcome, grown_mib = _in_a_child(server.url)
    assert outcome in ("UnavailableError", "ApiError")
    assert 0 < grown_mib < 150


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="needs /proc")
@pytest.mark.parametrize("step", ["plain", "gzip", "chunked"])
def test_a_large_body_is_held_once(step):
    body = b"[" + b"7," * (30 << 20) + b"7]"
    steps = {
        "plain": hostile.answer(body),
        "gzip": hostile.answer(body, gzipped=True),
        "chunked": hostile.chunked(body),
    }
    with hostile.serve(steps[step]) as server:
        outcome, grown_mib = _in_a_child(server.url)
    assert outcome == f"{len(body)}"
    assert 50 < grown_mib < 120


def _in_a_child(url: str) -> tuple[str, float]:
    """What `get` comes to in a fresh process, and by how many MiB its largest size grew."""
    script = """
        import pathlib, re, sys
        from mist_notebook.ground.errors import MistError
        from mist_notebook.net.http import Http
        status = pathlib.Path("/proc/self/status")  # not getrusage, whose maximum begins with the parent's
        peak = lambda: int(re.search("VmHWM:\\s+(\\d+)", status.read_text())[1]) / 1024
        http, before = Http(sys.argv[1], sleep=lambda s: None), peak()
        try:
            outcome = len(http.get("/x"))
        except MistError as error:
            outcome = type(error).__name__
        print(outcome, peak() - before)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), url]
    root = str(Path(__file__).parent.parent.parent)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=root, check=True)
    outcome, grown = done.stdout.split()
    return outcome, float(grown)


# Refusals


def test_a_token_that_is_not_accepted_says_how_to_connect(door):
    with hostile.serve(hostile.answer("User not authenticated. Please log in", status=401)) as server:
        error = failure(door(server.url, token=Secret(CANARY)).get, "/x")
    assert type(error) is AuthError
    assert error.message == f"The server at {server.url} did not accept the token."
    assert "User not authenticated" in error.hint
    assert f"%mist connect {server.url}" in error.hint


@pytest.mark.parametrize("status", [400, 402, 403, 404, 405, 409, 418, 429, 451, 500, 501, 502, 503, 504, 599])
def test_a_refusal_has_its_status_and_the_words_of_the_server(door, status):
    with hostile.serve(hostile.answer("Backend  not\nfound", status=status, content_type="text/plain")) as server:
        error = failure(door(server.url).get, "/api/v1/clouds")
    assert isinstance(error, ApiError)
    assert error.status == status
    assert error.message == f"{server.url} answered {status} to /api/v1/clouds: Backend not found"


WORDS = {
    "stack": ("Traceback (most recent call last):\n" + "  File x\n" * 20_000, "Traceback"),
    "html": ("<html><body>" + "<b>x</b>" * 1000, "<html>"),
    "json": ('"Machine does not exist"', "Machine does not exist"),
    "terminal": ("\x1b[31mred\x1b]8;;x\x07", "\\x1b[31mred"),
    "bytes": (b"\xff\xfe\x00", "�"),
    "echo": (f"Token {CANARY} is wrong", "Token ••• is wrong"),
    "echo at the cut": ("x" * 75 + CANARY, "x" * 75 + "•••"),
    "nothing": ("", "Internal Server Error."),
}


@pytest.mark.parametrize(("body", "begins"), WORDS.values(), ids=WORDS.keys())
def test_the_words_of_the_server_are_cut_and_cleaned(door, body, begins):
    with hostile.serve(hostile.answer(body, status=500)) as server:
        error = failure(door(server.url, token=Secret(CANARY)).get, "/x")
    words = error.message.partition("to /x: ")[2]
    assert words.startswith(begins)
    assert len(words) <= 81
    assert "canary" not in words


@pytest.mark.parametrize("status", [400, 409, 500, 502, 503])
def test_a_refused_write_is_not_tried_again(door, pauses, status):
    with hostile.serve(hostile.answer("no", status=status, headers={"Retry-After": "1"})) as server:
        error = failure(door(server.url).send, "POST", "/x")
    assert isinstance(error, ApiError)
    assert error.status == status
    assert len(server.ledger) == 1
    assert pauses == []


def test_a_web_page_instead_of_an_answer_is_shown(door):
    page = "<html><title>Sign in</title>" + "x" * 9999
    with hostile.serve(hostile.answer(page, content_type="text/html; charset=utf-8")) as server:
        for call in (door(server.url).get, lambda path: door(server.url).send("POST", path)):
            error = failure(call, "/api/v1/clouds")
            assert isinstance(error, ApiError)
            assert error.message == f"{server.url} answered text/html to /api/v1/clouds."
            assert error.hint.startswith("A login page or proxy? It began: '<html><title>Sign in")


BROKEN = {
    "reset": (hostile.reset, "broke the connection"),
    "closed": (hostile.close, "broke the connection"),
    "cut body": (hostile.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,"), "is incomplete"),
    "cut gzip body": (
        hostile.raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n\x1f\x8b\x08"),
        "is incomplete",
    ),
    "cut before a chunk": (hostile.chunked(b"[1,", ended=False), "is incomplete"),
    "cut in a chunk": (hostile.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n[1,"), "is incomplete"),
    "chunk without size": (
        hostile.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        "is incomplete",
    ),
    "no HTTP": (hostile.raw(b"SSH-2.0-OpenSSH_9\r\n\r\n"), "does not answer in HTTP"),
    "two lengths": (hostile.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n[]"), "does not answer in HTTP"),
    "many headers": (hostile.raw(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n"), "does not answer in HTTP"),
    "no gzip": (hostile.answer("[]", headers={"Content-Encoding": "gzip"}), "can't be decompressed"),
    "many encodings": (hostile.answer("[]", headers={"Content-Encoding": "gzip," * 50}), "can't be decompressed"),
}


@pytest.mark.parametrize(("step", "words"), BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_broken_answer_is_one_error(door, step, words, method):
    with hostile.serve(step) as server:
        http = door(server.url, token=Secret(CANARY))
        error = failure(http.get if method == "GET" else lambda path: http.send(method, path), "/x")
    assert words in error.message
    if method == "POST":
        assert len(server.ledger) == 1


def test_a_closed_port_is_refused(door, pauses):
    error = failure(door(f"http://127.0.0.1:{_closed_port()}").get, "/x")
    assert type(error) is UnavailableError
    assert "refused the connection" in error.message
    assert "Tried 3 times." in error.hint
    assert pauses == [0.5, 1.0]


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


# Trying again


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_read_is_tried_again(door, pauses, status):
    with hostile.serve(hostile.answer("busy", status=status), hostile.reset, hostile.json([1])) as server:
        assert door(server.url).get("/x") == b"[1]"
        assert len(server.ledger) == 3
    assert pauses == [0.5, 1.0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500, 501])
def test_a_refused_read_is_not_tried_again(door, pauses, status):
    with hostile.serve(hostile.answer("no", status=status)) as server:
        failure(door(server.url).get, "/x")
        assert len(server.ledger) == 1
    assert pauses == []


def test_a_read_is_given_up_after_three_tries(door, pauses):
    with hostile.serve(hostile.answer("busy", status=503)) as server:
        error = failure(door(server.url).get, "/x")
        assert len(server.ledger) == 3
    assert "Tried 3 times." in error.hint


PAUSES = {
    "0": 0.0,
    "7": 7.0,
    "soon": 0.5,
    "-1": 0.5,
    "1e9": 0.5,
    "٣": 0.5,
    "": 0.5,
    format_datetime(datetime(2026, 1, 1, 12, 0, 9, tzinfo=UTC), usegmt=True): 9.0,
    format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True): 0.0,
    "Thu, 99 Foo 2026": 0.5,
}


@pytest.mark.parametrize(("asked", "pause_s"), PAUSES.items())
def test_the_pause_is_what_the_server_asks_for(door, pauses, asked, pause_s):
    asked = asked.encode().decode("latin-1")
    now = {"Date": "Thu, 01 Jan 2026 12:00:00 GMT"}
    busy = hostile.answer("busy", status=503, headers={"Retry-After": asked, **now})
    with hostile.serve(busy, hostile.json([])) as server:
        door(server.url).get("/x")
    assert pauses == [pause_s]


@pytest.mark.parametrize("asked", ["86400", "31", "9" * 5000, "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_a_long_pause_is_an_error_at_once(door, pauses, asked):
    with hostile.serve(hostile.answer("busy", status=429, headers={"Retry-After": asked})) as server:
        error = failure(door(server.url).get, "/x")
        assert len(server.ledger) == 1
    assert isinstance(error, ApiError)
    assert error.hint.startswith("It asks for a pause of ")
    if len(asked) < 9:
        assert asked in error.hint
    assert pauses == []


def test_pauses_and_tries_stay_within_the_deadline(door):
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    with hostile.serve(hostile.answer("busy", status=503, headers={"Retry-After": "20"})) as server:
        failure(door(server.url, clock=lambda: now[0], sleep=sleep).get, "/x")
        assert len(server.ledger) == 2
    assert now == [20.0]


@pytest.mark.parametrize("step", [hostile.reset, hostile.close, hostile.raw(b"HTTP/1.1 200 OK\r\nContent-Le")])
def test_a_write_is_sent_once(door, pauses, step):
    with hostile.serve(step) as server:
        error = failure(door(server.url).send, "POST", "/x", json={"name": "web"})
        assert len(server.ledger) == 1
    assert type(error) is UnavailableError
    assert error.hint == "It was sent once, and may have been done. It is not sent again."
    assert pauses == []


@pytest.mark.parametrize("step", [hostile.reset, hostile.close])
def test_a_write_on_a_kept_connection_is_sent_once(door, step):
    with hostile.serve(hostile.json([]), step) as server:
        http = door(server.url)
        http.get("/x")
        failure(http.send, "POST", "/x", json={"name": "web"})
        assert [(request.method, request.connection) for request in server.ledger] == [("GET", 1), ("POST", 1)]


def test_a_write_to_a_closed_port_was_not_sent(door):
    error = failure(door(f"http://127.0.0.1:{_closed_port()}").send, "POST", "/x")
    assert "was sent" not in error.hint


# Threads, ends, interruptions


def test_one_door_serves_many_threads(door):
    with hostile.serve(hostile.json([1])) as server:
        http, bodies = door(server.url), []
        threads = [threading.Thread(target=lambda: bodies.append(http.get("/x"))) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert bodies == [b"[1]"] * 40


def _sockets() -> set[str]:
    names = set()
    for descriptor in DESCRIPTORS.iterdir():
        with suppress(OSError):  # the listing's own
            names.add(str(descriptor.readlink()))
    return {name for name in names if name.startswith("socket:")}


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="needs /proc")
def test_close_leaves_no_socket(door):
    gc.collect()
    before = _sockets()
    with gc_paused(), hostile.serve(hostile.json([1]), hostile.reset, hostile.json([1])) as server:
        http = door(server.url)
        http.get("/x")
        threads = [threading.Thread(target=http.get, args=("/x",)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        http.close()
        http.close()
        error = failure(http.get, "/x")
    assert _sockets() == before
    assert "is closed" in error.message


def test_close_ends_what_is_under_way(door):
    asked, errors = threading.Event(), []

    def hang(exchange: hostile.Exchange) -> None:
        asked.set()
        exchange.hold()

    with hostile.serve(hang) as server:
        http = door(server.url)
        thread = threading.Thread(target=lambda: errors.append(failure(http.send, "POST", "/x")))
        thread.start()
        asked.wait()
        http.close()
        thread.join()
    assert errors[0].message == f"The connection to {server.url} is closed."
    assert "may have been done" in errors[0].hint


@pytest.fixture
def interruptible() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def _interrupting(head: bytes) -> hostile.Step:
    def step(exchange: hostile.Exchange) -> None:
        exchange.send(head)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        exchange.hold()

    return step


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[", b"HTTP/1.1 401 X\r\n\r\nno"])
def test_an_interrupt_passes_and_leaves_no_half_used_connection(door, head):
    before = {thread for thread in threading.enumerate() if thread.name != "hostile"}
    with hostile.serve(_interrupting(head), hostile.json("next")) as server:
        http = door(server.url, token=Secret(CANARY))
        with pytest.raises(KeyboardInterrupt) as caught:
            http.send("POST", "/x", json={"password": Secret(CANARY)})
        assert http.get("/y") == b'"next"'
        assert [(request.path, request.connection) for request in server.ledger] == [("/x", 1), ("/y", 2)]
        assert {thread for thread in threading.enumerate() if thread.name != "hostile"} == before
    story = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert not [frame for frame in story.stack if frame.filename != __file__ and CANARY in f"{frame.locals}"]
