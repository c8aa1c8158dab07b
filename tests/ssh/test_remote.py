"""Scripts on machines: lines as they come, exit codes, bounds, and that a script is sent once."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import asyncssh
import pytest

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.scripts.remote import Line, RunLimits, RunResult, run, run_many
from mist_notebook.ssh.scripts.script_file import RUN, TIDY
from mist_notebook.ssh.target import Limits, Target
from tests.rigs.ssh_hosts import KEY, OTHER_KEY, at, begun, closed_port, raw_host, ssh_host

DEFAULT = RunLimits()


async def one(handler: Any, script: str = "go", limits: RunLimits = DEFAULT, **options: Any) -> RunResult:
    async with ssh_host(handler, **options) as port:
        return await run(at(port, name="web-1"), script, key=KEY, pins=HostKeys(), limits=limits)


def on(handler: Any, limits: RunLimits = DEFAULT, **options: Any) -> RunResult:
    return asyncio.run(one(handler, limits=limits, **options))


def said(data: bytes, error: bytes = b"", code: int = 0) -> Any:
    async def handle(process: asyncssh.SSHServerProcess[bytes]) -> None:
        await begun(process, encoded=True)
        process.stdout.write(data)
        process.stderr.write(error)
        process.exit(code)

    return handle


def test_the_script_goes_to_an_input_and_the_commands_are_always_the_same() -> None:
    seen: list[tuple[str | None, Any]] = []

    async def note(process: asyncssh.SSHServerProcess[str]) -> None:
        seen.append((process.command, await begun(process) if process.command == RUN else await process.stdin.read()))
        process.exit(0)

    script = "echo '$HOME; `id`'\r\nécho \u202e\n\n"
    assert asyncio.run(one(note, script)).exit_code == 0
    (command, sent), (tidy, token) = seen
    assert (command, sent) == (RUN, ("sh", "", "echo '$HOME; `id`'\nécho \u202e\n"))
    assert tidy == TIDY and re.fullmatch("[0-9a-f]{32}\n", token)


@pytest.mark.parametrize("script", ["", "  \n \n", "a\0b", "x" * (1 << 20)])
def test_a_script_that_cant_be_one_is_an_error_before_anything_is_sent(script: str) -> None:
    with pytest.raises(BadValueError):
        asyncio.run(run(Target("m", "192.0.2.1"), script, key=KEY, pins=HostKeys()))


def test_lines_come_one_by_one_while_the_script_still_runs() -> None:
    async def go() -> tuple[list[str], RunResult]:
        heard: list[str] = []
        first_heard = asyncio.Event()

        async def slow(process: asyncssh.SSHServerProcess[str]) -> None:
            await begun(process)
            process.stdout.write("one\ntw")
            await first_heard.wait()
            process.stdout.write("o\nthree")
            process.exit(7)

        def on_line(target: Target, line: Line) -> None:
            heard.append(f"{target.name} {line.text}")
            first_heard.set()

        async with ssh_host(slow) as port:
            target = at(port, name="web-1")
            return heard, await run(target, "go", key=KEY, pins=HostKeys(), on_line=on_line)

    heard, result = asyncio.run(go())
    assert heard == ["web-1 one", "web-1 two", "web-1 three"]
    assert (result.output, result.exit_code, result.outcome) == ("one\ntwo\nthree\n", 7, "ok")


def test_foreign_lines_are_cleaned_whole_and_told_apart_by_stream() -> None:
    result = on(said(b"\x1b[31mred\x1b[0m\r\na\tb\n\xff\xfe\x01\n" + b"x" * 4500, b"bad\n"), encoding=None)
    out = [line.text for line in result.lines if not line.is_error]
    assert out == ["red", "a       b", "��\\x01", "x" * 4500]
    assert [line for line in result.lines if line.is_error] == [Line("bad", is_error=True)]
    assert (result.stdout, result.stderr) == ("\n".join(out), "bad\n")


def test_a_letter_that_is_cut_in_two_is_whole_again() -> None:
    async def halves(process: asyncssh.SSHServerProcess[bytes]) -> None:
        await begun(process, encoded=True)
        for byte in "é€😀\n".encode():
            process.stdout.write(bytes([byte]))
        process.exit(0)

    assert on(halves, encoding=None).output == "é€😀\n"


def test_too_much_output_is_cut_off_and_said_so() -> None:
    async def endless(process: asyncssh.SSHServerProcess[str]) -> None:
        await begun(process)
        while True:
            process.stdout.write("y\n" * 10000)
            await process.stdout.drain()

    result = on(endless, limits=RunLimits(output_bytes=50_000))
    assert (len(result.output), result.outcome, result.exit_code, result.detail) == (
        50_000,
        "cut-off",
        None,
        "Cut off: it said more than 50,000 bytes.",
    )


def test_as_much_as_is_allowed_is_not_too_much() -> None:
    result = on(said(b"y\n" * 100), limits=RunLimits(output_bytes=200), encoding=None)
    assert (len(result.lines), result.exit_code, result.detail) == (100, 0, "")


def test_a_script_that_never_ends_is_cut_off_and_keeps_what_it_said() -> None:
    async def stuck(process: asyncssh.SSHServerProcess[str]) -> None:
        await begun(process)
        process.stdout.write("begun\nand ")
        await asyncio.Event().wait()

    result = on(stuck, limits=RunLimits(script_s=0.5))
    assert [line.text for line in result.lines] == ["begun", "and "]
    assert (result.outcome, result.exit_code, result.detail) == ("cut-off", None, "Cut off after 0.5 s.")


def test_a_connection_that_is_lost_amid_the_script_is_not_made_again() -> None:
    started = []

    async def vanish(process: asyncssh.SSHServerProcess[str]) -> None:
        started.append(await begun(process))
        process.stdout.write("half\n")
        await process.stdout.drain()
        process.channel.get_connection().abort()

    result = on(vanish)
    assert (len(started), result.outcome, result.exit_code) == (1, "hung", None)
    assert "look before you run it again" in result.hint


def test_several_machines_run_at_once_and_each_tells_its_own() -> None:
    async def go() -> list[RunResult]:
        met = asyncio.Barrier(3)

        def host(code: int) -> Any:
            async def handle(process: asyncssh.SSHServerProcess[str]) -> None:
                if process.command == RUN:
                    await begun(process)
                    await met.wait()
                process.stdout.write(f"I am {code}\n")
                process.exit(code)

            return ssh_host(handle)

        with closed_port() as refused:
            async with host(0) as a, host(1) as b, host(2) as c, ssh_host(authorized=OTHER_KEY) as locked:
                ports = [a, b, c, locked, refused]
                targets = [at(port, f"m{port}", name=f"web-{n}") for n, port in enumerate(ports)]
                return await run_many(targets, "id", key_of=lambda _: KEY, pins=HostKeys())

    results = asyncio.run(go())
    assert [(one.name, one.outcome, one.exit_code, one.output) for one in results] == [
        ("web-0", "ok", 0, "I am 0\n"),
        ("web-1", "ok", 1, "I am 1\n"),
        ("web-2", "ok", 2, "I am 2\n"),
        ("web-3", "auth", None, ""),
        ("web-4", "refused", None, ""),
    ]
    assert all(one.hint for one in results[3:])


def test_a_changed_host_key_gets_no_script() -> None:
    async def go() -> tuple[list[str], list[str]]:
        pins, sent = HostKeys(), []

        async def note(process: asyncssh.SSHServerProcess[str]) -> None:
            if process.command == RUN:
                sent.append((await begun(process))[2])
            process.exit(0)

        outcomes = []
        for _ in range(2):
            async with ssh_host(note) as port:
                outcomes.append((await run(at(port), "secret", key=KEY, pins=pins)).outcome)
        return outcomes, sent

    assert asyncio.run(go()) == (["ok", "key-changed"], ["secret\n"])


def test_a_host_that_drops_connections_gets_the_script_once_it_takes_one() -> None:
    async def go() -> tuple[int, RunResult]:
        connections = 0

        async def drop(_reader: Any, _writer: Any) -> None:
            nonlocal connections
            connections += 1

        async with raw_host(drop) as port:
            limits = RunLimits(connect=Limits(drops=2))
            result = await run(at(port), "go", key=KEY, pins=HostKeys(), limits=limits)
        return connections, result

    connections, result = asyncio.run(go())
    assert (connections, result.outcome, result.lines) == (3, "refused", ())


def test_an_error_of_the_listeners_own_is_not_taken_for_the_machines() -> None:
    def on_line(_target: Target, _line: Line) -> None:
        raise ZeroDivisionError("the listener's")

    async def go() -> None:
        async with ssh_host(said(b"one\n"), encoding=None) as port:
            await run(at(port), "go", key=KEY, pins=HostKeys(), on_line=on_line)

    with pytest.raises(ZeroDivisionError, match="listener"):
        asyncio.run(go())
