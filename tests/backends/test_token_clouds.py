"""The five clouds with a token: one contract over all, on scripted servers over real HTTP, each with a ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mist_notebook import MistClient
from mist_notebook.client.backend import Backend
from mist_notebook.client.machines.acts import Pace
from mist_notebook.ground.errors import (
    ApiError,
    AuthError,
    BadValueError,
    LimitError,
    MistError,
    ProvisionError,
    RefusedError,
    RefusedLoginError,
)
from mist_notebook.records.model import OP_TAG
from tests.rigs import hostile, token_clouds
from tests.rigs.quick_steps import steps
from tests.rigs.token_clouds import PROVIDERS, SCRIPTS, TOKEN, Cloud

pytestmark = pytest.mark.long(28)

every_cloud = pytest.mark.parametrize("provider", PROVIDERS)


@pytest.fixture
def cloud(provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    token_clouds.no_credentials(monkeypatch, str(tmp_path))
    monkeypatch.setenv("MIST_ANSWER_SECONDS", "1")
    with token_clouds.serve(provider, monkeypatch) as cloud:
        yield cloud


@pytest.fixture
def backend(cloud: Cloud) -> Iterator[Backend]:
    with MistClient() as client:
        client.pace = Pace(sleep=lambda _: None)
        client.add_backend(provider=cloud.provider)
        client.make_key("mine")
        yield client.backends[cloud.provider]


def wish(backend: Backend, name: str = "web", **more: Any) -> Any:
    return backend.spec(name, key="mine", **{**SCRIPTS[backend.provider].wish, **more})


def one_euro_is(dollars: float, folder: Path) -> None:
    (folder / "cache").mkdir(mode=0o700, exist_ok=True)
    from mist_notebook.ground.files import whole as whole_file
    from mist_notebook.prices.catalogue import fetched

    whole_file.own_folder(fetched.folder())
    whole_file.put(
        fetched.folder() / "rates.json", json.dumps({"day": "2026-11-27", "rates": {"USD": dollars}}).encode()
    )


@every_cloud
def test_all_pages_of_every_list_are_read(backend: Backend, cloud: Cloud) -> None:
    rows = cloud.script.rows
    assert len(backend.listing("sizes").records) == len(rows.get("products", [1] * 3))
    assert backend.listing("locations").records
    images = {image.id for image in backend.listing("images").records}
    assert SCRIPTS[cloud.provider].wish["image"] in images | {image["name"] for image in backend.images}
    assert backend.listing("sizes").notes == ()


@every_cloud
def test_a_size_has_its_figures_and_a_dated_price_with_currency_and_source(backend: Backend, cloud: Cloud) -> None:
    size = next(one for one in backend.listing("sizes").records if one.id == SCRIPTS[cloud.provider].wish["size"])
    assert size.vcpus in (1, 2)
    assert size.ram_mb is not None and size.ram_mb >= 1024
    assert size.price.currency == cloud.script.currency
    assert size.price.as_of is not None
    assert size.price.hourly is not None and size.price.monthly is not None
    assert cloud.provider in (size.price.source or "").casefold()


@every_cloud
def test_the_price_of_a_wish_is_that_of_its_location(backend: Backend, cloud: Cloud) -> None:
    assert wish(backend).size.price.hourly == pytest.approx(cloud.script.hourly)


@every_cloud
def test_a_machine_lives_its_life(backend: Backend, cloud: Cloud) -> None:
    machine = steps(backend, wish(backend))[-1].machine
    assert (machine.name, machine.state, machine.public_ips) == ("web", "running", ("192.0.2.1",))
    assert machine.location_id == SCRIPTS[cloud.provider].wish["location"]
    held = backend.machine_from_name("web")
    assert held.mine
    assert dict(held.record.tags)[OP_TAG] == backend._client.journal.records()[0].op
    held.stop()
    assert backend.machine_from_name("web").state == "stopped"
    held.start()
    held.reboot()
    assert backend.machine_from_name("web").state == "running"
    held.destroy()
    assert list(backend.machines) == []
    assert len(cloud.creates) == 1


@every_cloud
def test_a_persons_tags_go_along_and_come_back_beside_ours(backend: Backend, cloud: Cloud) -> None:
    spec = wish(backend, tags={"team": "web", "blue": ""})
    assert spec.extra == {"tags": {"team": "web", "blue": ""}}
    steps(backend, spec)
    tags = backend.machine_from_name("web").tags
    assert (tags["team"], tags["blue"], OP_TAG in tags) == ("web", "", True)
    with pytest.raises(BadValueError):
        wish(backend, "other", tags={f"{OP_TAG}": "1"})


@every_cloud
def test_the_key_goes_over_once_by_its_public_half(backend: Backend, cloud: Cloud) -> None:
    steps(backend, wish(backend))
    steps(backend, wish(backend, "web-2"))
    public = backend._client.local_keys.public_of("mine")
    assert [key[cloud.script.keys] for key in cloud.keys] == [public]
    assert all(b"PRIVATE" not in request.body for request in cloud.ledger)


@every_cloud
def test_a_key_of_any_length_is_known_again(backend: Backend, cloud: Cloud) -> None:
    for name, public in (("rsa", f"ssh-rsa {'A' * 700} me@here"), ("ed", f"ssh-ed25519 {'B' * 68}")):
        first = backend.adapter.import_key(name, public)
        assert backend.adapter.import_key(name, public) == first
    assert len(cloud.keys) == 2


@every_cloud
@pytest.mark.parametrize("how", ["500", "502", "503", "429", "reset", "silence"])
def test_a_create_is_sent_once_whatever_answers_it(backend: Backend, cloud: Cloud, how: str) -> None:
    answers = {"reset": hostile.reset, "silence": hostile.hang}
    cloud.on_create = answers.get(how) or hostile.answer("busy", status=int(how), content_type="text/plain")
    with pytest.raises(RefusedError if how == "429" else ProvisionError):
        steps(backend, wish(backend))
    assert len(cloud.creates) == 1
    states = [record.state for record in backend._client.journal.records()]
    assert states == (["dropped"] if how == "429" else ["unknown"])


@every_cloud
@pytest.mark.parametrize("how", ["500", "reset", "silence"])
def test_a_create_that_was_done_without_an_answer_is_found_by_its_tag(backend: Backend, cloud: Cloud, how: str) -> None:
    answers = {"reset": hostile.reset, "silence": hostile.hang}
    cloud.on_create = answers.get(how) or hostile.answer("", status=int(how))
    cloud.makes_all_the_same = True
    if cloud.provider == "scaleway":
        with pytest.raises(ProvisionError, match="still stopped"):
            steps(backend, wish(backend))
    else:
        assert steps(backend, wish(backend))[-1].machine.name == "web"
    assert len(cloud.creates) == 1
    assert [(one.name, one.state) for one in backend._client.journal.opened()] == [("web", "created")]


@every_cloud
def test_a_certain_refusal_frees_name_and_budget_and_says_why(backend: Backend, cloud: Cloud) -> None:
    status, body = cloud.script.refusal
    cloud.on_create = hostile.json(body, status=status)
    with pytest.raises(RefusedError) as refused:
        steps(backend, wish(backend))
    assert any(word in refused.value.message for word in ("capacity", "limit", "Quota"))
    assert backend._client.journal.opened() == []
    cloud.on_create = None
    assert steps(backend, wish(backend))[-1].machine.state == "running"


FULL = {
    "hetzner": ((412, {"error": {"code": "resource_unavailable", "message": "no capacity"}}), "fsn1"),
    "digitalocean": ((422, {"id": "unprocessable_entity", "message": "Size is not available in this region."}), "nyc1"),
    "linode": ((400, {"errors": [{"reason": "This plan is sold out in this region"}]}), "us-east"),
    "vultr": ((400, {"error": "Plan is not available in the selected datacenter.", "status": 400}), "ewr"),
    "scaleway": ((403, {"type": "out_of_stock", "message": "out of stock"}), "fr-par-1"),
}  # fmt: skip


@every_cloud
def test_the_second_location_is_asked_where_the_first_has_no_capacity(backend: Backend, cloud: Cloud) -> None:
    (status, body), second = FULL[cloud.provider]
    first = SCRIPTS[cloud.provider].wish["location"]
    cloud.refuses_once = hostile.json(body, status=status)
    spec = wish(backend, location=f"{first},{second}")
    last = steps(backend, spec)[-1]
    assert (last.machine.name, last.machine.location_id, len(cloud.creates)) == ("web", second, 2)
    (record,) = backend._client.journal.records()
    assert f"{first} has no room" in record.passed and f"{second} made it" in record.passed


@every_cloud
def test_a_refusal_that_another_location_wouldnt_mend_is_not_sent_there(backend: Backend, cloud: Cloud) -> None:
    _, second = FULL[cloud.provider]
    status, body = {"hetzner": (422, {"error": {"code": "invalid_input", "message": "image is wrong"}})}.get(
        cloud.provider, (400, {"message": "wrong", "error": "wrong", "errors": [{"reason": "wrong"}]})
    )
    cloud.on_create = hostile.json(body, status=status)
    with pytest.raises(RefusedError):
        steps(backend, wish(backend, location=f"{SCRIPTS[cloud.provider].wish['location']},{second}"))
    assert len(cloud.creates) == 1


@pytest.mark.parametrize("provider", ["hetzner"])
@pytest.mark.parametrize("location", ["nbg1,nbg1", "nbg1,moon", "ash,nbg1", ","])
def test_locations_that_cant_be_tried_are_refused_before_anything_is_sent(
    backend: Backend, cloud: Cloud, location: str
) -> None:
    with pytest.raises(MistError):
        wish(backend, location=location)
    assert cloud.creates == []


def test_hetzners_conflict_leaves_doubt() -> None:
    from mist_notebook.backends.token import refusals
    from mist_notebook.backends.token.clouds import hetzner
    from mist_notebook.net.http import Refusal

    for code, certain in (("conflict", False), ("server_error", False), ("uniqueness_error", True)):
        said = json.dumps({"error": {"code": code, "message": "m"}}).encode()
        refusal = Refusal("POST", 409, {}, "", "https://api", "/servers", said)
        assert refusals.read(refusal, hetzner.FACTS, "HCLOUD_TOKEN").certain is certain


@every_cloud
def test_a_token_that_is_refused_says_whose_and_never_shows(backend: Backend, cloud: Cloud) -> None:
    spec = wish(backend)
    spec = backend._with_key(spec)
    cloud.token = "another"
    with pytest.raises(AuthError) as error:
        backend.listing("sizes" if cloud.provider != "hetzner" else "images")
    assert token_clouds.VARIABLES[cloud.provider] in error.value.message
    with pytest.raises(RefusedLoginError):
        backend.adapter.submit(spec)
    assert TOKEN not in str(error.value) + repr(error.value) + repr(backend.adapter) + repr(backend)


@every_cloud
@pytest.mark.parametrize("body", ["{}", "[]", "<html>", '{"message": "hello"}', "null"])
def test_an_answer_without_the_list_is_an_error_and_no_empty_list(backend: Backend, cloud: Cloud, body: str) -> None:
    cloud.broken[cloud.script.machines] = hostile.answer(body)
    with pytest.raises(ApiError):
        backend.adapter.list_machines()


@every_cloud
def test_what_the_cloud_would_leave_out_is_refused_before_anything_is_sent(backend: Backend, cloud: Cloud) -> None:
    with pytest.raises(BadValueError, match="can't end a machine by itself"):
        wish(backend, hours=2.0)
    with pytest.raises(BadValueError, match="location"):
        wish(backend, location=None)
    with pytest.raises(MistError, match="volumes"):
        wish(backend, volumes="[1]")
    with pytest.raises(BadValueError, match="script"):
        wish(backend, script="echo " + "x" * 80_000)
    assert cloud.creates == []


def test_a_size_that_isnt_at_a_location_says_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token_clouds.no_credentials(monkeypatch, str(tmp_path))
    with token_clouds.serve("hetzner", monkeypatch), MistClient() as client:
        backend = client.add_backend(provider="hetzner")
        with pytest.raises(BadValueError, match="no cax11 at ash") as error:
            backend.spec("web", size="cax11", image="debian-12", location="ash")
        assert "fsn1, nbg1" in error.value.hint


@pytest.mark.parametrize("provider", ["hetzner", "scaleway"])
def test_euros_count_in_dollars_by_the_dated_rate(backend: Backend, cloud: Cloud, tmp_path: Path) -> None:
    spec = wish(backend)
    with pytest.raises(LimitError, match="no rate"):
        steps(backend, spec, accepted=False)
    one_euro_is(1.25, tmp_path)
    spec = wish(backend)
    assert str(spec.size.price.usd_as_of) == "2026-11-27"
    steps(backend, spec, accepted=False)
    record = backend._client.journal.records()[-1]
    assert record.price_hourly == pytest.approx(cloud.script.hourly * 1.25)
    assert record.currency == "USD"


@pytest.mark.parametrize("provider", ["hetzner"])
def test_the_limit_holds_in_dollars(backend: Backend, cloud: Cloud, tmp_path: Path) -> None:
    one_euro_is(1000.0, tmp_path)
    with pytest.raises(LimitError, match="the limit is 1"):
        steps(backend, wish(backend), accepted=False)
    assert cloud.creates == []


@pytest.mark.parametrize("provider", ["digitalocean", "linode"])
def test_the_word_of_a_machine_that_is_gone_is_left_behind_and_can_be_swept(backend: Backend, cloud: Cloud) -> None:
    op = dict(steps(backend, wish(backend))[-1].machine.tags)[OP_TAG]
    assert backend.adapter.orphans().records == []
    cloud.machines.clear()  # by another tool: ended from here, its word goes along
    (left,) = backend.adapter.orphans().records
    assert (left.kind, left.op, left.hourly) == ("tag", op, None)
    backend.adapter.sweep(left)
    assert cloud.swept == [f"{OP_TAG}:{op}"]
    assert backend.adapter.orphans().records == []
    with pytest.raises(BadValueError, match="needed, or gone"):
        backend.adapter.sweep(left)


@pytest.mark.parametrize("provider", ["digitalocean", "linode"])
def test_the_word_of_a_machine_goes_with_it(backend: Backend, cloud: Cloud) -> None:
    op = dict(steps(backend, wish(backend))[-1].machine.tags)[OP_TAG]
    backend.machine_from_name("web").destroy()
    assert cloud.swept == [f"{OP_TAG}:{op}"]


@every_cloud
def test_quota_is_what_the_cloud_says_and_nothing_where_it_says_none(backend: Backend, cloud: Cloud) -> None:
    steps(backend, wish(backend))
    said = [(one.what, one.most, one.used, one.left) for one in backend.adapter.quota()]
    assert said == ([("machines", 25, 1, 24)] if cloud.provider == "digitalocean" else [])


@every_cloud
def test_what_is_off_costs_as_the_cloud_has_it(backend: Backend) -> None:
    assert backend.adapter.billed_when_stopped is (backend.provider != "scaleway")
    assert backend.adapter.self_limit == "none"
    assert backend.adapter.default_user(backend.adapter.list_images().records[0]) == "root"


@pytest.mark.parametrize("provider", ["linode"])
def test_linodes_password_goes_over_and_is_kept_nowhere(backend: Backend, cloud: Cloud, tmp_path: Path) -> None:
    steps(backend, wish(backend))
    password = cloud.created[0]["root_pass"]
    assert len(password) > 40
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or password not in path.read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize("provider", ["scaleway"])
def test_a_zone_that_doesnt_answer_is_one_line_and_the_others_count(backend: Backend, cloud: Cloud) -> None:
    steps(backend, wish(backend))
    usual = cloud._listed

    def listed(request: hostile.Request, own: str, zone: str) -> hostile.Step:
        return hostile.answer("", status=500) if zone == "pl-waw-2" else usual(request, own, zone)

    cloud._listed = listed  # type: ignore[method-assign]
    listing = backend.listing("machines")
    assert [one.name for one in listing.records] == ["web"]
    assert len(listing.notes) == 1 and "pl-waw-2" in listing.notes[0]


@pytest.mark.parametrize("provider", ["hetzner", "vultr"])
def test_a_script_becomes_what_cloud_init_runs(backend: Backend, cloud: Cloud) -> None:
    from base64 import b64decode

    spec = replace_key(backend, wish(backend, script="echo hi"))
    backend.adapter.submit(spec)
    sent = cloud.created[0]["user_data"]
    assert (sent if cloud.provider == "hetzner" else b64decode(sent).decode()) == "#!/bin/sh\necho hi"


def replace_key(backend: Backend, spec: Any) -> Any:
    from msgspec import structs

    return structs.replace(backend._with_key(spec), op="0" * 32)


@pytest.mark.parametrize("provider", ["digitalocean"])
def test_endless_pages_end(backend: Backend, cloud: Cloud) -> None:
    same = {"droplets": [{"id": 1, "name": "x"}], "links": {"pages": {"next": "https://x?page=2"}}}
    cloud.broken["/v2/droplets"] = hostile.json(same)
    with pytest.raises(ApiError, match="same page"):
        backend.adapter.list_machines()


def test_an_address_for_tests_is_on_this_computer_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token_clouds.no_credentials(monkeypatch, str(tmp_path))
    monkeypatch.setenv("HCLOUD_TOKEN", TOKEN)
    monkeypatch.setenv("MIST_TEST_HETZNER_URL", "https://evil.example")
    with MistClient() as client, pytest.raises(MistError, match="for tests"):
        client.add_backend(provider="hetzner")
