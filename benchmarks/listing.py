"""What a listing of N images costs, from the sandbox to a DataFrame, against the floor and against today's way.

floor  the answer's bytes read from the socket, nothing more
today  pd.json_normalize(requests.get(…).json())
ours   %mist images Big, asked anew: records and a frame with every column
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import requests
from rounds import cpu_seconds, interleaved, report

from mist_notebook.client.notebook.session import Session
from mist_notebook.frames import frames


@contextmanager
def sandbox(images: int) -> Iterator[tuple[str, str]]:
    """A sandbox with N images in a process of its own: its address and token."""
    command = [sys.executable, "-m", "mist_notebook.sandbox", "--images", str(images), "--seed", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(2)]
        try:
            yield tuple(line.strip().partition("=")[2] for line in lines)  # type: ignore[misc]
        finally:
            child.terminate()


def listing(session: Session) -> pd.DataFrame:
    """Ours: asked anew each time."""
    parts = session.listings("images", [session.backend("Big")], refresh=True)
    return frames.listings("images", parts)


def today(url: str, token: str) -> pd.DataFrame:
    """What people type today."""
    return pd.json_normalize(requests.get(url, headers={"Authorization": token}, timeout=60).json())


def floor(url: str, token: str) -> bytes:
    """The bytes alone."""
    request = urllib.request.Request(url, headers={"Authorization": token})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def compare(images: int, rounds: int) -> None:
    """Print the ratios for so many images."""
    with sandbox(images) as (url, token):
        os.environ |= {"MIST_URL": url, "MIST_API_TOKEN": token}
        session = Session()
        cloud = session.backend("Big").id
        address = f"{url}/api/v1/clouds/{cloud}/images"
        ours, theirs = listing(session), today(address, token)
        assert list(ours["id"]) == list(theirs["external_id"].astype(str)), "a faster wrong frame is no gain"
        assert list(ours["name"]) == list(theirs["name"])
        size = len(floor(address, token))
        candidates = {
            "floor: bytes from the socket": lambda: cpu_seconds(lambda: floor(address, token)),
            "today: json_normalize(requests.get().json())": lambda: cpu_seconds(lambda: today(address, token)),
            "ours: session and frame": lambda: cpu_seconds(lambda: listing(session)),
        }
        measured = interleaved(candidates, rounds)
        session.close()
        report(
            f"{images:,} images, {size / 1e6:.1f} MB", measured, against="today: json_normalize(requests.get().json())"
        )
        for name in ("today", "ours"):
            peak = peak_bytes(name, address, token)
            print(f"  {name}: peak memory over the baseline {peak / size:.2f} x the body")


def peak_bytes(name: str, address: str, token: str) -> int:
    """The highest resident size while one listing is made, over what it was before; in a process of its own."""
    command = [sys.executable, __file__, "--peak", name, address, token]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def print_peak(name: str, address: str, token: str) -> None:
    """The child's part of `peak_bytes`."""
    session = Session()
    session.backend("Big")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = memory("VmRSS")
    kept = today(address, token) if name == "today" else listing(session)
    print(memory("VmHWM") - before if len(kept) else 0)


def memory(field: str) -> int:
    """A field of this process's status, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) * 1024  # type: ignore[index]


def main() -> None:
    """Print the ratios for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, nargs="+", default=[1_000, 10_000, 150_000])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--peak", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        print_peak(*options.peak)
        return
    for images in options.images:
        compare(images, options.rounds)


if __name__ == "__main__":
    main()
