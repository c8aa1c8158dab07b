"""What probing N machines at once costs, as a ratio to the slowest single probe and to a loop over paramiko.

The machines are asyncssh servers in a process of their own, which answer the probe's script with canned text. Rounds
are interleaved. Wall time, as the probes wait for one another and for the servers; CPU is this process's alone.

single     one machine after the other, ten of them: the slowest one's time
fleet      probe_many over all N
dead       probe_many over all N, a tenth of them silent, with a greeting limit of `--timeout` s
paramiko   what people type today: a pool of 50 threads, if paramiko is importable
"""

from __future__ import annotations

import argparse
import asyncio
import io
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import asyncssh

from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.probing import script as probe_script
from mist_notebook.ssh.probing.probe import FLEET, probe, probe_many
from mist_notebook.ssh.target import Limits, Target

SERVERS = """
import asyncio, asyncssh, sys
async def answer(process):
    lines = (process.command or "").splitlines()
    process.stdout.write("".join(line[5:] + "\\n" if line.startswith("echo ") else "1.00 1.00\\n" for line in lines))
    process.exit(0)
async def main():
    keys = asyncssh.import_authorized_keys(sys.argv[1])
    ports = []
    for _ in range(int(sys.argv[2])):
        host_key = asyncssh.generate_private_key("ssh-ed25519")
        server = await asyncssh.listen("127.0.0.1", 0, server_host_keys=[host_key], authorized_client_keys=keys,
                                       process_factory=answer)
        ports.append(str(server.get_port()))
    print(" ".join(ports), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
asyncio.run(main())
"""


@contextmanager
def machines(count: int, key: asyncssh.SSHKey) -> Iterator[list[Target]]:
    """So many of them, until the block ends."""
    command = [sys.executable, "-c", SERVERS, key.export_public_key().decode(), str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        ports = [int(port) for port in child.stdout.readline().split()]
        yield [Target(f"m{port}", "127.0.0.1", port, loopback_allowed=True) for port in ports]
        child.terminate()


def singles(targets: list[Target], key: asyncssh.SSHKey) -> float:
    """The slowest of ten probes, one after the other."""

    async def run() -> float:
        pins = HostKeys()
        took = []
        for target in targets[:10]:
            began = time.perf_counter()
            assert (await probe(target, key=key, pins=pins, limits=FLEET)).outcome == "ok"
            took.append(time.perf_counter() - began)
        return max(took)

    return asyncio.run(run())


def fleet(targets: list[Target], key: asyncssh.SSHKey, limits: Limits, expected: Counter[str]) -> float:
    """All at once; right answers first, then their time."""
    began = time.perf_counter()
    reports = asyncio.run(probe_many(targets, key_of=lambda _: key, pins=HostKeys(), limits=limits))
    took = time.perf_counter() - began
    assert Counter(report.outcome for report in reports) == expected, Counter(report.detail for report in reports)
    return took


def paramiko_pool(targets: list[Target], key: asyncssh.SSHKey) -> float:
    """Fifty threads, a client each, and no host key checked: less than ours does."""
    import paramiko

    own = paramiko.Ed25519Key.from_private_key(io.StringIO(key.export_private_key("openssh").decode()))

    def ask(target: Target) -> None:
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        options = {
            "allow_agent": False,
            "look_for_keys": False,
            "timeout": 30,
            "banner_timeout": 30,
            "auth_timeout": 30,
        }
        client.connect(target.host, target.port, target.user, pkey=own, **options)
        _, out, _ = client.exec_command(probe_script.SCRIPT)
        assert probe_script.END.encode() in out.read()
        client.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(ask, targets))
    return time.perf_counter() - began


@contextmanager
def silent(count: int) -> Iterator[list[int]]:
    """Ports that take connections and say nothing."""
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        yield [listener.getsockname()[1] for listener in listeners]


def report(seconds: dict[str, list[tuple[float, float]]], *, against: str) -> None:
    """Each way's wall and CPU time, and its ratio to one of them, round by round: median [p10 .. p90]."""
    for name, own in seconds.items():
        ratios = sorted(mine[0] / base[0] for mine, base in zip(own, seconds[against], strict=True))
        low, high = ratios[len(ratios) // 10], ratios[-1 - len(ratios) // 10]
        wall, cpu = (statistics.median(column) for column in zip(*own, strict=True))
        print(
            f"  {name:<12} wall {wall:7.3f} s   CPU {cpu:7.3f} s   {statistics.median(ratios):8.3f} x {against}"
            f" [{low:.3f} .. {high:.3f}]"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machines", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--timeout", type=float, default=5.0)
    options = parser.parse_args()
    key = asyncssh.generate_private_key("ssh-ed25519")
    few = options.machines // 10
    with machines(options.machines, key) as targets, silent(few) as mute:
        mixed = [*(replace(one, port=port) for one, port in zip(targets, mute, strict=False)), *targets[few:]]
        dead_limits = replace(FLEET, greeting_s=options.timeout, nudge_s=0.1)
        ways: dict[str, Callable[[], float]] = {
            "single": lambda: singles(targets, key),
            "fleet": lambda: fleet(targets, key, FLEET, Counter(ok=options.machines)),
            "dead": lambda: fleet(mixed, key, dead_limits, Counter(ok=options.machines - few, timeout=few)),
        }
        try:
            import paramiko  # noqa: F401
        except ImportError:
            print("paramiko is not importable: no comparison with it (pip install paramiko)")
        else:
            ways["paramiko"] = lambda: paramiko_pool(targets, key)
        seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for number in range(options.rounds + 1):
            for name, way in ways.items():
                cpu = time.process_time()
                wall = way()
                if number:  # the first round warms up
                    seconds[name].append((wall, time.process_time() - cpu))
    print(f"{options.machines} machines, {options.rounds} rounds, limit for silent ones {options.timeout:g} s")
    report(seconds, against="single")
    report({name: seconds[name] for name in seconds if name != "single"}, against="fleet")


if __name__ == "__main__":
    main()
