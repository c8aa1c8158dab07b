"""The sandbox's faults: each does what its line says, to whom it is meant for, and nothing else."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from mist_notebook.sandbox import Sandbox, SandboxError
from mist_notebook.sandbox.ground.faults import KINDS, Fault, Faults, parsed
from tests.rigs.sandbox_rig import Clock, Rig, openssh, port

Start = Callable[..., Rig]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a sandbox with these faults."""
    rigs: list[Rig] = []

    def starter(*faults: dict[str, Any], **options: Any) -> Rig:
        clock = Clock()
        rigs.append(Rig(Sandbox.start(clock=clock, faults=faults, **options), clock, tmp_path))
        return rigs[-1]

    yield starter
    for rig in rigs:
        rig.close()
        rig.sandbox.close()


def listens(machine: dict[str, Any]) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port(machine)), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_a_slow_boot_takes_longer_and_only_there(start: Start) -> None:
    rig = start({"do": "slow-boot", "name": "slow-*", "seconds": 60})
    slow, quick = rig.made("slow-1"), rig.made("quick-1")
    rig.later(3)
    assert [rig.machine(each)["state"] for each in (slow, quick)] == ["pending", "running"]
    assert [listens(each) for each in (slow, quick)] == [False, True]
    rig.later(57)
    assert (rig.machine(slow)["state"], listens(slow)) == ("running", True)


def test_the_keys_may_come_later_than_ssh_and_only_once(start: Start) -> None:
    rig = start({"do": "late-key", "name": "cloud-init-*", "seconds": 40}, boot_seconds=2)
    late, usual = rig.made("cloud-init-1"), rig.made("web-1")
    rig.later(41)
    refused = openssh(rig, late, "hostname")
    assert (refused.returncode, "Permission denied" in refused.stderr) == (255, True)
    assert openssh(rig, usual, "hostname").stdout == "web-1\n"
    probe = rig("POST", f"/machines/{late['id']}/probe")
    assert (probe.status_code, probe.text.partition(":")[0]) == (401, "Couldn't authenticate to machine")
    rig.later(1)
    assert openssh(rig, late, "hostname").stdout == "cloud-init-1\n"
    rig.act(late, "reboot")
    rig.later(2)
    assert openssh(rig, late, "hostname").stdout == "cloud-init-1\n"


def test_a_machine_may_never_answer(start: Start) -> None:
    rig = start({"do": "never-answers", "name": "a"}, {"do": "never-answers", "name": "b", "how": "hang"})
    refuses, hangs = rig.made("a"), rig.made("b")
    rig.later(100)
    assert (rig.machine(refuses)["state"], listens(refuses)) == ("running", False)
    with socket.create_connection(("127.0.0.1", port(hangs)), timeout=5) as connection:
        connection.sendall(b"SSH-2.0-x\r\n")
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.recv(1)
    assert [rig("POST", f"/machines/{made['id']}/probe").status_code for made in (refuses, hangs)] == [503, 503]
    early = [rig.json(f"/jobs/{made['job_id']}") for made in (refuses, hangs)]
    assert [(story["finished_at"], len(story["logs"])) for story in early] == [(0, 2), (0, 2)]
    rig.later(600)
    late = [rig.json(f"/jobs/{made['job_id']}") for made in (refuses, hangs)]
    assert {story["logs"][-1]["error"] for story in late} == {"Couldn't connect over SSH"}


def test_a_quota_refuses_what_is_too_much(start: Start) -> None:
    rig = start({"do": "quota", "machines": 1, "name": "web-*"})
    first = rig.made("web-1")
    answer = rig.create("web-2")
    assert (answer.status_code, answer.text) == (
        500,
        "Machine creation failed: quota exceeded: 1 machines are the most",
    )
    assert sorted(rig.names()) == ["web-1"]
    rig.made("other")
    assert [accepted for _, _, accepted in rig.sandbox.ledger] == [True, False, True]
    rig.act(first, "destroy")
    rig.made("web-3")


def test_the_story_of_a_create_that_fails_never_closes(start: Start) -> None:
    rig = start({"do": "quota", "machines": 1})
    rig.create("web", **{"async": True, "quantity": 2, "job_id": "mine"})
    rig.later(10_000)
    story = rig.json("/jobs/mine")
    failed = [log["machine_name"] for log in story["logs"] if log["error"]]
    assert (failed, story["finished_at"], rig.names()) == (["web-2"], 0, ["web-1"])


@pytest.mark.parametrize(("status", "given"), [(500, {}), (502, {"status": 502})])
def test_an_error_after_the_commit_leaves_a_machine(start: Start, status: int, given: dict[str, Any]) -> None:
    rig = start({"do": "error-after-commit", "times": 1, **given})
    assert rig.create("web-1").status_code == status
    assert rig.names() == ["web-1"]
    assert [accepted for _, _, accepted in rig.sandbox.ledger] == [True]
    rig.made("web-2")


def test_an_error_before_the_commit_leaves_nothing(start: Start) -> None:
    rig = start({"do": "error-before-commit", "times": 1, "status": 503})
    assert (rig.create("web-1").status_code, rig.names()) == (503, [])
    rig.made("web-2")


def test_a_hang_after_the_commit_lasts_until_the_client_gives_up(start: Start) -> None:
    rig = start({"do": "hang-after-commit", "times": 1})
    with pytest.raises(requests.ReadTimeout):
        rig("POST", f"/clouds/{rig.clouds['NephoScale']}/machines", timeout=0.3, **rig.order("web-1"))
    assert rig.names() == ["web-1"]
    rig.made("web-2")


def test_a_sandbox_can_be_closed_while_it_hangs(start: Start) -> None:
    rig = start({"do": "hang-after-commit"})
    address = ("127.0.0.1", int(rig.sandbox.url.rpartition(":")[2]))
    body = json.dumps(rig.order("web-1")).encode()
    head = f"POST /api/v1/clouds/{rig.clouds['NephoScale']}/machines HTTP/1.1\r\nHost: 127.0.0.1:{address[1]}\r\n"
    head += f"Authorization: {rig.sandbox.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(head.encode() + body)
        assert rig.json("/ping")["sandbox"]
        rig.sandbox.close()
        assert connection.recv(1) == b""


def test_a_reset_after_the_commit_is_a_reset(start: Start) -> None:
    rig = start({"do": "reset-after-commit", "times": 1})
    with pytest.raises(requests.ConnectionError):
        rig.create("web-1")
    assert rig.names() == ["web-1"]
    assert [name for name, _, accepted in rig.sandbox.ledger if accepted] == ["web-1"]


def test_faults_may_be_about_an_action(start: Start) -> None:
    rig = start(
        {"do": "error-after-commit", "on": "destroy", "name": "web-*"},
        {"do": "error-before-commit", "on": "stop"},
        {"do": "reset-after-commit", "on": "rename"},
    )
    made = rig.made("web-1")
    rig.later(3)
    assert (rig.act(made, "stop").status_code, rig.machine(made)["state"]) == (500, "running")
    with pytest.raises(requests.ConnectionError):
        rig.act(made, "rename", name="web-2")
    assert (rig.names(), rig.act(made, "destroy").status_code) == (["web-2"], 500)
    rig.later(1)
    assert rig.names() == []


def test_a_listing_lags_by_seconds(start: Start) -> None:
    rig = start({"do": "lag", "seconds": 30, "name": "late"})
    made = rig.made("late")
    rig.made("soon")
    assert rig.names() == ["soon"]
    rig.later(29)
    assert rig.names() == ["soon"]
    assert rig("POST", f"/machines/{made['id']}/tags", tags={"a": "b"}).status_code == 200
    rig.later(1)
    assert sorted(rig.names()) == ["late", "soon"]


def test_a_listing_lags_by_requests(start: Start) -> None:
    rig = start({"do": "lag", "requests": 2})
    rig.made("late")
    assert [rig.names() for _ in range(4)] == [[], [], ["late"], ["late"]]


def test_a_time_limit_may_be_dropped_silently(start: Start) -> None:
    rig = start({"do": "drop-expiration", "every": 2})
    limit = {"date": "2014-05-13 17:53:20", "action": "destroy"}
    made = [rig.made(f"web-{number}", expiration=limit) for number in range(4)]
    assert [rig.machine(each)["expiration"] is None for each in made] == [False, True, False, True]


def test_a_machine_may_have_no_public_address(start: Start) -> None:
    rig = start({"do": "no-public-address"}, boot_seconds=0)
    made = rig.made("web-1")
    assert (made["public_ips"], made["private_ips"]) == ([], ["10.0.0.1"])
    assert openssh(rig, made, "hostname -I").stdout == "10.0.0.1 \n"


def test_ed25519_may_be_refused(start: Start, tmp_path: Path) -> None:
    rig = start({"do": "refuse-ed25519", "skip": 1})
    answer = rig("PUT", "/keys", name="more", priv=rig.private)
    assert (answer.status_code, answer.text) == (400, "Invalid private key: only RSA keys are taken here")
    pair = rig("POST", "/keys").json()
    assert rig.add_key("rsa", pair["priv"])


@pytest.mark.parametrize(
    ("fault", "happens"),
    [
        (Fault("lag"), "xxxxxx"),
        (Fault("lag", skip=2), "..xxxx"),
        (Fault("lag", times=2), "xx...."),
        (Fault("lag", skip=1, times=2), ".xx..."),
        (Fault("lag", every=2), ".x.x.x"),
        (Fault("lag", every=3, times=1), "..x..."),
        (Fault("lag", name="a*"), "xxxxxx"),
        (Fault("lag", name="b*"), "......"),
        (Fault("quota"), "......"),
    ],
)
def test_a_fault_happens_when_it_is_meant_to(fault: Fault, happens: str) -> None:
    faults = Faults([fault])
    assert "".join("x" if faults.take("lag", "abc") else "." for _ in range(6)) == happens


def test_the_first_fault_that_is_due_wins() -> None:
    faults = Faults(parsed([{"do": "slow-boot", "seconds": 1, "times": 1}, {"do": "slow-boot", "seconds": 2}]))
    taken = [faults.take("slow-boot", "x") for _ in range(2)]
    assert [fault and fault.seconds for fault in taken] == [1, 2]


# Files


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("f.toml", "[[fault]]\ndo = 'explode'", "fault 1: do = 'explode' is none of slow-boot, never-answers"),
        ("f.toml", "[[fault]]\nseconds = 1", "fault 1: do = None is none of"),
        ("f.toml", "[[fault]]\ndo = 'lag'", "fault 1: lag needs seconds or requests"),
        ("f.toml", "[[fault]]\ndo = 'quota'\nmachines = -1", "fault 1: machines = -1 won't do"),
        ("f.toml", "[[fault]]\ndo = 'quota'\nmachines = true", "fault 1: machines = True won't do"),
        ("f.toml", "[[fault]]\ndo = 'slow-boot'\nseconds = nan", "fault 1: seconds = nan won't do"),
        ("f.toml", "[[fault]]\ndo = 'never-answers'\nhow = 'x'", "fault 1: how = 'x' won't do"),
        ("f.toml", "[[fault]]\ndo = 'error-after-commit'\nstatus = 200", "fault 1: status = 200 won't do"),
        ("f.toml", "[[fault]]\ndo = 'error-after-commit'\non = 'x'", "fault 1: on = 'x' won't do"),
        (
            "f.toml",
            "[[fault]]\ndo = 'drop-expiration'\nnmae = 'x'",
            "fault 1: drop-expiration has no 'nmae', only do, name",
        ),
        ("f.toml", "fault = [1]", "fault 1: it isn't a table"),
        ("f.toml", "faults = []", "needs [[fault]] tables, and nothing else"),
        ("f.toml", "fault = 1", "needs [[fault]] tables, and nothing else"),
        ("f.toml", "= x", "is neither TOML nor JSON"),
        ("f.json", "[1]", "needs [[fault]] tables, and nothing else"),
        ("f.json", "{", "is neither TOML nor JSON"),
        ("f.json", "\xff", "is neither TOML nor JSON"),
    ],
)
def test_a_bad_faults_file_is_one_line_and_exit_code_2(tmp_path: Path, name: str, text: str, reason: str) -> None:
    file = tmp_path / name
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(SandboxError) as caught:
        Sandbox.start(faults=file)
    assert reason in str(caught.value)
    assert str(caught.value).startswith(f"The faults file {file} ")
    assert "\n" not in str(caught.value)


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "mist_notebook.sandbox", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, timeout=60)


def test_the_command_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[[fault]]\ndo = 1")
    expected = {
        tmp_path / "nope.toml": "can't be read: No such file or directory.",
        tmp_path: "can't be read: Is a directory.",
        tmp_path / "bad.toml": "is wrong: fault 1: do = 1 is none of",
    }
    for file, reason in expected.items():
        done = command("--faults", file, "--state", tmp_path / "state")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert reason in done.stderr
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("seconds", ["-1", "x", "nan", "inf", ""])
def test_a_senseless_boot_time_is_refused(seconds: str) -> None:
    done = command("--boot-seconds", seconds)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_the_command_takes_a_file(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text(json.dumps({"fault": [{"do": "quota", "machines": 0}]}))
    line = [sys.executable, "-m", "mist_notebook.sandbox", "--faults", str(file), "--boot-seconds", "0"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout
        url, token = (child.stdout.readline().strip().partition("=")[2] for _ in range(2))
        running: Any = type("Running", (), {"url": url, "token": token})
        rig = Rig(running, Clock(), tmp_path)
        assert "quota exceeded" in rig.create("web-1").text
        rig.close()
        child.terminate()
        assert child.wait(timeout=20) == 0


@pytest.mark.parametrize(
    ("ill", "command", "word", "least", "most"),
    [
        ("full-disk", "df -P -k /", 2, 0.96, 0.98),
        ("low-memory", "free -k", 2, 0.93, 0.95),
        ("high-load", "cat /proc/loadavg", 0, 8.0, 8.5),
    ],
)
def test_a_sick_machine_shows_it_and_its_neighbour_is_well(
    start: Start, ill: str, command: str, word: int, least: float, most: float
) -> None:
    rig = start({"do": ill, "name": "web-7"}, boot_seconds=1)
    sick, well = rig.made("web-7"), rig.made("web-8")
    rig.later(200)
    shown = [
        openssh(rig, each, command).stdout.splitlines()[-1 if "loadavg" in command else 1] for each in (sick, well)
    ]
    parts = [_part(line.split(), word, command) for line in shown]
    assert least < parts[0] < most and parts[1] < 0.5


def _part(words: list[str], word: int, command: str) -> float:
    """How much of the whole is used, or the load."""
    return float(words[word]) / (1 if "loadavg" in command else float(words[1]))


def test_a_quota_counts_each_machine_that_it_refused(start: Start) -> None:
    rig = start({"do": "quota", "machines": 1, "name": "web-*"}, {"do": "quota", "machines": 9, "name": "db-*"})
    for name in ("web-1", "web-2", "web-3", "db-1"):
        rig.create(name)
    assert [happened for _, happened in rig.sandbox.doing().faults] == [2, 0]


def test_the_page_has_every_fault_as_it_is() -> None:
    text = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    for do, kind in KINDS.items():
        keys = ", ".join(f"`{name}`" for name in kind.takes)
        assert f"| `{do}` | {kind.about} | {keys}{' ' if keys else ''}|" in text
    assert text.split("| `do` |")[1].split("\n\n")[0].count("\n| `") == len(KINDS)


def test_a_fault_that_is_nearly_one_is_named() -> None:
    with pytest.raises(SandboxError, match=r"did you mean slow-boot\?$"):
        parsed([{"do": "slow-bot", "seconds": 1}])
