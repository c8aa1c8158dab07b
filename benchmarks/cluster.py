"""A Dask cluster over SSH: ours and `distributed.SSHCluster`, to the first result and through to the notebook.

Three OpenSSH servers on this computer. Both start Python as often; ratios are ours to theirs, in one run.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from distributed import Client, Security, SSHCluster

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mist_notebook.cluster import up
from mist_notebook.cluster.dask_object import MistCluster
from mist_notebook.cluster.member import Member, Wish
from mist_notebook.ground.loop import LoopThread
from mist_notebook.ssh.host_keys import HostKeys
from tests.rigs.ssh_hosts import KEY, openssh

MACHINES = 3
BYTES = 20_000_000


def timed(client: Client, began: float) -> tuple[float, float]:
    """Seconds to the first result, and MB/s of a large one."""
    client.submit(lambda: 1).result(60)
    first = time.monotonic() - began
    asked = time.monotonic()
    client.submit(bytes, BYTES, pure=False).result(60)
    return first, BYTES / 1e6 / (time.monotonic() - asked)


def ours(members: list[Member]) -> tuple[float, float]:
    loop, security = LoopThread("benchmark"), Security.temporary()
    began = time.monotonic()
    wish = Wish(python=sys.executable, threads=1, memory=400 << 20)
    running = loop.run(up.up(members, wish, security, HostKeys(), lambda *_: None))
    with MistCluster(running, loop, security, [SimpleNamespace(name="team")]) as cluster, Client(cluster) as client:
        found = timed(client, began)
    loop.close()
    return found


def theirs(members: list[Member], folder: Path) -> tuple[float, float]:
    key = folder / "key"
    key.touch(mode=0o600)
    key.write_bytes(KEY.export_private_key("openssh"))
    targets = [member.target for member in members]
    options = [
        {"port": target.port, "username": target.user, "client_keys": [str(key)], "known_hosts": None}
        for target in (targets[0], *targets)
    ]
    began = time.monotonic()
    with (
        SSHCluster(
            ["127.0.0.1"] * (len(targets) + 1),
            connect_options=options,
            worker_options={"nthreads": 1, "memory_limit": 400 << 20},
            remote_python=sys.executable,
        ) as cluster,
        Client(cluster) as client,
    ):
        return timed(client, began)


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        members = []
        for number in range(MACHINES):
            home = folder / str(number)
            home.mkdir()
            target = replace(stack.enter_context(openssh(home)), machine_id=f"m{number}", name=f"team-{number}")
            members.append(Member(f"rig/m{number}", target, KEY, (f"127.0.0.{11 + number}",)))
        pairs = [(ours(members), theirs(members, folder)) for _ in range(2)]
    for (first, rate), (their_first, their_rate) in pairs:
        print(f"first result: ours {first:.1f} s, SSHCluster {their_first:.1f} s, ratio {first / their_first:.2f}")
        print(f"20 MB to the notebook: ours {rate:.0f} MB/s, SSHCluster {their_rate:.0f} MB/s")
    print("ours is TLS, through one SSH connection, checked before; SSHCluster is plain TCP at the outer address")


if __name__ == "__main__":
    main()
