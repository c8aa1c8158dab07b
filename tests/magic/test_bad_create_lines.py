"""Lines of `%mist create` and `add-key` that can't work, and those that only show: nothing is sent for any of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook.client import runtime
from mist_notebook.ground.errors import BadValueError, MistError, MistUsageError, NotFoundError, ProbeError
from tests.conftest import Notebook
from tests.rigs.line_rig import WHAT, Desk, add_key


@pytest.fixture(scope="module")
def shared() -> Iterator[runtime.Runtime]:
    """One sandbox for all lines that make nothing."""
    held = runtime.acquire()
    try:
        add_key(held.sandbox(boot_seconds=0.02))
        yield held
    finally:
        runtime.release(held)


@pytest.fixture
def quiet_desk(notebook: Notebook, shared: runtime.Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("MIST_DATA_DIR", str(tmp_path / "data"))
    desk = Desk(notebook, shared.sandbox())
    notebook.value("sizes = %mist sizes EC2")
    return desk


C = "create NephoScale"
BAD: list[tuple[str, type[MistError], str, str]] = [
    (C, MistUsageError, "create needs --name, --image, --size", "It takes: %mist create BACKEND --name NAME"),
    ("create", MistUsageError, "create needs backend, --name", "It takes: "),
    (f"{C} --image 5 --size 48", MistUsageError, "create needs --name", "It takes: "),
    # B27 to B30: how many
    (f"{C} --name web {WHAT} --count 0", BadValueError, "--count: '0'", "From 1 to 1,000"),
    (f"{C} --name web {WHAT} --count -1", BadValueError, "--count: '-1'", "From 1"),
    (f"{C} --name web {WHAT} --count 1e3", BadValueError, "--count: '1e3'", "From 1"),
    (f"{C} --name web {WHAT} --count 1.5", BadValueError, "--count: '1.5'", "From 1"),
    (f"{C} --name web {WHAT} --count 1001", BadValueError, "--count: '1001'", "From 1 to 1,000"),
    # B31 to B40: names
    (f'{C} --name "" {WHAT}', BadValueError, "The machine's name is empty", "web-1"),
    (f'{C} --name "   " {WHAT}', BadValueError, "The machine's name is empty", "web-1"),
    (f'{C} --name "a b" {WHAT}', BadValueError, "'a b'", "no spaces"),
    (f"{C} --name=-x {WHAT}", BadValueError, "'-x'", "not at the ends"),
    (f"{C} --name -x {WHAT}", MistUsageError, "-x", ""),
    (f"{C} --name a_b {WHAT}", BadValueError, "'a_b'", "letters, digits, dots and dashes"),
    (f"{C} --name {'w' * 64} {WHAT}", BadValueError, "has 64 characters", "1 to 63"),
    (f"{C} --name {'w' * 62} {WHAT} --count 2", BadValueError, "has 64 characters", "--count and --unique"),
    (f"{C} --name {'w' * 60} {WHAT} --unique", BadValueError, "has 67 characters", "--count and --unique"),
    (f'{C} --name "web;reboot" {WHAT}', BadValueError, "'web;reboot'", "It takes"),
    (f"""{C} --name '$$(id)' {WHAT}""", BadValueError, "'$(id)'", "It takes"),
    (f'{C} --name "{{1+1}}" {WHAT}', BadValueError, "'2' is only digits", "{{ is a plain brace"),
    (f"{C} --name ubuntu\u202e {WHAT}", BadValueError, "'ubuntu\\u202e'", "It takes"),
    (f"{C} --name wéb {WHAT}", BadValueError, "'wéb'", "It takes"),
    ("create Linode --name ab --image x --size y", BadValueError, "has 2 characters", "3 to 63"),
    # B41 to B47: what and where
    (f"{C} --name web --image 5 --size t9.nano", NotFoundError, "No size named 't9.nano'", ""),
    (f"{C} --name web --image 5 --size t1.micro", NotFoundError, "'t1.micro'", "It belongs to EC2, not to NephoScale."),
    (f"{C} --name web --image ami-0 --size 48", NotFoundError, "No image named 'ami-0'", ""),
    (f"{C} --name web --image latest --size 48", BadValueError, "'latest' doesn't name one image", "%mist images"),
    (f"{C} --name web --image 5 --size 48 --location SJC", NotFoundError, "'SJC'", "SJC-1"),
    (f'{C} --name web --image "" --size 48', BadValueError, "The image is empty", ""),
    (f"{C} --name web {WHAT} --key missing", NotFoundError, "No key named 'missing'", ""),
    (
        f"{C} --name web {WHAT} --key ~/.ssh/id_rsa",
        BadValueError,
        "is a path, and --key takes the name of a key",
        "add-key NAME",
    ),
    # B48 to B51: time and price
    (f"{C} --name web {WHAT} --hours 0", BadValueError, "--hours: '0'", "2h, 90m or 3d"),
    (f"{C} --name web {WHAT} --hours 9999", BadValueError, "--hours: '9999'", "2h"),
    (f"{C} --name web {WHAT} --hours 4x", BadValueError, "--hours: '4x'", "2h"),
    (f"{C} --name web {WHAT} --hours nan", BadValueError, "--hours: 'nan'", "2h"),
    (f"{C} --name web {WHAT} --accept-unknown-price other", BadValueError, "'other', not the machine", "exact name"),
    # fields and files
    (f"{C} --name web {WHAT} --extra ips", BadValueError, "'ips' is not key=value", "--extra"),
    (f"{C} --name web {WHAT} --extra job_id=1", BadValueError, "'job_id' can't be given", "--help"),
    (f"{C} --name web {WHAT} --extra quantity=5", BadValueError, "'quantity' can't be given", "--help"),
    (f"{C} --name web {WHAT} --extra machine_password=hunter2", MistUsageError, "password or token", "change it"),
    (f"{C} --name web {WHAT} --script /nowhere/x", BadValueError, "No such file", "path of a file"),
    (f"{C} --name web {WHAT} --script /", BadValueError, "directory", "path of a file"),
    (f"{C} --name web {WHAT} --script /bin/true", BadValueError, "--script: /bin/true", ""),
    (f"{C} --name web {WHAT} --another --count 2", MistUsageError, "--another goes with neither", "Choose"),
    (f"create EC3 --name web {WHAT}", NotFoundError, "'EC3'", "EC2"),
    ("add-key demo", MistUsageError, "either --generate or --from FILE", "%mist add-key demo --generate"),
    ("add-key demo --generate --from x", MistUsageError, "either --generate or --from FILE", ""),
    ("add-key demo --from /nowhere/key", ProbeError, "/nowhere/key", ""),
    ('add-key "" --generate', BadValueError, "The name of the key is empty", "demo"),
    ('add-key demo --from "-----BEGIN RSA PRIVATE KEY-----"', MistUsageError, "never taken from a cell", "change it"),
]


@pytest.mark.parametrize(("line", "kind", "message", "hint"), BAD, ids=[bad[0][:60] for bad in BAD])
def test_a_create_that_cannot_work_fails_in_two_lines_and_sends_nothing(
    quiet_desk: Desk, line: str, kind: type[MistError], message: str, hint: str
) -> None:
    error = quiet_desk.failed(line)
    assert type(error) is kind, str(error)
    assert message in error.message
    assert hint in error.hint
    assert quiet_desk.made == []


def test_a_refused_secret_is_not_repeated(quiet_desk: Desk) -> None:
    error = quiet_desk.failed(f"{C} --name web {WHAT} --extra machine_password=hunter2")
    assert "hunter2" not in str(error)


def test_a_dry_run_shows_the_receipt_and_sends_nothing(quiet_desk: Desk) -> None:
    writes = quiet_desk.writes
    page = str(quiet_desk.create("web", "--dry-run --hours 2h --extra ips=[]"))
    assert quiet_desk.writes == writes
    for fact in ("SANDBOX", "web", "Linux CentOS 5.5 64-bit (5, owner", "CS4.2 - 4GB, 2Core, 150GB (48)", "SJC-1"):
        assert fact in page
    assert "example: 0.1500 USD an hour, 109.50 USD a month, of 2014-04-10" in page
    assert "0.30 USD at most, in 2 h" in page
    assert "1 of 1,000 machines" in page


def test_an_unknown_price_is_said_on_the_sandbox(quiet_desk: Desk) -> None:
    page = str(quiet_desk.create("web", "--dry-run", what="--image 5 --size 219 --location SJC-1")).split()
    assert "unknown: no price is known for this size at NephoScale. On the sandbox nothing costs anything." in " ".join(
        page
    )


def test_the_help_of_a_backend_names_its_own_fields(quiet_desk: Desk) -> None:
    page = str(quiet_desk.notebook.value("%mist create EC2 --help"))
    assert "--extra security_group=…" in page
    assert "--extra ips=…" in str(quiet_desk.notebook.value("%mist create NephoScale --help"))
    assert "needs nothing else" in str(quiet_desk.notebook.value("%mist create Rackspace --help"))
    assert "%mist create BACKEND --help" in str(quiet_desk.notebook.value("%mist create --help"))
