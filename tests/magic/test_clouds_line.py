"""A cloud asked directly, through the lines: found, added, looked at, made, stopped, destroyed and removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook import MistClient
from mist_notebook.ground.errors import BadValueError, MistUsageError, NotFoundError, SettingsError
from tests.conftest import Notebook
from tests.rigs import hostile, token_clouds
from tests.rigs.token_clouds import TOKEN, Cloud

CREATE = "%mist create hetzner --name web --size cax11 --image debian-12 --location nbg1 --key mine"


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    token_clouds.no_credentials(monkeypatch, str(tmp_path))
    with token_clouds.serve("hetzner", monkeypatch) as cloud:
        yield cloud


def test_a_machine_from_the_first_word_to_the_last(cloud: Cloud, notebook: Notebook, tmp_path: Path) -> None:
    added = notebook.run("%mist add hetzner").printed
    assert "HCLOUD_TOKEN" in added
    assert list(notebook.value("%mist backends")["name"]) == ["Hetzner"]
    sizes = notebook.value("%mist sizes hetzner")
    assert list(sizes["id"]) == ["cax11", "cax21", "cax31"]
    assert set(sizes["currency"]) == {"EUR"}
    assert len(notebook.value("%mist images hetzner --search debian")) == 2
    assert "gets the public half" in notebook.run("%mist add-key mine --generate").printed
    receipt = str(notebook.value(f"{CREATE} --dry-run"))
    assert "0.0078 EUR" in receipt
    assert "%mist refresh" in receipt
    assert cloud.creates == []
    machine = notebook.value(f"{CREATE} --accept-unknown-price web --no-probe")
    assert machine.name == "web"
    assert cloud.created[0]["image"] == "2"
    assert list(notebook.value("%mist machines")["mine"]) == [True]
    assert "costs the same while it is off" in notebook.run("%mist stop web").printed
    notebook.value("%mist destroy web --yes web")
    assert [word for _, word in cloud.acted] == ["shutdown", "DELETE"]
    assert "go on, and cost" in notebook.run("%mist remove hetzner --yes Hetzner").printed
    assert json.loads((tmp_path / "data" / "clouds.json").read_text()) == []
    shown = "".join(cell.printed for cell in notebook.cells)
    kept = "".join(path.read_text(errors="replace") for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert TOKEN not in shown + kept


def test_the_second_location_is_seen_to_be_asked(cloud: Cloud, notebook: Notebook) -> None:
    notebook.run("%mist add hetzner")
    notebook.run("%mist add-key mine --generate")
    line = CREATE.replace("nbg1", "nbg1,fsn1")
    receipt = str(notebook.value(f"{line} --dry-run"))
    assert "(nbg1)" in receipt and "without room there" in receipt and "(fsn1)" in receipt
    said = {"error": {"code": "resource_unavailable", "message": "we are unable to find resources for you"}}
    cloud.refuses_once = hostile.json(said, status=412)
    cell = notebook.run(f"machine = {line} --accept-unknown-price web --no-probe")
    assert cell.error is None
    assert "nbg1 has no room" in cell.printed and "fsn1 is asked next" in cell.printed
    assert notebook.value("machine.record.location_id") == "fsn1"
    assert "fsn1 made it" in notebook.value("%mist journal")["note"].iloc[0]
    assert len(cloud.creates) == 2


def test_a_token_alone_opens_nothing(cloud: Cloud) -> None:
    with MistClient() as client:
        assert "Hetzner" not in {backend.name for backend in client.backends.values()}
    assert cloud.ledger == []


def test_what_was_added_is_there_in_the_next_kernel_and_says_so_when_its_token_is_gone(
    cloud: Cloud, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook.run("%mist add hetzner --name Work")
    notebook.shell.run_line_magic("reload_ext", "mist_notebook")
    assert list(notebook.value("%mist backends")["name"]) == ["Work"]
    notebook.value("%mist rename work Play")
    monkeypatch.delenv("HCLOUD_TOKEN")
    notebook.shell.run_line_magic("reload_ext", "mist_notebook")
    failed = notebook.run("%mist sizes Play")
    assert isinstance(failed.error, SettingsError)
    assert "Play is not open" in str(failed.error) and "HCLOUD_TOKEN" in str(failed.error)
    frame = notebook.value("%mist providers")
    said = dict(zip(frame["provider"], frame["credentials"], strict=True))
    assert said["hetzner"].startswith("none yet: Set HCLOUD_TOKEN ")
    assert notebook.run("%mist remove play --yes Play").error is None


def test_providers_say_what_was_found_and_ask_nobody(cloud: Cloud, notebook: Notebook) -> None:
    frame = notebook.value("%mist providers")
    frame = frame[frame["category"] == "direct"]
    said = dict(zip(frame["provider"], frame["credentials"], strict=True))
    assert said["hetzner"] == "HCLOUD_TOKEN · %mist add hetzner"
    assert said["vultr"].startswith("none yet: Set VULTR_API_KEY ")
    assert cloud.ledger == []


def test_a_token_that_doesnt_work_is_not_remembered(cloud: Cloud, notebook: Notebook, tmp_path: Path) -> None:
    cloud.token = "another"
    failed = notebook.run("%mist add hetzner")
    assert failed.error is not None and "did not accept the token of HCLOUD_TOKEN" in str(failed.error)
    assert "Then set HCLOUD_TOKEN before the kernel starts." in str(failed.error)
    assert not (tmp_path / "data" / "clouds.json").exists()


def test_the_same_account_is_added_once(cloud: Cloud, notebook: Notebook) -> None:
    notebook.run("%mist add hetzner")
    assert isinstance(notebook.run("%mist add hetzner --name Other").error, BadValueError)


@pytest.mark.parametrize(
    "line", [f"%mist add hetzner --{word} x" for word in ("region", "project", "profile", "cloud", "subscription")]
)
def test_a_word_that_a_cloud_doesnt_take_is_refused_with_those_that_it_takes(
    cloud: Cloud, notebook: Notebook, line: str
) -> None:
    failed = notebook.run(line)
    assert isinstance(failed.error, BadValueError)
    assert "--context" in str(failed.error)
    assert cloud.ledger == []


def test_what_is_for_a_mist_server_is_refused(cloud: Cloud, notebook: Notebook) -> None:
    assert isinstance(notebook.run("%mist add hetzner --field token=x").error, MistUsageError)


FILES = {
    "hetzner": (".config/hcloud/cli.toml", 'active_context = "b"\n[[contexts]]\nname = "a"\ntoken = "other"\n'
                f'[[contexts]]\nname = "b"\ntoken = "{TOKEN}"\n', "b"),
    "digitalocean": (".config/doctl/config.yaml", f"access-token: other\ncontext: work\n"
                     f"auth-contexts:\n  work: {TOKEN}\n", "work"),
    "linode": (".config/linode-cli", f"[DEFAULT]\ndefault-user = me\n[you]\ntoken = other\n"
               f"[me]\ntoken = {TOKEN}\n", "me"),
    "vultr": (".vultr-cli.yaml", f"api-key: {TOKEN}\n", "vultr-cli"),
    "scaleway": (".config/scw/config.yaml", f"secret_key: other\ndefault_project_id: {token_clouds.PROJECT}\n"
                 f"active_profile: p\nprofiles:\n  p:\n    secret_key: {TOKEN}\n", "p"),
}  # fmt: skip


@pytest.mark.parametrize("provider", sorted(FILES))
def test_the_active_context_of_the_clouds_own_tool_is_found_and_stays_the_one(
    provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token_clouds.no_credentials(monkeypatch, str(tmp_path))
    path, text, context = FILES[provider]
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text)
    with token_clouds.serve(provider, monkeypatch):
        for name in (token_clouds.VARIABLES[provider], "SCW_DEFAULT_PROJECT_ID"):
            monkeypatch.delenv(name, raising=False)
        with MistClient() as client:
            backend = client.add_backend(provider=provider)
            assert backend.id == f"{provider}:{context}"
            assert context in backend.adapter.account().source
            assert TOKEN not in backend.adapter.account().id + backend.adapter.account().source
            with pytest.raises(NotFoundError, match="no context 'zzz'"):
                client.add_backend(provider=provider, context="zzz")


@pytest.mark.parametrize("text", ["{", "active_context = 1\n", "\x00", "- a\n- b\n"])
def test_a_tools_file_that_cant_be_understood_is_two_lines_without_its_text(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token_clouds.no_credentials(monkeypatch, str(tmp_path))
    for path in (".config/hcloud/cli.toml", ".config/doctl/config.yaml", ".config/linode-cli", ".vultr-cli.yaml"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(f"{text}{TOKEN}")
    with MistClient() as client:
        for provider in ("hetzner", "digitalocean", "linode", "vultr"):
            with pytest.raises(SettingsError) as error:
                client.add_backend(provider=provider)
            assert TOKEN not in str(error.value)


def test_half_a_login_says_which_half_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token_clouds.no_credentials(monkeypatch, str(tmp_path))
    monkeypatch.setenv("SCW_SECRET_KEY", TOKEN)
    with MistClient() as client, pytest.raises(SettingsError, match="SCW_DEFAULT_PROJECT_ID is not"):
        client.add_backend(provider="scaleway")
