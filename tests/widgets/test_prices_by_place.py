"""Sizes by price over locations: a row is a size at a price, one click chooses both; unknown is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mist_notebook.client.notebook.session import Session
from mist_notebook.records.model import Location, Price, Size
from mist_notebook.widgets.form.form import Form
from mist_notebook.widgets.form.state.events import FoundPrices, Hinted
from mist_notebook.widgets.form.state.facts import Fill, Hints
from mist_notebook.widgets.lists import placed_size
from mist_notebook.widgets.lists.placed_size import own_id, places, row_id, taken_apart
from mist_notebook.widgets.lists.size_table import SizeTable
from tests.rigs import token_clouds
from tests.rigs.form_rig import Page
from tests.rigs.form_world import World, complete
from tests.rigs.token_clouds import Cloud
from tests.rigs.widget_rig import text

DAY = date(2026, 11, 30)
EUR = {"currency": "EUR", "as_of": DAY, "source": "a list"}
SMALL = Size(id="cx22", name="CX22", vcpus=2, ram_mb=4096, disk_gb=40)
LARGE = Size(id="cx52", name="CX52", vcpus=16, ram_mb=32768, disk_gb=320)
NBG, HEL = Location(id="nbg1", name="Nuremberg"), Location(id="hel1", name="Helsinki")
ASH = Location(id="ash", name="Ashburn")
PRICES = {
    "cx22": {"nbg1": Price(hourly=0.006, **EUR), "hel1": Price(hourly=0.006, **EUR), "ash": Price(hourly=0.009, **EUR)},
    "cx52": {"nbg1": Price(hourly=0.06, **EUR), "hel1": Price(), "ash": Price(hourly=0.05, **EUR)},
}


def rows(chosen: str | None = None, fits: object = None) -> tuple[placed_size.PlacedSize, ...]:
    return placed_size.placed((SMALL, LARGE), PRICES, (NBG, HEL, ASH), chosen, lambda *_: True)


def test_locations_with_one_price_are_one_row_and_an_unknown_price_is_one_of_its_own() -> None:
    assert [(own_id(row), places(row), row.price.hourly) for row in rows()] == [
        ("cx22", "Nuremberg, Helsinki", 0.006), ("cx22", "Ashburn", 0.009),
        ("cx52", "Nuremberg", 0.06), ("cx52", "Helsinki", None), ("cx52", "Ashburn", 0.05),
    ]  # fmt: skip
    assert rows()[0].name == "CX22" and rows()[0].ram_mb == 4096


@pytest.mark.parametrize(("chosen", "place"), [(None, "nbg1"), ("hel1", "hel1"), ("ash", "nbg1"), ("gone", "nbg1")])
def test_a_row_chooses_the_location_that_is_chosen_where_it_is_one_of_its_own(chosen: str | None, place: str) -> None:
    row = rows(chosen)[0]
    assert row.place_id == place and taken_apart(row.id) == ("cx22", place)
    assert row_id("cx22", place) == row.id and taken_apart("cx22") == ("cx22", None)


def test_a_location_that_has_not_the_size_or_doesnt_fit_has_no_row() -> None:
    found = placed_size.placed((SMALL, LARGE), {"cx22": PRICES["cx22"]}, (NBG, HEL, ASH), None, lambda _, at: at != ASH)
    assert [(own_id(row), places(row)) for row in found] == [("cx22", "Nuremberg, Helsinki")]


def test_the_table_has_the_cheapest_location_first_and_says_currency_and_day() -> None:
    table = SizeTable()
    try:
        table.set_sizes(rows())
        table.join()
        lines = [line.split("\t") for line in table._rows.lines]
        assert [(line[0], line[4], line[5]) for line in lines] == [
            ("CX22", "Nuremberg, Helsinki", "0.0060"), ("CX22", "Ashburn", "0.0090"),
            ("CX52", "Ashburn", "0.0500"), ("CX52", "Nuremberg", "0.0600"), ("CX52", "Helsinki", "unknown"),
        ]  # fmt: skip
        assert "◀ cheapest" in lines[0] and not any("◀ cheapest" in line for line in lines[1:])
        assert [column[0] for column in table._rows.widget.columns][:7] == [
            "name", "vCPU", "RAM GB", "disk GB", "where", "€/h", "€/month",
        ]  # fmt: skip
        assert text(table.widget, "mist-size-count") == "5 of 5 sizes by location. Prices in EUR, of 2026-11-30."
        table._filters._words.value = "helsinki"
        table.join()
        assert [line.split("\t")[4] for line in table._rows.lines] == ["Nuremberg, Helsinki", "Helsinki"]
    finally:
        table.close()


# ------------------------------------------------------------------------------------------------- the form's state


def priced(*, at: dict[str, float | None], size: str = "small") -> dict[str, dict[str, Price]]:
    return {size: {place: Price(hourly=hourly, currency="USD") for place, hourly in at.items()}}


def test_the_cost_and_the_line_of_what_is_chosen_are_of_the_location_that_is_chosen() -> None:
    world = complete()
    assert world.view.cost.startswith("0.1000 USD an hour")
    world.tell(FoundPrices("b1", priced(at={"east": 0.3, "west": 0.2})))
    assert world.view.cost.startswith("0.3000 USD an hour") and "0.3000 $/h" in world.view.glance["size"]
    world.choose(location="west")
    assert world.view.cost.startswith("0.2000 USD an hour")
    world.tell(FoundPrices("b1", priced(at={"east": 0.3, "west": None})))
    assert world.view.cost.startswith("unknown") and "--accept-unknown-price" in world.view.line


def test_the_control_has_a_row_a_price_and_marks_the_chosen_one() -> None:
    world = complete().tell(FoundPrices("b1", priced(at={"east": 0.3, "west": 0.2, "north": 0.2})))
    control = world.view.controls["size"]
    assert [(own_id(row), places(row)) for row in control.records] == [
        ("small", "Place east"), ("small", "Place west, Place north"),
    ]  # fmt: skip
    assert control.value == row_id("small", "east") == control.records[0].id
    assert world.view.controls["size"].records is control.records, "the same as long as nothing is another"
    assert {size.id for size, _ in control.unfit} == {"large", "arm"}
    world.choose(image="pi")
    assert world.view.controls["size"].records is not control.records
    world.tell(FoundPrices("b2", priced(at={"east": 1.0})))
    assert world.chosen["size"] is None or world.view.backend is not None, "another backend's prices are another's"


def test_what_is_suggested_is_the_cheapest_at_the_location_that_is_chosen() -> None:
    world = World().tell(Hinted(Hints())).load()
    assert (world.chosen["location"], world.chosen["size"]) == ("east", "small")
    both = priced(at={"east": 0.5, "west": 0.1}) | priced(at={"east": 0.2, "west": 0.9}, size="large")
    world.tell(FoundPrices("b1", both))
    assert (world.chosen["location"], world.chosen["size"]) == ("east", "large")


# ------------------------------------------------------------------------------------------------- a real cloud's form


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    token_clouds.no_credentials(monkeypatch, str(tmp_path))
    with token_clouds.serve("hetzner", monkeypatch) as cloud:
        yield cloud


def test_one_click_chooses_size_and_location_and_the_receipt_has_that_price(cloud: Cloud) -> None:
    session = Session()
    try:
        session.client.add_cloud("hetzner")
        session.client.make_key("mine")
        page = Page(Form(session, Fill({"backend": "Hetzner"}, {})))
        page.pick(image="2")
        chooser = page.form._view._fields._size
        chooser.join()
        lines = [line.split("\t") for line in chooser._rows.lines if line.startswith("cax11")]
        assert [(line[4], line[5]) for line in lines] == [
            ("Falkenstein DC Park 1", "0.0068"), ("Nuremberg DC Park 1", "0.0078"),
        ]  # fmt: skip
        (dearer,) = [found for found in chooser._rows.ids if taken_apart(found) == ("cax11", "nbg1")]
        page.pick(size=dearer).type(name="web")
        page.form._desk.join()
        assert "Nuremberg" in page.find("mist-form-location").label
        assert page.text("mist-form-cost") == "Cost 0.0078 EUR an hour · 4.79 EUR a month"
        page.review()
        assert "at nbg1" in page.text("mist-form-receipt") and "0.0078 EUR" in page.text("mist-form-receipt")
    finally:
        session.close()
