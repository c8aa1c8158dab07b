"""What the tests of the sandbox's machines share: a clock to turn, a client, keys, and two ways in by SSH."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import asyncssh
import requests

from mist_notebook.sandbox import Sandbox

from .ssh_hosts import need_client

START = 1_400_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


class Rig:
    """A sandbox with one Ed25519 key in it, whose NephoScale and EC2 machines can be made in one line."""

    def __init__(self, sandbox: Sandbox, clock: Clock, folder: Path) -> None:
        self.sandbox = sandbox
        self.clock = clock
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = sandbox.token
        self.pair = asyncssh.generate_private_key("ssh-ed25519")
        self.private = self.pair.export_private_key().decode()
        self.key_file = folder / "id_ed25519"
        self.key_file.touch(mode=0o600)
        self.key_file.write_text(self.private)
        self.clouds = {cloud["name"]: cloud["id"] for cloud in self.json("/clouds")}
        self.key = self.add_key("demo", self.private)

    def __call__(self, method: str, path: str, **body: Any) -> requests.Response:
        timeout = body.pop("timeout", 20)
        return self._session.request(method, f"{self.sandbox.url}/api/v1{path}", json=body or None, timeout=timeout)

    def post(self, path: str, body: Any) -> requests.Response:
        return self._session.post(f"{self.sandbox.url}/api/v1{path}", json=body, timeout=20)

    def json(self, path: str) -> Any:
        answer = self("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def add_key(self, name: str, private: str) -> str:
        return str(self("PUT", "/keys", name=name, priv=private).json()["id"])

    def order(self, called: str, **more: Any) -> dict[str, Any]:
        return {"name": called, "image": "177", "size": "7", "location": "87729", "key": self.key, **more}

    def create(self, name: str, cloud: str = "NephoScale", **more: Any) -> requests.Response:
        return self.post(f"/clouds/{self.clouds[cloud]}/machines", self.order(name, **more))

    def made(self, name: str, cloud: str = "NephoScale", **more: Any) -> dict[str, Any]:
        answer = self.create(name, cloud, **more)
        assert answer.status_code == 200, answer.text
        return {**answer.json(), "external_id": answer.json()["id"]}

    def ec2(self, name: str, **more: Any) -> dict[str, Any]:
        return self.made(name, "EC2", **{"image": "ami-785db401", "size": "m1.small", "location": "us-east-1a", **more})

    def machines(self) -> dict[str, dict[str, Any]]:
        return {machine["external_id"]: machine for machine in self.json("/machines")}

    def machine(self, made: dict[str, Any]) -> dict[str, Any]:
        return self.machines()[made["id"]]

    def names(self) -> list[str]:
        return [machine["name"] for machine in self.json("/machines")]

    def act(self, made: dict[str, Any], action: str, **more: Any) -> requests.Response:
        return self("POST", f"/machines/{made['id']}", action=action, **more)

    def later(self, seconds: float) -> None:
        """Turn the clock, and let the sandbox notice."""
        self.clock.now += seconds
        self("GET", "/ping")

    def close(self) -> None:
        self._session.close()


def port(machine: dict[str, Any]) -> int:
    return int(machine["extra"]["ssh_port"])


async def connected(machine: dict[str, Any], key: Any, user: str = "root") -> asyncssh.SSHClientConnection:
    return await asyncssh.connect(
        "127.0.0.1",
        port(machine),
        username=user,
        client_keys=[key],
        known_hosts=None,
        config=[],
        agent_path=None,
    )


async def asked(machine: dict[str, Any], key: Any, command: str, user: str = "root") -> asyncssh.SSHCompletedProcess:
    async with await connected(machine, key, user) as connection:
        return await connection.run(command)


def run(machine: dict[str, Any], key: Any, command: str, user: str = "root") -> tuple[int | None, str, str]:
    """Exit code, output and errors of a command over asyncssh."""
    done = asyncio.run(asked(machine, key, command, user))
    return done.exit_status, str(done.stdout), str(done.stderr)


def openssh(rig: Rig, machine: dict[str, Any], *arguments: str, user: str = "root", stdin: str = "") -> Any:
    """The real OpenSSH client."""
    need_client()
    options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "IdentitiesOnly=yes"]
    command = ["ssh", "-F", "none", "-i", str(rig.key_file), "-p", str(port(machine))]
    command += [part for option in options for part in ("-o", option)]
    words = [word for word in arguments if word.startswith("-")] + [f"{user}@127.0.0.1"]
    words += [word for word in arguments if not word.startswith("-")]
    return subprocess.run([*command, *words], input=stdin, capture_output=True, text=True, timeout=60)
