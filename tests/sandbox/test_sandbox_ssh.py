"""The sandbox's machines over real SSH: asyncssh and the real OpenSSH client against the emulated shell."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from mist_notebook.sandbox import Sandbox
from mist_notebook.sandbox.shell.distributions import architecture, distribution
from mist_notebook.sandbox.shell.host import Host, Interface
from mist_notebook.sandbox.shell.shell import Shell
from tests.rigs.sandbox_rig import Clock, Rig, asked, connected, openssh, port, run


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A sandbox with one machine that has run for a day, two hours and five minutes."""
    clock = Clock()
    with Sandbox.start(clock=clock) as sandbox:
        made = Rig(sandbox, clock, tmp_path_factory.mktemp("keys"))
        made.web = made.made("web-1")  # type: ignore[attr-defined]
        made.later(86_400 + 2 * 3600 + 5 * 60 + 2)
        yield made
        made.close()


@pytest.fixture(scope="module")
def web(rig: Rig) -> dict[str, Any]:
    return rig.web  # type: ignore[attr-defined,no-any-return]


# Who gets in


def test_openssh_asks_for_the_uptime(rig: Rig, web: dict[str, Any]) -> None:
    done = openssh(rig, web, "uptime")
    assert (done.returncode, done.stderr) == (0, "")
    assert " up 1 day,  2:05,  0 users,  load average: 0." in done.stdout


def test_both_users_of_the_image_get_in_and_nobody_else(rig: Rig, web: dict[str, Any]) -> None:
    assert run(web, rig.pair, "whoami; pwd; id -u") == (0, "root\n/root\n0\n", "")
    assert run(web, rig.pair, "whoami; pwd; id -u", user="debian") == (0, "debian\n/home/debian\n1000\n", "")
    for user in ("ubuntu", "nobody", ""):
        with pytest.raises(asyncssh.PermissionDenied):
            run(web, rig.pair, "whoami", user=user or "admin")


def test_only_associated_keys_get_in_and_at_once(rig: Rig) -> None:
    made = rig.made("web-keys")
    rig.later(3)
    stranger = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    with pytest.raises(asyncssh.PermissionDenied):
        run(made, stranger, "true")
    key = rig.add_key("second", stranger.export_private_key("pkcs1-pem").decode())
    path = f"/machines/{made['id']}/keys"
    assert rig("PUT", f"{path}/{key}", user="root").status_code == 200
    assert run(made, stranger, "nproc") == (0, "2\n", "")
    assert run(made, stranger, "cat ~/.ssh/authorized_keys")[1].count("ssh-") == 2
    assert rig("DELETE", f"{path}/{rig.key}").status_code == 200
    with pytest.raises(asyncssh.PermissionDenied):
        run(made, rig.pair, "true")
    rig.act(made, "destroy")


def test_no_other_way_in(rig: Rig, web: dict[str, Any]) -> None:
    async def offered() -> list[str]:
        return list(await asyncssh.get_server_auth_methods("127.0.0.1", port(web), "root"))

    assert asyncio.run(offered()) == ["publickey"]


def test_machines_have_host_keys_of_their_own(rig: Rig, web: dict[str, Any]) -> None:
    async def host_key(machine: dict[str, Any]) -> bytes:
        key = await asyncssh.get_server_host_key("127.0.0.1", port(machine))
        assert key
        assert key.get_algorithm() == "ssh-ed25519"
        return key.export_public_key()

    other = rig.made("web-other")
    rig.later(3)
    assert asyncio.run(host_key(web)) == asyncio.run(host_key(web)) != asyncio.run(host_key(other))
    rig.act(other, "destroy")


@pytest.mark.parametrize("kind", ["forward", "sftp", "remote", "agent"])
def test_there_is_nothing_but_the_shell(rig: Rig, web: dict[str, Any], kind: str) -> None:
    async def tried() -> None:
        async with await connected(web, rig.pair) as connection:
            if kind == "forward":
                await connection.open_connection("127.0.0.1", int(rig.sandbox.url.rpartition(":")[2]))
            elif kind == "remote":
                await connection.start_server(lambda *_: None, "127.0.0.1", 0)
            elif kind == "sftp":
                await connection.start_sftp_client()
            else:
                done = await connection.run("printenv SSH_AUTH_SOCK")
                raise OSError(done.stdout)

    with pytest.raises((asyncssh.Error, asyncssh.ChannelListenError, OSError)):
        asyncio.run(tried())


def test_what_stops_cuts_its_connections(rig: Rig) -> None:
    made = rig.made("web-cut")
    rig.later(3)

    async def cut() -> None:
        connection = await connected(made, rig.pair)
        process = await connection.create_process()
        await asyncio.to_thread(rig.act, made, "stop")
        with pytest.raises(asyncssh.ConnectionLost):
            await process.stdout.read()
        await connection.wait_closed()

    asyncio.run(cut())
    rig.later(1)
    rig.act(made, "start")
    rig.later(3)
    assert run(made, rig.pair, "hostname") == (0, "web-cut\n", "")
    rig.act(made, "destroy")


def test_a_machine_comes_up_by_itself(tmp_path: Path) -> None:
    with Sandbox.start(boot_seconds=0.2) as sandbox:
        rig = Rig(sandbox, Clock(), tmp_path)
        made = rig.made("web-1")
        asked_before = len(sandbox.requests)
        assert openssh(rig, made, "-oConnectionAttempts=30", "hostname").stdout == "web-1\n"
        assert len(sandbox.requests) == asked_before
        rig.close()


def test_two_hundred_machines_answer_at_once(tmp_path: Path) -> None:
    clock = Clock()
    with Sandbox.start(clock=clock, boot_seconds=0) as sandbox:
        rig = Rig(sandbox, clock, tmp_path)
        rig.create("web", **{"async": True, "quantity": 200})
        machines = rig.json("/machines")

        async def everybody() -> list[str]:
            done = await asyncio.gather(*(asked(machine, rig.pair, "hostname") for machine in machines))
            return [str(each.stdout).strip() for each in done]

        assert asyncio.run(everybody()) == [f"web-{number}" for number in range(1, 201)]
        rig.close()


# What is said, in which way


def test_a_script_on_the_input_runs_line_by_line(rig: Rig, web: dict[str, Any]) -> None:
    script = "echo one\nnproc\n\n# a comment\nfalse\necho $?\nexit 3\necho never\n"
    for command in ("sh -s", "sh", "bash -s", "/bin/sh -s", "LC_ALL=C sh -s"):
        done = openssh(rig, web, command, stdin=script)
        assert (done.returncode, done.stdout, done.stderr) == (3, "one\n2\n1\n", "")
    done = openssh(rig, web, stdin=script)
    assert (done.returncode, done.stdout) == (3, "one\n2\n1\n")


def test_a_script_as_the_command_runs_line_by_line(rig: Rig, web: dict[str, Any]) -> None:
    assert run(web, rig.pair, "echo one\nnproc\ntrue | false\necho $?\n") == (0, "one\n2\n127\n", run_error("a pipe"))


def run_error(what: str) -> str:
    shell = Shell(host)
    (chunk,) = shell.line("| x")
    return chunk.text.replace("a pipe", what, 1)


def test_the_last_line_needs_no_end(rig: Rig, web: dict[str, Any]) -> None:
    assert openssh(rig, web, "sh -s", stdin="echo a\nexit 5").returncode == 5


def test_a_terminal_has_a_prompt_and_shows_up_in_who(rig: Rig, web: dict[str, Any]) -> None:
    done = openssh(rig, web, "-tt", stdin="who\nusers\ncd /etc\nexit 7\n")
    assert done.returncode == 7
    assert "This machine is emulated" in done.stdout
    assert "root@web-1:~# " in done.stdout
    assert "root@web-1:/etc# " in done.stdout
    assert "pts/0        2014-05-14 " in done.stdout
    assert run(web, rig.pair, "who") == (0, "", "")


def test_a_terminal_survives_an_interrupt_and_ends_with_the_input(rig: Rig, web: dict[str, Any]) -> None:
    async def typed() -> tuple[str, int | None]:
        async with await connected(web, rig.pair) as connection:
            process = await connection.create_process(term_type="xterm", term_size=(80, 24))
            process.stdin.write("half a lin\x03")
            before = await process.stdout.readuntil("^C\r\n")
            process.change_terminal_size(100, 40)
            process.stdin.write("echo $?\n\x04")
            done = await process.wait()
            return str(before) + str(done.stdout), done.exit_status

    said, status = asyncio.run(typed())
    assert "\n130\r\n" in said
    assert (said.endswith("logout\r\n"), status) == (True, 0)


def test_input_that_is_no_text_is_no_trouble(rig: Rig, web: dict[str, Any]) -> None:
    async def fed() -> int | None:
        async with await connected(web, rig.pair) as connection:
            done = await connection.run("sh -s", input=b"\xff\xfe\x00\necho a\n" + b"x" * 100_000, encoding=None)
            assert isinstance(done.stdout, bytes)
            assert done.stdout.startswith(b"a\n")
            return done.exit_status

    assert asyncio.run(fed()) == 127


def test_output_is_bounded(rig: Rig, web: dict[str, Any]) -> None:
    status, out, err = run(web, rig.pair, "cat /proc/cpuinfo /proc/cpuinfo\n" * 5000)
    assert (status, len(out) + len(err) < 300_000) == (1, True)
    assert err.endswith("This session wrote too much: it ends here.\n")


# The shell itself


NOW = 1_400_000_000.0


def host(**changes: Any) -> Host:
    facts: dict[str, Any] = {
        "name": "web-1",
        "user": "root",
        "distribution": distribution("debian", "Debian 7.1 64-bit"),
        "arch": "x86_64",
        "cpus": 2,
        "ram_mb": 2048,
        "disk_gb": 100,
        "interfaces": (Interface("eth0", "192.0.2.1", 24, "02:00:00:00:00:01"),),
        "now": NOW,
        "booted": NOW - 5025,
        "seed": "x",
        "authorized": {"root": "ssh-ed25519 AAAA demo\n"},
    }
    return Host(**{**facts, **changes})


def said(script: str, **changes: Any) -> tuple[str, int]:
    """Output and exit code; errors are dropped."""
    shell = Shell(lambda: host(**changes))
    return "".join(chunk.text for chunk in shell.run(script) if chunk.stream == "out"), shell.status


@pytest.mark.parametrize(
    ("script", "out", "status"),
    [
        ("echo a; echo b", "a\nb\n", 0),
        ("false && echo a; echo $?", "1\n", 0),
        ("false || echo a && echo b", "a\nb\n", 0),
        ("true || echo a && echo b", "b\n", 0),
        ("false && echo a || echo b", "b\n", 0),
        ("false; exit", "", 1),
        ("exit 300", "", 44),
        ("exit 4; echo never", "", 4),
        ("echo 'a;  b' \"c && $? $USER\" d\\ e $USER'x'", "a;  b c && 0 root d e rootx\n", 0),
        ('echo \'$?\' "\\$? \\" \\x" #no', '$? $? " \\x\n', 0),
        ("echo a#b # c", "a#b\n", 0),
        ('echo "" x $UNSET y', " x y\n", 0),
        ("echo -n a; echo b", "ab\n", 0),
        ("X=1; echo $X ${X}2 ${UNSET}", "1 12\n", 0),
        ("LC_ALL=C nproc", "2\n", 0),
        ("export A=b; printenv A", "b\n", 0),
        ("cat /nope 2>/dev/null; echo $?", "1\n", 0),
        ("nproc >/dev/null 2>&1 && echo ok", "ok\n", 0),
        ("cat /nope 2>&1", "cat: /nope: No such file or directory\n", 1),
        ("command -v uptime nope; command -v free >/dev/null && echo free", "/usr/bin/uptime\nfree\n", 0),
        ("/usr/bin/nproc --all", "2\n", 0),
        ("getconf _NPROCESSORS_ONLN", "2\n", 0),
        ("sh -c 'echo a; exit 3'; echo $?", "a\n3\n", 0),
        ("cd /etc && pwd && cat hostname; cd; pwd", "/etc\nweb-1\n/root\n", 0),
        ("ls; ls -a /root/.ssh; ls -1 /proc/sys/kernel", "authorized_keys\nhostname\nosrelease\n", 0),
        ("ls /sys/class/net", "eth0\nlo\n", 0),
        ("cat /sys/class/net/*/address", "02:00:00:00:00:01\n00:00:00:00:00:00\n", 0),
        ("echo '/etc/*' /etc/host*", "/etc/* /etc/hostname /etc/hosts\n", 0),
        ("test -e /etc/hostname && [ -d /etc ] && [ ! -e /nope ] && echo ok", "ok\n", 0),
        ("[ 1 -lt 2 ] && [ a != b ] && [ -n x ] && echo ok", "ok\n", 0),
        ("printf '%s=%d\\n' a 1 b 2; printf '100%%\\n'", "a=1\nb=2\n100%\n", 0),
        ("head -n 1 /etc/os-release; wc -l /etc/hostname", 'NAME="Debian GNU/Linux"\n1 /etc/hostname\n', 0),
        ("uname -a", "Linux web-1 3.2.0-4-amd64 #1 SMP x86_64 GNU/Linux\n", 0),
        ("uname; uname -r; uname -m; uname -sn", "Linux\n3.2.0-4-amd64\nx86_64\nLinux web-1\n", 0),
        ("cat /proc/uptime", "5025.00 9849.00\n", 0),
        ("uptime -p; uptime -s", "up 1 hour, 23 minutes\n2014-05-13 15:29:35\n", 0),
        ("date; date +%s; date -u +%Y-%m-%d", "Tue May 13 16:53:20 UTC 2014\n1400000000\n2014-05-13\n", 0),
        ("id", "uid=0(root) gid=0(root) groups=0(root)\n", 0),
        ("hostname; hostname -I", "web-1\n192.0.2.1 \n", 0),
        (
            "ip -br addr",
            "lo               UNKNOWN        127.0.0.1/8 \neth0             UP             192.0.2.1/24 \n",
            0,
        ),
        (
            "ip -o addr",
            "1: lo    inet 127.0.0.1/8 scope host lo\n2: eth0    inet 192.0.2.1/24 scope global eth0\n",
            0,
        ),
    ],
)
def test_the_shell_does_what_a_shell_does(script: str, out: str, status: int) -> None:
    assert said(script) == (out, status)


@pytest.mark.parametrize(
    "line",
    [
        "uptime | wc",
        "uptime &",
        "echo a > /tmp/x",
        "cat < /etc/hostname",
        "echo $(id)",
        "echo `id`",
        'echo "$(id)"',
        "(true)",
        "echo ${HOME:-x}",
        "python3 -c 'print(1)'",
        "rm -rf /",
        "for x in a; do echo $x; done",
        "if true; then echo; fi",
        "sh script.sh",
        "ps aux",
        "free --giga",
        "printf %5d 1",
        "sh -c \"sh -c 'sudo reboot'\"",
        "hostname other",
        "date 010203042020",
        "ip route",
        "/etc/hostname",
        "..",
        "x" * 9000,
        "env ls",
        "cat",
        "\x1b[31mred",
    ],
)
def test_what_is_not_emulated_is_127_and_one_line_that_says_so(line: str) -> None:
    shell = Shell(host)
    chunks = shell.line(line)
    (refusal,) = [chunk.text for chunk in chunks if chunk.stream == "err"]
    assert "this machine is emulated by mist_notebook's sandbox, and knows only: cat cd command date df " in refusal
    assert (refusal.endswith("\n"), refusal[:-1].isprintable(), shell.status) == (True, True, 127)


@pytest.mark.parametrize("line", ["echo 'a", 'echo "a', "; echo", "true &&", "true && && true", "|| true", ";;"])
def test_what_no_shell_takes_is_2(line: str) -> None:
    shell = Shell(host)
    (chunk,) = shell.line(line)
    assert (chunk.stream, shell.status) == ("err", 2)


def test_memory_adds_up_and_fits_the_size() -> None:
    rows = said("free -b")[0].splitlines()
    total, used, free, _, cached, available = map(int, rows[1].split()[1:])
    assert (used + free + cached) // 4096 == total // 4096
    assert free < available < total < 2048 * 1024 * 1024
    meminfo = said("cat /proc/meminfo")[0]
    assert meminfo.splitlines()[0].split() == ["MemTotal:", str(total // 1024), "kB"]
    assert said("free -m")[0].splitlines()[1].split()[1] == str(total // 1024 // 1024)
    assert said("free -h")[0].splitlines()[1].split()[1] == "1.9G"


def test_the_disk_fits_the_size() -> None:
    (header, root, _run) = said("df -P -k")[0].splitlines()
    name, total, used, left, part, at = root.split()
    assert header.split() == ["Filesystem", "1024-blocks", "Used", "Available", "Capacity", "Mounted", "on"]
    assert (name, part, at) == ("/dev/vda1", "2%", "/")
    assert int(used) + int(left) < int(total) < 100 * 1024 * 1024
    assert said("df -PkT")[0].splitlines()[1].split()[1] == "ext4"
    assert said("df -Pah")[0].count("\n") == 5
    assert said("df -h /")[0].count("\n") == 2
    assert said("df /nope") == ("", 1)


def test_the_load_is_small_and_the_same_for_the_same_minute() -> None:
    assert said("cat /proc/loadavg") == said("cat /proc/loadavg")
    loads = [host(now=NOW + 60 * minute).load for minute in range(60)]
    assert len(set(loads)) > 30
    assert all(0 <= load < 0.2 for each in loads for load in each)
    assert host(seed="y").load != host(seed="z").load


def test_cores_are_the_same_wherever_one_looks() -> None:
    assert said("cat /proc/cpuinfo", cpus=3)[0].count("processor") == 3
    assert "CPU(s):              3\n" in said("lscpu", cpus=3)[0]


@pytest.mark.parametrize(
    ("os_distro", "name", "title", "kernel", "user"),
    [
        ("centos", "Linux CentOS 5.5 64-bit", "CentOS Linux 5.5", "2.6.18-194.el5", "centos"),
        ("debian", "Debian Lenny (5.0)", "Debian GNU/Linux 5.0", "2.6.26-2", "debian"),
        ("ubuntu", "Ubuntu 11.04x64 Server", "Ubuntu 11.04", "3.0.0-12", "ubuntu"),
        (
            "ubuntu",
            "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-20170721",
            "Ubuntu 16.04",
            "4.4.0-87",
            "ubuntu",
        ),
        (
            "amazon",
            "al2023-ami-2023.12.20260930.0-kernel-6.12-arm64",
            "Amazon Linux 2023",
            "6.12.0-sandbox",
            "ec2-user",
        ),
        (
            "redhat",
            "RHEL-7.4_HVM_GA-20170808-x86_64-2-Hourly2-GP2",
            "Red Hat Enterprise Linux 7.4",
            "3.10.0-693.el7",
            "ec2-user",
        ),
        ("gentoo", "Gentoo 32bit", "Gentoo", "3.10.0", "root"),
        ("", "VOD Cloud Storage Proxy (FTP:HTTP)", "Linux", "3.10.0", "root"),
    ],
)
def test_an_images_name_says_what_is_in_it(os_distro: str, name: str, title: str, kernel: str, user: str) -> None:
    known = distribution(os_distro, name)
    assert (known.title, known.kernel, known.user) == (title, kernel, user)


def test_the_architecture_is_the_images() -> None:
    assert architecture(["x86"], "Linux CentOS 5.5 32-bit") == "i686"
    assert architecture(["x86"], "CentOS 5.8 x32") == "i686"
    assert architecture(["x86"], "Debian 7.1 64-bit") == "x86_64"
    assert architecture(["arm"], "al2023") == "aarch64"
    assert said("uname -m; getconf LONG_BIT", arch="i686")[0] == "i686\n32\n"


def test_mist_and_the_machine_say_the_same(rig: Rig, web: dict[str, Any]) -> None:
    probe = rig("POST", f"/machines/{web['id']}/probe").json()["ssh"]
    status, out, _ = run(web, rig.pair, "cat /proc/uptime /proc/loadavg; nproc; uname -r; df -Pah")
    uptime, load, cores, kernel, *df = out.splitlines()
    assert status == 0
    assert float(uptime.split()[0]) == probe["uptime"]
    assert [float(value) for value in load.split()[:3]] == probe["loadavg"]
    assert (int(cores), kernel, df) == (probe["cores"], probe["kernel"], probe["df"].splitlines())
    macs = run(web, rig.pair, "cat /sys/class/net/eth*/address")[1].split()
    assert macs == probe["macs"]
