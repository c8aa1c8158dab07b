"""`%mist probe` on real machines of the sandbox, over real SSH: reports, fleets, refusals, and what can't be asked."""

from __future__ import annotations

import html
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from mist_notebook.ground.errors import (
    AmbiguousError,
    BadValueError,
    MistError,
    MistUsageError,
    NotFoundError,
    ProbeError,
)
from mist_notebook.records.columns import COLUMNS
from mist_notebook.records.model import ProbeReport
from tests.conftest import Notebook
from tests.rigs.machines_rig import Workshop, in_workshop, open_workshop, shown
from tests.rigs.ssh_hosts import KEY, closed_port, old_ssh, raw_host, ssh_host


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with open_workshop(tmp_path_factory.mktemp("workshop"), "web-1", "web-2", "hidden-1") as workshop:
        workshop.key_file("other", KEY)
        yield workshop


@pytest.fixture
def book(notebook: Notebook, workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    return in_workshop(notebook, workshop, monkeypatch)


def failed(book: Notebook, source: str, kind: type[MistError]) -> MistError:
    cell = book.run(source)
    assert type(cell.error) is kind, f"{source}: {cell.error!r}\n{cell.printed}"
    lines = cell.printed.strip().splitlines()
    assert 1 <= len(lines) <= 2 and all(line.isprintable() for line in lines)
    return cell.error


def test_one_machine_gives_a_report_and_its_card(book: Notebook, workshop: Workshop) -> None:
    report = book.value("%mist probe web-1")
    assert type(report) is ProbeReport
    assert (report.outcome, report.via, report.hostname, report.cores) == ("ok", "ssh", "web-1", 2)
    assert report.uptime_s is not None and report.load1 is not None and report.disks and report.rtt_avg_ms is not None
    key = workshop.client.local_keys.path_of("demo")
    plain, html = shown(book, report)
    for text in (plain, html):
        assert "SANDBOX" in text and "web-1" in text and "up for" in text and "CentOS" in text
        assert f"ssh -p {report.port} -i {key} root@127.0.0.1" in text


def test_a_machine_is_named_by_id_too(book: Notebook, workshop: Workshop) -> None:
    machine = workshop.backend.machine_from_name("web-1")
    for word in (machine.id, f"NephoScale/{machine.id}", "WEB-1"):
        assert book.value(f"%mist probe {word}").machine == "web-1"


def test_several_machines_give_a_frame(book: Notebook) -> None:
    frame = book.value("%mist probe web-1 web-2 web-1")
    assert list(frame.columns) == ["backend", "provider", *(column.name for column in COLUMNS["probes"])]
    assert list(frame["name"]) == ["web-1", "web-2"]
    assert set(frame["outcome"]) == {"ok"} and set(frame["backend"]) == {"NephoScale"}
    assert (frame["disk_gb"] > 100).all() and (frame["ram_gb"] > 3).all()
    assert shown(book, frame)[0].startswith("SANDBOX · NephoScale · 2 probes")


def test_all_asks_every_machine_and_says_which_could_not_be_asked(book: Notebook) -> None:
    frame = book.value("%mist probe --all --via ssh -o looks --sort name")
    assert frame is None
    frame = book["looks"].set_index("name")
    assert frame.loc["web-1", "outcome"] == frame.loc["web-2", "outcome"] == "ok"
    assert frame.loc["hidden-1", "outcome"] == "not-asked"
    assert "no public address" in frame.loc["hidden-1", "detail"]
    assert "--via mist" in frame.loc["hidden-1", "hint"]


def test_the_server_can_look_instead(book: Notebook) -> None:
    report = book.value("%mist probe web-1 --via mist")
    assert (report.outcome, report.via, report.machine) == ("ok", "mist", "web-1")
    frame = book.value("%mist probe web-1 web-2 --via mist")
    assert list(frame["via"]) == ["mist", "mist"]


# ---------------------------------------------------------------------------------------------------------- bad lines


@pytest.mark.parametrize(
    ("words", "kind", "said", "hint"),
    [
        ("web-1 --user 'a;b'", BadValueError, "--user: 'a;b'", "A user is like root"),  # B63
        ("web-1 --host 'a b'", BadValueError, "--host: 'a b'", "address or a host's name"),
        ("web-1 --host=-oProxy", BadValueError, "--host: '-oProxy'", "address or a host's name"),
        ("web-1 web-2 --host 127.0.0.1", MistUsageError, "one machine", "leave --host out"),
        ("web-1 --port 70000", BadValueError, "--port: '70000'", "1 to 65535"),  # B64
        ("web-1 --port ssh", BadValueError, "--port: 'ssh'", "1 to 65535"),  # B65
        ("web-1 --port 0", BadValueError, "--port: '0'", "1 to 65535"),
        ("web-1 --port=-1", BadValueError, "--port: '-1'", "1 to 65535"),
        ("web-1 --port ٢٢", BadValueError, "--port: ", "1 to 65535"),
        ("web-1 --user ''", BadValueError, "--user: ''", "A user is like root"),
        ("web-1 --user -oProxyCommand=x", MistUsageError, "", ""),
        ("web-1 --via telnet", BadValueError, "'telnet'", "ssh or mist"),
        ("", MistUsageError, "Which machine? There are ", "For example: %mist probe "),
        ("web-1 --all", MistUsageError, "--all and names", ""),
        ("web-9", NotFoundError, "'web-9'", "Did you mean web-"),
        ("web-1 --key nope", NotFoundError, "'nope' is not on this computer", "--via mist"),
        ("--all --new-host-key", MistUsageError, "--new-host-key", "Name those"),
    ],
)
def test_a_line_that_cant_work_says_what_would(
    book: Notebook, words: str, kind: type[MistError], said: str, hint: str
) -> None:
    error = failed(book, f"%mist probe {words}", kind)
    assert said in error.message and hint in error.hint


def test_a_name_that_two_machines_have_is_ambiguous(book: Notebook, workshop: Workshop) -> None:
    other = workshop.client.backend_from_name("EC2")
    image, size = other.adapter.list_images().records[0].id, other.adapter.list_sizes().records[0].id
    location = other.adapter.list_locations().records[0].id
    spec = other.spec("twin", key="demo", image=image, size=size, location=location)
    workshop.make("twin")
    twin = other.adapter.submit(spec)
    error = failed(book, "%mist probe twin", AmbiguousError)
    assert twin.id in error.hint and workshop.backend.machine_from_name("twin").id in error.hint
    workshop.backend.machine_from_name("twin").destroy()
    assert book.value("%mist probe twin --via mist").machine == "twin"


def test_a_stopped_machine_is_not_asked(book: Notebook, workshop: Workshop) -> None:
    machine = workshop.make("sleepy")
    machine.stop()
    while machine.refresh().state != "stopped":
        pass
    error = failed(book, "%mist probe sleepy", ProbeError)
    assert "is stopped" in error.message and "%mist start" in error.hint
    frame = book.value("%mist probe sleepy web-1").set_index("name")
    assert list(frame["outcome"]) == ["not-asked", "ok"]


def test_without_a_public_address_there_is_another_way(book: Notebook) -> None:
    error = failed(book, "%mist probe hidden-1 --via ssh", ProbeError)
    assert "no public address (only 10." in error.message and "--via mist" in error.hint


def test_a_key_that_is_gone_is_told_and_mist_is_asked(book: Notebook, workshop: Workshop, tmp_path: Path) -> None:
    path = workshop.client.local_keys.path_of("demo")
    assert path is not None
    away = path.rename(tmp_path / "away")
    try:
        cell = book.run("report = %mist probe web-1")
        assert book["report"].via == "mist" and book["report"].key_file == ""
        assert cell.printed == "web-1: the private half of 'demo' is not on this computer; Mist was asked.\n"
        error = failed(book, "%mist probe web-1 --via ssh", ProbeError)
        assert "No private key for 'web-1'" in error.message and "add-key" in error.hint
    finally:
        away.rename(path)


# ----------------------------------------------------------------------------------------------------------- outcomes


def report_of(book: Notebook, line: str, outcome: str) -> ProbeReport:
    """A report of that outcome, whose card says so and what to try next."""
    report = book.value(line)
    assert isinstance(report, ProbeReport) and report.outcome == outcome
    for text in shown(book, report):
        words = " ".join(html.unescape(text).split())
        assert outcome in words and report.hint in words
    return report


def test_a_host_that_is_named_is_the_one_that_is_asked(book: Notebook) -> None:
    assert report_of(book, "%mist probe web-1 --host 127.0.0.1", "ok").host == "127.0.0.1"
    report = report_of(book, "%mist probe web-1 --host 127.0.0.2 --via ssh", "refused")
    assert "127.0.0.2" in report.detail


def test_refused(book: Notebook) -> None:
    with closed_port() as port:
        assert "Nothing listens" in report_of(book, f"%mist probe web-1 --port {port}", "refused").hint


def test_not_ssh(book: Notebook, workshop: Workshop) -> None:
    with workshop.served(raw_host(old_ssh)) as port:
        report_of(book, f"%mist probe web-1 --port {port}", "not-ssh")


def test_a_wrong_user_or_key_is_refused_a_login(book: Notebook) -> None:
    assert "user nobody" in report_of(book, "%mist probe web-1 --user nobody", "auth").detail
    report_of(book, "%mist probe web-1 --key other", "auth")


def test_a_changed_host_key_is_told_until_a_person_accepts_it(book: Notebook, workshop: Workshop) -> None:
    workshop.make("rebuilt")
    first = report_of(book, "%mist probe rebuilt", "ok")
    with workshop.served(ssh_host()) as port:
        line = f"%mist probe rebuilt --key other --port {port}"
        assert "--new-host-key" in report_of(book, line, "key-changed").hint
        assert report_of(book, f"{line} --new-host-key", "ok").hostname == "production"
    assert book.value("%mist probe rebuilt").outcome == "key-changed"
    assert book.value("%mist probe rebuilt --new-host-key").host == first.host


def test_what_a_hostile_machine_says_is_inert(book: Notebook, workshop: Workshop) -> None:
    evil = "<img src=x onerror=alert(1)>\x1b]8;;http://evil\x07$\\href{x}$\u202e"

    async def lie(process: asyncssh.SSHServerProcess[str]) -> None:
        process.stdout.write(f"{evil}\n" * 50)
        process.stderr.write(f'Please login as the user "{evil}" rather than the user "root"')
        process.exit(0)

    workshop.make("liar")
    with workshop.served(ssh_host(lie)) as port:
        report = book.value(f"%mist probe liar --key other --port {port}")
    plain, rich = shown(book, report)
    assert "<img" not in rich and "mathjax_ignore" in rich
    assert not set("\x1b\x07\u202e") & set(plain + rich)


def test_an_interrupt_ends_a_probe(book: Notebook, workshop: Workshop) -> None:
    async def interrupt(_reader: Any, writer: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await writer.wait_closed()

    with workshop.served(raw_host(interrupt)) as port:
        cell = book.run(f"%mist probe web-2 --port {port}")
    assert isinstance(cell.error, KeyboardInterrupt)
    assert book.value("%mist probe web-2").outcome == "ok"
