"""A real Docker daemon on a socket of its own, and two images made of this computer's own programs: no registry.

with docker_engine.running(folder) as socket: ...     # `ssh-image` has OpenSSH and a shell, `plain-image` a shell alone
"""

from __future__ import annotations

import json
import os
import shutil
import socket as sockets
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from mist_notebook.ground.stopping import pause

DOCKERD = shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
SSH_PROGRAMS = ("sshd", "ssh-keygen")
PROGRAMS = ("busybox",)
_APPLETS = ("sh", "cat", "mkdir", "sleep", "id", "uname", "df", "who", "uptime", "rm", "chmod", "kill", "nproc", "echo",
            "hostname", "ip", "true", "ls", "umask", "head", "grep", "sed", "cut")  # fmt: skip
_PASSWD = "root:x:0:0:root:/root:/bin/sh\nsshd:x:100:65534::/run/sshd:/bin/false\n"


def why_not() -> str:
    """What is missing for a daemon of one's own; nothing where it can run."""
    if DOCKERD is None:
        return "there is no dockerd (apt-get install docker.io)"
    if os.getuid() != 0:
        return "dockerd wants to be run by root"
    missing = [name for name in (*PROGRAMS, *SSH_PROGRAMS) if _program(name) is None]
    return f"there is no {', '.join(missing)} to make an image of" if missing else ""


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The socket of a daemon that is up, with both images in it; skipped with its reason where it doesn't come up."""
    place = Path(tempfile.mkdtemp(prefix="mist-docker-"))  # a socket's path is short
    path, log = place / "d.sock", folder / "dockerd.log"
    command = [
        str(DOCKERD), "-H", f"unix://{path}", "--data-root", str(place / "data"), "--exec-root", str(place / "exec"),
        "--pidfile", str(place / "pid"), "--iptables=false", "--ip6tables=false",
        "--exec-opt", "native.cgroupdriver=cgroupfs",
    ]  # fmt: skip
    with log.open("w") as said, subprocess.Popen(command, stdout=said, stderr=said) as daemon:
        try:
            _until_up(daemon, path, log)
            _import(path, "ssh-image", _packed(folder, (*PROGRAMS, *SSH_PROGRAMS)))
            _import(path, "plain-image", _packed(folder, PROGRAMS))
            yield str(path)
        finally:
            daemon.terminate()
            daemon.wait(30)
            shutil.rmtree(place, ignore_errors=True)


def ask(
    path: str | Path, method: str, target: str, body: bytes | None = None, *, kind: str = "application/x-tar"
) -> tuple[int, bytes]:
    """One request over the socket."""
    connection = HTTPConnection("localhost", timeout=60)
    connection.sock = sockets.socket(sockets.AF_UNIX)
    connection.sock.connect(str(path))
    connection.request(method, target, body, {"Content-Type": kind} if body else {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


def made(path: str, name: str, body: bytes) -> int:
    """The status of a create that isn't ours."""
    return ask(path, "POST", f"/containers/create?name={name}", body, kind="application/json")[0]


def inspected(path: str, name: str) -> dict[str, object]:
    """What the daemon says of a container."""
    found: dict[str, object] = json.loads(ask(path, "GET", f"/containers/{name}/json")[1])
    return found


def _until_up(daemon: subprocess.Popen[bytes], path: Path, log: Path) -> None:
    for _ in range(600):
        if daemon.poll() is not None:
            break
        if path.exists() and ask(path, "GET", "/_ping")[0] == 200:
            return
        pause(0.05)
    # A kernel or a container that lets no daemon run is no fault of ours, in CI neither.
    pytest.skip(f"dockerd does not come up here: {log.read_text()[-300:]}")


def _import(path: Path, name: str, archive: bytes) -> None:
    status, said = ask(path, "POST", f"/images/create?fromSrc=-&repo={name}&tag=latest", archive)
    assert status == 200, said


def _packed(folder: Path, programs: Sequence[str]) -> bytes:
    """A root folder of these programs and the libraries that they want, as an archive."""
    root = Path(tempfile.mkdtemp(dir=folder))
    for name in programs:
        program = _program(name)
        assert program is not None
        _put(root, program)
        for library in _libraries(program):
            _put(root, library)
    for sub in ("bin", "etc/ssh", "root", "run/sshd", "tmp", "var/empty", "proc", "usr/bin", "usr/sbin"):
        (root / sub).mkdir(parents=True, exist_ok=True)
    busybox = _program("busybox")
    for applet in _APPLETS:
        (root / "bin" / applet).symlink_to(str(busybox))
    (root / "etc" / "passwd").write_text(_PASSWD)
    (root / "etc" / "group").write_text("root:x:0:\n")
    (root / "etc" / "os-release").write_text('PRETTY_NAME="Made of busybox"\nID=busybox\n')
    (root / "etc" / "ssh" / "sshd_config").write_text("UsePAM no\n")
    (root / "root").chmod(0o700)
    (root / "tmp").chmod(0o1777)
    with tempfile.TemporaryFile(dir=folder) as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            archive.add(root, arcname=".")
        file.seek(0)
        return file.read()


def _program(name: str) -> Path | None:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    return Path(found) if found else None


def _libraries(program: Path) -> list[Path]:
    said = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False).stdout
    words = [word for line in said.splitlines() for word in line.split() if word.startswith("/")]
    return [Path(word) for word in words]


def _put(root: Path, file: Path) -> None:
    place = root / str(file).lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        shutil.copy2(file.resolve(), place)
