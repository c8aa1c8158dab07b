"""After a real fork the child has nothing open, and asks on connections of its own; the parent's go on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mist_notebook import MistClient
from mist_notebook.net.http import Http
from mist_notebook.sandbox import Sandbox
from tests.rigs import hostile

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
