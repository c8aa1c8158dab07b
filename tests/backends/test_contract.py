"""What every backend kind does alike: a Mist server, each cloud asked directly, and a kind of another package."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mist_notebook import MistClient
from mist_notebook.backends.base import Adapter
from mist_notebook.ground.errors import AmbiguousError, NotFoundError, RefusedError
from mist_notebook.records.model import Account, Image, Listing, Quota
from tests.rigs import docker_daemon, ec2_cloud, hostile, orbit, own_clouds, token_clouds
from tests.rigs.own_clouds.azure import Manager
from tests.rigs.own_clouds.gce import Google
from tests.rigs.own_clouds.openstack import Stack

OWN = {"openstack": Stack, "gce": Google, "azure": Manager}
KINDS = ("mist", "orbit", "ec2", *token_clouds.PROVIDERS, *OWN, "docker")
THERE = ("ssh-config",)  # whose machines are there already
LISTINGS = ("list_images", "list_sizes", "list_locations", "list_networks", "list_machines", "orphans")


@pytest.fixture(scope="module", params=KINDS)
def adapter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adapter]:
    """Every kind that makes machines; one for all tests, as none of them changes anything."""
    yield from _in_its_own_settings(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module", params=(*KINDS, *THERE))
def any_adapter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adapter]:
    yield from _in_its_own_settings(request.param, tmp_path_factory.mktemp(request.param))


def _in_its_own_settings(kind: str, home: Path) -> Iterator[Adapter]:
    """Opened beside nothing of this computer's settings, as `own_settings` has it for each test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("MIST_")]:
            patch.delenv(name)
        for name, value in (("CONFIG", "settings.toml"), ("DATA_DIR", "data"), ("CACHE_DIR", "cache")):
            patch.setenv(f"MIST_{name}", str(home / value))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        yield from _opened(kind, home, patch)


def _opened(kind: str, home: Path, patch: pytest.MonkeyPatch) -> Iterator[Adapter]:
    if kind == "mist":
        with MistClient("sandbox") as client:
            yield client.backend_from_name("NephoScale").adapter
        return
    if kind != "orbit":
        yield from _asked_directly(kind, home, patch)
        return
    with orbit.installed(home, patch), MistClient() as client:
        yield client.backend_from_name("Orbit").adapter


def _asked_directly(provider: str, home: Path, patch: pytest.MonkeyPatch) -> Iterator[Adapter]:
    """One cloud of ours on its scripted server, added as a person adds it."""
    token_clouds.no_credentials(patch, str(home))
    own_clouds.no_credentials(patch, home)
    with ExitStack() as stack:
        words = {}
        if provider == "ec2":
            stack.enter_context(ec2_cloud.serve(patch, home))
        elif provider in OWN:
            cloud = stack.enter_context(own_clouds.serve(OWN[provider]()))
            cloud.configure(patch, home)  # type: ignore[attr-defined]
            words = cloud.words
        elif provider == "docker":
            stack.enter_context(docker_daemon.serve(patch))
        elif provider == "ssh-config":
            (home / ".ssh").mkdir()
            (home / ".ssh" / "config").write_text("Host build\n HostName build.example.org\n")
        else:
            stack.enter_context(token_clouds.serve(provider, patch))
        client = stack.enter_context(MistClient())
        yield client.add_backend(provider=provider, **words).adapter


def _one_of_its_name(adapter: Adapter) -> Image:
    images = adapter.list_images().records
    names = Counter(image.name for image in images)
    return next(image for image in images if names[image.name] == 1)


def test_it_says_whose_it_is_the_same_each_time(any_adapter: Adapter) -> None:
    account = any_adapter.account()
    assert isinstance(account, Account)
    assert account == any_adapter.account()
    assert account.place
    assert account.id


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_has_records_with_ids_and_names_and_says_when_it_was_read(any_adapter: Adapter, name: str) -> None:
    listing = getattr(any_adapter, name)()
    assert isinstance(listing, Listing)
    assert listing.backend == any_adapter.info
    assert listing.fetched_at.tzinfo is not None
    assert all(record.id and record.name for record in listing.records)


def test_one_image_is_found_by_its_id_and_by_its_name(adapter: Adapter) -> None:
    image = _one_of_its_name(adapter)
    assert adapter.find_image(image.id).id == image.id
    assert adapter.find_image(image.name).id == image.id
    assert adapter.find_image({"id": image.id}).id == image.id


def test_an_image_that_is_not_there_is_an_error_with_the_nearest_ones(adapter: Adapter) -> None:
    with pytest.raises(NotFoundError) as caught:
        adapter.find_image("Debain")
    assert "deb" in caught.value.hint.casefold()


@pytest.mark.parametrize("word", ["Debian", "debian 1"])
def test_a_word_that_a_search_finds_is_answered_with_what_it_finds(adapter: Adapter, word: str) -> None:
    try:
        found = adapter.find_image(word)
    except NotFoundError as missing:
        assert "deb" in missing.hint.casefold()
    except AmbiguousError:
        pass
    else:
        assert "deb" in found.name.casefold()


def test_a_machine_that_is_not_there_is_none(any_adapter: Adapter) -> None:
    assert any_adapter.get_machine("no-such-machine") is None


def test_its_facts_are_of_the_kind_that_the_contract_says(adapter: Adapter) -> None:
    assert adapter.self_limit in ("server", "inside", "none")
    assert adapter.billed_when_stopped in (True, False, None)
    assert all(
        isinstance(quota, Quota) for quota in adapter.quota(None, next(iter(adapter.list_locations().records), None))
    )
    assert isinstance(adapter.keys(), list)
    assert adapter.sees_new_after_s > 0
    user = adapter.default_user(adapter.list_images().records[0])
    assert user is None or user.isidentifier()


def test_closing_twice_is_as_closing_once(any_adapter: Adapter) -> None:
    any_adapter.close()
    any_adapter.close()


def test_a_refused_create_is_certain_for_a_kind_that_uses_the_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with orbit.installed(tmp_path, monkeypatch) as cloud, MistClient() as client:
        cloud.broken["POST", "/machines"] = hostile.json({"error": "no capacity"}, status=422)
        backend = client.backend_from_name("Orbit")
        with pytest.raises(RefusedError, match="no capacity"):
            backend.adapter.submit(backend.spec("web", image="deb", size="small", location="north"))
        assert cloud.created == []
