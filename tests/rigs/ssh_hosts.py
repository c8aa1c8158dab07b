"""Hosts on loopback for the tests of the probe: good, hostile and broken ones, real OpenSSH among them."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from mist_notebook.ssh.target import Target
from tests.conftest import need

KEY = asyncssh.generate_private_key("ssh-ed25519")
OTHER_KEY = asyncssh.generate_private_key("ssh-ed25519")
SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

ANSWERS = {
    "cat /proc/uptime": "185.25 360.00\n",
    "cat /proc/loadavg": "0.00 0.01 0.05 1/80 1234\n",
    "uptime": " 12:00:00 up 3 min,  2 users,  load average: 0.00, 0.01, 0.05\n",
    "nproc": "1\n",
    "who": "root pts/0 2026-01-01 12:00\n",
    "uname -a": "Linux production 5.10.0-20-amd64 #1 SMP Debian x86_64 GNU/Linux\n",
    "hostname": "production\n",
    "cat /etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"\nID=debian\nVERSION_ID="11"\n',
    "cat /proc/meminfo": "MemTotal: 2097152 kB\nMemFree: 1000000 kB\nMemAvailable: 1677722 kB\n",
    "df -P -k": (
        "Filesystem 1024-blocks Used Available Capacity Mounted on\n"
        "tmpfs 1024 0 1024 0% /dev/shm\n"
        "/dev/vda1 26214400 3250586 22963814 13% /\n"
        "/dev/vda1 26214400 3250586 22963814 13% /mnt/again\n"
        "/dev/vdb1 10485760 0 10485760 0% /srv/some data\n"
    ),
    "ip addr": (
        "1: lo: <LOOPBACK,UP> mtu 65536\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
        "    inet 127.0.0.1/8 scope host lo\n    inet6 ::1/128 scope host\n"
        "2: eth0: <UP> mtu 1500\n    link/ether 02:fc:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n"
        "    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0\n    inet 10.0.0.4/24 scope global eth0\n"
        "    inet6 2001:db8::4/64 scope global\n    inet6 fe80::1/64 scope link\n"
    ),
}

Handler = Callable[[asyncssh.SSHServerProcess[str]], Awaitable[None]]


def answers(script: str, known: dict[str, str] = ANSWERS) -> str:
    """What a shell says to the script: one command a line, nothing (but a complaint) to the unknown ones."""
    lines = script.splitlines()
    return "".join(line[5:] + "\n" if line.startswith("echo ") else known.get(line, "") for line in lines)


async def ok(process: asyncssh.SSHServerProcess[str]) -> None:
    process.stderr.write("sh: 1: foo: not found\n")
    process.stdout.write(answers(process.command or ""))
    process.exit(0)


async def endless(process: asyncssh.SSHServerProcess[str]) -> None:
    process.stdout.write("mist-probe:uptime\n60.00 60.00\n")
    await asyncio.Event().wait()


def saying(out: str = "", error: str = "", code: int = 0) -> Handler:
    async def handle(process: asyncssh.SSHServerProcess[str]) -> None:
        process.stdout.write(out)
        process.stderr.write(error)
        process.exit(code)

    return handle


@asynccontextmanager
async def ssh_host(
    handler: Handler | None = ok,
    *,
    host_key: asyncssh.SSHKey | None = None,
    authorized: asyncssh.SSHKey = KEY,
    **options: Any,
) -> AsyncIterator[int]:
    """An asyncssh server's port."""
    options.setdefault(
        "authorized_client_keys", asyncssh.import_authorized_keys(authorized.export_public_key().decode())
    )
    keys = [host_key or asyncssh.generate_private_key("ssh-ed25519")]
    server = await asyncssh.listen("127.0.0.1", 0, server_host_keys=keys, process_factory=handler, **options)
    try:
        yield server.get_port()
    finally:
        server.close()


@asynccontextmanager
async def raw_host(
    handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """A TCP server's port; what it does with a connection is the handler's."""
    writers = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            await handle(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()


async def silent(_reader: Any, _writer: Any) -> None:
    await asyncio.Event().wait()


async def http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


async def banner_flood(_reader: Any, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"go away " * 1000)
        await writer.drain()


async def tarpit(_reader: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"f3a9\r\n")
    await writer.drain()
    await asyncio.Event().wait()


async def old_ssh(_reader: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-1.5-OpenSSH_1.2\r\n")
    await writer.drain()
    await asyncio.Event().wait()


async def stalled_handshake(_reader: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    await writer.drain()
    await asyncio.Event().wait()


async def dropping(_reader: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"Exceeded MaxStartups\r\n")
    await writer.drain()


@contextmanager
def closed_port() -> Iterator[int]:
    """A port that refuses: bound, so that nobody else takes it, and not listened on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


@contextmanager
def dead_port() -> Iterator[int]:
    """A port that answers no SYN: a listener whose queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for filler in fillers:
            filler.close()


def at(port: int, machine_id: str = "m", **fields: Any) -> Target:
    return Target(machine_id, "127.0.0.1", port, loopback_allowed=True, **fields)


def need_client() -> None:
    """Skip where OpenSSH's own client isn't: it is asked, or reads what only it understands."""
    need(shutil.which("ssh"), "ssh is not installed (Debian: apt-get install openssh-client)")


@contextmanager
def openssh(
    folder: Path,
    *more: str,
    login: str = "",
    sshd: str = "",
    uses_pam: bool = False,
    before: Sequence[str] = (),
    groups: Sequence[Path] = (),
    environment: Sequence[str] = (),
) -> Iterator[Target]:
    """A real sshd on a loopback port, as this user, who logs in with KEY; its shell starts in an empty home.

    `login` is another user to log in as; `sshd` another name of the program, as its PAM service is called by that;
    `before` are words before the command; `groups` the control groups that it is put into; `environment` what its
    sessions have beside HOME, as NAME=VALUE.
    """
    need(SSHD, "sshd is not installed (Debian: apt-get install openssh-server)")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    user = pwd.getpwuid(os.getuid()).pw_name
    (folder / "home").mkdir()
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    (folder / "host").write_bytes(host_key.export_private_key("openssh"))
    (folder / "host").chmod(0o600)
    (folder / "keys").write_bytes(KEY.export_public_key())
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    settings = (
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {folder}/host",
        "PidFile none",
        f"AuthorizedKeysFile {folder}/keys",
        "StrictModes no",
        f"UsePAM {'yes' if uses_pam else 'no'}",
        *([] if any(one.startswith("PasswordAuthentication") for one in more) else ["PasswordAuthentication no"]),
        " ".join((f"SetEnv HOME={folder}/home", *environment)),
        *((f"AuthorizedKeysCommand /bin/cat {folder}/keys", "AuthorizedKeysCommandUser root") if login else ()),
        *more,
    )
    (folder / "conf").write_text("\n".join(settings) + "\n")
    command = [*before, sshd or SSHD, "-D", "-e", "-f", str(folder / "conf")]
    with (folder / "log").open("w") as log, subprocess.Popen(command, stderr=log) as child:
        try:
            for group in groups:
                (group / "cgroup.procs").write_text(f"{child.pid}\n")
            _until_it_listens(port, child)
            yield at(port, user=login or user)
        finally:
            child.terminate()


def _until_it_listens(port: int, child: subprocess.Popen[bytes]) -> None:
    """However busy the computer is: until it ends, or a minute is over."""
    end = time.monotonic() + 60
    while child.poll() is None and time.monotonic() < end:
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    pytest.fail(f"sshd does not listen (it ended with {child.poll()})")


async def begun(process: asyncssh.SSHServerProcess[Any], *, encoded: bool = False) -> Any:
    """What a machine's shell does with a script before it runs: takes it from the input, and says that it begins."""
    sent = await process.stdin.read()
    token, interpreter, argument, _wanted, script = (sent.decode() if encoded else sent).split("\n", 4)
    for stream in (process.stdout, process.stderr):
        line = f"mist-run-{token}\n"
        stream.write(line.encode() if encoded else line)
    return interpreter, argument, script
