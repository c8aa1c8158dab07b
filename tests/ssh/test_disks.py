"""Disks: every real local file system once, whatever names it: ZFS, btrfs, LVM, and what is no disk."""

from __future__ import annotations

import pytest

from mist_notebook.ssh.probing.script import facts_of

HEAD = "Filesystem 1024-blocks Used Available Capacity Mounted on\n"
ROOT = "/dev/sda1 26214400 3250586 22963814 13% /\n"
TIB = 1 << 30  # in KiB


def disks(df: str, mounts: str = "") -> dict[str, tuple[float, float]]:
    found = facts_of({"disks": HEAD + df, "mounts": mounts})["disks"]
    return {disk.mount: (round(disk.size_gb, 1), round(disk.used_gb, 1)) for disk in found}


def test_a_pool_of_9_2_tb_is_seen() -> None:
    tank = f"tank {int(9.2 * TIB)} {TIB} {int(8.2 * TIB)} 11% /tank\n"
    for mounts in ("", "tank /tank zfs\n/dev/sda1 / ext4\n"):
        assert disks(ROOT + tank, mounts) == {"/": (25.0, 3.1), "/tank": (9420.8, 1024.0)}


def test_the_file_systems_of_a_pool_share_its_room_and_count_once() -> None:
    pool = (
        f"rpool/ROOT/debian {2 * TIB} {TIB} {TIB} 50% /\n"
        f"rpool/home {TIB + TIB // 2} {TIB // 2} {TIB} 33% /home\n"
        f"rpool/var/log {TIB} 0 {TIB} 0% /var/log\n"
        f"tank {TIB} 0 {TIB} 0% /tank\n"
        f"tank/media {3 * TIB} {2 * TIB} {TIB} 67% /tank/media\n"
    )
    assert disks(pool) == {"/": (2560.0, 1536.0), "/tank": (3072.0, 2048.0)}


def test_btrfs_counts_once_wherever_its_volumes_are_mounted() -> None:
    df = (
        "/dev/nvme0n1p2 104857600 52428800 52428800 50% /\n"
        "/dev/nvme0n1p2 104857600 52428800 52428800 50% /home\n"
        "/dev/nvme0n1p2 104857600 52428800 52428800 50% /var/lib/machines\n"
        "/dev/sdb 10485760 0 10485760 - /srv/pool\n"
    )
    mounts = "/dev/nvme0n1p2 / btrfs\n/dev/nvme0n1p2 /home btrfs\n/dev/sdb /srv/pool btrfs\n"
    assert disks(df) == disks(df, mounts) == {"/": (100.0, 50.0), "/srv/pool": (10.0, 0.0)}


def test_lvm_raid_and_encrypted_volumes_are_disks() -> None:
    df = ROOT + (
        "/dev/mapper/vg0-data 10485760 1048576 9437184 10% /data\n"
        "/dev/mapper/vg0-data 10485760 1048576 9437184 10% /mnt/again\n"
        "/dev/mapper/luks-4a1c 20971520 0 20971520 0% /home\n"
        "/dev/md0 31457280 0 31457280 0% /system backups\n"
        "/dev/bcache0 5242880 0 5242880 0% /development\n"
        "/dev/loop5 5242880 0 5242880 0% /srv/image\n"
    )
    mounts = "/dev/md0 /system\\040backups xfs\n/dev/loop5 /srv/image btrfs\n/dev/loop6 /snap/core/1 squashfs\n"
    assert disks(df, mounts) == {
        "/": (25.0, 3.1),
        "/data": (10.0, 1.0),
        "/home": (20.0, 0.0),
        "/system backups": (30.0, 0.0),
        "/development": (5.0, 0.0),
        "/srv/image": (5.0, 0.0),
    }


NO_DISKS = [
    "tmpfs 1024 0 1024 0% /dev/shm",
    "udev 1024 0 1024 0% /dev",
    "overlay 26214400 3250586 22963814 13% /var/lib/docker/overlay2/4a1c/merged",
    "shm 65536 0 65536 0% /var/lib/docker/containers/4a1c/mounts/shm",
    "/dev/loop3 65536 65536 0 100% /snap/core/1",
    "/dev/loop3 65536 65536 0 100% /media/iso",
    "nas:/export 10485760 0 10485760 0% /mnt/nas",
    "//nas/share 10485760 0 10485760 0% /mnt/share",
    "ada@web:/srv 10485760 0 10485760 0% /mnt/ssh",
    "s3fs 274877906944 0 274877906944 0% /mnt/bucket",
    "/dev/sda15 106858 6186 100672 6% /boot/efi",
    "/dev/sda1 26214400 3250586 22963814 13% /etc/hosts",
    "none 4 0 4 0% /sys/fs/cgroup",
]


@pytest.mark.parametrize("line", NO_DISKS)
def test_memory_snaps_the_inside_of_containers_and_other_machines_are_no_disks(line: str) -> None:
    device, mount = line.split()[0], line.split("% ")[1]
    kinds = {"//nas/share": "cifs", "nas:/export": "nfs4", "/dev/loop3": "squashfs", "s3fs": "fuse.s3fs"}
    mounts = f"{device} {mount} {kinds[device]}\n/dev/sda1 / ext4\n" if device in kinds else ""
    assert disks(ROOT + line + "\n", mounts) == {"/": (25.0, 3.1)}


def test_the_root_of_a_container_is_its_disk_and_a_volume_beside_it() -> None:
    df = (
        "overlay 26214400 3250586 22963814 13% /\n"
        "/dev/sda1 26214400 3250586 22963814 13% /etc/resolv.conf\n"
        "/dev/sda1 26214400 3250586 22963814 13% /data\n"
    )
    assert disks(df, "/dev/sda1 /etc/resolv.conf ext4\n/dev/sda1 /data ext4\n") == {
        "/": (25.0, 3.1),
        "/data": (25.0, 3.1),
    }


def test_a_disk_that_was_put_in_is_one() -> None:
    assert "/run/media/ada/USB" in disks(ROOT + "/dev/sdc1 5242880 0 5242880 0% /run/media/ada/USB\n")
