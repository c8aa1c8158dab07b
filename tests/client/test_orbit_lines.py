"""A kind of another package, found by its entry point, through the lines, the form and the panel."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook import MistClient
from mist_notebook.ground.errors import BadValueError, LimitError, NotFoundError, RefusedError
from tests.conftest import Notebook
from tests.rigs import hostile, orbit, real_mist

CREATE = "create Orbit --name web --image deb --size small --location north --key mine --no-probe"


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[orbit.Cloud]:
    with orbit.installed(tmp_path, monkeypatch) as cloud:
        yield cloud


@pytest.fixture
def book(cloud: orbit.Cloud, notebook: Notebook) -> Notebook:
    notebook.value("%mist add-key mine --generate")
    return notebook


def test_a_machine_lives_and_ends_by_lines(cloud: orbit.Cloud, book: Notebook) -> None:
    cloud.slow = 1
    page = str(book.value(f"%mist {CREATE} --dry-run"))
    assert "SANDBOX" not in page
    assert cloud.writes == []
    machine = book.value(f"%mist {CREATE}")
    assert (machine.name, machine.state) == ("web", "running")
    assert book.value(f"%mist {CREATE}").id == machine.id
    assert len(cloud.created) == 1
    frame = book.value("%mist machines")
    assert frame[["backend", "name", "mine"]].values.tolist() == [["Orbit", "web", True]]
    assert book.value("%mist probe web --via mist").outcome == "ok"
    assert "0.0200 of 1.00 USD" in str(book.value("%mist budget"))
    assert book.value("%mist stop web").state == "stopped"
    book.value("%mist destroy web --yes web")
    assert list(book.value("%mist journal")["state"]) == ["gone"]
    assert "0.0000 of 1.00 USD" in str(book.value("%mist budget"))


def test_a_refused_create_closes_its_record_and_the_name_is_free(cloud: orbit.Cloud, book: Notebook) -> None:
    cloud.broken["POST", "/machines"] = hostile.json({"error": "quota exceeded"}, status=403)
    cell = book.run(f"%mist {CREATE}")
    assert isinstance(cell.error, RefusedError)
    assert "quota exceeded" in cell.printed
    del cloud.broken["POST", "/machines"]
    assert book.value(f"%mist {CREATE}").state == "running"
    assert len(cloud.created) == 1


DOUBTS = {"500": hostile.answer(status=500), "reset": hostile.reset, "429 later": hostile.answer(status=503)}


@pytest.mark.parametrize("answer", DOUBTS.values(), ids=DOUBTS)
def test_a_doubtful_create_is_found_by_its_tag_and_sent_once(
    cloud: orbit.Cloud, book: Notebook, answer: hostile.Step
) -> None:
    def made(exchange: hostile.Exchange) -> None:
        cloud.make(json.loads(exchange.request.body))
        answer(exchange)

    cloud.broken["POST", "/machines"] = made
    assert book.value(f"%mist {CREATE}").name == "web"
    assert len(cloud.created) == 1


def test_an_image_for_other_processors_is_refused_before_anything_is_sent(cloud: orbit.Cloud, book: Notebook) -> None:
    cell = book.run("%mist create Orbit --name web --image deb-arm --size small --location north --key mine")
    assert isinstance(cell.error, BadValueError)
    assert "arm64" in cell.printed
    assert cloud.writes == []


def test_live_limits_hold_on_the_line(cloud: orbit.Cloud, book: Notebook) -> None:
    book.value(f"%mist {CREATE}".replace("small", "large"))
    cell = book.run(f"%mist {CREATE}".replace("small", "large").replace("web", "web-2"))
    assert isinstance(cell.error, LimitError)
    assert len(cloud.created) == 1


def test_the_form_and_the_panel_know_it(cloud: orbit.Cloud, book: Notebook) -> None:
    from mist_notebook.magic.magics import _SLOT
    from mist_notebook.widgets.panel import sights
    from tests.rigs.form_rig import opened

    session = getattr(book.shell, _SLOT)[0].session
    page = opened(session)
    page.form._desk.join()
    page.choose("location", "North").choose("key", "mine").pick(image="deb", size="small").type(name="web")
    page.review().create()
    job = page.form.job
    assert job is not None
    running = threading.Event()
    job.watch(lambda snapshot: running.set() if snapshot.step == "running" or snapshot.ended else None)
    assert running.wait(30)
    job.cancel()  # its address is nobody's: it would be probed for minutes
    job.join()
    assert [wish["name"] for wish in cloud.created] == ["web"]
    assert [sight.row.name for sight in sights.look(session).sights] == ["web"]


def test_providers_and_backends_say_whose_account_it_is_and_what_it_may_have(
    cloud: orbit.Cloud, book: Notebook
) -> None:
    book.value(f"%mist {CREATE}")
    for line in ("backends", "providers"):
        frame = book.value(f"%mist {line}")
        said = frame[frame["provider"] == "orbit"][["account", "quota"]].values.tolist()
        assert said == [["crew (acc-7), by ORBIT_TOKEN", "machines 1 of 3"]], line
    assert list(frame[frame["provider"] == "orbit"]["may"]) == ["may not destroy; may create; not known: list"]


def test_what_an_account_does_not_say_is_called_unknown_and_hides_no_row(cloud: orbit.Cloud, book: Notebook) -> None:
    book.value("%mist backends")
    cloud.broken["GET", "/machines"] = hostile.json({"error": "no permission for quotas"}, status=403)
    (quota,) = book.value("%mist backends")["quota"]
    assert quota.startswith("unknown: ") and "no permission for quotas" in quota
    cloud.broken["GET", "/account"] = hostile.json({"error": "who asks?"}, status=403)
    frame = book.value("%mist providers")
    (account,) = frame[frame["provider"] == "orbit"]["account"]
    assert account.startswith("unknown: ") and "who asks?" in account


def test_the_sandbox_is_nobodys_account(notebook: Notebook) -> None:
    assert notebook.value("%mist backends")["account"].isna().all()
    assert notebook.value("%mist providers")["quota"].isna().all()


@pytest.mark.parametrize("line", ["disable Orbit", "enable Orbit", "rename Orbit Moon", "remove Orbit --yes Orbit"])
@pytest.mark.parametrize("beside_mist", [False, True])
def test_what_no_mist_server_has_none_is_asked_to_change(
    cloud: orbit.Cloud, notebook: Notebook, monkeypatch: pytest.MonkeyPatch, line: str, beside_mist: bool
) -> None:
    with real_mist.serve() as mist:
        if beside_mist:
            monkeypatch.setenv("MIST_URL", mist.url)
            monkeypatch.setenv("MIST_API_TOKEN", mist.token)
        error = notebook.run(f"%mist {line}").error
        assert isinstance(error, BadValueError)
        assert "'Orbit' is on no Mist server" in error.message and "'orbit'" in error.hint
        assert (mist.writes, cloud.writes) == ([], [])


@pytest.mark.parametrize(("said", "near"), [("hetzer", "hetzner"), ("libvirt", "%mist connect"), ("ec3", "ec2")])
def test_a_provider_that_nobody_could_add_says_which_clouds_there_are(
    cloud: orbit.Cloud, notebook: Notebook, said: str, near: str
) -> None:
    error = notebook.run(f"%mist add {said}").error
    assert isinstance(error, NotFoundError)
    assert f"'{said}'" in error.message and near in error.hint
    with MistClient() as client, pytest.raises(NotFoundError, match=said):
        client.add_backend("X", said)
