"""OpenStack's own: which login counts, images by what they are, networks and addresses, and what is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mist_notebook import MistClient
from mist_notebook.client.backend import Backend
from mist_notebook.client.joining import clouds
from mist_notebook.ground.errors import (
    AmbiguousError,
    AuthError,
    BadValueError,
    MistError,
    NotFoundError,
    RefusedError,
    SettingsError,
)
from mist_notebook.records.model import Machine
from tests.conftest import Notebook
from tests.rigs import hostile, own_clouds
from tests.rigs.own_clouds import openstack
from tests.rigs.own_clouds.openstack import PASSWORD, Stack


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    own_clouds.no_credentials(monkeypatch, tmp_path)
    stack = Stack()
    with own_clouds.serve(stack):
        stack.configure(monkeypatch, tmp_path)
        yield stack


@pytest.fixture
def client(stack: Stack) -> Iterator[MistClient]:
    with MistClient() as client:
        yield client


@pytest.fixture
def backend(client: MistClient) -> Backend:
    backend = client.add_backend(provider="openstack", cloud="devstack")
    client.make_key("mine")
    return backend


def submitted(backend: Backend, **more: Any) -> Machine:
    from msgspec import structs

    spec = backend.spec("web", key="mine", **{"size": "m1.1", "image": "cirros", **more})
    return backend.adapter.submit(structs.replace(backend._with_key(spec), op="0" * 32))


def test_a_machine_by_the_lines_that_one_types(stack: Stack, notebook: Notebook) -> None:
    assert "clouds.yaml" in notebook.run("%mist add openstack --cloud devstack").printed
    notebook.run("%mist add-key mine --generate")
    assert list(notebook.value("%mist images openstack --search deb")["name"]) == ["deb-old", "deb-new", "deb-next"]
    line = "%mist create openstack --name web --size m1.1 --image debian-12 --key mine --no-probe"
    assert "unknown" in str(notebook.run(line).error)
    assert notebook.value(f"{line} --accept-unknown-price web").name == "web"
    assert stack.sent("POST", ".*/servers")[0]["server"]["imageRef"] == "im-deb-new"
    notebook.value("%mist destroy web --yes web")
    assert stack.machines == [] and stack.made["floatingips"] == [] and stack.made["ports"] == []
    shown = "".join(cell.printed for cell in notebook.cells)
    assert not any(secret in shown for secret in stack.secrets())


def test_several_clouds_are_never_chosen_from(client: MistClient) -> None:
    with pytest.raises(AmbiguousError, match="other, devstack"):
        client.add_backend(provider="openstack", direct=True)
    with pytest.raises(NotFoundError, match="no cloud 'devstak'") as error:
        client.add_backend(provider="openstack", cloud="devstak")
    assert "devstack" in error.value.hint


def test_variables_never_mix_with_a_cloud_of_the_file(
    stack: Stack, client: MistClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ".config" / "openstack" / "clouds.yaml"
    path.write_text(
        path.read_text().replace("  other:", "  #other:").replace("    auth: {auth_url: 'http://127.0.0.1:9", "#")
    )
    monkeypatch.setenv("OS_AUTH_URL", f"{stack.url}/identity/v3")
    monkeypatch.setenv("OS_USERNAME", "me")
    with pytest.raises(MistError) as half:
        client.add_backend(provider="openstack", direct=True)  # half a login is not completed by the file
    assert "OS_ variables" in str(half.value)
    for name, value in (("PASSWORD", PASSWORD), ("PROJECT_NAME", "demo"), ("USER_DOMAIN_ID", "default"),
                        ("PROJECT_DOMAIN_ID", "default")):  # fmt: skip
        monkeypatch.setenv(f"OS_{name}", value)
    assert client.add_backend(provider="openstack", direct=True).id == "openstack"
    monkeypatch.setenv("OS_PASSWORD", "wrong")
    assert client.add_backend(provider="openstack", cloud="devstack").id == "openstack:devstack"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (PASSWORD, "wrong", AuthError),
        (f"password: {PASSWORD}", "user_id: 5", SettingsError),
        ("clouds:", "clowns: [", SettingsError),
    ],
)
def test_a_login_that_doesnt_work_says_which_and_shows_nothing(
    stack: Stack, client: MistClient, tmp_path: Path, before: str, after: str, kind: type[MistError]
) -> None:
    path = tmp_path / ".config" / "openstack" / "secure.yaml"
    path.write_text(path.read_text().replace(before, after))
    with pytest.raises(MistError) as error:
        client.add_backend(provider="openstack", cloud="devstack")
    assert isinstance(error.value, kind)
    assert "devstack" in str(error.value) or "secure.yaml" in str(error.value)
    assert PASSWORD not in str(error.value)
    assert error.value.__cause__ is None and error.value.__context__ is None


def test_a_region_that_isnt_there_is_said(client: MistClient) -> None:
    with pytest.raises(SettingsError, match="Region Moon is not a valid region"):
        client.add_backend(provider="openstack", cloud="devstack", region="Moon")


def test_a_token_that_is_no_longer_taken_is_renewed_for_reads(backend: Backend, stack: Stack) -> None:
    backend.adapter.list_machines()
    before = stack.logins
    once = [True]
    usual = stack.routed

    def routed(request: hostile.Request) -> hostile.Step:
        if request.path.endswith("/servers/detail") and once:
            once.clear()
            return hostile.json(stack.denied[1], status=401)
        return usual(request)

    stack.routed = routed  # type: ignore[method-assign]
    assert backend.adapter.list_machines().records == []
    assert stack.logins == before + 1


@pytest.mark.parametrize(
    ("reference", "found"),
    [("debian-12", "im-deb-new"), ("debian-13", "im-deb-next"), ("Debian 12", "im-deb-new"), ("deb-old", "im-deb-old"),
     ("im-cirros", "im-cirros")],
)  # fmt: skip
def test_an_image_by_its_id_its_name_or_what_it_is(backend: Backend, reference: str, found: str) -> None:
    assert backend.adapter.find_image(reference).id == found


@pytest.mark.parametrize("reference", ["debian-1", "debian-14", "deb-broken", "ubuntu-24.04"])
def test_what_isnt_there_or_not_active_is_no_image(backend: Backend, reference: str) -> None:
    with pytest.raises(NotFoundError):
        backend.adapter.find_image(reference)


def test_several_networks_are_the_persons_choice(backend: Backend, stack: Stack) -> None:
    stack.networks.append({"id": "n-2", "name": "lab", "status": "ACTIVE", "router:external": False})
    with pytest.raises(BadValueError, match="2 networks: private"):
        submitted(backend)
    submitted(backend, networks="lab")
    assert stack.sent("POST", ".*/ports")[0]["port"]["network_id"] == "n-2"
    with pytest.raises(BadValueError, match="no network 'moon'"):
        submitted(backend, networks="moon")


@pytest.mark.parametrize("how", ["said", "no outside"])
def test_a_machine_without_an_address_outside_has_our_group_by_name(backend: Backend, stack: Stack, how: str) -> None:
    if how == "no outside":
        stack.networks.pop()
    submitted(backend, **({"associate_floating_ip": "false"} if how == "said" else {}))
    (sent,) = stack.sent("POST", ".*/servers")
    assert sent["server"]["networks"] == [{"uuid": "n-in"}]
    assert len(sent["server"]["security_groups"]) == 1
    assert stack.made["floatingips"] == []


def test_an_address_that_cant_be_had_makes_no_machine_and_leaves_nothing(backend: Backend, stack: Stack) -> None:
    said = {
        "NeutronError": {"type": "OverQuota", "message": "Quota exceeded for resources: ['floatingip'].", "detail": ""}
    }
    stack.broken[".*/floatingips"] = hostile.json(said, status=409)
    with pytest.raises(RefusedError, match="floatingip") as refused:
        submitted(backend)
    assert "associate_floating_ip=false" in refused.value.hint
    assert (stack.creates, stack.made["ports"]) == ([], [])


def test_what_is_left_behind_is_found_and_swept_and_what_is_needed_stays(backend: Backend, stack: Stack) -> None:
    submitted(backend)
    assert backend.adapter.orphans().records == []
    stack.machines.clear()  # as by the console
    left = backend.adapter.orphans().records
    assert [one.kind for one in left] == ["address", "port", "firewall"]
    assert {one.op for one in left} == {"0" * 32, None}
    for one in left:
        backend.adapter.sweep(one)
    assert backend.adapter.orphans().records == []
    with pytest.raises(BadValueError, match="needed, or gone"):
        backend.adapter.sweep(left[0])


def test_a_flavor_without_a_disk_boots_from_a_volume(
    backend: Backend, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openstack, "FLAVORS", [{**openstack.FLAVORS[0], "disk": 0}])
    submitted(backend)
    (sent,) = stack.sent("POST", ".*/servers")
    assert sent["server"]["block_device_mapping_v2"][0]["uuid"] == "im-cirros"


def test_a_key_of_that_name_and_another_half_is_not_taken_for_ours(backend: Backend, stack: Stack) -> None:
    stack.keys.append({"name": "other", "public_key": "ssh-ed25519 AAAA", "fingerprint": "x"})
    with pytest.raises(BadValueError, match="another key named 'other'"):
        backend.adapter.import_key("other", "ssh-ed25519 BBBB")


def test_the_frame_of_providers_says_which_library_a_cloud_lacks(
    client: MistClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OS_CLOUD", "devstack")
    monkeypatch.setattr("mist_notebook.client.joining.clouds.find_spec", lambda name: None)
    (said,) = [one.credentials for one in clouds.providers() if one.id == "openstack"]
    assert said is not None and "mist-notebook[openstack]" in said


def test_without_its_library_it_says_what_to_install(client: MistClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr("mist_notebook.backends.parts.extras.import_module", without)
    with pytest.raises(SettingsError) as error:
        client.add_backend(provider="openstack", cloud="devstack")
    assert "mist-notebook[openstack]" in error.value.hint
