"""The probe: eight outcomes told apart, what is shown to a host, what may be said and for how long, what is read."""

from __future__ import annotations

import asyncio
import os
import pwd
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mist_notebook.backends.mist.probe import from_mist, from_mist_failure
from mist_notebook.ground.errors import BadValueError, ProbeError
from mist_notebook.ground.loop import LoopThread
from mist_notebook.ground.secret import Secret
from mist_notebook.records.model import Disk, ProbeReport
from mist_notebook.ssh.addresses import forbidden
from mist_notebook.ssh.config.said import local_user
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.keys.login_keys import load_key, needs_passphrase
from mist_notebook.ssh.outcome import HINTS, OUTCOMES
from mist_notebook.ssh.probing import script as probe_script
from mist_notebook.ssh.probing.facts import duration, facts
from mist_notebook.ssh.probing.probe import Patience, probe, probe_many, probe_when_up
from mist_notebook.ssh.target import Clock, Limits, Target
from mist_notebook.ssh.turn import Slots
from tests.rigs.ssh_hosts import (
    KEY,
    OTHER_KEY,
    answers,
    at,
    banner_flood,
    closed_port,
    dead_port,
    dropping,
    endless,
    http,
    ok,
    old_ssh,
    raw_host,
    saying,
    silent,
    ssh_host,
    stalled_handshake,
    tarpit,
)

SHORT = Limits(connect_s=0.3, greeting_s=0.3, nudge_s=0.3, handshake_s=0.5, command_s=0.5, drops=1)
PATIENT = Limits()
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

Host = Callable[[], Any]


@asynccontextmanager
async def closed() -> AsyncIterator[int]:
    with closed_port() as port:
        yield port


@asynccontextmanager
async def dead() -> AsyncIterator[int]:
    with dead_port() as port:
        yield port


class Paused:
    """A clock whose pauses take no time, and are remembered."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now_s += seconds
        await asyncio.sleep(0)

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: NOW, seconds=lambda: self.now_s, sleep=self.sleep)


def look(host: Any, limits: Limits = PATIENT, *, key: asyncssh.SSHKey = KEY, times: int = 1) -> list[ProbeReport]:
    async def run() -> list[ProbeReport]:
        async with host as port:
            return [await probe(at(port), key=key, pins=HostKeys(), limits=limits) for _ in range(times)]

    return asyncio.run(run())


# -- the outcomes

OUTCOME_OF: dict[str, tuple[str, Host, Limits]] = {
    "ok": ("ok", lambda: ssh_host(ok), PATIENT),
    "nothing listens": ("refused", closed, PATIENT),
    "SYN dropped": ("timeout", dead, SHORT),
    "silent listener": ("timeout", lambda: raw_host(silent), SHORT),
    "HTTP": ("not-ssh", lambda: raw_host(http), SHORT),
    "banner flood": ("not-ssh", lambda: raw_host(banner_flood), PATIENT),
    "tarpit": ("not-ssh", lambda: raw_host(tarpit), SHORT),
    "SSH 1": ("not-ssh", lambda: raw_host(old_ssh), PATIENT),
    "another key": ("auth", lambda: ssh_host(authorized=OTHER_KEY), PATIENT),
    "stalls after its greeting": ("hung", lambda: raw_host(stalled_handshake), SHORT),
    "command never ends": ("hung", lambda: ssh_host(endless), SHORT),
    "always drops": ("hung", lambda: raw_host(dropping), SHORT),
}


@pytest.mark.parametrize(("outcome", "host", "limits"), OUTCOME_OF.values(), ids=OUTCOME_OF)
def test_each_kind_of_host_has_its_outcome_three_times_of_three(outcome: str, host: Host, limits: Limits) -> None:
    if host is dead and not sys.platform.startswith("linux"):
        pytest.skip("a full listen queue drops SYNs on Linux only")
    # a handshake cut short on a busy computer would be a slow `ok`: only what must not answer gets short limits
    reports = look(host(), limits, times=3)
    assert [report.outcome for report in reports] == [outcome] * 3, [report.detail for report in reports]
    for report in reports:
        assert (report.via, report.user) == ("ssh", "root")
        assert outcome == "ok" or (report.detail and report.hint and report.uptime_s in (None, 60.0))


@pytest.mark.parametrize("host", ["no-such-host.invalid", "0.0.0.0", "224.0.0.1"])
def test_what_has_no_address_or_no_proper_one_is_unreachable_three_times_of_three(host: str) -> None:
    async def run() -> list[str]:
        target = Target("m", host)
        return [(await probe(target, key=KEY, pins=HostKeys(), limits=SHORT)).outcome for _ in range(3)]

    assert asyncio.run(run()) == ["unreachable"] * 3


def test_every_outcome_says_what_to_try_next() -> None:
    assert len(OUTCOMES) == 9
    assert [outcome for outcome, hint in HINTS.items() if not hint] == ["ok"]


def test_a_hung_command_still_tells_what_it_said_before() -> None:
    (report,) = look(ssh_host(endless), Limits(command_s=0.5))
    assert (report.outcome, report.uptime_s) == ("hung", 60.0)


def test_the_silence_of_a_web_server_is_broken_by_a_greeting() -> None:
    (report,) = look(raw_host(http), SHORT)
    assert "HTTP/1.1 400" in report.detail


def test_a_login_that_names_another_user_is_an_auth_with_that_user_as_the_next_thing_to_try() -> None:
    said = 'Please login as the user "ubuntu" rather than the user "root".\n\n'
    (report,) = look(ssh_host(saying(said, code=142)))
    assert (report.outcome, report.hint) == ("auth", "Try the user it names: ubuntu.")


def test_a_login_without_a_shell_is_ok_and_says_so() -> None:
    (report,) = look(ssh_host(saying("Hi! You've successfully authenticated, but there is no shell.\n", code=1)))
    assert (report.outcome, report.uptime_s, report.cores) == ("ok", None, None)
    assert "ran none of the probe's commands. It said: Hi!" in report.detail


def test_a_host_that_refuses_every_command_is_ok_too() -> None:
    class NoSession(asyncssh.SSHServer):
        def session_requested(self) -> bool:
            return False

    (report,) = look(ssh_host(None, server_factory=NoSession))
    assert report.outcome == "ok"
    assert "ran none" in report.detail


def test_a_host_that_vanishes_after_the_login_is_hung_and_not_ok() -> None:
    async def vanish(process: asyncssh.SSHServerProcess[str]) -> None:
        process.channel.get_connection().abort()

    (report,) = look(ssh_host(vanish))
    assert report.outcome == "hung"
    assert "lost amid" in report.detail


def test_the_banner_of_a_host_that_refuses_the_login_is_in_the_detail_and_harmless() -> None:
    class Banner(asyncssh.SSHServer):
        def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
            self.conn = conn

        def begin_auth(self, username: str) -> bool:
            self.conn.send_auth_banner("keep \x1b[31mout\n")
            return True

    (report,) = look(ssh_host(server_factory=Banner, authorized=OTHER_KEY))
    assert report.outcome == "auth"
    assert "It said: keep \\x1b[31mout" in report.detail


# -- what a host is shown


class Recorder(asyncssh.SSHServer):
    """Takes notes of all that is offered to it, and says that it takes everything."""

    def __init__(self, notes: list[Any]) -> None:
        self.notes = notes

    def begin_auth(self, username: str) -> bool:
        self.notes.append(("user", username))
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self.notes.append(("key", key.get_fingerprint()))
        return False

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self.notes.append(("password", password))
        return False

    def kbdint_auth_supported(self) -> bool:
        return True

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> bool:
        self.notes.append(("kbdint", submethods))
        return False

    def host_based_auth_supported(self) -> bool:
        return True


def test_a_host_is_shown_one_key_and_no_agent_and_no_other_way_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".ssh").mkdir(mode=0o700)
    (tmp_path / ".ssh" / "id_ed25519").write_bytes(OTHER_KEY.export_private_key("openssh"))
    (tmp_path / ".ssh" / "config").write_text("Host *\n  ForwardAgent yes\n  SendEnv *\n  User mallory\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    agent = socket.socket(socket.AF_UNIX)
    agent.bind(str(tmp_path / "agent"))
    agent.listen()
    agent.setblocking(False)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
    notes: list[Any] = []
    (report,) = look(ssh_host(server_factory=lambda: Recorder(notes), authorized_client_keys=None))
    assert report.outcome == "auth"
    assert notes == [("user", "root"), ("key", KEY.get_fingerprint())]
    with pytest.raises(BlockingIOError):
        agent.accept()
    agent.close()


def test_a_session_is_asked_for_one_fixed_script_and_nothing_to_be_forwarded() -> None:
    seen: list[Any] = []

    async def note(process: asyncssh.SSHServerProcess[str]) -> None:
        channel = process.channel
        forwarded = (channel.get_agent_path(), channel.get_x11_display(), process.term_type, dict(process.env))
        seen.append((process.command, process.subsystem, *forwarded))
        await ok(process)

    (report,) = look(ssh_host(note, agent_forwarding=True, x11_forwarding=False))
    assert report.outcome == "ok"
    assert seen == [(probe_script.SCRIPT, None, None, None, None, {})]


def test_the_script_is_commands_that_any_shell_can_run() -> None:
    """What takes more stands in one pair of quotes, without the signs that csh and fish read inside of them."""
    *lines, longer, _end = probe_script.SCRIPT.splitlines()
    assert {line.split()[0] for line in lines} == {
        *("echo", "cat", "uptime", "nproc", "who", "uname", "hostname", "df", "ip")
    }
    assert not set("|;&<>$`'\"\\(){}*?~!%\t") & set("".join(lines))
    assert longer.startswith("sh -c '") and longer.endswith("'")
    assert not set("'\\!`\t") & set(longer[7:-1])


FORBIDDEN = [
    *("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "0.0.0.0", "0.1.2.3", "::", "169.254.169.254"),
    *("::ffff:169.254.169.254", "fe80::1", "fe80::1%1", "224.0.0.1", "ff02::1", "255.255.255.255"),
    *("64:ff9b::7f00:1", "2002:7f00:1::", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"),
]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_addresses_that_are_no_machines_are_refused_though_a_server_names_them(address: str) -> None:
    assert forbidden(address)
    report = asyncio.run(probe(Target("m", address, 9), key=KEY, pins=HostKeys(), limits=SHORT))
    assert report.outcome == "unreachable"


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "192.168.1.1", "2001:db8::1", "fd00::1", "8.8.8.8"])
def test_public_and_private_addresses_may_be_asked(address: str) -> None:
    assert forbidden(address) == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001"])
def test_this_computer_is_not_connected_to_under_any_of_its_names(host: str) -> None:
    async def run() -> tuple[str, int]:
        connections = []

        async def count(_reader: Any, writer: asyncio.StreamWriter) -> None:
            connections.append(writer)

        async with raw_host(count) as port:
            report = await probe(Target("m", host, port), key=KEY, pins=HostKeys(), limits=SHORT)
            return report.outcome, len(connections)

    assert asyncio.run(run()) == ("unreachable", 0)


def test_loopback_that_is_allowed_does_not_allow_the_rest() -> None:
    assert not forbidden("127.0.0.1", loopback_allowed=True)
    assert [forbidden(one, loopback_allowed=True) for one in ("169.254.169.254", "0.0.0.0")] != ["", ""]


BAD_TARGETS: dict[str, dict[str, Any]] = {
    "B63 user": {"user": "a;b"},
    "user too long": {"user": "a" * 257},
    "user starts with -": {"user": "-oProxyCommand"},
    "empty user": {"user": ""},
    "newline in user": {"user": "root\n"},
    "quote in user": {"user": "o'brien"},
    "backslash at the end of user": {"user": "DOMAIN\\"},
    "an option after a space": {"user": "root -oProxyCommand=x"},
    "invisible letter in user": {"user": "ro\u200bot"},
    "B64 port": {"port": 70000},
    "B65 port": {"port": "ssh"},
    "port 0": {"port": 0},
    "port True": {"port": True},
    "empty host": {"host": ""},
    "host like an option": {"host": "-v"},
    "host with a space": {"host": "a b"},
    "host with a newline": {"host": "a\n"},
}


@pytest.mark.parametrize("bad", BAD_TARGETS.values(), ids=BAD_TARGETS)
def test_what_cant_be_a_user_a_port_or_a_host_is_an_error_before_anything_is_sent(bad: dict[str, Any]) -> None:
    with pytest.raises(BadValueError) as error:
        Target(**{"machine_id": "m", "host": "192.0.2.1", **bad})
    assert str(error.value).count("\n") == 1


# -- how much, how long

FLOOD_CHILD = """
import asyncio, resource, sys
sys.path.insert(0, sys.argv[2])
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.keys.login_keys import load_key
from mist_notebook.ssh.probing.probe import probe
from mist_notebook.ssh.target import Target, Limits
from pathlib import Path
async def main():
    key = load_key(Path(sys.argv[1]))
    peaks = []
    for port, limits in zip(map(int, sys.argv[3:]), (Limits(), Limits(), Limits(command_s=2.0))):
        report = await probe(Target("m%d" % port, "127.0.0.1", port, loopback_allowed=True), key=key,
                             pins=HostKeys(), limits=limits)
        peaks.append((report.outcome, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
    print(peaks)
asyncio.run(main())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ru_maxrss is in kilobytes on Linux only")
def test_endless_output_takes_no_memory(tmp_path: Path) -> None:
    async def flood(process: asyncssh.SSHServerProcess[bytes]) -> None:
        while True:
            process.stdout.write(b"x" * 65536)
            process.stderr.write(b"y" * 65536)
            await process.stdout.drain()
            await process.stderr.drain()

    async def run() -> list[tuple[str, int]]:
        (tmp_path / "key").write_bytes(KEY.export_private_key("openssh"))
        (tmp_path / "key").chmod(0o600)
        repository = str(Path(probe_script.__file__).parent.parent)
        async with ssh_host(ok) as good, ssh_host(flood, encoding=None) as bad, raw_host(banner_flood) as worse:
            command = [
                sys.executable,
                "-c",
                FLOOD_CHILD,
                str(tmp_path / "key"),
                repository,
                *map(str, (good, bad, worse)),
            ]
            child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
            said, _ = await child.communicate()
            return list(eval(said))

    (calm, before), (flooded, after), (babbled, last) = asyncio.run(run())
    assert [calm, flooded, babbled] == ["ok", "hung", "not-ssh"]
    assert max(after, last) - before < 20 * 1024


def test_an_answer_that_is_too_long_keeps_the_figures_that_were_in_it() -> None:
    many = {"df -P -k": "".join(f"/dev/vd{n} 100 10 90 10% /mnt/{n}\n" for n in range(4000))}

    async def crowded(process: asyncssh.SSHServerProcess[str]) -> None:
        process.stdout.write(answers(process.command or "", {"cat /proc/uptime": "5.0 5.0\n", **many}))
        process.exit(0)

    (report,) = look(ssh_host(crowded))
    assert (report.outcome, report.uptime_s, len(report.disks)) == ("ok", 5.0, 32)
    assert "more than the probe reads" in report.detail


def test_a_dropped_connection_is_tried_again_and_a_machine_is_not_down_for_it() -> None:
    drops = 0

    async def run() -> ProbeReport:
        async with ssh_host(ok) as inner:

            async def moody(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                nonlocal drops
                if drops < 5:
                    drops += 1
                    if drops % 2:
                        writer.write(b"Exceeded MaxStartups\r\n")
                    return
                await relay(reader, writer, inner)

            async with raw_host(moody) as port:
                clock = Clock(sleep=lambda _: asyncio.sleep(0))
                return await probe(at(port), key=KEY, pins=HostKeys(), clock=clock)

    report = asyncio.run(run())
    assert (report.outcome, drops) == ("ok", 5)


async def relay(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, spoke: list[str] | None = None
) -> None:
    """Carry both ways; `spoke` gets who said something, in order."""
    there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, who: str) -> None:
        while data := await source.read(65536):
            if spoke is not None:
                spoke.append(who)
            sink.write(data)
        sink.close()

    await asyncio.gather(pump(reader, there_writer, "client"), pump(there_reader, writer, "server"))


def test_a_probe_takes_nine_round_trips() -> None:
    """TCP's one, and the times that the client speaks after the server has spoken."""
    spoke: list[str] = []

    async def run() -> str:
        async with ssh_host(ok) as inner:

            async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await relay(reader, writer, inner, spoke)

            async with raw_host(note) as port:
                return (await probe(at(port), key=KEY, pins=HostKeys(), limits=Limits(round_trips=1))).outcome

    assert asyncio.run(run()) == "ok"
    turns = [who for who, before in zip(spoke, ["", *spoke], strict=False) if who != before]
    assert 1 + turns.count("client") <= 10


def test_drops_are_tried_again_only_so_often_and_within_the_time() -> None:
    async def run(limits: Limits) -> tuple[int, str, Paused]:
        connections = 0

        async def drop(reader: Any, writer: asyncio.StreamWriter) -> None:
            nonlocal connections
            connections += 1
            await dropping(reader, writer)

        paused = Paused()
        async with raw_host(drop) as port:
            report = await probe(at(port), key=KEY, pins=HostKeys(), limits=limits, clock=paused.clock)
        return connections, report.outcome, paused

    connections, outcome, paused = asyncio.run(run(Limits(drops=4)))
    assert (connections, outcome, len(paused.pauses)) == (5, "hung", 4)
    assert sorted(paused.pauses) != [paused.pauses[0]] * 4
    connections, outcome, paused = asyncio.run(run(Limits(drops=1000, total_s=30.0)))
    assert outcome == "hung"
    assert paused.now_s <= 35.0
    assert connections < 40


def test_the_parts_stay_under_the_whole() -> None:
    limits = Limits()
    parts = limits.connect_s + limits.greeting_s + limits.nudge_s + limits.handshake_s + limits.command_s
    assert parts <= limits.total_s == 60.0
    assert limits.output_bytes == 65536


# -- what is read

GOOD = {
    "uptime_s": 185.25,
    "load1": 0.0,
    "load5": 0.01,
    "load15": 0.05,
    "cores": 1,
    "users": 2,
    "ram_mb": 2048.0,
    "ram_used_mb": 409.60,
    "disks": (Disk(mount="/", size_gb=25.0, used_gb=3.1), Disk(mount="/srv/some data", size_gb=10.0, used_gb=0.0)),
    "kernel": "5.10.0-20-amd64",
    "os": "debian",
    "os_version": "11",
    "distro": "Debian GNU/Linux 11 (bullseye)",
    "hostname": "production",
    "public_ips": ("192.0.2.10", "2001:db8::4"),
    "private_ips": ("10.0.0.4",),
    "macs": ("02:fc:00:00:00:01",),
}


def rounded(found: dict[str, Any]) -> dict[str, Any]:
    disks = tuple(
        Disk(mount=disk.mount, size_gb=round(disk.size_gb or 0, 2), used_gb=round(disk.used_gb or 0, 2))
        for disk in found.get("disks", ())
    )
    return {**found, "disks": disks, "ram_used_mb": round(found["ram_used_mb"], 1)}


def test_the_answer_becomes_figures() -> None:
    (report,) = look(ssh_host(ok))
    assert rounded({name: getattr(report, name) for name in GOOD}) == GOOD
    assert report.outcome == "ok"
    assert (report.detail, report.hint, report.loss_percent) == ("", "", 0.0)
    assert report.rtt_min_ms is not None
    assert report.rtt_min_ms <= (report.rtt_avg_ms or 0) <= (report.rtt_max_ms or 0)


def test_each_part_that_is_missing_is_unknown_and_takes_nothing_else_along() -> None:
    whole = probe_script.facts_of(probe_script.parts_of(answers(probe_script.SCRIPT)))
    assert rounded(whole) == GOOD
    for name in probe_script.parts_of(answers(probe_script.SCRIPT)):
        parts = probe_script.parts_of(answers(probe_script.SCRIPT))
        del parts[name]
        without = probe_script.facts_of(parts)
        assert {fact: value for fact, value in without.items() if whole.get(fact) != value} in (
            {},
            {"users": 1},
            {"os": "linux"},
        ), name
    assert probe_script.facts_of({}) == {}


def test_a_container_has_the_memory_that_it_is_allowed() -> None:
    memory = {"memory": "MemTotal: 2097152 kB\nMemFree: 1000000 kB\n"}
    limited = probe_script.facts_of({**memory, "cgroup2": "536870912\n", "cgroup2_used": "104857600\n"})
    free = probe_script.facts_of({**memory, "cgroup2": "max\n", "cgroup1": "9223372036854771712\n"})
    assert (limited["ram_mb"], limited["ram_used_mb"]) == (512.0, 100.0)
    assert (free["ram_mb"], round(free["ram_used_mb"])) == (2048.0, 1071)


def test_nobody_logged_in_is_not_the_same_as_unknown() -> None:
    assert probe_script.facts_of({"who": "", "load": "up 1 min,  0 users,  load average: 0, 0, 0\n"})["users"] == 0
    assert "users" not in probe_script.facts_of({"who": "", "load": ""})


@given(st.text(max_size=400))
def test_no_text_at_all_is_too_much_for_the_reader(said: str) -> None:
    for name in [name for name, _ in probe_script._PARTS]:
        probe_script.facts_of({name: said})
    probe_script.facts_of(probe_script.parts_of(f"mist-probe:disks\n{said}\nmist-probe:os\n{said}"))


@given(
    st.dictionaries(
        st.sampled_from(
            ["uptime", "loadavg", "cores", "users", "df", "macs", "pub_ips", "packets_loss", "rtt_min", "os"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=30),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        ),
    )
)
def test_no_answer_of_a_mist_server_is_too_much_either(said: dict[str, Any]) -> None:
    for answer in (said, {"ssh": said, "ping": said}, list(said)):
        facts(from_mist(answer, host="192.0.2.1", now=lambda: NOW))


def test_hostile_text_is_shown_as_escapes_and_cut() -> None:
    release = 'PRETTY_NAME="\x1b[2J\u202eevil' + "x" * 500 + '"\n'
    found = probe_script.facts_of({"os": release, "hostname": "a\rb\n", "uname": "Linux <b> 1.0;rm\n"})
    assert found["distro"].startswith("\\x1b[2J\\u202eevil")
    assert len(found["distro"]) < 150
    assert found["hostname"] == "a\\x0db"


def test_facts_are_lines_for_people() -> None:
    report = ProbeReport(
        outcome="ok",
        host="192.0.2.10",
        port=22,
        user="root",
        via="ssh",
        probed_at=NOW,
        seconds=0.42,
        rtt_min_ms=0.2,
        rtt_avg_ms=0.31,
        rtt_max_ms=0.9,
        loss_percent=0.0,
        **GOOD,
    )
    assert facts(report) == [
        ("outcome", "ok: root@192.0.2.10 answers (over SSH, 0.4 s)"),
        ("up for", "3 min"),
        ("load", "0.00 0.01 0.05"),
        ("cores", "1"),
        ("users", "2"),
        ("memory", "0.4 of 2.0 GB"),
        ("disk", "/ 3.1 of 25.0 GB"),
        ("disk", "/srv/some data 0.0 of 10.0 GB"),
        ("kernel", "5.10.0-20-amd64"),
        ("system", "Debian GNU/Linux 11 (bullseye)"),
        ("host name", "production"),
        ("public addresses", "192.0.2.10 2001:db8::4"),
        ("private addresses", "10.0.0.4"),
        ("MAC addresses", "02:fc:00:00:00:01"),
        ("round trip", "0.2 / 0.3 / 0.9 ms"),
    ]


def test_what_is_unknown_has_no_line_and_a_failure_says_what_next() -> None:
    (report,) = look(closed())
    lines = dict(facts(report))
    assert set(lines) == {"outcome", "next"}
    assert lines["outcome"].startswith("refused: 127.0.0.1:")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (185, "3 min"), (7500, "2 h 5 min"), (90000, "1 day"), (1e6, "11 days")],
)
def test_a_duration_is_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text


# -- while it boots


def test_a_booting_machine_is_looked_at_until_it_is_up() -> None:
    async def run() -> tuple[list[tuple[int, str]], str, list[float]]:
        looks: list[tuple[int, str]] = []
        paused = Paused()
        with closed_port() as port:
            pass
        servers: list[asyncssh.SSHAcceptor] = []

        async def sleep(seconds: float) -> None:
            await paused.sleep(seconds)
            keys = {2: OTHER_KEY, 5: KEY}.get(len(paused.pauses))
            for server in servers if keys else ():
                server.close()
                await server.wait_closed()
            if keys:
                host_key = asyncssh.generate_private_key("ssh-ed25519")
                authorized = asyncssh.import_authorized_keys(keys.export_public_key().decode())
                servers[:] = [
                    await asyncssh.listen(
                        "127.0.0.1",
                        port,
                        server_host_keys=[host_key],
                        authorized_client_keys=authorized,
                        process_factory=ok,
                    )
                ]

        report = await probe_when_up(
            at(port),
            key=KEY,
            pins=HostKeys(),
            on_look=lambda number, report: looks.append((number, report.outcome)),
            clock=Clock(now=lambda: NOW, seconds=lambda: paused.now_s, sleep=sleep),
        )
        servers[0].close()
        return looks, report.outcome, paused.pauses

    looks, outcome, pauses = asyncio.run(run())
    assert looks == [(1, "refused"), (2, "refused"), (3, "auth"), (4, "auth"), (5, "auth"), (6, "ok")]
    assert outcome == "ok"
    assert pauses == [1.0, 1.5, 2.25, 3.375, 5.0625]


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(host: Any, patience: Patience) -> tuple[str, int, float]:
        paused = Paused()
        looks: list[int] = []
        async with host as port:
            report = await probe_when_up(
                at(port),
                key=KEY,
                pins=HostKeys(),
                patience=patience,
                on_look=lambda number, _: looks.append(number),
                clock=paused.clock,
            )
        return report.outcome, len(looks), paused.now_s

    outcome, looks, waited = asyncio.run(run(closed(), Patience(within_s=60.0)))
    assert (outcome, waited <= 60.0, looks) == ("refused", True, 10)
    outcome, looks, _ = asyncio.run(run(ssh_host(authorized=OTHER_KEY), Patience(refusals=3)))
    assert (outcome, looks) == ("auth", 4)
    outcome, looks, _ = asyncio.run(run(raw_host(old_ssh), Patience()))
    assert (outcome, looks) == ("not-ssh", 1)


def test_a_waiting_that_is_interrupted_ends_at_once_and_leaves_nothing_running() -> None:
    """What Ctrl-C does: the blocking caller is thrown out of its waiting, and the loop's side ends with it."""
    loop = LoopThread("test-probe")
    ended = threading.Event()

    async def wait(port: int) -> ProbeReport:
        try:
            patience = Patience(pause_s=250.0)
            return await probe_when_up(at(port), key=KEY, pins=HostKeys(), patience=patience, on_look=interrupt)
        finally:
            ended.set()

    def interrupt(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with closed_port() as port, pytest.raises(KeyboardInterrupt):
        loop.run(wait(port))
    assert ended.wait(30)

    async def others() -> int:
        return len(asyncio.all_tasks()) - 1

    assert loop.run(others()) == 0
    loop.close()


def test_a_probe_that_is_cancelled_amid_its_connection_closes_it() -> None:
    async def run() -> bytes:
        greeted = asyncio.Event()
        read: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        async def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
            await reader.readline()
            greeted.set()
            while await reader.read(65536):
                pass
            read.set_result(b"the end")

        async with raw_host(stall) as port:
            probing = asyncio.ensure_future(probe(at(port), key=KEY, pins=HostKeys()))
            await asyncio.wait_for(greeted.wait(), 30)
            probing.cancel()
            return await asyncio.wait_for(read, 30)

    assert asyncio.run(run()) == b"the end"


def test_who_has_no_name_on_this_computer_probes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: int) -> Any:
        raise KeyError("uid not found")

    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(variable, "")  # as in a container that is run as a number
    monkeypatch.setattr(pwd, "getpwuid", nobody)

    async def run() -> ProbeReport:
        async with ssh_host() as port:
            return await probe(at(port), key=KEY, pins=HostKeys())

    assert asyncio.run(run()).outcome == "ok"
    assert local_user() == "root"


# -- a fleet


def test_a_fleet_is_probed_at_once_and_reported_in_order() -> None:
    async def run() -> tuple[list[str], list[str]]:
        came: list[str] = []
        async with (
            ssh_host(ok) as good,
            ssh_host(authorized=OTHER_KEY) as locked,
            raw_host(silent) as mute,
            dead() as gone,
        ):
            kinds = [good, locked, mute, gone, good] * 8
            targets = [at(port, f"m{number}", name=f"m{number}") for number, port in enumerate(kinds)]
            targets.append(Target("evil", "169.254.169.254"))
            reports = await probe_many(
                targets,
                key_of=lambda _: KEY,
                pins=HostKeys(),
                limits=Limits(connect_s=1.0, greeting_s=2.0, nudge_s=0.2, round_trips=1),
                on_report=lambda target, _: came.append(target.machine_id),
            )
        assert sorted(came) == sorted(target.machine_id for target in targets)
        return [report.outcome for report in reports], [target.host for target in targets]

    outcomes, _ = asyncio.run(run())
    assert outcomes == ["ok", "auth", "timeout", "timeout", "ok"] * 8 + ["unreachable"]


def test_silent_machines_hold_no_slot_of_a_handshake() -> None:
    """One handshake at a time, and the silent ones come first, and stay silent until the good ones are done."""

    async def run() -> list[str]:
        came: list[str] = []
        good_ones_done = asyncio.Event()

        async def mute_until_then(_reader: Any, _writer: Any) -> None:
            await good_ones_done.wait()

        def note(target: Target, _report: ProbeReport) -> None:
            came.append(target.machine_id[:4])
            if came.count("good") == 3:
                good_ones_done.set()

        async with raw_host(mute_until_then) as mute, ssh_host(ok) as good:
            targets = [*(at(mute, f"mute{n}") for n in range(5)), *(at(good, f"good{n}") for n in range(3))]
            await probe_many(
                targets,
                key_of=lambda _: KEY,
                pins=HostKeys(),
                limits=Limits(greeting_s=50.0, drops=0, round_trips=1),
                slots=Slots(handshakes=1),
                on_report=note,
            )
        return came

    assert asyncio.run(run()) == ["good"] * 3 + ["mute"] * 5


def test_waiting_for_a_slot_is_no_machines_own_time() -> None:
    """Twenty through one slot, two seconds each (of the clock's), three for each: none runs out of its time."""

    async def run() -> tuple[list[str], set[float]]:
        paused = Paused()

        async def slow(process: asyncssh.SSHServerProcess[str]) -> None:
            paused.now_s += 2.0
            await ok(process)

        async with ssh_host(slow) as port:
            reports = await probe_many(
                [at(port, f"m{number}") for number in range(20)],
                key_of=lambda _: KEY,
                pins=HostKeys(),
                limits=Limits(total_s=3.0, round_trips=1),
                slots=Slots(sockets=1),
                clock=paused.clock,
            )
        return [report.outcome for report in reports], {report.seconds for report in reports}

    assert asyncio.run(run()) == (["ok"] * 20, {2.0})


def test_a_key_that_cant_be_used_ends_a_fleet_with_its_own_error() -> None:
    def key_of(target: Target) -> asyncssh.SSHKey:
        raise ProbeError("no key")

    with pytest.raises(ProbeError, match="no key"):
        asyncio.run(probe_many([at(1), at(2, "n")], key_of=key_of, pins=HostKeys()))


# -- keys


def test_a_key_is_read_from_its_owners_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(KEY.export_private_key("openssh"))
    path.chmod(0o600)
    assert load_key(path).get_fingerprint() == KEY.get_fingerprint()
    assert not needs_passphrase(path)
    path.chmod(0o640)
    with pytest.raises(ProbeError, match="can be read by others") as error:
        load_key(path)
    assert "chmod 600" in error.value.hint
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "public").write_bytes(KEY.export_public_key())
    (tmp_path / "public").chmod(0o600)
    for other in ("pipe", "public", "missing", "."):
        with pytest.raises(ProbeError):
            load_key(tmp_path / other)


def test_a_key_with_a_passphrase_says_so(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    path.write_bytes(key.export_private_key("pkcs8-pem", passphrase="sesame"))
    path.chmod(0o600)
    assert needs_passphrase(path)
    with pytest.raises(ProbeError, match="has a passphrase"):
        load_key(path)
    with pytest.raises(ProbeError, match=r"passphrase .* is wrong") as error:
        load_key(path, Secret("sesam"))
    assert "sesam" not in str(error.value)
    assert load_key(path, Secret("sesame")).get_fingerprint() == key.get_fingerprint()


# -- through Mist

FLAT_2014 = {
    **{"uptime": "3600.10 7100.20", "loadavg": ["0.00", "0.01", "0.05"], "cores": "2", "users": "1"},
    **{"pub_ips": ["192.0.2.10"], "priv_ips": ["10.0.0.10"], "timestamp": 1409700001.5},
    **{"packets_tx": 10, "packets_rx": 9, "packets_loss": 0.1, "rtt_min": 20.1, "rtt_avg": 22.0, "rtt_max": 30.9},
}
DF = (
    "Filesystem      Size  Used Avail Use% Mounted on\nproc               0     0     0    - /proc\n"
    "/dev/vda1        25G  3.1G   20G  14% /\n"
)
FLAT_2016 = {
    **FLAT_2014,
    **{"uptime": "3600.10", "df": DF, "macs": {"10.0.0.10": "02:FC:00:00:00:01"}, "kernel": "4.4.0"},
    **{"os": "ubuntu", "os_version": "16.04", "dirty_cow": False},
}
NESTED = {
    "ping": {
        **{"packets_tx": 10, "packets_rx": 9, "packets_loss": 10.0, "rtt_min": 20.1, "rtt_max": 30.9, "rtt_avg": 22.0},
        **{"rtt_std": 0.5, "updated_at": "2023-01-28 10:00:00.000000", "unreachable_since": None},
    },
    "ssh": {
        **{"uptime": 3600.1, "loadavg": [0.0, 0.01, 0.05], "cores": 2, "users": 1, "pub_ips": ["192.0.2.10"]},
        **{"priv_ips": ["10.0.0.10"], "macs": ["02:fc:00:00:00:01"], "df": DF, "kernel": "4.4.0", "os": "ubuntu"},
        **{"os_version": "16.04", "distro": "ubuntu", "dirty_cow": False, "updated_at": "2023-01-28 10:00:00.000000"},
        "unreachable_since": None,
    },
}
COMMON = {
    **{"outcome": "ok", "via": "mist", "uptime_s": 3600.1, "load1": 0.0, "load5": 0.01, "load15": 0.05, "cores": 2},
    **{"users": 1, "public_ips": ("192.0.2.10",), "private_ips": ("10.0.0.10",), "loss_percent": 10.0},
    **{"rtt_min_ms": 20.1, "rtt_avg_ms": 22.0, "rtt_max_ms": 30.9},
}
LATER = {
    **{"kernel": "4.4.0", "os": "ubuntu", "os_version": "16.04", "macs": ("02:fc:00:00:00:01",)},
    "disks": (Disk(mount="/", size_gb=25.0, used_gb=3.1),),
}
SHAPES = {
    "2014": (FLAT_2014, COMMON | {"probed_at": datetime.fromtimestamp(1409700001.5, UTC), "disks": ()}),
    "2016": (FLAT_2016, COMMON | LATER),
    "V1": (NESTED, COMMON | LATER | {"distro": "ubuntu", "probed_at": datetime(2023, 1, 28, 10, tzinfo=UTC)}),
}


@pytest.mark.parametrize(("answer", "expected"), SHAPES.values(), ids=SHAPES)
def test_each_shape_of_mists_probe_becomes_one_report(answer: Any, expected: dict[str, Any]) -> None:
    report = from_mist(answer, host="192.0.2.10", seconds=4.0)
    assert {name: getattr(report, name) for name in expected} == expected


WITHOUT_SSH = {
    "2014, ping only": ({"packets_tx": 10, "packets_rx": 10, "packets_loss": 0.0, "rtt_min": 1.0}, "timeout"),
    "2014, nothing": ({}, "unreachable"),
    "2014, no ping": ({"packets_tx": 10, "packets_rx": 0, "packets_loss": 1.0}, "unreachable"),
    "V1, unreachable since": (
        {**NESTED, "ssh": {**NESTED["ssh"], "unreachable_since": "2023-01-28 09:00:00"}},
        "timeout",
    ),
    "V1, both empty": ({"ping": {}, "ssh": {}}, "unreachable"),
    "null": (None, "unreachable"),
    "a list": ([], "unreachable"),
}


@pytest.mark.parametrize(("answer", "outcome"), WITHOUT_SSH.values(), ids=WITHOUT_SSH)
def test_an_answer_without_an_uptime_is_no_machine_that_is_up(answer: Any, outcome: str) -> None:
    report = from_mist(answer, host="192.0.2.10", now=lambda: NOW)
    assert report.outcome == outcome
    assert report.detail
    assert report.hint


@pytest.mark.parametrize("ping", [None, False])
def test_a_ping_that_was_not_done_is_unknown(ping: object) -> None:
    report = from_mist({**NESTED, "ping": ping}, host="192.0.2.10")
    assert (report.outcome, report.rtt_avg_ms, report.loss_percent) == ("ok", None, None)


@pytest.mark.parametrize("figure", ["x", "", float("nan"), float("inf"), -1, True, [], "9" * 5000, 10**400])
def test_a_figure_that_is_none_is_unknown(figure: object) -> None:
    report = from_mist({**FLAT_2014, "cores": figure, "rtt_min": figure, "packets_loss": figure}, host="192.0.2.10")
    assert (report.outcome, report.cores, report.rtt_min_ms, report.loss_percent) == ("ok", None, None, None)


@pytest.mark.parametrize("name", sorted(NESTED["ssh"]))
@pytest.mark.parametrize("value", [True, 1.5, "x", [None, {}], {"a": []}, None])
def test_a_field_of_a_wrong_kind_takes_no_other_one_along(name: str, value: object) -> None:
    report = from_mist({**NESTED, "ssh": {**NESTED["ssh"], name: value}}, host="192.0.2.10")
    assert report.load1 in (0.0, None)
    assert report.rtt_avg_ms == 22.0


@pytest.mark.parametrize(("status", "outcome"), [(401, "auth"), (503, "unreachable"), (500, "hung"), (None, "hung")])
def test_an_http_error_of_mists_probe_is_an_outcome_too(status: int | None, outcome: str) -> None:
    report = from_mist_failure(status, "Couldn't authenticate\x1b", host="192.0.2.10", now=lambda: NOW)
    assert (report.outcome, report.via, report.probed_at) == (outcome, "mist", NOW)
    assert "\\x1b" in report.detail
