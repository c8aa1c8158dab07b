"""`python -m mist_notebook.sandbox` as another program meets it: a child process, its output, its files, its end."""

from __future__ import annotations

import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from mist_notebook.sandbox import Sandbox

COMMAND = [sys.executable, "-m", "mist_notebook.sandbox"]


class Standalone:
    """A running child and what it printed."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process = process
        self.log = log
        assert process.stdout
        self.lines = [process.stdout.readline(), process.stdout.readline()]
        self.settings = dict(line.rstrip("\n").split("=", 1) for line in self.lines)
        self.url, self.token = self.settings["MIST_URL"], self.settings["MIST_API_TOKEN"]

    def call(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            headers = {"Authorization": self.token}
            return session.request(method, f"{self.url}/api/v1{path}", headers=headers, timeout=10, **kwargs)

    def names(self) -> list[str]:
        return [cloud["name"] for cloud in self.call("GET", "/clouds").json()]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Any]:
    with running(tmp_path / "stderr") as starter:
        yield starter


@contextmanager
def running(log: Path) -> Iterator[Any]:
    children: list[subprocess.Popen[str]] = []

    def starter(*arguments: str | Path) -> Standalone:
        with log.open("w") as stderr:
            child = subprocess.Popen([*COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, stderr=stderr, text=True)
        children.append(child)
        return Standalone(child, log)

    yield starter
    for child in children:
        child.kill()
        child.wait(timeout=20)
        assert child.stdout
        child.stdout.close()


def refused(*arguments: str | Path) -> list[str]:
    """What it says when it doesn't start: exit code 2, one or two lines, nothing for a shell."""
    done = subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    lines = done.stderr.splitlines()
    assert (done.returncode, done.stdout, len(lines) in (1, 2)) == (2, "", True), done.stderr
    return lines


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_prints_the_two_lines_that_a_shell_understands(start: Any) -> None:
    child = start()
    assert child.lines == [f"MIST_URL={child.url}\n", f"MIST_API_TOKEN={child.token}\n"]
    assert child.url.startswith("http://127.0.0.1:")
    assert len(child.token) == 64
    assert child.names()[:2] == ["NephoScale", "EC2"]


def test_a_program_that_is_not_ours_can_use_it(start: Any) -> None:
    child = start()
    request = urllib.request.Request(child.url + "/api/v1/clouds", headers={"Authorization": child.token})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        assert b"NephoScale" in answer.read()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_explains_itself_on_stderr_and_ends_cleanly_when_asked_to(number: signal.Signals) -> None:
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        url, token = (process.stdout.readline().rstrip("\n").partition("=")[2] for _ in range(2))
        said = [process.stderr.readline() for _ in range(3)]
        process.send_signal(number)
        assert (process.wait(timeout=20), process.stdout.read(), process.stderr.read()) == (0, "", "")
    assert said[0].startswith(f"A Mist sandbox listens on {url}: examples only")
    assert "--state DIR" in said[1]
    assert '-H "Authorization: $MIST_API_TOKEN" "$MIST_URL/api/v1/clouds"' in said[2]
    assert token not in "".join(said)


def test_with_a_state_folder_everything_is_there_after_a_restart(start: Any, tmp_path: Path) -> None:
    state = tmp_path / "deep" / "er" / "my state"
    first = start("--state", state)
    (cloud, *_) = first.call("GET", "/clouds").json()
    image = first.call("GET", f"/clouds/{cloud['id']}/images").json()[0]
    unstarred = first.call("POST", f"/clouds/{cloud['id']}/images/{image['id']}").json()
    first.call("PUT", f"/clouds/{cloud['id']}", json={"new_name": "Renamed"})
    first.call("POST", "/clouds", json={"name": "Mine", "provider": "linode", "apikey": "canary"})
    assert first.call("POST", f"/clouds/{first.call('GET', '/clouds').json()[1]['id']}", json={"new_state": "0"}).ok
    pings, clouds = [first.call("GET", "/ping").json()], [first.call("GET", "/clouds").json()]
    assert first.end() == 0

    second = start("--state", state)
    pings.append(second.call("GET", "/ping").json())
    clouds.append(second.call("GET", "/clouds").json())
    assert second.settings == first.settings
    assert pings[0] == pings[1]
    assert clouds[0] == clouds[1]
    assert [item["enabled"] for item in clouds[1]][:2] == [True, False]
    assert second.names()[0] == "Renamed"
    assert unstarred in second.call("GET", f"/clouds/{cloud['id']}/images").json()
    second.end()
    assert b"canary" not in b"".join(file.read_bytes() for file in state.iterdir())


def test_its_files_are_for_their_owner_only(start: Any, tmp_path: Path) -> None:
    state = tmp_path / "state"
    child = start("--state", state)
    assert child.end() == 0
    assert mode(state) == 0o700
    files = {file.name: mode(file) for file in state.iterdir()}
    assert {"env", "sandbox.db"} <= set(files)
    assert set(files.values()) == {0o600}
    assert (state / "env").read_text() == "".join(child.lines)


def test_without_a_state_folder_it_writes_no_file(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    child = subprocess.Popen(
        COMMAND,
        cwd=here,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"HOME": str(here), "TMPDIR": str(here)},
    )
    assert child.stdout
    assert child.stdout.readline().startswith(b"MIST_URL=")
    child.terminate()
    assert child.wait(timeout=20) == 0
    child.stdout.close()
    assert list(here.iterdir()) == []


def test_what_was_acknowledged_survives_a_sigkill(start: Any, tmp_path: Path) -> None:
    state = tmp_path / "state"
    for number in range(5):
        child = start("--state", state)
        answer = child.call("POST", "/clouds", json={"name": f"Mine {number}", "provider": "linode", "apikey": "k"})
        assert answer.status_code == 200
        assert child.end(signal.SIGKILL) == -signal.SIGKILL
    child = start("--state", state)
    assert child.names()[6:] == [f"Mine {number}" for number in range(5)]


def test_made_tokens_survive_a_restart(start: Any, tmp_path: Path) -> None:
    with Sandbox.start(state_dir=tmp_path / "state") as inside:
        login = {"email": inside.email, "password": inside.password}
        made = requests.post(f"{inside.url}/api/v1/tokens", json=login, timeout=10).json()["token"]
    child = start("--state", tmp_path / "state")
    assert (child.url, child.token) == (inside.url, inside.token)
    child.token = made
    assert child.names()[0] == "NephoScale"


def test_a_second_one_on_the_same_folder_is_refused(start: Any, tmp_path: Path) -> None:
    state = tmp_path / "state"
    child = start("--state", state)
    assert refused("--state", state) == [f"Another sandbox runs on {state}: stop it, or give another folder."]
    assert refused("--state", state, "--port", "0")[0].startswith("Another sandbox runs on")
    assert child.names()[0] == "NephoScale"


def test_a_port_in_use_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        lines = refused("--port", str(port), "--state", tmp_path / "state")
    assert lines == [
        f"Port {port} on 127.0.0.1 is in use.",
        "Stop what listens there, or give another with --port.",
    ]
    assert list(tmp_path.iterdir()) == []


def test_the_port_can_be_chosen_and_is_kept(start: Any, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    child = start("--port", str(port), "--state", tmp_path / "state")
    assert child.url == f"http://127.0.0.1:{port}"
    child.end()
    assert start("--state", tmp_path / "state").url == child.url


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "70000"],
        ["--port", "abc"],
        ["--port", "-1"],
        ["--port", ""],
        ["--port", "٣"],
        ["--images", "-5"],
        ["--images", "many"],
        ["--images", "999999999"],
        ["--seed", "x"],
        ["--time-scale", "-1"],
        ["--time-scale", "nan"],
        ["--time-scale", "1000"],
        ["--time-scale", "fast"],
        ["--like-mist", "yes"],
        ["--state", ""],
        ["--state"],
        ["--stat", "x"],
        ["extra"],
    ],
    ids=" ".join,
)
def test_a_bad_argument_is_refused(arguments: list[str]) -> None:
    lines = refused(*arguments)
    assert len(lines) == 1
    assert "Traceback" not in lines[0]


def test_like_mist_lists_silently_and_answers_what_is_stored_at_once(start: Any) -> None:
    child = start("--like-mist")
    asked = {"headers": {"Authorization": child.token}, "timeout": 0.5}
    (cloud, *_) = requests.get(f"{child.url}/api/v1/clouds", **asked).json()
    sizes = f"{child.url}/api/v1/clouds/{cloud['id']}/sizes"
    with pytest.raises(requests.ReadTimeout):
        requests.get(sizes, **asked)
    assert requests.get(f"{sizes}?cached=1", **{**asked, "timeout": 20}).status_code == 200
    hurried = start("--like-mist", "--time-scale", "0")
    asked = {"headers": {"Authorization": hurried.token}, "timeout": 20}
    assert requests.get(f"{hurried.url}/api/v1/clouds/{cloud['id']}/sizes", **asked).status_code == 200


def test_a_state_folder_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert refused("--state", tmp_path / "file") == [f"The state folder {tmp_path}/file can't be used: it is a file."]
    assert refused("--state", tmp_path / "file" / "below")[0].endswith("can't be used: Not a directory.")
    assert refused("--state", "/proc/nothing")[0].startswith("The state folder /proc/nothing can't be used")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("file", "mine")]


def test_a_damaged_database_is_refused_and_left_alone(start: Any, tmp_path: Path) -> None:
    state = tmp_path / "state"
    start("--state", state).end()
    whole = (state / "sandbox.db").read_bytes()
    flipped = bytearray(whole)
    flipped[4096 : 4096 + 64] = b"\xff" * 64
    for damaged in (b"garbage" * 1000, whole[: len(whole) // 2], bytes(flipped), b"\0" * 8192):
        (state / "sandbox.db").write_bytes(damaged)
        first, second = refused("--state", state)
        assert first.startswith(f"{state}/sandbox.db can't be read (")
        assert second.startswith("Nothing was changed: ")
        assert (state / "sandbox.db").read_bytes() == damaged
    (state / "sandbox.db").write_bytes(whole)
    assert start("--state", state).names()[0] == "NephoScale"


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(tmp_path / "sandbox.db")
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    before = (tmp_path / "sandbox.db").read_bytes()
    assert "another program's" in refused("--state", tmp_path)[0]
    assert (tmp_path / "sandbox.db").read_bytes() == before


def test_images_add_a_cloud_for_load_that_goes_away_again(start: Any, tmp_path: Path) -> None:
    state = tmp_path / "state"
    child = start("--state", state, "--images", "200", "--seed", "3")
    big = child.call("GET", "/clouds").json()[-1]
    assert big["name"] == "Big"
    first = child.call("GET", f"/clouds/{big['id']}/images").content
    child.end()
    child = start("--images", "200", "--seed", "3")
    assert child.call("GET", f"/clouds/{big['id']}/images").content == first
    child.end()
    assert "Big" not in start("--state", state).names()


def test_the_name_of_big_may_be_taken(start: Any, tmp_path: Path) -> None:
    state = tmp_path / "state"
    child = start("--state", state)
    child.call("POST", "/clouds", json={"name": "Big", "provider": "linode", "apikey": "k"})
    child.end()
    assert refused("--state", state, "--images", "5") == [
        "--images needs the name Big, which another cloud has: rename it."
    ]
    assert start("--state", state).names()[-1] == "Big"
