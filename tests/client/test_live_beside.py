"""Live backends of any kind beside the sandbox: whose journal is where, whose limits hold, and where SANDBOX stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook import MistClient
from mist_notebook.client.backend import Backend
from mist_notebook.ground.errors import LimitError, RefusedError, SettingsError
from tests.conftest import Notebook
from tests.rigs import hostile, orbit

WHAT = {"image": "deb", "size": "small", "location": "north"}


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[orbit.Cloud]:
    with orbit.installed(tmp_path, monkeypatch) as cloud:
        yield cloud


def made(backend: Backend, name: str = "web", **more: object) -> object:
    spec = backend.spec(name, **{**WHAT, **more})  # type: ignore[arg-type]
    return list(backend.provision(spec, probe=False))[-1].machine


def test_the_sandbox_is_not_started_where_something_live_is_configured(cloud: orbit.Cloud) -> None:
    with MistClient() as client:
        assert [backend.name for backend in client.backends.values()] == ["Orbit"]
        assert not client.is_sandbox
        assert client._runtime._sandbox is None


def test_without_a_mist_server_asking_for_one_is_a_clear_error_and_starts_nothing(cloud: orbit.Cloud) -> None:
    with MistClient() as client:
        with pytest.raises(SettingsError, match="No Mist server"):
            client.server()
        assert client._runtime._sandbox is None


def test_the_sandbox_stands_beside_live_backends_when_it_is_asked_for(
    cloud: orbit.Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIST_SANDBOX", "true")
    with MistClient() as client:
        sandbox = {backend.name: backend.record.sandbox for backend in client.backends.values()}
        assert sandbox["Orbit"] is False
        assert sandbox["NephoScale"] is True
        assert not client.is_sandbox


def test_the_word_sandbox_opens_the_sandbox_alone(cloud: orbit.Cloud) -> None:
    with MistClient("sandbox") as client:
        assert "Orbit" not in {backend.name for backend in client.backends.values()}
        assert client.is_sandbox


def test_a_live_backends_journal_is_on_disk_and_outlives_its_client(cloud: orbit.Cloud, tmp_path: Path) -> None:
    with MistClient() as client:
        made(client.backend_from_name("Orbit"))
    assert list((tmp_path / "data" / "journal").rglob("*.json"))
    with MistClient() as client:
        assert [(one.name, one.state) for one in client.journal.opened()] == [("web", "created")]
        assert client.backend_from_name("Orbit").machine_from_name("web").mine


def test_two_accounts_of_one_kind_have_two_journals(cloud: orbit.Cloud) -> None:
    with MistClient() as client:
        made(client.backend_from_name("Orbit"))
    cloud.account = "acc-8"
    with MistClient() as client:
        assert client.journal.records() == []


def test_live_limits_hold_for_live_backends_whatever_the_sandbox_has(
    cloud: orbit.Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIST_SANDBOX", "true")
    monkeypatch.setenv("MIST_SANDBOX_BOOT_SECONDS", "0.01")
    with MistClient() as client:
        client.add_key("demo", client.generate_key())
        made(client.backend_from_name("NephoScale"), "toy", key="demo", image="5", size="48", location="SJC-1")
        orbit_backend = client.backend_from_name("Orbit")
        made(orbit_backend, "one", size="large")
        with pytest.raises(LimitError, match="the limit is 1"):
            made(orbit_backend, "two", size="large")
        assert [wish["name"] for wish in cloud.created] == ["one"]
        assert {record.name for record in client.opened_like(sandbox=False)} == {"one"}
        assert {record.name for record in client.opened_like(sandbox=True)} == {"toy"}


def test_a_certain_refusal_of_any_kind_reaches_whoever_follows_the_create(cloud: orbit.Cloud) -> None:
    cloud.broken["POST", "/machines"] = hostile.json({"error": "quota exceeded"}, status=403)
    with MistClient() as client:
        backend = client.backend_from_name("Orbit")
        with pytest.raises(RefusedError, match="quota exceeded"):
            backend.adapter.submit(backend.spec("web", **WHAT))  # type: ignore[arg-type]


def test_the_budget_says_of_which_backends_it_speaks(
    notebook: Notebook, cloud: orbit.Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = str(notebook.value("%mist budget"))
    assert "SANDBOX" not in page
    assert "of 1.00 USD" in page
    monkeypatch.setenv("MIST_SANDBOX", "true")
    notebook.shell.run_line_magic("reload_ext", "mist_notebook")
    page = str(notebook.value("%mist budget"))
    assert "of 1.00 USD" in page
    assert page.index("of 1.00 USD") < page.index("SANDBOX") < page.index("of 100.00 USD")


def test_sandbox_stands_on_what_is_the_sandboxs_only(
    notebook: Notebook, cloud: orbit.Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "SANDBOX" not in str(notebook.value("%mist connect")) + str(notebook.value("%mist"))
    monkeypatch.setenv("MIST_SANDBOX", "true")
    notebook.shell.run_line_magic("reload_ext", "mist_notebook")
    page = str(notebook.value("%mist connect"))
    assert "SANDBOX · NephoScale" in page
    assert "SANDBOX · Orbit" not in page
    marks = {
        line: notebook.value(f"%mist {line}").attrs["mist"]["sandbox"]
        for line in ("sizes Orbit", "sizes NephoScale", "sizes Orbit NephoScale", "machines Orbit", "backends")
    }
    assert marks == {
        "sizes Orbit": False,
        "sizes NephoScale": True,
        "sizes Orbit NephoScale": True,  # prices among them are examples
        "machines Orbit": False,
        "backends": False,
    }


def test_a_kind_whose_package_is_broken_hides_no_other(
    cloud: orbit.Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    (site / "orbit_kind-1.0.dist-info" / "entry_points.txt").write_text(
        "[mist_notebook.backends]\norbit = orbit_kind:connect\nbent = bent_kind:connect\nlost = nowhere_kind:connect\n"
    )
    (site / "bent_kind.py").write_text("def connect(settings):\n    return {}['token']\n")
    with MistClient() as client:
        assert [backend.name for backend in client.backends.values()] == ["Orbit"]
        assert len(client.problems) == 2
        assert all(kind in " ".join(client.problems) for kind in ("bent", "lost"))
