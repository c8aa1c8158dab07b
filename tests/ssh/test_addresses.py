"""All addresses of a machine, side by side: which one answers, what is said of the others, and that one alone is asked
where it is named.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncssh
import pytest

from mist_notebook.ground.errors import BadValueError
from mist_notebook.records.model import ProbeReport
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.login import _head_start_s
from mist_notebook.ssh.outcome import OutcomeError
from mist_notebook.ssh.probing.facts import facts
from mist_notebook.ssh.probing.probe import probe
from mist_notebook.ssh.race import NoneArrivedError, Race
from mist_notebook.ssh.reach import Place
from mist_notebook.ssh.scripts.remote import run
from mist_notebook.ssh.target import Limits, Target, host_name
from tests.rigs.ssh_hosts import KEY, OTHER_KEY, begun, ok, ssh_host

NOWHERE = "2001:db8::5"
SHORT = Limits(connect_s=2.0, greeting_s=1.0, nudge_s=0.1, head_start_s=0.05)


def target(port: int, *hosts: str, **more: Any) -> Target:
    return Target("m", hosts[0], port, name="web-1", others=hosts[1:], loopback_allowed=True, **more)


def look(*hosts: str, limits: Limits = SHORT, handler: Any = ok, **host: Any) -> ProbeReport:
    async def go() -> ProbeReport:
        async with ssh_host(handler, **host) as port:
            return await probe(target(port, *hosts), key=KEY, pins=HostKeys(), limits=limits)

    return asyncio.run(go())


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Something that takes connections at another address, and says nothing."""
    with socket.socket() as listener:
        listener.bind((host, port))
        listener.listen()
        yield listener


@pytest.mark.parametrize(
    "hosts",
    [
        (NOWHERE, "127.0.0.1"),
        ("127.0.0.1", NOWHERE),
        ("127.0.0.2", "127.0.0.3", "127.0.0.1"),
        (NOWHERE, "127.0.0.2", "127.0.0.1", "127.0.0.4"),
        ("no-such-host.invalid", "127.0.0.1"),
        ("169.254.169.254", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_the_address_that_answers_is_in_the_report(hosts: tuple[str, ...]) -> None:
    report = look(*hosts)
    assert (report.outcome, report.host) == ("ok", "127.0.0.1"), report
    assert f"root@127.0.0.1:{report.port} answers" in dict(facts(report))["outcome"]


def test_what_became_of_the_others_is_said() -> None:
    report = look("127.0.0.2", "169.254.169.254", "127.0.0.1")
    assert report.tried == ("127.0.0.2: refused", "169.254.169.254 is a link-local address: not connected.")
    assert dict(facts(report))["other addresses"].startswith("127.0.0.2: refused")


def test_a_silent_address_is_not_waited_for() -> None:
    """It takes the connection, and never greets: the second one's greeting is heard meanwhile."""

    async def go() -> ProbeReport:
        async with ssh_host(ok) as port:
            with listening("127.0.0.2", port):
                limits = Limits(greeting_s=50.0, total_s=60.0, head_start_s=0.01)
                where = target(port, "127.0.0.2", "127.0.0.1")
                return await probe(where, key=KEY, pins=HostKeys(), limits=limits)

    report = asyncio.run(go())
    assert (report.outcome, report.host, report.tried) == ("ok", "127.0.0.1", ("127.0.0.2: no answer by then",))


def test_another_machine_at_one_address_does_not_hide_the_right_one() -> None:
    """A private address may be somebody else's here: our key is refused there, and taken at the next."""

    async def go() -> list[ProbeReport]:
        async with ssh_host(ok) as port:
            theirs = asyncssh.import_authorized_keys(OTHER_KEY.export_public_key().decode())
            stranger = await asyncssh.listen(
                "127.0.0.2", port, server_host_keys=[OTHER_KEY], authorized_client_keys=theirs
            )
            pins = HostKeys()
            where = target(port, "127.0.0.2", "127.0.0.1")
            reports = [await probe(where, key=KEY, pins=pins, limits=SHORT) for _ in range(2)]
            stranger.close()
            return reports

    for report in asyncio.run(go()):
        assert (report.outcome, report.host) == ("ok", "127.0.0.1"), report


def test_where_none_answers_the_one_that_tells_most_is_told() -> None:
    report = look(NOWHERE, "127.0.0.2", "127.0.0.1", authorized=OTHER_KEY)
    assert (report.outcome, report.host) == ("auth", "127.0.0.1")
    assert report.tried[0] == "127.0.0.2: refused" and report.tried[1].startswith(f"{NOWHERE}: ")
    report = look(NOWHERE, "127.0.0.2")
    assert (report.outcome, report.host) == ("refused", "127.0.0.2")


def test_a_run_takes_the_address_that_answers_too() -> None:
    async def go() -> Any:
        async def script(process: Any) -> None:
            await begun(process)
            process.exit(0)

        async with ssh_host(script) as port:
            where = target(port, NOWHERE, "127.0.0.2", "127.0.0.1")
            return await run(where, "true", key=KEY, pins=HostKeys())

    result = asyncio.run(go())
    assert (result.outcome, result.host) == ("ok", "127.0.0.1")


# -- the race


def way(began: list[str], name: str, *, fails: bool = False, waits: asyncio.Event | None = None) -> Any:
    async def go() -> str:
        began.append(name)
        if waits:
            await waits.wait()
        if fails:
            raise OutcomeError("refused", name)
        return name

    return go


def test_a_way_that_fails_does_not_cost_the_next_its_head_start() -> None:
    async def go() -> tuple[str, list[str], list[float]]:
        began: list[str] = []
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            await asyncio.Event().wait()

        race = Race([way(began, "a", fails=True), way(began, "b", fails=True), way(began, "c")])
        return await race.run(head_start_s=lambda _: 0.25, sleep=sleep), began, slept

    assert asyncio.run(go()) == ("c", ["a", "b", "c"], [0.25, 0.25])


def test_ways_start_one_after_the_other_and_all_that_lost_are_ended() -> None:
    async def go() -> tuple[str, list[str], int]:
        began: list[str] = []
        never = asyncio.Event()
        race = Race([way(began, "a", waits=never), way(began, "b", waits=never), way(began, "c")])
        arrived = await race.run(head_start_s=lambda _: 0.25, sleep=lambda _: asyncio.sleep(0))
        return arrived, began, len(asyncio.all_tasks())

    assert asyncio.run(go()) == ("c", ["a", "b", "c"], 1)


def test_where_none_arrives_every_trouble_is_told_in_order() -> None:
    async def go() -> None:
        race = Race([way([], name, fails=True) for name in "abc"])
        await race.run(head_start_s=lambda _: 0.0, sleep=asyncio.sleep)

    with pytest.raises(NoneArrivedError) as caught:
        asyncio.run(go())
    assert [trouble.detail for trouble in caught.value.troubles] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("hosts", "starts"),
    [
        (("192.0.2.1", "192.0.2.2", "10.0.0.5", "10.0.0.6"), [0.25, 3.0, 0.25]),
        (("2001:db8::5", "fd00::5"), [3.0]),
        (("10.0.0.5", "192.168.1.5", "192.0.2.1"), [0.25, 0.25]),
        (("100.64.0.9", "10.0.0.5"), [0.25]),
    ],
)
def test_public_addresses_have_a_longer_start_over_private_ones(hosts: tuple[str, ...], starts: list[float]) -> None:
    """A private one may be another's machine here: it is left alone as long as a public one may still answer."""
    places = [Place(socket.AF_INET, (host, 22)) for host in hosts]
    assert [_head_start_s(places, Limits(), number) for number in range(1, len(places))] == starts


@pytest.mark.parametrize("text", ["bad..host", ".example.org", "-oProxyCommand=x", "a b", "", "..", "x" * 254])
def test_what_can_not_be_a_hosts_name_is_refused(text: str) -> None:
    with pytest.raises(BadValueError, match="can't be a host"):
        host_name(text)


@pytest.mark.parametrize(
    "text", ["build.example.org", "example.org.", "localhost", "192.0.2.1", "fe80::1%eth0", "a_b-c"]
)
def test_what_can_be_one_is_taken(text: str) -> None:
    assert host_name(text) == text
