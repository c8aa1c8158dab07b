"""Kinds, currencies, a month of it and `%mist prices`, as a person types them in a real shell."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter

from mist_notebook.frames import export
from mist_notebook.ground.errors import BadValueError, NotFoundError
from tests.conftest import Notebook
from tests.magic.test_bad_lines import failed

EURO = "code=EUR, rate=0.8, as_of=2026-11-27"


@pytest.fixture
def with_euro(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIST_CURRENCY", EURO)


def plain(book: Notebook, frame: pd.DataFrame) -> str:
    data, _ = book.shell.display_formatter.format(frame)
    return str(data["text/plain"])


@pytest.mark.usefixtures("with_euro")
def test_a_currency_turns_every_answer(notebook: Notebook, tmp_path: Path) -> None:
    found = notebook.run("%mist compare --cpus 8 --ram 16GB --region Germany --limit 3 --currency eur --offline")
    assert set(found.value["currency"]) == {"EUR"} and found.value["id"].iloc[0] == "cx43"
    assert "All prices in EUR: EUR at 0.8 for 1 USD, of 2026-11-27, the rate in the settings." in found.printed
    assert "compared in USD" not in found.printed
    shown = plain(notebook, found.value)
    assert "€/h" in shown and "$" not in shown and "0.0256 EUR/h, price of 2026-08-01" in shown
    alike = notebook.value("%mist like EC2:m5.xlarge --currency EUR --limit 2 --offline")
    assert "EUR a month" in plain(notebook, alike)
    past = notebook.run("%mist history EC2:m5.large --region us-east-1 --currency EUR --no-chart")
    assert past.value["price_hourly"].iloc[-1] == pytest.approx(0.096 * 0.8)
    assert "at one rate: EUR at 0.8" in past.printed and past.value.attrs["mist"]["question"].endswith("--currency EUR")
    notebook.run(f"%mist export {tmp_path / 'x.csv'} --cpus 64 --providers oci --currency EUR --offline")
    assert set(export.read_csv(tmp_path / "x.csv")["currency"]) == {"EUR"}


@pytest.mark.usefixtures("with_euro")
def test_with_a_second_currency_the_reasons_stay(notebook: Notebook) -> None:
    shown = plain(notebook, notebook.value("%mist compare --cpus 4 --limit 2 --offline"))
    assert "Cheapest: Hetzner" in shown and "eur" in shown
    assert "Nothing fits" in plain(notebook, notebook.value("%mist compare --cpus 9999 --offline"))


def test_a_month_of_it_says_what_it_has_in_it_and_orders_by_it(notebook: Notebook) -> None:
    found = notebook.run(
        '%mist compare --cpus 4 --ram 16GB --with "ipv4, 100GB disk, 1TB out" --limit 3 --providers EC2 --offline'
    )
    frame = found.value
    assert frame["monthly_total"].is_monotonic_increasing and frame["provider"].iloc[0] == "ec2"
    assert frame["address_monthly"].iloc[0] == pytest.approx(3.65)
    assert "monthly_total is a month with ipv4, 100GB disk, 1TB out, at list prices of 2026-05-06" in found.printed
    assert '--with "ipv4, 100GB disk, 1TB out" --offline' in frame.attrs["mist"]["question"]
    shown = plain(notebook, frame)
    assert "$/month in all" in shown and "Cheapest month in all: EC2" in shown


@pytest.mark.usefixtures("with_euro")
def test_windows_has_a_word_of_its_own(notebook: Notebook) -> None:
    found = notebook.value("%mist compare --cpus 4 --windows --limit 2 --offline")
    assert set(found["os"]) == {"windows"} and "--os windows" in found.attrs["mist"]["question"]
    assert set(notebook.value("%mist compare --cpus 4 --windows --os windows --limit 2 --offline")["os"]) == {"windows"}
    error = failed(notebook, "%mist compare --windows --os linux --offline")
    assert error.message == "--os and --windows don't go together."


def test_like_orders_by_a_month_of_it_too(notebook: Notebook) -> None:
    found = notebook.run('%mist like EC2:m5.xlarge --with "ipv4, 100GB disk, 1TB out" --limit 3 --offline')
    assert "monthly_total is a month with ipv4, 100GB disk, 1TB out" in found.printed
    assert "$/month in all" in plain(notebook, found.value) and "Cheapest with ipv4" in plain(notebook, found.value)
    turned = notebook.value("%mist like EC2:m5.xlarge --with ipv4 --sort monthly_total --desc --limit 2 --offline")
    assert turned["monthly_total"].dropna().is_monotonic_decreasing and turned["monthly_total"].notna().any()


def test_a_pivot_says_that_it_is_of_months(notebook: Notebook) -> None:
    found = notebook.value("%mist compare --cpus 4 --pivot --limit 2 --with ipv4 --providers ec2 --offline")
    assert "by = monthly_total" in plain(notebook, found)


def completed(book: Notebook, text: str) -> list[str]:
    with provisionalcompleter():
        return [found.text for found in book.shell.Completer.completions(text, len(text))]


def test_a_second_kind_is_completed_too_and_each_once(notebook: Notebook) -> None:
    assert "on-demand,spot" in completed(notebook, "%mist compare --kind on-demand,sp")
    again = completed(notebook, "%mist compare --kind spot,")
    assert "spot,on-demand" in again and "spot,spot" not in again


def test_gpus_lists_currencies_and_what_a_month_has_are_completed(notebook: Notebook) -> None:
    assert {"H200", "B200", "MI300X", "A100-80GB"} <= {
        *completed(notebook, "%mist compare --gpu H2"),
        *completed(notebook, "%mist compare --gpu B2"),
        *completed(notebook, "%mist compare --gpu MI3"),
        *completed(notebook, "%mist compare --gpu A100-8"),
    }
    assert "scaleway" in completed(notebook, "%mist refresh sca")
    assert completed(notebook, "%mist like EC2:m5.xlarge --currency E")[0] == "EUR"
    assert "ipv4" in completed(notebook, "%mist compare --with ")


def test_lists_that_are_not_covered_say_why(notebook: Notebook) -> None:
    found = notebook.value("%mist prices")
    assert {"provider", "rows", "regions", "as_of", "source", "how", "age_days", "note"} <= set(found.columns)
    why = found.set_index("provider")["note"]
    assert why["coreweave"] == "no public list" and why["ovh"] == "%mist refresh ovh"
    assert set(notebook.value("%mist prices --providers aws")["provider"]) == {"ec2"}


@pytest.mark.parametrize(
    ("line", "kind", "message", "hint"),
    [
        ("compare --currency GBO", NotFoundError, "'GBO'", "GBP"),
        ("history EC2:m5.large --currency EURO2", BadValueError, "'EURO2'", "EUR"),
        ("like EC2:m5.large --currency XEU", NotFoundError, "'XEU'", "EUR"),
        ('compare --with "100GB dsk"', BadValueError, "'100GB dsk'", "Did you mean disk?"),
        ("compare --kind sport", BadValueError, "'sport'", "Did you mean spot?"),
        ("prices --providers ovhh", NotFoundError, "'ovhh'", "ovh"),
    ],
)
def test_a_slip_is_told_with_the_nearest(
    notebook: Notebook, line: str, kind: type[Exception], message: str, hint: str
) -> None:
    error = failed(notebook, f"%mist {line}")
    assert isinstance(error, kind)
    assert message in error.message and hint in error.hint


def test_what_brings_todays_prices_is_whole_on_a_narrow_screen(notebook: Notebook) -> None:
    shown = repr(notebook.value("%mist prices"))
    head = next(line for line in shown.splitlines() if "price of" in line)
    assert head.split() == ["provider", "how", "price", "of", "days", "old", "note", *head.split()[7:]]
    assert "%mist refresh hetzner, with HCLOUD_TOKEN set" in shown and "as_of" not in shown
