"""`df.mist`: there as soon as a frame is, after any filter or sort, and never taking unknown for cheap."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pandas as pd
import pytest

from mist_notebook.charts import Chart
from mist_notebook.display import frame_view
from mist_notebook.frames import accessor
from mist_notebook.ground.errors import BadValueError, NotFoundError
from tests.conftest import Notebook
from tests.rigs.chart_frames import offers

ROWS = (
    {"id": "a", "region": "eu", "price_hourly": 0.4, "vcpus": 4.0},
    {"id": "a", "region": "us", "price_hourly": 0.3, "vcpus": 4.0},
    {"id": "b", "price_hourly": 0.2, "vcpus": 1.0},
    {"id": "c", "price_hourly": None, "vcpus": 8.0},
    {"id": "d", "price_hourly": 0.0, "vcpus": 8.0},
    {"provider": "gce", "id": "e", "price_hourly": 0.1, "vcpus": None},
    {"provider": "gce", "id": "f", "price_hourly": 0.5, "vcpus": 0.0},
)


def ids(frame: pd.DataFrame) -> list[str]:
    return frame["id"].tolist()


def test_the_cheapest_are_sizes_at_their_best_region_and_never_unknown() -> None:
    found = offers(*ROWS).mist.cheapest()
    assert list(zip(found["id"], found["price_hourly"], strict=True)) == [
        ("e", 0.1),
        ("b", 0.2),
        ("a", 0.3),
        ("f", 0.5),
    ]
    assert list(found.index) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"n": 2}, ["e", "b"]),
        ({"each": "provider"}, ["e", "b"]),
        ({"each": ("provider", "region")}, ["e", "b", "a", "a"]),
        ({"each": ()}, ["e", "b", "a", "a", "f"]),
    ],
)
def test_what_counts_once_can_be_said(asked: dict[str, Any], expected: list[str]) -> None:
    assert ids(offers(*ROWS).mist.cheapest(**asked)) == expected


def test_a_price_per_unit_sorts_with_unknown_last() -> None:
    found = offers(*ROWS).mist.per("vcpus")
    assert found["usd_per_vcpus"].round(4).tolist()[:3] == [0.075, 0.1, 0.2] and found["usd_per_vcpus"][3:].isna().all()
    assert ids(found) == ["a", "a", "b", "c", "d", "e", "f"]
    assert list(offers(*ROWS).mist.per("ram").columns)[-1] == "usd_per_ram_gb"
    assert list(offers({}).drop(columns="currency").mist.per("cpus").columns)[-1] == "price_per_vcpus"
    assert list(offers({"currency": "EUR"}).mist.per("cpus").columns)[-1] == "eur_per_vcpus"


def test_a_price_per_unit_shows_its_digits() -> None:
    frame = offers({"price_hourly": 0.0042})
    frame.attrs["mist"] = {"kind": "offers"}
    assert frame_view.plain(frame.mist.per("vcpus")[["id", "usd_per_vcpus"]]).split()[-1] == "0.0021"


def test_it_survives_filtering_sorting_and_joining() -> None:
    frame = offers(*ROWS)
    frame.attrs["mist"] = {"kind": "offers"}
    for changed in (
        frame[frame.price_hourly > 0.1],
        frame.sort_values("id"),
        frame.set_index("name"),
        frame.merge(frame),
    ):
        assert isinstance(changed.mist.chart(), Chart)
        assert changed.mist.cheapest(1).attrs == {"mist": {"kind": "offers"}}
        assert changed.mist.per("vcpus").attrs == {"mist": {"kind": "offers"}}


def test_an_empty_frame_stays_one() -> None:
    empty = offers()
    assert empty.mist.cheapest().empty and list(empty.mist.cheapest().columns) == list(empty.columns)
    assert list(empty.mist.per("vcpus").columns) == [*empty.columns, "price_per_vcpus"]


def test_all_unpriced_has_no_cheapest() -> None:
    assert offers({"price_hourly": None}).mist.cheapest().empty
    assert offers({"price_hourly": None}).mist.per("vcpus")["price_per_vcpus"].isna().all()


@pytest.mark.parametrize(
    ("ask", "kind", "message"),
    [
        (lambda it: it.cheapest(0), BadValueError, "'0' can't be a number of rows."),
        (lambda it: it.cheapest(2.5), BadValueError, "'2.5' can't be a number of rows."),
        (lambda it: it.cheapest(each="provdier"), NotFoundError, "This frame has no column 'provdier'."),
        (lambda it: it.per("vcpu"), NotFoundError, "This frame has no column 'vcpu'."),
        (lambda it: it.per("arch"), BadValueError, "'arch' holds no figure to divide by."),
        (lambda it: it.chart("nothing"), NotFoundError, "This frame has no column 'nothing'."),
    ],
)
def test_what_cant_be_answered_is_one_line(ask: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as raised:
        ask(offers(*ROWS).mist)
    assert raised.value.message == message and raised.value.hint  # type: ignore[attr-defined]


def test_several_currencies_are_not_put_in_one_order() -> None:
    frame = offers({}, {"currency": "EUR"})
    for ask in (frame.mist.cheapest, lambda: frame.mist.per("vcpus"), frame.mist.chart):
        with pytest.raises(BadValueError, match="Prices in EUR and USD"):
            ask()


def test_a_frame_of_someone_elses_has_it_too_and_says_what_is_missing() -> None:
    with pytest.raises(NotFoundError) as raised:
        pd.DataFrame({"x": [1]}).mist.cheapest()
    assert raised.value.message == "This frame has no column 'price_hourly'."
    assert pd.DataFrame.mist is accessor.MistAccessor


def test_a_listing_has_it(notebook: Notebook) -> None:
    frame = notebook.value("%mist sizes NephoScale")
    chart = frame[frame.ram_gb >= 1].sort_values("name").mist.chart("vcpus")
    assert chart.spec["title"]["text"] == "SANDBOX · Price against vCPUs"
    assert "example prices of" in chart.text and "Left out: 1 row without a known price." in chart.text


def test_loading_the_extension_registers_nothing_and_imports_no_pandas() -> None:
    script = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell as Shell; shell = Shell.instance();"
    )
    script += "shell.run_line_magic('load_ext', 'mist_notebook'); print('pandas' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split()[-1] == "False"
