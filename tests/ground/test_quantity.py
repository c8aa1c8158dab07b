"""The wish language: what each form means, and what can't be read."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.amounts.quantity import GpuWish, RamWish, Range
from mist_notebook.ground.errors import BadValueError


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("4", 4, math.inf),
        ("4+", 4, math.inf),
        ("4..", 4, math.inf),
        ("..8", 0, 8),
        ("4..8", 4, 8),
        ("4..4", 4, 4),
        ("=4", 4, 4),
        ("0", 0, math.inf),
        ("0.5", 0.5, math.inf),
        (".5", 0.5, math.inf),
        (" 4 .. 8 ", 4, 8),
        ("= 4", 4, 4),
    ],
)
def test_a_count_is_read_in_every_form(text: str, low: float, high: float) -> None:
    assert quantity.count(text) == Range(low, high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("16", 16, math.inf),
        ("16GB", 16, math.inf),
        ("16gib", 16, math.inf),
        ("16 G", 16, math.inf),
        ("16384MB", 16, math.inf),
        ("16384MiB+", 16, math.inf),
        ("1TB", 1024, math.inf),
        ("=2GB", 2, 2),
        ("..8GB", 0, 8),
        ("4GB..16GB", 4, 16),
        ("512MB..2GB", 0.5, 2),
        ("4..16GB", 4, 16),
        ("512..1024MB", 0.5, 1),
        ("0.5..1TB", 512, 1024),
    ],
)
def test_memory_and_disk_are_read_with_binary_units(text: str, low: float, high: float) -> None:
    assert quantity.ram(text) == RamWish(Range(low, high))
    assert quantity.disk(text) == Range(low, high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("4x", 4, math.inf), ("4X", 4, math.inf), ("4x+", 4, math.inf), ("=4x", 4, 4), ("2x..4x", 2, 4), ("..4x", 0, 4)],
)
def test_an_x_asks_for_memory_per_vcpu(text: str, low: float, high: float) -> None:
    assert quantity.ram(text) == RamWish(Range(low, high), per_vcpu=True)


NOT_AMOUNTS = ["", " ", "x", "..", "=", "+", "1,5", "1e3", "-1", "--4", "4..8..16", "4-8", "=4..8", "4++", "4 4", "nan",
               "inf", "∞", "٣x", "½", "4PB", "4 gigabytes", "GB", "0x10", "4\n5", "4;rm", "=4+", "..8+"]  # fmt: skip


@pytest.mark.parametrize("text", NOT_AMOUNTS)
def test_what_is_no_amount_is_refused_with_the_forms(text: str) -> None:
    for read, forms in (
        (quantity.count, quantity.COUNT_FORMS),
        (quantity.ram, quantity.RAM_FORMS),
        (quantity.disk, quantity.DISK_FORMS),
    ):
        with pytest.raises(BadValueError) as caught:
            read(text)
        assert forms in caught.value.hint


@pytest.mark.parametrize(("read", "text"), [(quantity.count, "4GB"), (quantity.count, "4x"), (quantity.disk, "4x")])
def test_a_unit_of_something_else_is_refused(read: object, text: str) -> None:
    with pytest.raises(BadValueError):
        read(text)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "turned"), [("8..4", "4..8"), ("8GB..4GB", "4GB..8GB"), ("2GB..512MB", "512MB..2GB"), ("4x..2x", "2x..4x")]
)
def test_a_range_the_wrong_way_round_is_refused_with_the_right_one(text: str, turned: str) -> None:
    with pytest.raises(BadValueError) as caught:
        quantity.ram(text)
    assert str(caught.value) == f"'{text}' is an empty range.\nThe smaller one comes first: {turned}."
    assert quantity.ram(turned).gib.low <= quantity.ram(turned).gib.high


def test_the_turned_range_that_is_proposed_can_be_read() -> None:
    with pytest.raises(BadValueError) as caught:
        quantity.ram("16..4GB")
    proposed = caught.value.hint.removeprefix("The smaller one comes first: ").removesuffix(".")
    assert quantity.ram(proposed) == RamWish(Range(4, 16))


def test_a_range_holds_its_ends_and_never_what_is_unknown() -> None:
    values = pd.Series([1.0, 2.0, 3.0, 4.0, None, 5.0])
    assert list(Range(2, 4).holds(values)) == [False, True, True, True, False, False]
    assert list(Range(0, math.inf).holds(values)) == [True, True, True, True, False, True]


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_every_range_of_two_numbers_is_read_or_refused_as_empty(low: int, high: int) -> None:
    if low <= high:
        assert quantity.count(f"{low}..{high}") == Range(low, high)
    else:
        with pytest.raises(BadValueError, match="empty range"):
            quantity.count(f"{low}..{high}")


@given(st.text(max_size=20))
def test_no_text_at_all_gives_anything_but_a_range_or_our_error(text: str) -> None:
    for read in (quantity.count, quantity.ram, quantity.disk, quantity.price, quantity.limit):
        try:
            read(text)
        except BadValueError as error:
            assert len(str(error).splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(("0.05", 0.05), ("$0.05", 0.05), (" 1 ", 1.0), ("1e-3", 0.001), ("0.05/h", 0.05), ("0.05 USD", 0.05)),
        *(("$0.05 per hour", 0.05), ("0.05 USD/hr", 0.05), ("2 an hour", 2.0), (".5$", 0.5)),
    ],
)
def test_a_price_is_an_amount_above_zero(text: str, amount: float) -> None:
    assert quantity.price(text) == amount


@pytest.mark.parametrize(
    "text", ["", "abc", "nan", "inf", "-inf", "-1", "0", "-0", "1e999", "€5", "5 EUR", "$", "1,5", "/h", "5/mo"]
)
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(BadValueError) as caught:
        quantity.price(text)
    assert caught.value.message == f"'{text}' is not a price."


@pytest.mark.parametrize(("text", "rows"), [("1", 1), ("20", 20), ("007", 7), ("150000", 150000)])
def test_a_limit_is_a_whole_number_from_one(text: str, rows: int) -> None:
    assert quantity.limit(text) == rows


@pytest.mark.parametrize("text", ["", "0", "-1", "x", "1.5", "1e3", "+5", "1_000", "٣", "²", "9" * 5000])
def test_what_is_no_number_of_rows_is_refused(text: str) -> None:
    with pytest.raises(BadValueError):
        quantity.limit(text)


# -------------------------------------------------------------------------------------------------------------- GPUs

ANY_TWO = GpuWish(Range(2))


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("A100", GpuWish(Range(1), ("A100",))),
        ("A100:2", GpuWish(Range(2), ("A100",))),
        ("A100:2..4", GpuWish(Range(2, 4), ("A100",))),
        ("A100:=8", GpuWish(Range(8, 8), ("A100",))),
        ("A100:80GB", GpuWish(Range(1), ("A100",), Range(80))),
        ("A100:80GB:2", GpuWish(Range(2), ("A100",), Range(80))),
        ("A100:2:80GB", GpuWish(Range(2), ("A100",), Range(80))),
        ("A100:40GB..80GB", GpuWish(Range(1), ("A100",), Range(40, 80))),
        ("A100,H100:2", GpuWish(Range(2), ("A100", "H100"))),
        ("A100, H100", GpuWish(Range(1), ("A100", "H100"))),
        ("RTX 4090", GpuWish(Range(1), ("RTX 4090",))),
        ("80GB", GpuWish(Range(1), (), Range(80))),
        ("2", ANY_TWO),
        ("2+", ANY_TWO),
        (" 2 ", ANY_TWO),
        ("=0", GpuWish(Range(0, 0))),
    ],
)
def test_gpus_are_a_model_a_count_and_a_memory(text: str, wish: GpuWish) -> None:
    assert quantity.gpu(text) == wish


@pytest.mark.parametrize(
    "text",
    ["", " ", ":", "A100:", ":2", "A100:2:3", "A100:80GB:40GB", "A100:H100", "-1", "1,5", "A100:-1", "A100:2:80", "a;b",
     "A100,", ",A100", "<b>", "x" * 41, "A100:2:80GB:1"],
)  # fmt: skip
def test_what_are_no_gpus_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(BadValueError) as caught:
        quantity.gpu(text)
    assert "can't be read as GPUs." in caught.value.message
    assert caught.value.hint == f"Write {quantity.GPU_FORMS}."


def test_a_range_of_gpus_the_wrong_way_round_says_which() -> None:
    with pytest.raises(BadValueError, match=r"'4\.\.2' is an empty range"):
        quantity.gpu("A100:4..2")


@pytest.mark.parametrize("name", ["A100", "NVIDIA A100-SXM4-80GB", "nvidia-tesla-a100", "Tesla A100 PCIe"])
def test_a_model_is_found_in_every_providers_name_for_it(name: str) -> None:
    assert quantity.gpu("a100").is_model(name)


@pytest.mark.parametrize("name", ["A10", "A10G", "A1000", "RTX A1000", "V100", ""])
def test_a_model_is_not_another_one_that_looks_like_it(name: str) -> None:
    assert not quantity.gpu("A100").is_model(name)


def test_a_model_of_two_words_is_found_written_together_and_apart() -> None:
    assert quantity.gpu("RTX6000").is_model("Quadro RTX 6000")
    assert quantity.gpu("RTX 6000").is_model("RTX6000")


def test_the_memory_of_a_gpu_is_what_it_is_sold_with() -> None:
    reported = {16: 16.0, 24: 22.3515625, 48: 44.703125, 80: 80.0, 192: 179.0615234375, 288: 268.59375}
    for sold, gib in reported.items():
        within = quantity.gpu(f"{sold}GB").nominal_gib
        assert within is not None
        assert bool(within.holds(pd.Series([gib])).all())


# -------------------------------------------------------------------------------------------- spelled as they are read

ENDS = st.one_of(st.integers(0, 10**6).map(float), st.integers(0, 10**6).map(lambda number: number / 64))
RANGES = st.one_of(
    ENDS.map(Range),
    st.tuples(ENDS, ENDS).map(lambda ends: Range(min(ends), max(ends))),
    ENDS.map(lambda end: Range(0, end)),
)
MODELS = st.lists(st.sampled_from(["A100", "H100", "RTX 4090", "T4g"]), unique=True, max_size=3).map(tuple)


@given(RANGES)
def test_a_range_is_read_back_as_it_is_spelled(wished: Range) -> None:
    assert quantity.count(str(wished)) == wished
    assert quantity.disk(wished.spelled("GB")) == wished


@given(RANGES, st.booleans())
def test_memory_is_read_back_as_it_is_spelled(wished: Range, per_vcpu: bool) -> None:
    assert quantity.ram(str(RamWish(wished, per_vcpu))) == RamWish(wished, per_vcpu)


@given(RANGES, MODELS, st.none() | RANGES)
def test_gpus_are_read_back_as_they_are_spelled(many: Range, models: tuple[str, ...], gib: Range | None) -> None:
    wished = GpuWish(many, models, gib)
    assert quantity.gpu(str(wished)) == wished


def test_whole_terabytes_are_spelled_as_such() -> None:
    assert [Range(low).spelled("GB") for low in (0.5, 16, 1024, 1536, 16384)] == [
        "0.5GB",
        "16GB",
        "1TB",
        "1536GB",
        "16TB",
    ]


# --------------------------------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(("text", "hours"), [("200", 200), ("200h", 200), ("90m", 1.5), ("30d", 720), ("0.1", 0.1)])
def test_a_time_of_use_is_in_hours(text: str, hours: float) -> None:
    assert quantity.hours_of_use(text) == hours


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "", "4x", "1e3", "87673", "11y"])
def test_what_is_no_time_of_use_is_refused(text: str) -> None:
    with pytest.raises(BadValueError, match="is not a time above 0 and up to 10 years"):
        quantity.hours_of_use(text)


@pytest.mark.parametrize(("text", "days"), [("400", 400), ("400d", 400), (" 1 ", 1)])
def test_days_are_a_number(text: str, days: float) -> None:
    assert quantity.days(text) == days


@pytest.mark.parametrize("text", ["0", "-1", "nan", "", "2h", "d", "1w"])
def test_what_are_no_days_is_refused(text: str) -> None:
    with pytest.raises(BadValueError, match="is not a number of days above 0"):
        quantity.days(text)
