"""EC2 asked directly, through the lines: added, looked at, made together, where there is room, and ended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook.ground.errors import BadValueError, LimitError, MistUsageError
from tests.conftest import Notebook
from tests.rigs import ec2_cloud
from tests.rigs.ec2_cloud import SECRET, Cloud, refusal

CREATE = "%mist create ec2 --name web --size t3.small --image debian-12 --key mine --no-probe"


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with ec2_cloud.serve(monkeypatch, tmp_path) as cloud:
        yield cloud


def test_a_machine_from_the_first_word_to_the_last(cloud: Cloud, notebook: Notebook, tmp_path: Path) -> None:
    ec2_cloud.profile(tmp_path, "work")
    before = notebook.value("%mist providers")
    before = before[before["category"] == "direct"]
    said = dict(zip(before["provider"], before["credentials"], strict=True))
    assert said["ec2"] == "AWS_ACCESS_KEY_ID · %mist add ec2"
    assert cloud.ledger == []
    added = notebook.run("%mist add ec2 --region eu-west-1 --profile work")
    assert added.error is None and "profile 'work'" in added.printed
    assert list(notebook.value("%mist backends")["region"]) == ["eu-west-1"]
    found = notebook.value("%mist providers")
    row = found[(found["provider"] == "ec2") & found["account"].notna()].iloc[0]
    assert "user/moto (123456789012), by profile 'work'" in row["account"] and row["may"].startswith("may look, make")
    sizes = notebook.value("%mist sizes ec2 --sort price")
    assert sizes["id"][0] == "t3.micro" and sizes["price_hourly"].notna().all()
    images = notebook.value('%mist images ec2 --search "ubuntu 24.04"')
    assert list(images["os"]) == ["ubuntu-24.04"] * 2 and images["created"].notna().all()
    assert "Canonical" in images["owner"][0]
    assert "ubuntu-24.04" in set(notebook.value("%mist images ec2")["os"])
    notebook.run("%mist add-key mine --generate")
    receipt = str(notebook.value(f"{CREATE} --hours 2 --dry-run"))
    for words in (
        "USD an hour",
        "at eu-west-1",
        "from 127.0.0.1/32 to port 22",
        "the machine itself",
        "admin",
        "Debian",
    ):
        assert words in receipt
    assert cloud.creates == []
    machine = notebook.value(f"{CREATE} --hours 2")
    assert machine.name == "web" and machine.record.expires is not None
    assert notebook.value(f"{CREATE} --hours 2").id == machine.id
    assert list(notebook.value("%mist machines")["mine"]) == [True]
    assert "costs the same" not in notebook.run("%mist stop web").printed
    notebook.value("%mist start web")
    notebook.value("%mist destroy web --yes web")
    assert len(cloud.creates) == 1
    assert notebook.run("%mist remove ec2 --yes EC2").error is None
    shown = "".join(cell.printed for cell in notebook.cells)
    kept = "".join(path.read_text(errors="replace") for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert SECRET not in shown + kept


def test_several_are_made_together_and_the_second_place_is_taken_where_the_first_is_full(
    cloud: Cloud, notebook: Notebook
) -> None:
    notebook.run("%mist add ec2")
    notebook.run("%mist add-key mine --generate")
    cloud.on["RunInstances"] = [refusal("InsufficientInstanceCapacity", status=500)]
    made = notebook.run(f"{CREATE} --count 2 --together --location eu-west-1a,eu-west-1b")
    assert [machine.record.location_id for machine in made.value] == ["eu-west-1b", "eu-west-1a"]
    assert "without room there: eu-west-1b" in made.printed
    assert "eu-west-1a has no room" in made.printed and "InsufficientInstanceCapacity" in made.printed
    assert "reach each other" in made.printed
    tokens = [one.words["ClientToken"][-2:] for one in cloud.creates]
    assert tokens[1] == "-2" and not tokens[0].startswith("-")
    assert "eu-west-1a has no room" in str(notebook.value("%mist journal")["note"].dropna().iloc[0])


def test_a_cloud_that_cant_have_machines_reach_each_other_says_so(notebook: Notebook) -> None:
    failed = notebook.run("%mist create NephoScale --name web --image 5 --size 48 --together")
    assert isinstance(failed.error, BadValueError) and "reach each other" in failed.error.message


def test_a_price_that_nobody_knows_wants_its_name_again(
    cloud: Cloud, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mist_notebook.client import list_prices

    notebook.run("%mist add ec2")
    notebook.run("%mist add-key mine --generate")
    monkeypatch.setattr(list_prices, "_prices", lambda *_: {})
    assert isinstance(notebook.run(CREATE).error, LimitError)
    assert cloud.creates == []


@pytest.mark.parametrize("line", ["%mist add ec2 --field key=x", "%mist add ec2 --project p"])
def test_what_is_not_for_it_is_refused(cloud: Cloud, notebook: Notebook, line: str) -> None:
    assert isinstance(notebook.run(line).error, MistUsageError | BadValueError)
    assert cloud.ledger == []


def test_one_dead_region_and_another_cloud_go_on(cloud: Cloud, notebook: Notebook) -> None:
    notebook.run("%mist add ec2 --region eu-west-1,us-east-1")
    cloud.dead.add("us-east-1")
    cell = notebook.run("%mist machines")
    assert cell.error is None
    assert "us-east-1 of EC2 is missing here" in cell.printed


def test_what_is_ours_in_a_region_that_was_left_out_is_shown_and_can_be_ended(cloud: Cloud, notebook: Notebook) -> None:
    notebook.value("%mist add-key mine --generate")
    notebook.value("%mist add ec2 --region us-east-1 --name Far")
    notebook.value("%mist create Far --name web --size t3.small --image debian-12 --key mine --no-probe")
    notebook.value("%mist remove Far --yes Far")
    notebook.value("%mist add ec2 --region eu-west-1")
    assert len(notebook.value("%mist machines")) == 0
    (place,) = notebook.value("%mist machines --all-regions")["location_id"]
    assert place.startswith("us-east-1")
    frame = notebook.value("%mist sweep")
    (row,) = frame[frame["kind"] == "machine"].to_dict("records")
    assert (row["name"], row["sweep"]) == ("web", False)
    notebook.run(f"%mist destroy EC2/{row['id']} --yes web --not-mine")
    assert list(notebook.value("%mist machines --all-regions")["state"]) == ["terminated"]
