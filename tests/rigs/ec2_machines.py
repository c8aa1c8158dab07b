"""Real machines behind the EC2 API: each instance of the scripted cloud is a QEMU with a kernel of its own.

with ec2_cloud.serve(…) as cloud, ec2_machines.behind(cloud, folder) as machines: ...

RunInstances boots one, with the key pair's public half and the parts of the user data; stop, start, reboot and
terminate do it to the machine; one that powers itself off is stopped or terminated, as it was asked for. Its public
address is 127.0.1.N, and it answers SSH at port 22 there.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

from tests.rigs import ec2_cloud, tiny_machine
from tests.rigs.ec2_cloud import Cloud
from tests.rigs.tiny_machine import Parts

MINUTE_S = 0.4  # how long a minute of `shutdown -P +12` is on these machines
_QUICK = "quiet tsc=reliable no_timer_check cryptomgr.notests"
_DOWN = ("StopInstances", "TerminateInstances")


@dataclass
class Machine:
    """One QEMU, and what it was started with."""

    own: str
    region: str
    address: str
    folder: Path
    parts: Parts
    process: subprocess.Popen[bytes] | None = None
    minute_s: float = MINUTE_S
    boots: int = 0
    ended_itself: threading.Event = field(default_factory=threading.Event)  # and its cloud has noticed

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def seed(self, key: str, data: bytes) -> None:
        """What its cloud puts into it: keys, and the parts of the user data, as cloud-init takes them apart."""
        seed = self.folder / "seed" / "seed"
        seed.mkdir(parents=True)
        (seed / "hostname").write_text(f"ip-{self.address.replace('.', '-')}")
        (seed / "authorized_keys").write_text(key)
        self.parts.host_key(seed / "host_key")
        for number, part in enumerate(_parts_of(data)):
            kind = "hook" if part.startswith(b"#cloud-boothook") else "script"
            text = part.partition(b"\n")[2] if kind == "hook" else part
            (seed / f"{kind}-{number}").write_bytes(text)
        initramfs = self.parts.initramfs.read_bytes() + tiny_machine.packed(self.folder / "seed")
        (self.folder / "initramfs").write_bytes(initramfs)

    def boot(self) -> None:
        """Switch it on. What QEMU says where it can't be is seen with the test's own output."""
        self.boots += 1
        self.process = subprocess.Popen(
            [
                "qemu-system-x86_64", "-M", "pc", "-accel", "tcg,tb-size=32", "-cpu", "qemu64", "-m", "128",
                "-nodefaults", "-no-user-config", "-display", "none",
                "-kernel", self.parts.kernel, "-initrd", self.folder / "initramfs",
                "-append", f"console=ttyS0 {_QUICK} MINUTE_S={self.minute_s}",
                "-serial", f"file:{self.folder / 'console'}",
                "-qmp", "unix:qmp,server=on,wait=off",
                "-netdev", f"user,id=n,restrict=on,hostfwd=tcp:{self.address}:22-:22",
                "-device", "virtio-net-pci,netdev=n,romfile=", "-device", "virtio-rng-pci",
            ],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def reset(self) -> None:
        """The reset button, by QEMU's own protocol; its socket's path from the root may be longer than one can be."""
        folder = os.open(self.folder, os.O_PATH)
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(f"/proc/self/fd/{folder}/qmp")
            finally:
                os.close(folder)
            talk = line.makefile("rw")
            talk.readline()
            for command in ("qmp_capabilities", "system_reset"):
                talk.write(json.dumps({"execute": command}) + "\n")
                talk.flush()
                talk.readline()

    def end(self) -> None:
        if self.process is not None and self.runs:
            self.process.send_signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


def _parts_of(data: bytes) -> list[bytes]:
    """User data as cloud-init takes it apart: one part, or those of a MIME message."""
    if not data.startswith((b"Content-Type: multipart", b"MIME-Version")):
        return [data] if data else []
    message: Any = message_from_bytes(data)
    return [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]


@dataclass
class Machines:
    """All machines of one cloud."""

    folder: Path
    parts: Parts
    minute_s: float = MINUTE_S
    every: dict[str, Machine] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def did(self, region: str, own: str, operation: str) -> None:
        """What moto has done, done to the machine."""
        with self.lock:
            machine = self.every.get(own)
            if operation == "RunInstances" and machine is None:
                self._begin(region, own)
            elif machine is not None and operation in _DOWN:
                machine.end()
            elif machine is not None and operation == "StartInstances" and not machine.runs:
                machine.boot()

    def rebooted(self, own: str) -> None:
        with self.lock:
            if own in self.every:
                self.every[own].reset()
                self.every[own].boots += 1

    def seen(self, answer: bytes) -> bytes:
        """The answer with the machines' own addresses in the place of moto's."""
        for machine in list(self.every.values()):
            public = instance(machine.region, machine.own).public_ip
            if public:
                answer = answer.replace(f">{public}<".encode(), f">{machine.address}<".encode())
        return answer

    def watch(self) -> None:
        """What powers itself off is stopped or terminated, as it was asked for; terminated where QEMU failed."""
        while not self.ended.wait(0.1):
            with self.lock:
                for machine in self.every.values():
                    own = instance(machine.region, machine.own)
                    if machine.process is None or machine.runs or own.state not in ("running", "pending"):
                        continue
                    ec2 = ec2_cloud.backend(machine.region)
                    failed = machine.process.returncode > 0
                    ends = failed or own.instance_initiated_shutdown_behavior == "terminate"
                    (ec2.terminate_instances if ends else ec2.stop_instances)([machine.own])
                    machine.ended_itself.set()

    def _begin(self, region: str, own: str) -> None:
        made = instance(region, own)
        folder = self.folder / own
        folder.mkdir(parents=True)
        machine = Machine(own, region, f"127.0.1.{len(self.every) + 1}", folder, self.parts, minute_s=self.minute_s)
        pair = ec2_cloud.backend(region).key_pairs.get(made.key_name)
        data = made.user_data
        raw = data.as_base64() if hasattr(data, "as_base64") else str(data or "")
        key = pair.material_public if pair else b""
        machine.seed(key.decode() if isinstance(key, bytes) else key, base64.b64decode(raw))
        machine.boot()
        self.every[own] = machine


def instance(region: str, own: str) -> Any:
    """moto's own record of a machine."""
    every = ec2_cloud.backend(region).reservations.values()
    return next(one for reservation in every for one in reservation.instances if one.id == own)


@contextmanager
def behind(cloud: Cloud, folder: Path, minute_s: float = MINUTE_S) -> Iterator[Machines]:
    """The cloud's machines are real for the length of the block; `minute_s` is how long their minutes are."""
    machines = Machines(folder / "machines", tiny_machine.parts(), minute_s)
    cloud.made, cloud.seen, cloud.rebooted = machines.did, machines.seen, machines.rebooted
    watcher = threading.Thread(target=machines.watch, daemon=True)
    watcher.start()
    try:
        yield machines
    finally:
        machines.ended.set()
        watcher.join()
        for machine in machines.every.values():
            machine.end()
        shutil.rmtree(machines.folder, ignore_errors=True)
