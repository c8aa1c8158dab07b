"""Terms about prices in the settings: what they may say, in the file and in the environment, and how a slip is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.frames import frames
from mist_notebook.ground.errors import MistError, SettingsError
from mist_notebook.settings.price_terms import Currency, Discounts, Extras, OwnRates, Rates
from mist_notebook.settings.settings import Settings, load

EVERYTHING = """
stale_days = 90

[discounts]
ec2 = "10%"
azure_arm = 0.15
"My account" = "0%"

[own_prices.openstack]
usd_per_vcpu_hour = 0.01
usd_per_gib_hour = 0.005
usd_per_disk_gb_month = 0.05

[own_prices."Rack 7"]
usd_per_vcpu_hour = 0

[extras]
disk_gb = 50
usd_per_disk_gb_month = 0.08
public_addresses = 1
usd_per_address_hour = 0.005

[currency]
code = "eur"
rate = 0.92
as_of = 2026-11-01
"""


def loaded(tmp_path: Path, text: str = "", **environment: str) -> Settings:
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return load(environment=environment, path=path)


def refused(tmp_path: Path, text: str = "", **environment: str) -> MistError:
    with pytest.raises(MistError) as caught:
        loaded(tmp_path, text, **environment)
    assert type(caught.value) is SettingsError
    assert len(str(caught.value).splitlines()) == 2
    return caught.value


def test_every_term_is_read_from_its_table(tmp_path: Path) -> None:
    found = loaded(tmp_path, EVERYTHING)
    assert found["discounts"] == Discounts((("ec2", 0.1), ("azure_arm", 0.15), ("My account", 0.0)))
    assert found["own_prices"] == OwnRates((("openstack", Rates(0.01, 0.005, 0.05)), ("Rack 7", Rates())))
    assert found["extras"] == Extras(50.0, 0.08, 1.0, 0.005)
    assert found["currency"] == Currency("EUR", 0.92, date(2026, 11, 1))
    assert found["stale_days"] == 90.0


def test_the_environment_says_the_same_in_one_line_each(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        "[discounts]\ngce = 0.5",
        MIST_DISCOUNTS="ec2=10%, azure_arm = 0.15,",
        MIST_OWN_PRICES="openstack.usd_per_vcpu_hour=0.01, openstack.usd_per_gib_hour=0.005, kvm.usd_per_gib_hour=1e-3",
        MIST_EXTRAS="public_addresses=2, usd_per_address_hour=0.005",
        MIST_CURRENCY="code=CHF, rate=0.81, as_of=2026-11-01",
        MIST_STALE_DAYS="30",
    )
    assert found["discounts"] == Discounts((("ec2", 0.1), ("azure_arm", 0.15)))
    assert found["own_prices"] == OwnRates((("openstack", Rates(0.01, 0.005)), ("kvm", Rates(0, 0.001))))
    assert found["extras"] == Extras(public_addresses=2, usd_per_address_hour=0.005)
    assert found["currency"] == Currency("CHF", 0.81, date(2026, 11, 1))
    assert found["stale_days"] == 30.0


def test_the_frame_of_settings_says_the_terms_in_words_and_how_each_is_set(tmp_path: Path) -> None:
    shown = frames.settings(loaded(tmp_path, EVERYTHING).values).set_index("setting")
    assert shown["value"]["discounts"] == "ec2 10%, azure_arm 15%, My account 0%"
    assert shown["value"]["own_prices"] == (
        "openstack: 0.01 USD per vCPU-hour + 0.005 USD per GiB-hour + 0.05 USD per GB of disk a month; "
        "Rack 7: no rate above 0"
    )
    assert shown["value"]["extras"] == "50 GB of disk at 0.08 USD a month, 1 public address at 0.005 USD an hour"
    assert shown["value"]["currency"] == "EUR at 0.92 for 1 USD, of 2026-11-01"
    for name in ("discounts", "own_prices", "extras", "currency", "stale_days", "refresh_seconds"):
        assert shown["about"][name] and shown["variable"][name] == f"MIST_{name.upper()}"


@pytest.mark.parametrize(
    "value", ['"100%"', '"120%"', '"-5%"', "-0.1", "1", "1.5", "10", "nan", "inf", '"nan"', '"nan%"', '"ten"', "true",
              '""', '"%"', "[]", "{}", "1979-05-27", '"1e400"'],
)  # fmt: skip
def test_a_discount_is_a_part_from_0_and_below_100_percent(tmp_path: Path, value: str) -> None:
    error = refused(tmp_path, f"[discounts]\nec2 = {value}")
    assert error.message.startswith(f"discounts ({tmp_path / 's.toml'}): ec2 can't be ")
    assert error.hint == 'Write the part that is taken off, from 0% and below 100%: "10%" or 0.1.'


@pytest.mark.parametrize("key", ["usd_per_vcpu_hour", "usd_per_gib_hour", "usd_per_disk_gb_month"])
@pytest.mark.parametrize("value", ["-1", "nan", "inf", '"nan"', '"x"', "true", "1e6", "[]", '"1,5"'])
def test_a_rate_is_an_amount_from_0(tmp_path: Path, key: str, value: str) -> None:
    error = refused(tmp_path, f"[own_prices.openstack]\n{key} = {value}")
    assert error.message.startswith(f"own_prices ({tmp_path / 's.toml'}): openstack.{key} can't be ")
    assert error.hint == "It should be an amount in USD, 0 or more."


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("discounts = 5", "It can't be 5.", 'a table, as in ec2 = "10%"'),
        ("discounts = []", "It can't be [].", "a table"),
        ("[discounts]", "It can't be {}.", "a table"),
        ("own_prices = 0.01", "It can't be 0.01.", "[own_prices.openstack]"),
        ("[own_prices]\nopenstack = 0.01", "openstack can't be 0.01.", "usd_per_vcpu_hour"),
        ("[own_prices.openstack]", "openstack can't be {}.", "usd_per_vcpu_hour"),
        ("[own_prices.x]\nusd_per_cpu_hour = 1", "'x.usd_per_cpu_hour'", "Did you mean usd_per_vcpu_hour?"),
        ("[extras]\ndisk = 5", "No key named 'disk'.", "Did you mean disk_gb?"),
        ("[extras]\ndisk_gb = 50", "disk_gb is set, and usd_per_disk_gb_month is not.", "both of them"),
        ("[extras]\nusd_per_address_hour = 1", "usd_per_address_hour is set, and public_addresses is not.", "both"),
        ("[extras]\ndisk_gb = -1\nusd_per_disk_gb_month = 1", "disk_gb can't be -1.", "0 or more"),
        ("[extras]\ndisk_gb = nan\nusd_per_disk_gb_month = 1", "disk_gb can't be nan.", "0 or more"),
        ("[currency]\ncode = 'EUR'\nrate = 0.9", "as_of is missing.", "as_of = 2026-11-01"),
        ("[currency]\nrate = 0.9\nas_of = 2026-11-01", "code is missing.", 'code = "EUR"'),
        ("[currency]\ncode = 'USD'\nrate = 1\nas_of = 2026-11-01", "code can't be 'USD'.", "three letters"),
        ("[currency]\ncode = 'EURO'\nrate = 1\nas_of = 2026-11-01", "code can't be 'EURO'.", "three letters"),
        ("[currency]\ncode = 5\nrate = 1\nas_of = 2026-11-01", "code can't be 5.", "three letters"),
        ("[currency]\ncode = 'EUR'\nrate = nan\nas_of = 2026-11-01", "rate can't be nan.", "1 USD"),
        ("[currency]\ncode = 'EUR'\nrate = 0\nas_of = 2026-11-01", "rate can't be 0.", "1 USD"),
        ("[currency]\ncode = 'EUR'\nrate = -0.9\nas_of = 2026-11-01", "rate can't be -0.9.", "1 USD"),
        ("[currency]\ncode = 'EUR'\nrate = 0.9\nas_of = 'today'", "as_of can't be 'today'.", "2026-11-01"),
        ("[currency]\ncode = 'EUR'\nrate = 0.9\nas_of = 5", "as_of can't be 5.", "2026-11-01"),
        ("[currency]\ncode = 'EUR'\nrate = 0.9\nas_of = 2026-11-01\nday = 1", "No key named 'day'.", "There are code"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_its_key_and_what_is_right(tmp_path: Path, text: str, message: str, hint: str) -> None:
    error = refused(tmp_path, text)
    assert message in error.message and str(tmp_path / "s.toml") in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("MIST_DISCOUNTS", "ec2", "discounts (MIST_DISCOUNTS): 'ec2' isn't a pair."),
        ("MIST_DISCOUNTS", "=5", "discounts (MIST_DISCOUNTS): '=5' isn't a pair."),
        ("MIST_DISCOUNTS", "ec2=", "discounts (MIST_DISCOUNTS): 'ec2=' isn't a pair."),
        ("MIST_DISCOUNTS", ",", "discounts (MIST_DISCOUNTS): It can't be ','."),
        ("MIST_DISCOUNTS", "ec2=120%", "discounts (MIST_DISCOUNTS): ec2 can't be '120%'."),
        ("MIST_DISCOUNTS", "ec2=1%,ec2=2%", "discounts (MIST_DISCOUNTS): ec2 is given twice."),
        ("MIST_DISCOUNTS", "ec2.x=1%", "discounts (MIST_DISCOUNTS): ec2 can't be {'x': '1%'}."),
        ("MIST_OWN_PRICES", "openstack=1", "own_prices (MIST_OWN_PRICES): openstack can't be '1'."),
        ("MIST_OWN_PRICES", "openstack=1,openstack.x=1", "own_prices (MIST_OWN_PRICES): openstack.x is given twice."),
        ("MIST_CURRENCY", "EUR", "currency (MIST_CURRENCY): 'EUR' isn't a pair."),
    ],
)
def test_a_slip_in_a_variable_is_told_with_its_name(tmp_path: Path, variable: str, value: str, message: str) -> None:
    assert refused(tmp_path, **{variable: value}).message == message


@pytest.mark.parametrize("value", ["-1", "0", "nan", '"x"', "true"])
def test_days_and_seconds_are_above_0(tmp_path: Path, value: str) -> None:
    for name in ("stale_days", "refresh_seconds"):
        with pytest.raises(MistError, match=f"{name} can't be"):
            loaded(tmp_path, f"{name} = {value}")


def test_a_term_that_is_no_number_of_any_size_is_refused(tmp_path: Path) -> None:
    huge: Any = "9" * 400
    assert "can't be" in refused(tmp_path, MIST_DISCOUNTS=f"ec2={huge}").message
