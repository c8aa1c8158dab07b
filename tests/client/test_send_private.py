"""A Mist server gets a key's private half once that was said plainly and agreed, in Python and in the form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook import MistClient
from mist_notebook.client.notebook.session import Session
from mist_notebook.ground.errors import BadValueError
from tests.conftest import Notebook
from tests.rigs import live_mist, orbit
from tests.rigs.form_rig import Page, opened


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[live_mist.LiveMist]:
    with live_mist.serve() as server:
        server.rows["keys"] = []
        monkeypatch.setenv("MIST_URL", server.url)
        monkeypatch.setenv("MIST_API_TOKEN", server.token)
        yield server


@pytest.fixture
def page(live: live_mist.LiveMist) -> Iterator[Page]:
    session = Session()
    try:
        yield opened(session)
    finally:
        session.close()


def keys_here(tmp_path: Path) -> list[str]:
    folder = tmp_path / "data" / "keys"
    return sorted(path.name for path in folder.glob("*")) if folder.exists() else []


@pytest.mark.parametrize("has_backends", [True, False])
def test_python_sends_nothing_that_was_not_agreed(live: live_mist.LiveMist, tmp_path: Path, has_backends: bool) -> None:
    live.rows["clouds"] = live.rows["clouds"] if has_backends else []
    with MistClient() as client:
        private = client.generate_key()
        with pytest.raises(BadValueError) as caught:
            client.add_key("MyKey", private)
        assert live.url in caught.value.message and "private half of 'MyKey'" in caught.value.message
        assert "send_private=True" in caught.value.hint and "BEGIN" not in str(caught.value)
        assert live.given == []
        client.add_key("MyKey", private, send_private=True)
        assert [one["name"] for one in live.given] == ["MyKey"]


def test_a_key_that_is_made_stays_here_until_it_was_agreed(live: live_mist.LiveMist, tmp_path: Path) -> None:
    with MistClient() as client:
        with pytest.raises(BadValueError, match="private half of 'mine'"):
            client.make_key("mine")
        assert (live.given, keys_here(tmp_path)) == ([], [])
        assert client.make_key("mine", send_private=True).name == "mine"
        client.make_key("mine")  # it is on both sides: nothing goes anywhere
    assert len(live.given) == 1 and "PRIVATE" in live.given[0]["priv"]


def test_the_sandbox_and_a_cloud_that_takes_public_halves_ask_for_no_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MistClient("sandbox") as client:
        client.add_key("demo", client.generate_key())
        client.make_key("second")
    with orbit.installed(tmp_path, monkeypatch) as cloud, MistClient() as client:
        client.make_key("mine")
        assert cloud.writes == []


def test_the_forms_button_says_what_would_go_where_and_sends_it_on_the_second_click(
    live: live_mist.LiveMist, page: Page, tmp_path: Path
) -> None:
    assert page.sees("mist-form-make-key") and not page.sees("mist-form-send-key")
    page.click("mist-form-make-key")
    said = page.message("key")
    assert live.url in said and "private half" in said and "nothing was sent" in said
    assert (live.given, keys_here(tmp_path)) == ([], [])
    assert page.sees("mist-form-send-key") and not page.sees("mist-form-make-key")
    page.click("mist-form-send-key")
    assert [one["name"] for one in live.given] == ["demo"]
    assert page.form._desk.state.chosen("key") == "g1"
    assert not page.sees("mist-form-send-key")


def test_keys_shows_those_here_and_those_the_server_knows(live: live_mist.LiveMist, notebook: Notebook) -> None:
    live.rows["keys"] = [{"id": "k1", "name": "theirs"}, {"id": "k2", "name": "both"}]
    for name in ("mine", "both"):
        notebook.value(f"%mist add-key {name} --generate --keep-here")
    frame = notebook.value("%mist keys")
    assert frame[["name", "here"]].values.tolist() == [["theirs", False], ["both", True], ["mine", True]]
    assert live.given == []
