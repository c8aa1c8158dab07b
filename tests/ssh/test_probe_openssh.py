"""The same probe against the real OpenSSH server: what it reads, and that a busy one is never called down."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.probing.probe import Patience, probe, probe_many, probe_when_up
from mist_notebook.ssh.scripts.remote import run
from mist_notebook.ssh.target import Limits, Target
from tests.rigs.ssh_hosts import KEY, OTHER_KEY, openssh

MANY, FLEET = 200, 60


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Target]:
    with openssh(tmp_path) as target:
        report = asyncio.run(probe_when_up(target, key=KEY, pins=HostKeys(), patience=Patience(pause_s=0.05)))
        assert report.outcome == "ok", (report.detail, (tmp_path / "log").read_text())
        yield target


def test_its_figures_are_this_computers(sshd: Target) -> None:
    report = asyncio.run(probe(sshd, key=KEY, pins=HostKeys()))
    uptime_s = float(Path("/proc/uptime").read_text().split()[0])
    assert (report.outcome, report.detail) == ("ok", "")
    assert report.uptime_s is not None
    assert abs(report.uptime_s - uptime_s) < 60
    assert report.hostname == socket.gethostname()
    assert report.kernel == os.uname().release
    assert report.cores is not None and 0 < report.cores <= len(os.sched_getaffinity(0))  # less in a container
    assert None not in (report.load1, report.load5, report.load15, report.ram_mb, report.ram_used_mb)
    assert "/" in [disk.mount for disk in report.disks]
    assert (report.loss_percent, report.via) == (0.0, "ssh")


def test_another_key_another_user_and_another_host_key_are_told_apart(sshd: Target, tmp_path: Path) -> None:
    pins = HostKeys()
    stranger = asyncio.run(probe(sshd, key=OTHER_KEY, pins=pins))
    nobody = asyncio.run(probe(replace(sshd, user="no_such_user"), key=KEY, pins=pins))
    first = asyncio.run(probe(sshd, key=KEY, pins=pins))
    (tmp_path / "other").mkdir()
    with openssh(tmp_path / "other") as rebuilt:
        patience = Patience(pause_s=0.05)
        changed = asyncio.run(probe_when_up(rebuilt, key=KEY, pins=pins, patience=patience))
    outcomes = [report.outcome for report in (stranger, nobody, first, changed)]
    assert outcomes == ["auth", "auth", "ok", "key-changed"]


def test_ciphers_that_we_do_not_know_are_no_network_trouble(tmp_path: Path) -> None:
    with openssh(tmp_path, "Ciphers aes256-cbc", "KexAlgorithms diffie-hellman-group1-sha1") as target:
        patience = Patience(pause_s=0.05)
        report = asyncio.run(probe_when_up(target, key=KEY, pins=HostKeys(), patience=patience))
    assert report.outcome == "not-ssh"
    assert "no algorithm in common" in report.detail


def test_200_probes_at_once_that_know_nothing_of_each_other_are_all_answered(sshd: Target) -> None:
    """Under MaxStartups 10:30:100, its default, sshd drops most of them at first."""

    async def all_at_once() -> Counter[str]:
        limits = Limits(round_trips=1)
        targets = [replace(sshd, machine_id=f"m{number}") for number in range(MANY)]
        probes = [probe(target, key=KEY, pins=HostKeys(), limits=limits) for target in targets]
        return Counter(report.outcome for report in await asyncio.gather(*probes))

    assert asyncio.run(all_at_once()) == {"ok": MANY}


def test_a_fleet_behind_one_door_is_all_answered_and_pinned(sshd: Target, tmp_path: Path) -> None:
    targets = [replace(sshd, machine_id=f"m{number}") for number in range(FLEET)]
    pins = HostKeys(tmp_path / "data" / "pins.json")
    reports = asyncio.run(probe_many(targets, key_of=lambda _: KEY, pins=pins))
    assert Counter(report.outcome for report in reports) == {"ok": FLEET}
    again = HostKeys(pins.path)
    again.load()
    assert len({again.known(target.machine_id) for target in targets}) == 1
    assert again.known("m0") is not None


def test_a_script_runs_in_a_real_shell(sshd: Target) -> None:
    script = "for word in one two; do echo $word; done | sort -r\necho oops >&2\nread left\nexit 3\nnever"
    result = asyncio.run(run(sshd, script, key=KEY, pins=HostKeys()))
    assert (result.outcome, result.exit_code) == ("ok", 3)
    assert [line.text for line in result.lines if not line.is_error] == ["two", "one"]
    assert [line.text for line in result.lines if line.is_error] == ["oops"]
    killed = asyncio.run(run(sshd, "kill -9 $$", key=KEY, pins=HostKeys()))
    assert (killed.exit_code, killed.signal) == (None, "KILL")
