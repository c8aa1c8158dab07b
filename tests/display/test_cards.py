"""Cards of reports and machines: HTML and plain alike, marked, copyable, and inert whatever a machine says."""

from __future__ import annotations

import html
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from mist_notebook.display.cards import report_page, ssh_line
from mist_notebook.records.model import Disk, ProbeReport
from mist_notebook.ssh.outcome import HINTS, OK
from tests.conftest import Notebook
from tests.rigs.machines_rig import Workshop, in_workshop, open_workshop, shown

EVIL = "<script>a()</script><img src=x onerror=y>\x1b[31m\x1b]8;;http://e\x07$\\href{x}$\u202e\u200b\r\nnext: rm -rf /"
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def report(**fields: Any) -> ProbeReport:
    usual = {"outcome": OK, "host": "192.0.2.1", "port": 22, "user": "root", "via": "ssh", "seconds": 0.5}
    return ProbeReport(**usual | {"probed_at": WHEN} | fields)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with open_workshop(tmp_path_factory.mktemp("workshop"), "web-1", "hidden-1") as workshop:
        yield workshop


@pytest.fixture
def book(notebook: Notebook, workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    return in_workshop(notebook, workshop, monkeypatch)


def test_a_report_is_a_card_of_facts(notebook: Notebook) -> None:
    value = report(
        uptime_s=7500.0, load1=0.1, load5=0.2, load15=0.3, cores=2, ram_mb=2048.0, ram_used_mb=410.0,
        disks=(Disk(mount="/", size_gb=25.0, used_gb=3.1),), machine="web-1",
    )  # fmt: skip
    plain, rich = shown(notebook, value)
    assert plain.splitlines() == [
        "probe · web-1",
        "  outcome    ok: root@192.0.2.1 answers (over SSH, 0.5 s)",
        "  up for     2 h 5 min",
        "  load       0.10 0.20 0.30",
        "  cores      2",
        "  memory     0.4 of 2.0 GB",
        "  disk       / 3.1 of 25.0 GB",
        "  looked at  2026-01-02 03:04:05 UTC",
    ]
    assert "<th" in rich and ">2 h 5 min</td>" in rich
    assert "color" not in rich and "background" not in rich and "SANDBOX" not in plain


@pytest.mark.parametrize(("outcome", "hint"), HINTS.items())
def test_each_of_the_eight_outcomes_says_what_to_try_next(outcome: str, hint: str) -> None:
    page = report_page(report(outcome=outcome, detail="It said so.", hint=hint))
    for text in (str(page), html.unescape(page._repr_html_())):
        words = " ".join(text.split())
        assert f"{outcome}: " in words and hint in words and "It said so." in words


def test_a_long_text_is_wrapped_and_not_cut() -> None:
    words = " ".join(f"word{number}" for number in range(60))
    plain = str(report_page(report(outcome="auth", detail=words)))
    assert " ".join(plain.split()).count("word") == 60
    assert max(len(line) for line in plain.splitlines()) <= 100


def test_what_a_machine_says_is_inert(notebook: Notebook) -> None:
    texts = dict.fromkeys(("detail", "hint", "kernel", "distro", "os", "hostname", "machine", "host", "user"), EVIL)
    many = dict.fromkeys(("public_ips", "private_ips", "macs"), (EVIL,) * 100)
    value = report(**texts, **many, key_file="/tmp/key", disks=(Disk(mount=EVIL * 100, size_gb=1.0),) * 100)
    plain, rich = shown(notebook, value)
    assert "<script" not in rich and "<img" not in rich and "mathjax_ignore" in rich
    assert not {"\x1b", "\x07", "\u202e", "\u200b", "\r"} & set(plain + rich)
    assert not any(line.startswith("next: rm") for line in plain.splitlines())
    assert "ssh -p" not in plain and len(rich) < 60_000


@pytest.mark.parametrize(
    ("user", "host", "file", "line"),
    [
        ("root", "192.0.2.1", "/home/me/key", "ssh -p 2222 -i /home/me/key root@192.0.2.1"),
        ("root", "2001:db8::1", "/my keys/it's", "ssh -p 2222 -i '/my keys/it'\"'\"'s' root@2001:db8::1"),
        ("root", "192.0.2.1", "", ""),
        ("root", "-oProxyCommand=x", "/k", ""),
        ("root", "a;b", "/k", ""),
        ("r;t", "192.0.2.1", "/k", ""),
        ("john.doe", "192.0.2.1", "/k", "ssh -p 2222 -i /k john.doe@192.0.2.1"),
        ("ada@corp.example", "192.0.2.1", "/k", "ssh -p 2222 -i /k ada@corp.example@192.0.2.1"),
        ("CORP\\ada", "192.0.2.1", "/k", "ssh -p 2222 -i /k 'CORP\\ada@192.0.2.1'"),
        ("svc$", "192.0.2.1", "/k", "ssh -p 2222 -i /k 'svc$@192.0.2.1'"),
        ("root", "192.0.2.1", "/k\u202e", ""),
    ],
)
def test_the_line_to_log_in_with_is_safe_to_copy_or_not_there(user: str, host: str, file: str, line: str) -> None:
    assert ssh_line(user, host, 2222, file) == line
    assert not line or shlex.split(line)[4] == file


def test_a_machine_is_a_card(book: Notebook, workshop: Workshop) -> None:
    machine = workshop.backend.machine_from_name("web-1")
    key = workshop.client.local_keys.path_of("demo")
    plain, rich = shown(book, machine)
    for text in (plain, html.unescape(rich)):
        words = ("SANDBOX", "machine · web-1", "running", "NephoScale", machine.id, machine.record.public_ips[0])
        assert all(word in text for word in (*words, "made from here", "an example price", "cost so far", "reboot"))
        assert f"ssh -p {machine.record.ssh_port} -i {key} root@127.0.0.1" in text
    assert repr(machine).startswith("<Machine 'web-1'")


def test_a_machine_without_an_address_shows_no_line(book: Notebook, workshop: Workshop) -> None:
    plain, _ = shown(book, workshop.backend.machine_from_name("hidden-1"))
    assert "public addresses" in plain and "none" in plain and "ssh -p" not in plain


def test_a_machine_of_a_hostile_server_is_inert(book: Notebook, workshop: Workshop) -> None:
    from msgspec import json, structs

    from mist_notebook.client.machines.machine import Machine

    real = workshop.backend.machine_from_name("web-1")
    said = json.encode({"size_name": EVIL, "image_name": {"a": EVIL}, "location_name": [EVIL]})
    record = structs.replace(
        real.record, name=EVIL, state=EVIL, size_id=EVIL, public_ips=(EVIL,), ssh_host=EVIL, extra_json=said
    )
    plain, rich = shown(book, Machine(record, real.hands))
    assert "<script" not in rich and "<img" not in rich and "ssh -p" not in plain
    assert not {"\x1b", "\x07", "\u202e", "\u200b"} & set(plain + rich)


def test_showing_asks_nobody(book: Notebook, workshop: Workshop) -> None:
    machine = workshop.backend.machine_from_name("web-1")
    sandbox = workshop.client._runtime.sandbox()
    before = len(sandbox.requests)
    shown(book, machine)
    assert len(sandbox.requests) == before


def test_inside_a_list_a_value_has_its_short_form(book: Notebook, workshop: Workshop) -> None:
    machine = workshop.backend.machine_from_name("web-1")
    plain = book.shell.display_formatter.format([machine, {"r": report()}])[0]["text/plain"]
    assert "<Machine 'web-1'" in plain and "ProbeReport(" in plain and "made from here" not in plain


def test_unloading_gives_the_display_back(bare_shell: InteractiveShell) -> None:
    formatters = bare_shell.display_formatter.formatters
    before = {mime: (dict(one.type_printers), dict(one.deferred_printers)) for mime, one in formatters.items()}
    bare_shell.run_line_magic("load_ext", "mist_notebook")
    assert "outcome" in bare_shell.display_formatter.format(report())[0]["text/html"]
    bare_shell.run_line_magic("unload_ext", "mist_notebook")
    assert {mime: (dict(one.type_printers), dict(one.deferred_printers)) for mime, one in formatters.items()} == before
