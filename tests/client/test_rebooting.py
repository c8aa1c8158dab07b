"""Rebooting a server over SSH: asked once, and done only once it is up anew."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from mist_notebook import MistClient
from mist_notebook.client.machines.acts import Pace
from mist_notebook.client.machines.machine import Machine
from mist_notebook.client.machines.rebooting import SCRIPT
from mist_notebook.ground.errors import BadValueError, ProbeError
from mist_notebook.ground.loop import LoopThread
from mist_notebook.ground.stopping import pause
from tests.rigs.ssh_hosts import ANSWERS, KEY, answers, begun, need_client, ssh_host


class Server:
    """A machine that reboots when it is asked to, by two looks later."""

    def __init__(self, *, code: int = 0, says: str = "", comes_back: bool = True) -> None:
        self.code, self.says, self.comes_back = code, says, comes_back
        self.asked: list[str] = []
        self.looks_since = 0

    async def handle(self, process: asyncssh.SSHServerProcess[Any]) -> None:
        command = process.command or ""
        if "/proc/uptime" in command:
            self.looks_since += bool(self.asked)
            is_anew = self.comes_back and self.looks_since > 2 and not self.code
            known = {**ANSWERS, "cat /proc/uptime": f"{5.0 if is_anew else 90000.0} 1.0\n"}
            process.stdout.write(answers(command, known))
        elif "mist-run" in command:
            _, _, script = await begun(process)
            self.asked.append(script)
            process.stdout.write(self.says)
        process.exit(self.code if "mist-run" in command else 0)


@contextmanager
def machine_of(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    need_client()  # which says how strict the configuration is
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    (tmp_path / ".ssh").mkdir(mode=0o700)
    (tmp_path / ".ssh" / "id_ed25519").write_bytes(KEY.export_private_key("openssh"))
    (tmp_path / ".ssh" / "id_ed25519").chmod(0o600)
    (tmp_path / ".ssh" / "config").write_text("Host 127.0.0.1\n StrictHostKeyChecking accept-new\n")
    loop = LoopThread("test-server")

    async def opened() -> tuple[Any, int]:
        host = ssh_host(server.handle)
        return host, await host.__aenter__()

    host, port = loop.run(opened())
    try:
        with MistClient() as client:
            backend, _ = client.add_cloud("server", host="127.0.0.1", user="root", port=str(port))
            client.pace = Pace(patience_s=5, sleep=lambda _: None)
            yield next(iter(backend.machines.values()))
    finally:
        loop.run(host.__aexit__(None, None, None))
        loop.close()


def test_it_is_rebooted_once_it_is_up_anew_and_was_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    with machine_of(server, tmp_path, monkeypatch) as machine:
        steps = [(step.state, step.message) for step in machine.acting("reboot")]
    assert [state for state, _ in steps] == ["asked", "waiting", "waiting", "done"]
    assert "still up as before" in steps[1][1]
    assert len(server.asked) == 1


@pytest.mark.parametrize("said", ["This user may not reboot it: sudo asks for a password.\n", ""])
def test_a_user_who_may_not_is_an_error_and_nothing_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    server = Server(code=77, says=said)
    with machine_of(server, tmp_path, monkeypatch) as machine, pytest.raises(ProbeError, match="was not asked") as why:
        machine.reboot()
    assert (said.strip() or "77") in str(why.value)


def test_nothing_else_can_be_asked_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    with machine_of(server, tmp_path, monkeypatch) as machine:
        for act in (machine.stop, machine.start, machine.destroy):
            with pytest.raises(BadValueError):
                act()
        with pytest.raises(BadValueError, match="Nothing is created"):
            machine.backend.create_machine("web", image_id="x", size_id="y")
    assert server.asked == []


@pytest.mark.parametrize("program", ["systemctl", "reboot", "shutdown"])
def test_the_script_asks_whatever_the_machine_has(tmp_path: Path, program: str) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / program).write_text(f"#!/bin/sh\necho $0 $* >{tmp_path}/asked\n")
    (bin_folder / program).chmod(0o755)
    (bin_folder / "id").write_text("#!/bin/sh\necho 0\n")
    (bin_folder / "id").chmod(0o755)
    for name in ("sleep", "true"):
        (bin_folder / name).symlink_to(f"/bin/{name}")
    script = SCRIPT.replace("/usr/sbin:/sbin", str(bin_folder)).replace("/sbin/", f"{tmp_path}/none/")
    done = subprocess.run(["/bin/sh", "-c", script], env={"PATH": str(bin_folder)}, capture_output=True, check=False)
    assert done.returncode == 0, done
    while not (tmp_path / "asked").exists() or not (tmp_path / "asked").read_text():
        pause(0.05)
    assert program in (tmp_path / "asked").read_text()
