"""What the sandbox says goes together, as the Mist API says it; and creates that don't obey it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook.sandbox import Sandbox
from mist_notebook.sandbox.ground.refusals import RefusedError
from mist_notebook.sandbox.world import restrictions
from tests.rigs.sandbox_rig import Clock, Rig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    clock = Clock()
    sandbox = Sandbox.start(clock=clock, boot_seconds=0.0)
    found = Rig(sandbox, clock, tmp_path)
    try:
        yield found
    finally:
        found.close()
        sandbox.close()


def sizes_at(rig: Rig, cloud: str, place: str) -> list[str]:
    """The ids of the sizes that a location says it has, through Mist's ids."""
    names = {size["id"]: size["external_id"] for size in rig.json(f"/clouds/{rig.clouds[cloud]}/sizes")}
    places = {one["external_id"]: one for one in rig.json(f"/clouds/{rig.clouds[cloud]}/locations")}
    return [names[size_id] for size_id in places[place]["available_sizes"]]


def test_a_location_says_which_sizes_it_has_by_mists_ids(rig: Rig) -> None:
    there = sizes_at(rig, "EC2", "us-east-1f")
    assert (there[0], len(there)) == ("t1.micro", 8)
    assert "m1.small" not in sizes_at(rig, "EC2", "us-east-1e")
    assert len(sizes_at(rig, "DigitalOcean", "1")) == 10


def test_a_size_says_which_images_start_on_it_by_mists_ids(rig: Rig) -> None:
    path = f"/clouds/{rig.clouds['EC2']}/images"
    images = {
        one["id"]: one
        for term in ("amzn", "al20", "linux", "sles", "ubuntu", "rhel", "windows", "debian")
        for one in rig.json(f"{path}?search_term={term}")
    }
    images |= {one["id"]: one for one in rig.json(path)}
    sizes = {one["external_id"]: one for one in rig.json(f"/clouds/{rig.clouds['EC2']}/sizes")}
    fitting = [images[image_id] for image_id in sizes["r3.large"]["allowed_images"]]
    assert {(one["extra"]["architecture"], one["extra"]["virtualization_type"]) for one in fitting} == {
        ("x86_64", "hvm")
    }
    assert "allowed_images" not in sizes["cg1.4xlarge"]


def test_where_nothing_is_restricted_no_field_says_so(rig: Rig) -> None:
    for cloud in ("NephoScale", "Linode", "Rackspace", "SoftLayer"):
        assert all("available_sizes" not in one for one in rig.json(f"/clouds/{rig.clouds[cloud]}/locations"))
        assert all("allowed_images" not in one for one in rig.json(f"/clouds/{rig.clouds[cloud]}/sizes"))


def test_the_images_that_are_made_up_start_on_any_size(tmp_path: Path) -> None:
    with Sandbox.start(big_images=5) as sandbox:
        rig = Rig(sandbox, Clock(), tmp_path)
        sizes = rig.json(f"/clouds/{rig.clouds['Big']}/sizes")
        assert all("allowed_images" not in one for one in sizes)
        assert all("available_sizes" in one for one in rig.json(f"/clouds/{rig.clouds['Big']}/locations"))
        rig.close()


def test_a_size_that_a_location_does_not_have_is_refused_there(rig: Rig) -> None:
    order = {"image": "ami-785db401", "size": "m1.small", "location": "us-east-1e"}
    answer = rig.create("web", "EC2", **order)
    assert (answer.status_code, answer.text) == (
        400,
        "Bad Request: Size Small Instance is not available in location us-east-1e",
    )
    assert rig.names() == []
    assert [made for _, _, made in rig.sandbox.ledger] == [False]


def test_an_image_that_does_not_start_on_a_size_is_refused(rig: Rig) -> None:
    images = rig.json(f"/clouds/{rig.clouds['EC2']}/images?search_term=*")
    arm = next(one for one in images if one["extra"]["architecture"] == "arm64")
    answer = rig.create("web", "EC2", image=arm["external_id"], size="m1.small", location="us-east-1a")
    assert (answer.status_code, answer.text) == (
        400,
        f"Bad Request: Image {arm['name']} can't be used with size Small Instance",
    )


def test_without_a_location_the_provider_takes_one_that_has_the_size(rig: Rig) -> None:
    made = rig.ec2("web", size="m3.medium", location="")
    zones = {one["id"]: one["external_id"] for one in rig.json(f"/clouds/{rig.clouds['EC2']}/locations")}
    assert zones[rig.machine(made)["location"]] == "us-east-1a"


@pytest.mark.parametrize(
    ("image", "says"),
    [
        ({"min_disk_size": 30}, "Bad Request: Image A needs 30 GB of disk; S has 20"),
        ({"min_memory_size": 1024}, "Bad Request: Image A needs 1024 MB of memory; S has 512"),
    ],
)
def test_a_size_too_small_for_the_image_is_refused(image: dict[str, int], says: str) -> None:
    size = {"id": "s", "name": "S", "disk": 20, "ram": 512}
    with pytest.raises(RefusedError) as refused:
        restrictions.check({"id": "i", "name": "A", **image}, size, {"id": "l", "name": "L"})
    assert (refused.value.status, str(refused.value)) == (400, says)


def test_what_is_unknown_is_not_too_small() -> None:
    image = {"id": "i", "name": "A", "min_disk_size": 30, "min_memory_size": 1024}
    restrictions.check(image, {"id": "s", "name": "S", "disk": None, "ram": None}, {"id": "l", "name": "L"})
