"""A machine of 128 MB that boots in seconds without KVM: Debian's cloud kernel, busybox and dropbear, in one initramfs.

parts = tiny_machine.parts()      # unpacked from Debian's packages, built once, kept in pytest's cache
Nothing is installed: the packages are fetched by apt-get, unpacked, and put together.
"""

from __future__ import annotations

import gzip
import os
import platform
import re
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".pytest_cache" / "tiny-machine"
_INIT = Path(__file__).with_name("tiny_init.sh")
_PACKAGES = (
    "busybox-static", "dropbear-bin", "libtomcrypt1", "libtommath1", "zlib1g", "libcrypt1", "libc6", "libgmp10",
)  # fmt: skip
_LIBRARIES = ("libtomcrypt.so.1", "libtommath.so.1", "libz.so.1", "libcrypt.so.1", "libc.so.6", "libgmp.so.10")
_LOADER = "ld-linux-x86-64.so.2"
_MODULES = (
    "rng-core", "failover", "net_failover", "virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev",
    "virtio_pci", "virtio_net", "virtio-rng",
)  # fmt: skip
_FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nadmin:x:1000:1000:admin:/home/admin:/bin/sh\n",
    "etc/shadow": "root:*:19000:0:99999:7:::\nadmin:*:19000:0:99999:7:::\n",
    "etc/group": "root:x:0:\nadmin:x:1000:\n",
    "etc/shells": "/bin/sh\n",
    "etc/os-release": 'PRETTY_NAME="Tiny Linux (Debian kernel, busybox)"\nID=debian\nVERSION_ID="12"\n',
    "etc/inittab": "::sysinit:/bin/true\n::ctrlaltdel:/bin/reboot -f\n::shutdown:/bin/true\n",
}


@dataclass(frozen=True)
class Parts:
    """What a machine is started from: the kernel, the packed system, and the tool that makes host keys."""

    kernel: Path
    initramfs: Path
    unpacked: Path

    def host_key(self, path: Path) -> None:
        """Make a host key of dropbear's there."""
        libraries = self.unpacked / "usr" / "lib" / "x86_64-linux-gnu"
        others = self.unpacked / "lib" / "x86_64-linux-gnu"
        command = [_found(self.unpacked, _LOADER), "--library-path", f"{libraries}:{others}"]
        command += [self.unpacked / "usr" / "bin" / "dropbearkey", "-t", "ed25519", "-f", path]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def why_not() -> str:
    """What this computer lacks for such machines, in a sentence; nothing where it lacks nothing."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return "tiny machines are for Linux on x86_64"
    for tool, package in (("qemu-system-x86_64", "qemu-system-x86"), ("cpio", "cpio"), ("apt-get", "apt")):
        if shutil.which(tool) is None:
            return f"{tool} is not installed (Debian: apt-get install {package})"
    try:
        with socket.create_server(("127.0.1.1", 22)):
            return ""
    except OSError as error:
        return f"port 22 of 127.0.1.1 can't be had ({error.strerror}): machines answer SSH there"


def parts() -> Parts:
    """The parts, built if they aren't there. Raises OSError or CalledProcessError where they can't be fetched."""
    if not (FOLDER / "system.cpio.gz").is_file():
        building = FOLDER.with_name(f"tiny-machine-{os.getpid()}")
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        _unpack(building)
        _pack(building)
        shutil.rmtree(FOLDER, ignore_errors=True)
        building.rename(FOLDER)
    kernel = next((FOLDER / "unpacked" / "boot").glob("vmlinuz-*"))
    return Parts(kernel, FOLDER / "system.cpio.gz", FOLDER / "unpacked")


def packed(folder: Path) -> bytes:
    """A folder as an archive that the kernel unpacks."""
    files = subprocess.run(["find", "."], cwd=folder, check=True, capture_output=True).stdout
    archive = subprocess.run(["cpio", "-o", "-H", "newc", "--quiet"], cwd=folder, input=files, capture_output=True)
    return gzip.compress(archive.stdout, 1, mtime=0)


def _unpack(folder: Path) -> None:
    said = subprocess.run(
        ["apt-cache", "depends", "linux-image-cloud-amd64"], check=True, capture_output=True, text=True
    ).stdout
    kernels = re.findall(r"Depends: (linux-image-\S+)", said)
    debs = folder / "debs"
    debs.mkdir()
    command = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", *kernels[:1], *_PACKAGES]
    subprocess.run(command, cwd=debs, check=True, capture_output=True)
    for deb in debs.glob("*.deb"):
        subprocess.run(["dpkg", "-x", deb, folder / "unpacked"], check=True)
    shutil.rmtree(debs)


def _pack(folder: Path) -> None:
    """The system as one archive, from what was unpacked."""
    root, unpacked = folder / "root", folder / "unpacked"
    for name in ("bin", "sbin", "dev", "proc", "sys", "run", "tmp", "root", "home", "lib64", "usr/bin", "usr/sbin"):
        (root / name).mkdir(parents=True)
    for name in ("etc/dropbear", "lib/modules", "lib/x86_64-linux-gnu", "var/log", "var/run"):
        (root / name).mkdir(parents=True)
    for name, text in _FILES.items():
        (root / name).write_text(text)
    busybox = root / "bin" / "busybox"
    shutil.copy(unpacked / "bin" / "busybox", busybox)
    for tool in subprocess.run([busybox, "--list"], check=True, capture_output=True, text=True).stdout.split():
        if not (root / "bin" / tool).exists():
            (root / "bin" / tool).symlink_to("busybox")
    shutil.copy(unpacked / "usr" / "sbin" / "dropbear", root / "usr" / "sbin" / "dropbear")
    _pack_libraries(root, unpacked)
    shutil.copy(_INIT, root / "init")
    (root / "init").chmod(0o755)
    (folder / "system.cpio.gz").write_bytes(packed(root))
    shutil.rmtree(root)
    shutil.rmtree(unpacked / "lib" / "modules")


def _pack_libraries(root: Path, unpacked: Path) -> None:
    for library in _LIBRARIES:
        shutil.copy(_found(unpacked, library), root / "lib" / "x86_64-linux-gnu" / library)
    shutil.copy(_found(unpacked, _LOADER), root / "lib64" / _LOADER)
    for module in _MODULES:
        for file in list((unpacked / "lib" / "modules").rglob(f"{module}.ko"))[:1]:
            shutil.copy(file, root / "lib" / "modules" / file.name)


def _found(folder: Path, name: str) -> Path:
    """The file that a package's link of that name leads to."""
    link = next(folder.rglob(name))
    return link if link.is_file() and not link.is_symlink() else link.parent / link.readlink()


if __name__ == "__main__":
    print(parts())
