"""`%mist sweep`: everything of ours anywhere, looked at first; and what no machine needs is taken away by its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook.ground.errors import BadValueError, MistError, MistUsageError, NotFoundError
from mist_notebook.records.model import OP_TAG
from tests.conftest import Notebook
from tests.rigs import hostile, orbit

CREATE = "create Orbit --name web --image deb --size small --location north --key mine --no-probe"


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[orbit.Cloud]:
    with orbit.installed(tmp_path, monkeypatch) as cloud:
        yield cloud


def failed(notebook: Notebook, line: str) -> MistError:
    error = notebook.run(f"%mist {line}").error
    assert isinstance(error, MistError), line
    return error


def disks(cloud: orbit.Cloud) -> list[str]:
    return [row["id"] for row in cloud.rows["disks"]]


def test_a_look_shows_everything_of_ours_and_changes_nothing(cloud: orbit.Cloud, notebook: Notebook) -> None:
    stranger = {"name": "lost", "size": "small", "image": "deb", "tags": {OP_TAG: "f" * 32}}
    cloud.make(stranger)
    cloud.make({"name": "theirs", "size": "small", "image": "deb"})
    notebook.value("%mist add-key mine --generate")
    notebook.value(f"%mist {CREATE}")
    before = cloud.writes
    frame = notebook.value("%mist sweep")
    assert list(frame["price_hourly"])[2] == 0.02
    assert frame[["backend", "id", "name", "kind", "sweep"]].values.tolist() == [
        ["Orbit", "d1", "old-root", "disk", True],
        ["Orbit", "i-1", "lost", "machine", False],
        ["Orbit", "i-3", "web", "machine", False],
    ]
    printed = notebook.cells[-1].printed
    assert "%mist sweep Orbit/d1 --yes old-root" in printed
    assert "%mist journal --adopt Orbit/i-1" in printed
    assert "%mist destroy Orbit/i-1 --yes lost --not-mine" in printed
    assert cloud.writes == before


def test_one_is_taken_away_by_its_place_and_its_exact_name_once(cloud: orbit.Cloud, notebook: Notebook) -> None:
    cloud.rows["disks"].append({"id": "d2", "name": "old-data"})
    for line, kind, message in (
        ("sweep Orbit/d1 --yes Old-root", BadValueError, "--yes says 'Old-root'"),
        ("sweep Orbit/d1 --yes Orbit", BadValueError, "--yes says 'Orbit'"),
        ("sweep Orbit/d1 --yes old-data", BadValueError, "--yes says 'old-data'"),
        ("sweep Orbit/d9 --yes old-root", NotFoundError, "Nothing at Orbit"),
        ("sweep old-root --yes old-root", NotFoundError, "old-root"),
        ("sweep --yes old-root", MistUsageError, "--yes"),
        ("sweep Orbit/d1", MistUsageError, "--yes is missing"),
        ("sweep Orbit/* --yes Orbit", NotFoundError, "Nothing at Orbit"),
    ):
        error = failed(notebook, line)
        assert (type(error), message in error.message) == (kind, True), line
    assert cloud.writes == []
    notebook.value("%mist sweep Orbit/d1 --yes old-root")
    assert "'old-root' (Orbit/d1, disk) was removed" in notebook.cells[-1].printed
    assert cloud.writes == [("DELETE", "/disks/d1")]
    assert type(failed(notebook, "sweep Orbit/d1 --yes old-root")) is NotFoundError


def test_all_of_one_backend_go_by_its_exact_name(cloud: orbit.Cloud, notebook: Notebook) -> None:
    cloud.rows["disks"].append({"id": "d2", "name": "old-data"})
    assert "--yes says 'orbit'" in failed(notebook, "sweep Orbit --yes orbit").message
    assert cloud.writes == []
    notebook.value("%mist sweep Orbit --yes Orbit")
    assert disks(cloud) == []
    assert cloud.writes == [("DELETE", "/disks/d1"), ("DELETE", "/disks/d2")]
    assert len(notebook.value("%mist sweep")) == 0


def test_a_machine_is_never_swept_ours_or_not(cloud: orbit.Cloud, notebook: Notebook) -> None:
    cloud.make({"name": "lost", "size": "small", "image": "deb", "tags": {OP_TAG: "f" * 32}})
    cloud.make({"name": "theirs", "size": "small", "image": "deb"})
    for name in ("i-1", "lost", "i-2", "theirs"):
        error = failed(notebook, f"sweep Orbit/{name} --yes {name}")
        assert "%mist destroy" in error.hint, name
    notebook.value("%mist sweep Orbit --yes Orbit")
    assert [path for _, path in cloud.writes] == ["/disks/d1"]
    assert len(cloud.rows["machines"]) == 2


def test_a_name_with_a_space_is_quoted_in_the_line_to_type(cloud: orbit.Cloud, notebook: Notebook) -> None:
    cloud.make({"name": "lost one", "size": "small", "image": "deb", "tags": {OP_TAG: "f" * 32}})
    cloud.rows["disks"][0]["name"] = "old root"
    assert '--yes "lost one"' in failed(notebook, 'sweep Orbit/i-1 --yes "lost one"').hint
    notebook.value("%mist sweep")
    assert '%mist sweep Orbit/d1 --yes "old root"' in notebook.cells[-1].printed
    notebook.value('%mist sweep Orbit/d1 --yes "old root"')
    assert disks(cloud) == []


def test_two_of_one_id_at_two_places_are_told_apart_by_these(cloud: orbit.Cloud, notebook: Notebook) -> None:
    cloud.rows["disks"] = [
        {"id": f"w{number}", "called": "shared", "name": "shared", "place": place}
        for number, place in enumerate(("north", "south"))
    ]
    error = failed(notebook, "sweep Orbit/shared --yes shared")
    assert "Orbit/north/shared, Orbit/south/shared" in error.hint
    notebook.value("%mist sweep Orbit/south/shared --yes shared")
    assert "was removed" in notebook.cells[-1].printed
    assert cloud.writes == [("DELETE", "/disks/w1")]
    assert len(notebook.value("%mist sweep Orbit")) == 1


def test_what_cannot_be_removed_says_so_and_the_others_go(cloud: orbit.Cloud, notebook: Notebook) -> None:
    cloud.rows["disks"].append({"id": "d2", "name": "old-data"})
    cloud.broken["DELETE", "/disks/d1"] = hostile.json({"error": "it is attached by now"}, status=409)
    error = failed(notebook, "sweep Orbit --yes Orbit")
    assert "it is attached by now" in error.message
    assert "'old-data' (Orbit/d2, disk) was removed" in notebook.cells[-1].printed
    assert disks(cloud) == ["d1"]
    assert cloud.writes == [("DELETE", "/disks/d1"), ("DELETE", "/disks/d2")]


def test_what_is_still_listed_after_it_was_asked_for_is_not_called_removed(
    cloud: orbit.Cloud, notebook: Notebook
) -> None:
    cloud.broken["DELETE", "/disks/d1"] = hostile.json({})
    notebook.value("%mist sweep Orbit/d1 --yes old-root")
    assert "is still listed" in notebook.cells[-1].printed


def test_the_sandbox_has_nothing_left_and_says_so(notebook: Notebook) -> None:
    frame = notebook.value("%mist sweep")
    assert len(frame) == 0
    assert list(frame.columns[:4]) == ["backend", "provider", "id", "name"]
    assert "Nothing of yours" in notebook.cells[-1].printed


def test_a_backend_that_fails_is_said_and_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notebook: Notebook
) -> None:
    with orbit.installed_twice(tmp_path, monkeypatch) as (_, other):
        other.broken["GET", "/disks"] = hostile.json({"error": "no permission to list disks"}, status=403)
        frame = notebook.value("%mist sweep")
    assert list(frame["id"]) == ["d1"]
    assert "Orbit 2" in notebook.cells[-1].printed
    assert "no permission to list disks" in notebook.cells[-1].printed
