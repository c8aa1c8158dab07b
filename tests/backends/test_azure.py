"""Azure's own: which login counts, one group a machine, sizes that a subscription may not have, images by URN."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from mist_notebook import MistClient
from mist_notebook.backends.azure import image_names
from mist_notebook.client.backend import Backend
from mist_notebook.ground.errors import (
    AuthError,
    BadValueError,
    MistError,
    NoRoomError,
    NotFoundError,
    RefusedError,
    SettingsError,
)
from mist_notebook.records.model import Machine
from tests.conftest import Notebook
from tests.rigs import hostile, own_clouds
from tests.rigs.own_clouds.azure import TOKEN, Manager

OP = "0123456789abcdef0123456789abcdef"
GROUP = "mist-notebook-web-01234567"


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    own_clouds.no_credentials(monkeypatch, tmp_path)
    manager = Manager()
    with own_clouds.serve(manager):
        manager.configure(monkeypatch, tmp_path)
        yield manager


@pytest.fixture
def client(manager: Manager) -> Iterator[MistClient]:
    with MistClient() as client:
        yield client


@pytest.fixture
def backend(client: MistClient) -> Backend:
    backend = client.add_backend(provider="azure", subscription="Work")
    backend.adapter._calls._sleep = lambda _: None  # type: ignore[attr-defined]
    client.make_key("mine")
    return backend


def wish(backend: Backend, **more: Any) -> Any:
    words = {"size": "Standard_B1s", "image": "debian-12", "location": "westeurope", **more}
    return structs.replace(backend._with_key(backend.spec("web", key="mine", **words)), op=OP)


def submitted(backend: Backend, **more: Any) -> Machine:
    return backend.adapter.submit(wish(backend, **more))


def test_a_machine_by_the_lines_that_one_types(manager: Manager, notebook: Notebook, monkeypatch: Any) -> None:
    monkeypatch.setattr("mist_notebook.backends.azure.calls._EVERY_S", 0.0)
    assert "az login, subscription Work" in notebook.run("%mist add azure --subscription Work").printed
    notebook.run("%mist add-key mine --generate")
    line = "%mist create azure --name web --size Standard_B1s --image debian-12 --location westeurope --key mine"
    receipt = str(notebook.value(f"{line} --dry-run"))
    assert "Debian:debian-12:12-gen2:12.20260101.1" in receipt and "azureuser" in receipt
    assert "can't end a machine by itself" in str(notebook.run(f"{line} --hours 2").error)
    assert manager.groups == {}
    notebook.value(f"{line} --no-probe --accept-unknown-price web")
    assert list(notebook.value("%mist machines")["state"]) == ["running"]
    notebook.value("%mist stop web")
    notebook.value("%mist destroy web --yes web")
    assert (manager.groups, manager.resources) == ({}, {})
    assert TOKEN not in "".join(cell.printed for cell in notebook.cells)


def test_all_that_a_machine_is_stands_in_a_group_of_its_own(backend: Backend, manager: Manager) -> None:
    machine = submitted(backend, script="echo hi", spot="true", disk_gb="64")
    assert machine.id == f"{GROUP}/web"
    assert all(f"/resourcegroups/{GROUP}/" in own for own in manager.resources)
    assert all(one["tags"] == {"mist-notebook-op": OP} for one in manager.resources.values())
    (body,) = manager.sent("PUT", ".*/virtualMachines/web")
    said = body["properties"]
    assert said["osProfile"]["linuxConfiguration"]["disablePasswordAuthentication"] is True
    assert said["osProfile"]["linuxConfiguration"]["ssh"]["publicKeys"][0]["keyData"].startswith("ssh-")
    assert (said["priority"], said["storageProfile"]["osDisk"]["diskSizeGB"]) == ("Spot", 64)
    assert said["storageProfile"]["osDisk"]["deleteOption"] == "Delete"


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [("AllocationFailed", "no capacity", NoRoomError), ("ZonalAllocationFailed", "none", NoRoomError),
     ("OSProvisioningTimedOut", "late", RefusedError)],
)  # fmt: skip
def test_a_machine_that_azure_failed_to_place_is_refused_and_its_group_goes(
    backend: Backend, manager: Manager, code: str, message: str, kind: type[MistError]
) -> None:
    manager.fails = (code, message)
    with pytest.raises(RefusedError, match=code) as refused:
        submitted(backend)
    assert type(refused.value) is kind
    assert manager.groups == {}


@pytest.mark.parametrize("part", ["networkSecurityGroups", "publicIPAddresses", "virtualNetworks", "networkInterfaces"])
@pytest.mark.parametrize("how", ["403", "500"])
def test_where_a_part_cant_be_made_there_is_no_machine_and_nothing_stays(
    backend: Backend, manager: Manager, part: str, how: str
) -> None:
    said = {"error": {"code": "AuthorizationFailed", "message": f"may not perform 'Microsoft.Network/{part}/write'"}}
    manager.broken[f".*/{part}/.*"] = hostile.json(said, status=int(how))
    with pytest.raises(RefusedError, match=part):
        submitted(backend)
    assert (manager.creates, manager.groups) == ([], {})


def test_a_size_that_the_subscription_may_not_have_is_refused_before(backend: Backend, manager: Manager) -> None:
    with pytest.raises(BadValueError, match="isn't available to this subscription in westeurope"):
        wish(backend, size="Standard_B4s")
    with pytest.raises(BadValueError, match="northeurope has no Standard_B2ps"):
        wish(backend, size="Standard_B2ps", location="northeurope")
    assert manager.groups == {}


@pytest.mark.parametrize(
    ("reference", "arch", "found"),
    [("debian-12", "x86_64", "Debian:debian-12:12-gen2:latest"),
     ("debian-12", "arm64", "Debian:debian-12:12-arm64:latest"),
     ("Ubuntu 24.04", "x86_64", "Canonical:ubuntu-24_04-lts:server:latest"),
     ("a:b:c:latest", None, "a:b:c:latest"), ("a:b:c-arm64:1.2.3", None, "a:b:c-arm64:1.2.3")],
)  # fmt: skip
def test_one_name_is_a_urn_that_goes_with_the_processors(reference: str, arch: str | None, found: str) -> None:
    assert image_names.find(reference, arch).id == found


@pytest.mark.parametrize("reference", ["a:b:c", "debian:12", "plan9"])
def test_what_is_no_image_says_how_one_is_named(reference: str) -> None:
    with pytest.raises(MistError) as error:
        image_names.find(reference, "x86_64")
    assert "debian-12" in str(error.value)


@pytest.mark.parametrize("versions", [[], None])
def test_an_image_that_isnt_at_the_location_is_said(
    backend: Backend, manager: Manager, versions: list[str] | None
) -> None:
    if versions is None:
        said = {"error": {"code": "NotFound", "message": "Artifact: VMImage was not found."}}
        manager.broken[".*/versions"] = hostile.json(said, status=404)
    manager.versions = versions or []
    with pytest.raises(NotFoundError, match="westeurope has no image"):
        wish(backend)


def test_what_is_left_behind_is_a_group_without_a_machine(backend: Backend, manager: Manager) -> None:
    submitted(backend)
    manager.groups["theirs"] = {"name": "theirs", "location": "westeurope", "tags": {}}
    manager.groups["mist-notebook-mine"] = {"name": "mist-notebook-mine", "location": "westeurope"}
    assert backend.adapter.orphans().records == []
    manager.resources = {own: one for own, one in manager.resources.items() if "/virtualmachines/" not in own}
    (left,) = backend.adapter.orphans().records
    assert (left.kind, left.name, left.op) == ("resource group", GROUP, OP)
    manager.stays = True
    backend.adapter.sweep(left)
    assert backend.adapter.orphans().records == []
    with pytest.raises(BadValueError, match="needed, or gone"):
        backend.adapter.sweep(left)


def test_a_machine_of_another_tools_group_takes_its_group_not_along(backend: Backend, manager: Manager) -> None:
    backend.adapter.act(Machine(id="theirs/db", name="db"), "destroy")
    assert [one.path.rpartition("/")[2] for one in manager.ledger if one.method == "DELETE"] == ["db"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("echo 'ERROR: run az login' >&2; exit 1", "az login"),
        ("exit 1", "az login"),
        ("echo rubbish", "az login"),
    ],
)
def test_an_az_that_gives_no_token_says_so_with_the_command(
    manager: Manager, client: MistClient, tmp_path: Path, line: str, words: str
) -> None:
    manager.as_az(tmp_path, line)
    with pytest.raises(AuthError, match="subscription Work") as error:
        client.add_backend(provider="azure", subscription="Work")
    assert words in error.value.hint
    assert error.value.__context__ is None


@pytest.mark.parametrize(
    ("given", "said"),
    [((), "no login for Azure"), (("CLIENT_ID",), "AZURE_TENANT_ID, AZURE_CLIENT_SECRET is not set"),
     (("CLIENT_ID", "TENANT_ID", "CLIENT_SECRET"), "names no subscription")],
)  # fmt: skip
def test_half_a_login_by_variables_says_what_is_missing(
    client: MistClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], said: str
) -> None:
    (tmp_path / ".azure" / "azureProfile.json").unlink()
    for name in given:
        monkeypatch.setenv(f"AZURE_{name}", "hush-hush-1")
    with pytest.raises(SettingsError, match=said) as error:
        client.add_backend(provider="azure", direct=True)
    assert "hush" not in str(error.value)


def test_the_subscription_is_the_one_that_az_calls_its_default_or_the_nearest_is_named(client: MistClient) -> None:
    with pytest.raises(NotFoundError, match="no subscription 'Wrok'") as error:
        client.add_backend(provider="azure", subscription="Wrok")
    assert "Work" in error.value.hint
    with pytest.raises(MistError):
        client.add_backend(provider="azure", direct=True)  # Play, which the rig has nothing of


def test_where_nobody_knows_how_azure_sees_this_computer_it_has_to_be_said() -> None:
    from mist_notebook.backends.parts import ssh_from

    with pytest.raises(BadValueError, match="is not known") as error:
        ssh_from.network({}, "https://azure.invalid")
    assert "ssh_from" in error.value.hint
    assert ssh_from.network({}, "https://azure.invalid", usual="198.51.100.0/24") == "198.51.100.0/24"
    said = {"ssh_from": "198.51.100.7"}
    assert ssh_from.network(said, "https://azure.invalid", usual="198.51.100.0/24") == "198.51.100.7/32"
