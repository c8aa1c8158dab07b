"""What a container is given: limits of memory and CPU of both kinds of control groups, and memory less its file cache.

A real sshd in a control group (v1) where this computer's kernel and root allow that; in the files of a container
(v1 and v2), mounted in their place, where root may make a mount namespace; and the same figures as text.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from mist_notebook.records.model import ProbeReport
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.probing.facts import facts
from mist_notebook.ssh.probing.probe import probe
from mist_notebook.ssh.probing.script import facts_of
from mist_notebook.ssh.scripts.remote import run
from mist_notebook.ssh.target import Target
from tests.rigs.ssh_hosts import KEY, openssh

MIB = 1 << 20
CGROUPS = Path("/sys/fs/cgroup")
HOST = {"memory": "MemTotal: 8388608 kB\nMemAvailable: 4194304 kB\n", "cores": "8\n"}


@contextmanager
def group(kind: str) -> Iterator[Path]:
    """A control group of version 1, below the one that this process is in."""
    own = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().split()]
    place = next((path for _, kinds, path in own if kind in kinds.split(",")), None)
    if place is None or os.getuid() != 0:
        pytest.skip(f"no control group of version 1 for {kind}, or not root")
    folder = CGROUPS / kind / place.strip("/") / f"mist-test-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    try:
        yield folder
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    """What still runs in it goes one level up; what is just ending keeps it busy for a moment."""
    for _ in range(100_000):
        for pid in (folder / "cgroup.procs").read_text().split():
            with suppress(OSError):
                (folder.parent / "cgroup.procs").write_text(pid)
        with suppress(OSError):
            folder.rmdir()
            return
        os.sched_yield()


def looked(target: Target) -> ProbeReport:
    report = asyncio.run(probe(target, key=KEY, pins=HostKeys()))
    assert report.outcome == "ok", report.detail
    return report


def test_an_sshd_with_512_mib_and_450_mb_of_file_cache_uses_little(tmp_path: Path) -> None:
    with group("memory") as memory:
        (memory / "memory.limit_in_bytes").write_text(f"{512 * MIB}\n")
        # On a disk: what a file in memory takes is no cache that gives way, and there /tmp may be.
        with openssh(tmp_path, groups=[memory]) as target, TemporaryDirectory(dir="/var/tmp") as disk:
            big = Path(disk) / "big"
            fill = f"dd if=/dev/zero of={big} bs=1M count=450 conv=fsync 2>/dev/null; cat {big} >/dev/null"
            asyncio.run(run(target, fill, key=KEY, pins=HostKeys()))
            charged = int((memory / "memory.usage_in_bytes").read_text()) / MIB
            report = looked(target)
    assert charged > 400
    assert report.ram_mb == 512.0
    assert report.ram_used_mb is not None and 0 < report.ram_used_mb < 60, report.ram_used_mb
    assert dict(facts(report))["memory"].endswith(" of 512 MB")


@pytest.mark.parametrize(("quota", "cores"), [(50_000, 0.5), (100_000, 1), (-1, None)])
def test_an_sshd_with_half_a_processor_has_half_a_core(tmp_path: Path, quota: int, cores: float | None) -> None:
    with group("cpu") as cpu:
        (cpu / "cpu.cfs_quota_us").write_text(f"{quota}\n")
        with openssh(tmp_path, groups=[cpu]) as target:
            found = looked(target).cores
    assert found == cores or (cores is None and found is not None and 1 <= found <= len(os.sched_getaffinity(0)))


CONTAINERS: dict[str, tuple[dict[str, str], tuple[float, float, float]]] = {
    "v2": (
        {
            "memory.max": f"{512 * MIB}",
            "memory.current": f"{470 * MIB}",
            "memory.stat": f"anon 1\nfile {450 * MIB}\ninactive_file {400 * MIB}\nactive_file {50 * MIB}\n"
            f"slab_reclaimable {8 * MIB}",
            "cpu.max": "150000 100000",
        },
        (512, 12, 1.5),
    ),
    "v1": (
        {
            "memory/memory.limit_in_bytes": f"{256 * MIB}",
            "memory/memory.usage_in_bytes": f"{200 * MIB}",
            "memory/memory.stat": f"inactive_file 0\ntotal_inactive_file {90 * MIB}\ntotal_active_file {100 * MIB}",
            "cpu/cpu.cfs_quota_us": "25000",
            "cpu/cpu.cfs_period_us": "100000",
        },
        (256, 10, 0.25),
    ),
}


@pytest.mark.parametrize(("files", "expected"), CONTAINERS.values(), ids=CONTAINERS)
def test_the_files_of_a_container_are_read_by_the_same_script(
    tmp_path: Path, files: dict[str, str], expected: tuple[float, float, float]
) -> None:
    for name, content in files.items():
        (tmp_path / "cgroup" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "cgroup" / name).write_text(f"{content}\n")
    mounting = ["unshare", "-m", "sh", "-c", f'mount --bind {tmp_path}/cgroup {CGROUPS} && exec "$@"', "sh"]
    if shutil.which("unshare") is None or subprocess.run([*mounting, "true"], check=False).returncode:
        pytest.skip("no mount namespace can be made here")
    with openssh(tmp_path, before=mounting) as target:
        report = looked(target)
    assert (report.ram_mb, report.ram_used_mb) == expected[:2]
    assert report.cores == min(expected[2], len(os.sched_getaffinity(0)))


def level(folder: str, **files: str) -> str:
    return "".join(f"mist-file:{folder}/{name.replace('_', '.', 1)}\n{content}\n" for name, content in files.items())


FIGURES: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "no limit": ({"cgroup2": "max\n", "cpu2": "max 100000\n"}, {"ram_mb": 8192.0, "ram_used_mb": 4096.0, "cores": 8}),
    "the least that v1 calls none": ({"cgroup1": "9223372036854771712\n"}, {"ram_mb": 8192.0}),
    "nothing told of the cache": (
        {"cgroup2": f"{64 * MIB}\n", "cgroup2_used": f"{60 * MIB}\n"},
        {"ram_mb": 64.0, "ram_used_mb": 60.0},
    ),
    "in use is unknown": ({"cgroup2": f"{64 * MIB}\n"}, {"ram_mb": 64.0, "ram_used_mb": None}),
    "more cache than is charged": (
        {"cgroup2": f"{64 * MIB}\n", "cgroup2_used": "5\n", "cgroup2_stat": "inactive_file 7\nactive_file 0\n"},
        {"ram_used_mb": 0.0},
    ),
    "a slice above has the lower limit": (
        {
            "limits": level("/sys/fs/cgroup/a/b", memory_max="max", memory_current="1", cpu_max="400000 100000")
            + level("/sys/fs/cgroup/a", memory_max=f"{128 * MIB}", memory_current=f"{30 * MIB}", cpu_max="max 100000")
            + level("/sys/fs/cgroup", memory_stat=f"inactive_file {MIB}")
        },
        {"ram_mb": 128.0, "ram_used_mb": 30.0, "cores": 4},
    ),
    "as many cores as there are": ({"cpu2": "1600000 100000\n"}, {"cores": 8}),
    "of v1 alone, as its cpu.max is not there": (
        {"cpu2": "", "cpu1_quota": "50000\n", "cpu1_period": "100000\n"},
        {"cores": 0.5},
    ),
    "a third of a core": ({"cpu2": "33333 100000\n"}, {"cores": 0.33}),
}


@pytest.mark.parametrize(("parts", "expected"), FIGURES.values(), ids=FIGURES)
def test_the_lowest_limit_is_the_containers(parts: dict[str, str], expected: dict[str, Any]) -> None:
    found = facts_of({**HOST, **parts})
    assert {name: found.get(name) for name in expected} == expected
