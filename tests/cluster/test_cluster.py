"""A cluster on three real OpenSSH servers: it computes, keeps to itself, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import textwrap
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace

import pytest
from distributed import Client, Security

from mist_notebook.cluster.dask_object import MistCluster
from mist_notebook.cluster.member import Member
from mist_notebook.ground.errors import BadValueError
from tests.cluster.conftest import Rig
from tests.rigs.processes import of_home, wait_until_gone
from tests.rigs.ssh_hosts import KEY, at, closed_port

pytestmark = pytest.mark.long(40)


@pytest.fixture(scope="module")
def cluster(rig: Rig) -> Iterator[MistCluster]:
    security = Security.temporary()
    running = rig.up(security=security)
    cluster = MistCluster(running, rig.loop, security, [SimpleNamespace(name="web-1")])
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def client(cluster: MistCluster) -> Iterator[Client]:
    with Client(cluster) as client:
        yield client


def test_each_machine_is_a_worker_at_its_own_address(cluster: MistCluster, client: Client) -> None:
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    assert {worker["name"]: worker["host"] for worker in workers} == {
        "web-1": "127.0.0.11",
        "web-2": "127.0.0.12",
        "web-3": "127.0.0.13",
    }
    assert {worker["memory_limit"] for worker in workers} == {400 << 20}
    assert "workers=3, threads=3" in repr(cluster)


def test_workers_exchange_data_among_each_other(client: Client) -> None:
    def worker_name() -> str:
        from distributed import get_worker

        return str(get_worker().name)

    parts = [client.submit(lambda n: bytes([n]) * 1_000_000, n, workers=[f"web-{n}"], pure=False) for n in (1, 2, 3)]

    def joined(*data: bytes) -> tuple[str, int, int]:
        return worker_name(), sum(map(len, data)), sum(one[0] for one in data)

    assert client.submit(joined, *parts, workers=["web-2"]).result(60) == ("web-2", 3_000_000, 6)


def test_the_dashboard_comes_through_the_same_connection(cluster: MistCluster) -> None:
    port = cluster.running.dashboard_port
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
        assert answer.read() == b"ok"
    assert cluster.dashboard_link == f"http://127.0.0.1:{port}/status"


def test_a_dashboards_link_follows_the_setting_of_a_hub(cluster: MistCluster) -> None:
    import dask

    with dask.config.set({"distributed.dashboard.link": "/user/me/proxy/{port}/status"}):
        assert cluster.dashboard_link == f"/user/me/proxy/{cluster.running.dashboard_port}/status"


@pytest.mark.parametrize("where", ["private_address", "address"])
def test_plain_tcp_is_refused(cluster: MistCluster, where: str) -> None:
    plain = getattr(cluster.running, where).replace("tls://", "tcp://")
    with pytest.raises((OSError, TimeoutError)):
        Client(plain, timeout=2, set_as_default=False)


def test_a_foreign_certificate_is_refused(cluster: MistCluster) -> None:
    with pytest.raises((OSError, TimeoutError)):
        Client(cluster.scheduler_address, security=Security.temporary(), timeout=2, set_as_default=False)


def test_nothing_answers_without_a_certificate(cluster: MistCluster) -> None:
    host, _, port = cluster.running.private_address.removeprefix("tls://").rpartition(":")
    loose = ssl.create_default_context()
    loose.check_hostname, loose.verify_mode = False, ssl.CERT_NONE
    with pytest.raises(OSError), socket.create_connection((host, int(port)), 5) as sock, loose.wrap_socket(sock) as tls:
        tls.sendall(b"\0" * 64)
        if not tls.recv(1):
            raise ConnectionResetError


def test_its_key_is_in_no_argument_and_in_no_environment_and_its_files_are_for_their_owner_alone(
    rig: Rig, cluster: MistCluster
) -> None:
    found = of_home(*(rig.home(number) for number in (1, 2, 3)))
    secret = cluster.security.tls_worker_key.splitlines()[1]
    folders = {Path(process.cwd()) for process in found if "mist-dask-" in process.cwd()}
    assert len(folders) == 4  # a scheduler and three workers
    for process in found:
        assert secret not in " ".join([*process.cmdline(), *process.environ().values()])
    for folder in folders:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE((folder / name).stat().st_mode) for name in ("ca.pem", "cert.pem", "key.pem")} == {0o600}


def test_it_stays_as_large_as_it_is(cluster: MistCluster) -> None:
    with pytest.raises(BadValueError, match="has the 3 machines that it was made of, not 5"):
        cluster.scale(5)
    with pytest.raises(BadValueError, match="keeps the 3 machines"):
        cluster.adapt(minimum=1, maximum=9)


def test_a_machine_that_fails_is_left_out_a_lost_worker_is_told_and_closing_leaves_nothing(rig: Rig) -> None:
    with closed_port() as port:
        absent = Member("rig/m9", at(port, "m9", name="web-9"), KEY, ("127.0.0.19",))
        running = rig.up([absent, *rig.members[:2]])
    assert any(line.startswith("web-9 left out: refused: 127.0.0.1:") for line in rig.said)
    assert running.workers.keys() == {"web-1", "web-2"}
    told: SimpleQueue[str] = SimpleQueue()
    running.on_lost = lambda name, _why: told.put(name)
    mine = of_home(rig.home(1), rig.home(2))
    workers = [process for process in mine if running.private_address in " ".join(process.cmdline())]
    folders = {process.cwd() for process in workers}
    assert len(folders) == 2
    for process in of_home(rig.home(2)):
        if process in workers:
            process.kill()
    assert told.get(timeout=60) == "web-2"
    rig.down(running)
    rig.down(running)  # again is fine
    wait_until_gone(workers)
    assert not any(Path(folder).exists() for folder in folders)
    assert told.empty()


def test_one_machine_alone_keeps_to_its_own_loopback_and_taken_ports_are_no_trouble(rig: Rig) -> None:
    with socket.socket() as first, socket.socket() as second:
        for sock, port in ((first, 8786), (second, 8787)):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):  # taken by somebody else: as good
                sock.bind(("127.0.0.1", port))
                sock.listen()
        running = rig.up(rig.members[:1])
    assert running.private_address.startswith("tls://127.0.0.1:")
    assert running.workers.keys() == {"web-1"}
    rig.down(running)


def test_a_killed_notebook_leaves_no_process_on_any_machine(rig: Rig, tmp_path: Path) -> None:
    script = tmp_path / "notebook.py"
    script.write_text(
        textwrap.dedent("""
        import pickle, sys, time
        from distributed import Security
        from mist_notebook.cluster import up
        from mist_notebook.ground.loop import LoopThread
        from mist_notebook.ssh.host_keys import HostKeys
        import asyncssh
        from mist_notebook.cluster.member import Member, Wish
        from mist_notebook.ssh.target import Target
        key = asyncssh.read_private_key(sys.argv[1])
        members = [Member(f"rig/{n}", Target(f"k{n}", "127.0.0.1", int(p), u, f"kill-{n}", loopback_allowed=True), key,
                          (f"127.0.0.{10 + n}",))
                   for n, (p, u) in enumerate((one.split("=") for one in sys.argv[2:]), 1)]
        loop = LoopThread("notebook")
        running = loop.run(up.up(members, Wish(python=sys.executable, threads=1, memory=400 << 20),
                                 Security.temporary(), HostKeys(), lambda *_: None), 120)
        print(running.private_address, flush=True)
        time.sleep(600)
        """)
    )
    key = tmp_path / "key"
    key.touch(mode=0o600)
    key.write_bytes(KEY.export_private_key())
    doors = [f"{member.target.port}={member.target.user}" for member in rig.members]
    homes = [rig.home(number) for number in (1, 2, 3)]
    before = set(of_home(*homes))
    with subprocess.Popen([sys.executable, script, key, *doors], stdout=subprocess.PIPE, text=True) as notebook:
        assert notebook.stdout is not None
        address = notebook.stdout.readline().strip()
        theirs = [process for process in of_home(*homes) if process not in before]
        os.kill(notebook.pid, signal.SIGKILL)
    assert address.startswith("tls://")
    assert len(theirs) >= 8  # four of Dask, each with its guard, and what a nanny starts
    wait_until_gone(theirs)
