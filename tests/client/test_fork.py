"""After a real fork the child has nothing open, and asks on connections of its own; the parent's go on."""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mist_notebook import MistClient
from mist_notebook.net.http import Http
from mist_notebook.sandbox import Sandbox
from tests.rigs import hostile, live_mist

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


def in_child(work: Callable[[], Any], folder: Path) -> Any:
    """What the work gives in a child, as JSON; its error's text where it fails."""
    answer = folder / "answer.json"
    pid = os.fork()
    if pid == 0:
        try:
            said = work()
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        answer.write_text(json.dumps(said))
        os._exit(0)
    os.waitpid(pid, 0)
    return json.loads(answer.read_text())


@pytest.fixture
def server() -> Iterator[hostile.Server]:
    def step(exchange: hostile.Exchange) -> None:
        hostile.json([exchange.request.path, exchange.request.connection])(exchange)

    with hostile.serve(step) as server:
        yield server


def test_a_child_asks_on_connections_of_its_own_and_the_parents_stay_as_they_were(
    server: hostile.Server, tmp_path: Path
) -> None:
    door = Http(server.url)
    first = json.loads(door.get("/before"))
    in_the_child = in_child(lambda: [json.loads(door.get(f"/child/{number}")) for number in range(3)], tmp_path)
    after = json.loads(door.get("/after"))
    assert (first[0], after[0]) == ("/before", "/after")
    assert first[1] == after[1], "the parent's connection is kept"
    assert [path for path, _ in in_the_child] == ["/child/0", "/child/1", "/child/2"]
    assert first[1] not in {connection for _, connection in in_the_child}
    door.close()


def test_a_client_works_on_in_the_child_and_ends_nothing_of_the_parents(tmp_path: Path) -> None:
    with Sandbox.start(boot_seconds=0.02) as sandbox, MistClient(sandbox.url, api_token=sandbox.token) as client:
        before = sorted(client.backends)
        assert client.prober.loop is not None

        def child() -> Any:
            found = sorted(client.update_backends())
            client.close()
            return found

        assert in_child(child, tmp_path) == before
        assert sorted(client.update_backends()) == before


def test_the_embedded_sandbox_outlives_its_childs_client(tmp_path: Path) -> None:
    with MistClient("sandbox") as client:
        names = sorted(backend.name for backend in client.backends.values())

        def child() -> Any:
            found = sorted(backend.name for backend in client.update_backends().values())
            client.close()
            return found

        assert in_child(child, tmp_path) == names
        assert sorted(backend.name for backend in client.update_backends().values()) == names


def test_a_probe_in_the_child_has_a_loop_of_its_own(tmp_path: Path) -> None:
    with MistClient("sandbox") as client:
        assert client.prober.loop is not None

        async def answer() -> int:
            return 42

        assert in_child(lambda: client.prober.loop.run(answer(), 10), tmp_path) == 42


def test_a_fork_while_an_answer_is_on_its_way_leaves_the_child_free_and_the_answer_to_the_parent(
    tmp_path: Path,
) -> None:
    arrived, over = threading.Event(), threading.Event()

    def step(exchange: hostile.Exchange) -> None:
        if exchange.request.path == "/slow":
            arrived.set()
            over.wait(30)
        hostile.json([exchange.request.path, exchange.request.connection])(exchange)

    with hostile.serve(step) as server, ThreadPoolExecutor(1) as pool:
        door = Http(server.url)
        slow = pool.submit(door.get, "/slow")
        assert arrived.wait(30)
        found = in_child(lambda: [json.loads(door.get(f"/child/{number}"))[0] for number in range(3)], tmp_path)
        over.set()
        assert found == ["/child/0", "/child/1", "/child/2"]
        assert json.loads(slow.result(30))[0] == "/slow"
        assert len({request.connection for request in server.ledger}) == 2
        door.close()


def test_the_workers_of_a_pool_ask_each_on_its_own(server: hostile.Server) -> None:
    door = Http(server.url)
    door.get("/before")
    _doors.append(door)
    try:
        with multiprocessing.get_context("fork").Pool(3) as pool:
            answers = pool.map(_asked, range(12), chunksize=1)
    finally:
        _doors.clear()
    assert [path for path, _, _ in answers] == [f"/{number}" for number in range(12)]
    assert 1 not in {connection for _, connection, _ in answers}
    by_worker = {(worker, connection) for _, connection, worker in answers}
    assert len(by_worker) == len({connection for _, connection in by_worker})
    door.close()


def test_listings_in_the_child_are_asked_on_threads_of_its_own(tmp_path: Path) -> None:
    with live_mist.serve() as live, MistClient(live.url, api_token=live.token) as client:
        client.backends["Live"].create_machine("web", "demo", "debian", "east", "small")
        assert in_child(lambda: [machine.name for machine in client.machines.values()], tmp_path) == ["web"]
        again = "client.backends['Live'].create_machine('web', 'demo', 'debian', 'east', 'small').id"
        assert in_child(lambda: eval(again, {"client": client}), tmp_path) == "m-1"
        assert len(live.created) == 1


_doors: list[Http] = []


def _asked(number: int) -> tuple[str, int, int]:
    path, connection = json.loads(_doors[0].get(f"/{number}"))
    return path, connection, os.getpid()
