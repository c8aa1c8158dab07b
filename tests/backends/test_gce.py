"""Google's own: which login and project count, images by family, operations, the time limit, what is left behind."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from mist_notebook import MistClient
from mist_notebook.client.backend import Backend
from mist_notebook.ground.errors import (
    ApiError,
    AuthError,
    BadValueError,
    MistError,
    NoRoomError,
    RefusedError,
    SettingsError,
)
from mist_notebook.records.model import Machine
from tests.conftest import Notebook
from tests.rigs import own_clouds
from tests.rigs.own_clouds.gce import Google

OP = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    own_clouds.no_credentials(monkeypatch, tmp_path)
    google = Google()
    with own_clouds.serve(google):
        google.configure(monkeypatch, tmp_path)
        yield google


@pytest.fixture
def client(google: Google) -> Iterator[MistClient]:
    with MistClient() as client:
        yield client


@pytest.fixture
def backend(client: MistClient) -> Backend:
    backend = client.add_backend(provider="gce", project="p1")
    backend.adapter._calls._sleep = lambda _: None  # type: ignore[attr-defined]
    client.make_key("mine")
    return backend


def wish(backend: Backend, **more: Any) -> Any:
    words = {"size": "e2-n1", "image": "debian-12", "location": "europe-west1-b", **more}
    return structs.replace(backend._with_key(backend.spec("web", key="mine", **words)), op=OP)


def submitted(backend: Backend, **more: Any) -> Machine:
    return backend.adapter.submit(wish(backend, **more))


def sent(google: Google) -> Any:
    (body,) = google.sent("POST", ".*/instances")
    return body


def test_a_machine_by_the_lines_that_one_types(google: Google, notebook: Notebook, monkeypatch: Any) -> None:
    monkeypatch.setattr("mist_notebook.backends.gce.calls._EVERY_S", 0.0)
    assert "key.json" in notebook.run("%mist add gce --project p1").printed
    notebook.run("%mist add-key mine --generate")
    line = (
        "%mist create google --name web --size e2-n1 --image debian-12 --location europe-west1-b --key mine --hours 2"
    )
    receipt = str(notebook.value(f"{line} --hours 2 --dry-run"))
    assert "debian-cloud" in receipt and "logs in as" in receipt
    machine = notebook.value(f"{line} --hours 2 --no-probe --accept-unknown-price web")
    assert machine.record.expires == datetime(2026, 11, 25, 12, tzinfo=UTC)
    notebook.value("%mist destroy web --yes web")
    assert google.machines == []
    shown = "".join(cell.printed for cell in notebook.cells)
    assert not any(secret in shown for secret in google.secrets())


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_a_request_is_known_again_by_its_operation_and_turn(backend: Backend, google: Google, turn: int) -> None:
    backend.adapter.submit(structs.replace(wish(backend), turn=turn))
    (request,) = google.creates
    said = request.target.partition("requestId=")[2]
    assert said == str(uuid.UUID(OP) if turn == 0 else uuid.uuid5(uuid.UUID(OP), str(turn)))


def test_the_time_limit_the_key_and_the_operation_go_along(backend: Backend, google: Google) -> None:
    submitted(backend, hours=1.5)
    body = sent(google)
    assert body["scheduling"] == {"maxRunDuration": {"seconds": "5400"}, "instanceTerminationAction": "DELETE"}
    assert body["labels"] == {"mist-notebook-op": OP}
    items = {one["key"]: one["value"] for one in body["metadata"]["items"]}
    assert items["ssh-keys"].startswith("debian:ssh-")
    assert items["block-project-ssh-keys"] == "TRUE"
    assert body["disks"][0]["autoDelete"] is True


def test_a_script_runs_at_the_first_boot_only(backend: Backend, google: Google, tmp_path: Path) -> None:
    submitted(backend, script="echo once >> $OUT")
    items = {one["key"]: one["value"] for one in sent(google)["metadata"]["items"]}
    script = items["startup-script"].replace("/var/lib/", f"{tmp_path}/")
    for _ in range(2):
        subprocess.run(["sh", "-c", script], env={"OUT": str(tmp_path / "out"), "PATH": "/usr/bin:/bin"}, check=True)
    assert (tmp_path / "out").read_text() == "once\n"


@pytest.mark.parametrize(
    ("code", "kind"),
    [("ZONE_RESOURCE_POOL_EXHAUSTED", NoRoomError), ("ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", NoRoomError),
     ("QUOTA_EXCEEDED", NoRoomError), ("RESOURCE_NOT_FOUND", RefusedError)],
)  # fmt: skip
def test_an_operation_that_fails_is_a_certain_refusal(
    backend: Backend, google: Google, code: str, kind: type[MistError]
) -> None:
    google.fails = [{"code": code, "message": "no"}]
    with pytest.raises(RefusedError) as refused:
        submitted(backend)
    assert type(refused.value) is kind
    assert google.looks == 2


@pytest.mark.parametrize(
    ("reference", "found"),
    [("debian-12", "debian-12-bookworm-v20260101"), ("ubuntu-24.04", "ubuntu-2404-noble-amd64-v20260101"),
     ("debian-cloud/debian-12", "debian-12-bookworm-v20260101"), ("Debian 12", "debian-12-bookworm-v20260101"),
     ("debian-cloud/debian-12-bookworm-v20260101", "debian-12-bookworm-v20260101")],
)  # fmt: skip
def test_one_name_is_a_familys_newest_image(backend: Backend, google: Google, reference: str, found: str) -> None:
    google.ledger.clear()
    assert backend.adapter.find_image(reference, "x86_64").name == found
    assert not [one for one in google.ledger if one.path.endswith("/images")]


def test_one_name_goes_by_the_processors(backend: Backend) -> None:
    assert backend.adapter.find_image("debian-12", "arm64").arch == "arm64"


@pytest.mark.parametrize("networks", [[], [{"id": "3", "name": "a"}, {"id": "4", "name": "b"}]])
def test_without_a_default_network_it_says_what_to_do(
    backend: Backend, google: Google, networks: list[dict[str, str]]
) -> None:
    google.networks = networks
    with pytest.raises(BadValueError, match="no network") as error:
        wish(backend)
    assert "networks" in error.value.hint
    assert google.creates == []


def test_the_firewall_is_made_once_and_keeps_what_it_lets_in(backend: Backend, google: Google) -> None:
    submitted(backend, ssh_from="198.51.100.1")
    google.machines.clear()
    submitted(backend, ssh_from="198.51.100.2")
    google.machines.clear()
    submitted(backend, ssh_from="198.51.100.2")
    (rule,) = google.firewalls
    assert rule["sourceRanges"] == ["198.51.100.1/32", "198.51.100.2/32"]
    assert rule["targetTags"] == ["mist-notebook"]
    assert [one.method for one in google.ledger if "/global/firewalls" in one.path and one.method != "GET"] == [
        "POST", "PATCH",
    ]  # fmt: skip


def test_what_is_left_behind_is_found_and_swept(backend: Backend, google: Google) -> None:
    submitted(backend)
    google.disks = [
        {"name": "web", "zone": "z/europe-west1-b", "labels": {"mist-notebook-op": OP}, "users": ["web"]},
        {"name": "old", "zone": "z/europe-west1-b", "labels": {"mist-notebook-op": OP}},
        {"name": "theirs", "zone": "z/europe-west1-b"},
    ]
    assert [(one.kind, one.name) for one in backend.adapter.orphans().records] == [("disk", "old")]
    google.machines.clear()
    left = backend.adapter.orphans().records
    assert [one.kind for one in left] == ["disk", "firewall"]
    for one in left:
        backend.adapter.sweep(one)
    assert backend.adapter.orphans().records == []


@pytest.mark.parametrize("how", ["expired", "no file", "not a login", "no project"])
def test_a_login_that_cant_be_used_says_which_and_the_command(
    google: Google, client: MistClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    path = tmp_path / "key.json"
    named = {"project": "p1"}
    if how == "expired":
        google.no_login = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
    elif how == "no file":
        monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    elif how == "not a login":
        path.write_text('{"secret": "hush-hush-1"}')
    else:
        path.write_text(json.dumps({**json.loads(path.read_text()), "project_id": ""}))
        named = {}
    with pytest.raises(AuthError if how == "expired" else SettingsError) as error:
        client.add_backend(provider="gce", direct=True, **named)
    said = str(error.value)
    assert ("--project" if how == "no project" else "gcloud auth application-default login") in said
    assert not any(secret in said for secret in (*google.secrets(), "hush-hush"))
    assert error.value.__context__ is None


@pytest.mark.parametrize(("variable", "project"), [("GOOGLE_CLOUD_PROJECT", "p1"), ("CLOUDSDK_CORE_PROJECT", "p1")])
def test_the_project_is_found_where_googles_tools_find_it(
    client: MistClient, monkeypatch: pytest.MonkeyPatch, variable: str, project: str
) -> None:
    monkeypatch.setenv(variable, project)
    assert client.add_backend(provider="gce", direct=True).id == "gce:p1"


def test_a_zone_that_doesnt_answer_is_one_line(backend: Backend, google: Google) -> None:
    from tests.rigs import hostile

    items = {"zones/us-east1-b": {"warning": {"code": "UNREACHABLE", "message": "us-east1-b is unreachable"}}}
    google.broken[".*/aggregated/instances"] = hostile.json({"kind": "x", "items": items})
    (note,) = backend.adapter.list_machines().notes
    assert "us-east1-b" in note


def test_a_zone_without_an_answer_is_one_line_and_the_others_sizes_count(backend: Backend, google: Google) -> None:
    from tests.rigs import hostile

    google.broken[".*/zones/europe-west1-b/machineTypes"] = hostile.answer("", status=500)
    listing = backend.adapter.list_sizes()
    assert [one.extra["zones"] for one in listing.records] == [["europe-west1-c"]] * 3
    (note,) = listing.notes
    assert note.startswith("europe-west1-b is missing here")
    google.broken[".*/machineTypes"] = hostile.answer("", status=500)
    with pytest.raises(ApiError):
        backend.adapter.list_sizes()


def test_nothing_is_left_behind_for_certain_while_a_zone_doesnt_answer(backend: Backend, google: Google) -> None:
    from tests.rigs import hostile

    submitted(backend)
    google.machines.clear()
    (left,) = backend.adapter.orphans().records
    items = {"zones/us-east1-b": {"warning": {"code": "UNREACHABLE", "message": "unreachable"}}}
    google.broken[".*/aggregated/instances"] = hostile.json({"kind": "x", "items": items})
    assert backend.adapter.orphans().records == []
    with pytest.raises(ApiError, match="us-east1-b"):
        backend.adapter.sweep(left)
    assert google.firewalls


def test_no_permission_for_one_call_is_two_lines_and_the_rest_goes_on(backend: Backend, google: Google) -> None:
    from tests.rigs import hostile

    said = {
        "code": 403,
        "message": "Required 'compute.firewalls.create' permission",
        "errors": [{"reason": "forbidden"}],
    }
    google.broken[".*/global/firewalls/.*"] = hostile.json({"error": said}, status=403)
    with pytest.raises(RefusedError, match=r"compute\.firewalls\.create"):
        submitted(backend)
    assert google.creates == []
    assert backend.adapter.list_machines().records == []


def test_an_address_for_tests_is_on_this_computer_alone(client: MistClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIST_TEST_GCE_URL", "https://evil.example")
    with pytest.raises((SettingsError, ApiError), match="for tests"):
        client.add_backend(provider="gce", project="p1")
