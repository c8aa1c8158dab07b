"""A second factor, and hosts that close: real OpenSSH that takes a key and wants more, and listeners that hang up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.records.model import ProbeReport
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.outcome import CLOSES, SECOND_STEP
from mist_notebook.ssh.probing.probe import probe, probe_when_up
from mist_notebook.ssh.scripts.remote import run
from mist_notebook.ssh.target import Clock
from tests.rigs.ssh_hosts import KEY, OTHER_KEY, at, openssh, raw_host

PASSWORDS = "PasswordAuthentication yes"
QUESTIONS = "KbdInteractiveAuthentication yes"


def asked(folder: Path, *more: str, key: Any = KEY) -> ProbeReport:
    with openssh(folder, *more) as target:
        return asyncio.run(probe(target, key=key, pins=HostKeys()))


@pytest.mark.parametrize(
    ("methods", "more", "wanted"),
    [
        ("publickey,password", (PASSWORDS,), "a password"),
        ("publickey,keyboard-interactive", (QUESTIONS, "UsePAM yes"), "a code or password"),
        ("publickey,publickey", (), "a second key"),
        ("publickey,password publickey,keyboard-interactive", (PASSWORDS, QUESTIONS), "a password"),
    ],
)
def test_a_key_that_was_taken_is_not_called_refused(
    tmp_path: Path, methods: str, more: tuple[str, ...], wanted: str
) -> None:
    report = asked(tmp_path, f"AuthenticationMethods {methods}", *more)
    assert report.outcome == "auth"
    assert "took the key" in report.detail and wanted in report.detail and "refused" not in report.detail
    assert report.hint == SECOND_STEP


def test_a_key_that_is_refused_before_a_second_factor_is_refused(tmp_path: Path) -> None:
    report = asked(tmp_path, "AuthenticationMethods publickey,password", PASSWORDS, key=OTHER_KEY)
    assert report.outcome == "auth" and "refused the key" in report.detail


def test_a_host_that_takes_no_keys_says_so(tmp_path: Path) -> None:
    report = asked(tmp_path, "PubkeyAuthentication no", PASSWORDS)
    assert report.outcome == "auth" and "takes no keys" in report.detail and "a password" in report.detail


def test_a_second_factor_is_certain_and_a_create_does_not_wait_for_it(tmp_path: Path) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    with openssh(tmp_path, "AuthenticationMethods publickey,password", PASSWORDS) as target:
        clock = Clock(sleep=sleep)
        report = asyncio.run(probe_when_up(target, key=KEY, pins=HostKeys(), clock=clock))
        result = asyncio.run(run(target, "echo one", key=KEY, pins=HostKeys()))
    assert (report.outcome, result.outcome, pauses) == ("auth", "auth", [])
    assert "took the key" in result.detail


async def closes(_reader: Any, _writer: Any) -> None:
    """Takes the connection and closes it."""


async def closes_after_a_line(reader: asyncio.StreamReader, _writer: Any) -> None:
    await reader.read(1)


async def closes_after_greeting(_reader: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2p1\r\n")
    await writer.drain()


async def resets(_reader: Any, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@pytest.mark.parametrize("host", [closes, closes_after_greeting, resets])
def test_a_host_that_accepts_and_closes_is_asked_a_few_times_and_is_not_stuck(host: Callable[..., Any]) -> None:
    connections = 0

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await host(reader, writer)

    async def go() -> ProbeReport:
        async with raw_host(counted) as port:
            clock = Clock(sleep=lambda _: asyncio.sleep(0))
            return await probe(at(port), key=KEY, pins=HostKeys(), clock=clock)

    report = asyncio.run(go())
    assert (report.outcome, connections) == ("refused", 3)
    assert report.hint == CLOSES and "reboot" not in report.hint
    assert "closed" in report.detail


def test_a_busy_sshd_is_asked_more_often_than_one_that_says_nothing() -> None:
    connections = 0

    async def busy(_reader: Any, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        writer.write(b"Exceeded MaxStartups\r\n")
        await writer.drain()

    async def go() -> ProbeReport:
        async with raw_host(busy) as port:
            clock = Clock(seconds=lambda: 0.0, sleep=lambda _: asyncio.sleep(0))
            return await probe(at(port), key=KEY, pins=HostKeys(), clock=clock)

    report = asyncio.run(go())
    assert (report.outcome, connections) == ("hung", 21)
    assert "It said: Exceeded MaxStartups" in report.detail
