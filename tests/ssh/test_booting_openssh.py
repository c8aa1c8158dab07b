"""A machine that is still booting, as real OpenSSH plays it: nologin files, and keys that come late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mist_notebook.records.model import ProbeReport
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.outcome import BOOTING, GOING_DOWN, hint_for
from mist_notebook.ssh.probing.probe import Patience, probe, probe_when_up
from mist_notebook.ssh.scripts.remote import run
from mist_notebook.ssh.target import Clock, Target
from tests.rigs.ssh_accounts import account, pam_sshd
from tests.rigs.ssh_hosts import KEY, openssh

SYSTEMD = (
    '"System is booting up. Unprivileged users are not permitted to log in yet. Please come back later. '
    'For technical details, see pam_nologin(8)."'
)
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Waiting:
    """A clock whose pauses take no time; at each, `then` may change the machine."""

    then: Callable[[float], None] = lambda _now_s: None
    now_s: float = 0.0
    pauses: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now_s += seconds
        self.then(self.now_s)
        await asyncio.sleep(0)

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: START + timedelta(seconds=self.now_s), seconds=lambda: self.now_s, sleep=self.sleep)


@pytest.fixture
def nologin(tmp_path: Path) -> Path:
    path = tmp_path / "nologin"
    path.write_text(f"{SYSTEMD}\n")
    return path


@pytest.fixture
def booting(tmp_path: Path, nologin: Path) -> Iterator[Target]:
    rules = f"account required pam_nologin.so file={nologin}\naccount required pam_permit.so\n"
    with account() as user, pam_sshd(tmp_path, f"{rules}session optional pam_permit.so\n", login=user) as target:
        yield target


def logins(folder: Path) -> int:
    return (folder / "log").read_text().count("by PAM account configuration")


def test_pam_nologin_is_one_login_and_its_own_sentence(booting: Target, tmp_path: Path) -> None:
    waiting = Waiting()
    report = asyncio.run(probe(booting, key=KEY, pins=HostKeys(), clock=waiting.clock))
    assert report.outcome == "auth"
    assert "It said: " in report.detail and "System is booting up." in report.detail
    assert report.hint == BOOTING
    assert waiting.pauses == []
    assert logins(tmp_path) == 1


def test_a_run_is_told_the_same(booting: Target) -> None:
    result = asyncio.run(run(booting, "echo one", key=KEY, pins=HostKeys()))
    assert (result.outcome, result.exit_code, result.hint) == ("auth", None, BOOTING)
    assert "System is booting up." in result.detail


def test_a_create_waits_until_logins_are_allowed_politely_spaced(booting: Target, nologin: Path) -> None:
    def boots(now_s: float) -> None:
        if now_s > 60:
            nologin.unlink(missing_ok=True)

    waiting, seen = Waiting(boots), list[ProbeReport]()
    report = asyncio.run(probe_when_up(booting, key=KEY, pins=HostKeys(), clock=waiting.clock, on_wait=seen.append))
    assert report.outcome == "ok"
    assert {one.outcome for one in seen} == {"auth"} and all("booting up" in one.detail for one in seen)
    assert 60 < waiting.now_s < 90 and len(seen) < 15
    assert waiting.pauses == sorted(waiting.pauses)


@pytest.mark.parametrize("late_s", [13, 40, 250])
def test_a_key_that_comes_late_is_waited_for_as_long_as_patience_lasts(tmp_path: Path, late_s: float) -> None:
    with openssh(tmp_path) as target:
        key = (tmp_path / "keys").read_bytes()
        (tmp_path / "keys").write_bytes(b"")

        def comes(now_s: float) -> None:
            if now_s >= late_s:
                (tmp_path / "keys").write_bytes(key)

        waiting = Waiting(comes)
        report = asyncio.run(probe_when_up(target, key=KEY, pins=HostKeys(), clock=waiting.clock))
    assert report.outcome == "ok", report.detail
    assert late_s <= waiting.now_s <= late_s + 20
    assert max(waiting.pauses) <= 15


def test_a_key_that_never_comes_ends_with_the_patience_and_not_before(tmp_path: Path) -> None:
    waiting = Waiting()
    with openssh(tmp_path) as target:
        (tmp_path / "keys").write_bytes(b"")
        report = asyncio.run(
            probe_when_up(target, key=KEY, pins=HostKeys(), patience=Patience(within_s=120), clock=waiting.clock)
        )
    assert report.outcome == "auth" and "refused the key" in report.detail
    assert 100 < waiting.now_s <= 120
    assert len(waiting.pauses) < 20


def test_a_nologin_that_lets_in_and_ends_the_session_is_no_ok(tmp_path: Path) -> None:
    """What a login shell or a session says instead of running anything."""
    with openssh(tmp_path, f"ForceCommand echo '{SYSTEMD}'; exit 254") as target:
        report = asyncio.run(probe(target, key=KEY, pins=HostKeys()))
    assert (report.outcome, report.hint) == ("auth", BOOTING)
    assert "System is booting up." in report.detail


def test_another_banner_that_comes_first_does_not_hide_the_sentence(tmp_path: Path, nologin: Path) -> None:
    (tmp_path / "banner").write_text("Authorized use only. " * 40 + "\n")
    rules = f"account required pam_nologin.so file={nologin}\naccount required pam_permit.so\n"
    with account() as user, pam_sshd(tmp_path, rules, login=user, more=(f"Banner {tmp_path}/banner",)) as target:
        report = asyncio.run(probe(target, key=KEY, pins=HostKeys()))
    assert report.outcome == "auth" and "System is booting up." in report.detail and report.hint == BOOTING


def test_an_account_that_pam_refuses_without_a_word_is_asked_once_and_is_not_hung(tmp_path: Path) -> None:
    waiting = Waiting()
    with account() as user, pam_sshd(tmp_path, "account required pam_deny.so\n", login=user) as target:
        report = asyncio.run(probe(target, key=KEY, pins=HostKeys(), clock=waiting.clock))
    assert report.outcome == "auth"
    assert "took the key" in report.detail and "closed the connection" in report.detail
    assert "reboot" not in report.hint
    assert waiting.pauses == []


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        (SYSTEMD, BOOTING),
        ("System is starting up. Unprivileged users are not permitted to log in yet.", BOOTING),
        ("The machine boots. Come back later.", BOOTING),
        ("System is going down. Unprivileged users are not permitted to log in anymore.", GOING_DOWN),
        ("The system is shutting down at 12:00", GOING_DOWN),
    ],
)
def test_what_a_machine_says_of_its_state_goes_before_what_is_usual(said: str, hint: str) -> None:
    assert hint_for("auth", said) == hint


@pytest.mark.parametrize("said", ["", "Authorized use only.", "Please use your bootcamp account", "reboots: see motd"])
def test_other_sentences_are_no_state(said: str) -> None:
    assert hint_for("auth", said) not in (BOOTING, GOING_DOWN)
