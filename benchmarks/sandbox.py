"""What the sandbox serves, and what it costs: many clients at a steady rate, alone and beside unfriendly ones."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATHS = ("/api/v1/clouds", "/api/v1/machines", "/api/v1/keys", "/api/v1/ping")
HALF_BODIES, HALF_BYTES = 40, 14 * 1024 * 1024
HALF_OPEN = 1000


@dataclass(frozen=True)
class Served:
    """The sandbox's process, its port and its token."""

    process: subprocess.Popen[str]
    port: int
    token: str

    def memory_mb(self, which: str = "VmRSS") -> float:
        """Its memory now, or with VmHWM at most."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(which)) / 1024


@contextmanager
def served() -> Iterator[Served]:
    """A sandbox in a process of its own."""
    command = [sys.executable, "-m", "mist_notebook.sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        url, token = (process.stdout.readline().strip().partition("=")[2] for _ in range(2))
        try:
            yield Served(process, int(url.rpartition(":")[2]), token)
        finally:
            process.terminate()


async def client(sandbox: Served, path: str, *, period_s: float, until: float, first_s: float) -> list[float]:
    """Ask again and again on one connection; the seconds that each answer took."""
    seconds: list[float] = []
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{sandbox.port}\r\nAuthorization: {sandbox.token}\r\n\r\n".encode()
    await asyncio.sleep(first_s)
    reader, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
    while (began := time.perf_counter()) < until:
        writer.write(head)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        seconds.append(time.perf_counter() - began)
        await asyncio.sleep(max(0.0, period_s - seconds[-1]))
    writer.close()
    return seconds


async def steady(sandbox: Served, clients: int, rate: float, seconds: float) -> list[float]:
    """So many clients, together at so many requests a second."""
    period_s = clients / rate
    until = time.perf_counter() + seconds
    asked = [
        client(sandbox, PATHS[number % len(PATHS)], period_s=period_s, until=until, first_s=number / rate)
        for number in range(clients)
    ]
    return [each for taken in await asyncio.gather(*asked) for each in taken]


async def half_bodies(sandbox: Served) -> list[asyncio.StreamWriter]:
    """Strangers who begin to send large bodies."""
    head = f"POST /api/v1/clouds HTTP/1.1\r\nHost: 127.0.0.1:{sandbox.port}\r\nContent-Length: {HALF_BYTES + 1}\r\n\r\n"
    writers = []
    for _ in range(HALF_BODIES):
        _, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
        writer.write(head.encode() + b"x" * HALF_BYTES)
        writers.append(writer)
    return writers


async def half_open(sandbox: Served) -> list[asyncio.StreamWriter]:
    """Strangers who connect and say next to nothing."""
    writers = []
    for _ in range(HALF_OPEN):
        _, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
        writer.write(b"GET / HTTP/1.1\r\n")
        writers.append(writer)
    return writers


async def measure(sandbox: Served, clients: int, rate: float, seconds: float) -> None:
    """Print a line for each company that the well-behaved clients are in."""
    for company, begin in (("alone", None), ("half bodies", half_bodies), ("half-open", half_open)):
        unfriendly = await begin(sandbox) if begin else []
        taken = sorted(await steady(sandbox, clients, rate, seconds))
        print(
            f"  {company:<12} {len(taken) / seconds:7.0f} requests/s   median {statistics.median(taken) * 1000:6.1f} ms"
            f"   p99 {taken[int(len(taken) * 0.99)] * 1000:6.1f} ms   memory {sandbox.memory_mb():5.0f} MB"
            f" (at most {sandbox.memory_mb('VmHWM'):.0f})"
        )
        for writer in unfriendly:
            writer.transport.abort()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--rate", type=float, default=200.0, help="requests a second, all clients together")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    with served() as sandbox:
        print(f"sandbox ({options.clients} clients, {options.rate:g} requests/s asked for, {options.seconds:g} s each)")
        print(f"  {'at rest':<12} memory {sandbox.memory_mb():.0f} MB")
        asyncio.run(measure(sandbox, options.clients, options.rate, options.seconds))


if __name__ == "__main__":
    main()
