"""A person's own expression: what it computes, and that nothing else can be said in it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mist_notebook.ground.errors import BadValueError, MistError, NotFoundError
from mist_notebook.prices.wishes import expression

FIGURES = {
    "price_hourly": np.array([1.0, 2.0, np.nan, 4.0]),
    "gpus": np.array([0.0, 2.0, 1.0, 8.0]),
    "vcpus": np.array([2.0, 4.0, 8.0, 16.0]),
    "ram_gb": np.array([4.0, 8.0, 16.0, 64.0]),
}


def computed(text: str) -> list[float | None]:
    read = expression.read(text)
    expression.check_names(read, FIGURES)
    return [None if np.isnan(value) else round(float(value), 6) for value in expression.value(read, FIGURES, 4)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("price_hourly / gpus", [None, 1.0, None, 0.5]),
        ("price / gpus", [None, 1.0, None, 0.5]),
        ("-price ** 2", [-1.0, -4.0, None, -16.0]),
        ("(vcpus + ram) * 2 - 1", [11.0, 23.0, 47.0, 159.0]),
        ("+vcpus", [2.0, 4.0, 8.0, 16.0]),
        ("min(vcpus, ram_gb, 5)", [2.0, 4.0, 5.0, 5.0]),
        ("max(price_hourly, 3)", [3.0, 3.0, None, 4.0]),
        ("abs(2 - vcpus)", [0.0, 2.0, 6.0, 14.0]),
        ("round(vcpus / 3)", [1.0, 1.0, 3.0, 5.0]),
        ("round(vcpus / 3, 2)", [0.67, 1.33, 2.67, 5.33]),
        ("round(vcpus, -1)", [0.0, 0.0, 10.0, 20.0]),
        ("sqrt(vcpus)", [1.414214, 2.0, 2.828427, 4.0]),
        ("log(gpus)", [None, 0.693147, 0.0, 2.079442]),
        ("sqrt(-vcpus)", [None, None, None, None]),
        ("vcpus / 0", [None, None, None, None]),
        ("vcpus ** -1", [0.5, 0.25, 0.125, 0.0625]),
        ("1_000 * vcpus", [2000.0, 4000.0, 8000.0, 16000.0]),
        ("vcpus\n + 1", [3.0, 5.0, 9.0, 17.0]),
        ("1e15 * vcpus ** 10 * vcpus ** 10 * vcpus ** 10", [1e15 * n**30 for n in (2.0, 4.0, 8.0, 16.0)]),
    ],
)
def test_it_computes_column_by_column_and_what_cannot_be_computed_is_unknown(
    text: str, values: list[float | None]
) -> None:
    assert computed(text) == values


FORBIDDEN = [
    "price_hourly.__class__", "().__class__.__bases__", "price[0]", "[1][0] + vcpus", "{1: 2}", "{vcpus}",
    "lambda: vcpus",
    "__import__('os')", "vcpus.real", "open('x')", "eval('1')", "vcpus()", "price.mean()", "'vcpus'", "b'x' + vcpus",
    "f'{vcpus}'", "True + vcpus", "None", "...", "1j * vcpus", "vcpus < 4", "vcpus and gpus", "not vcpus", "~vcpus",
    "vcpus if gpus else 1", "vcpus // 2", "vcpus % 2", "vcpus @ gpus", "vcpus << 2", "vcpus & 1", "(x := 1)", "*vcpus",
    "[v for v in vcpus]", "(v for v in vcpus)", "await vcpus", "(yield)", "vcpus; gpus", "vcpus = 1", "import os",
    "min(vcpus)", "min(*vcpus)", "abs(x=vcpus)", "abs(vcpus, 2)", "abs()", "round(vcpus, gpus)", "round(vcpus, 99)",
    "sum(vcpus, 1)", "pow(vcpus, 2)", "vcpus ** gpus", "vcpus ** 11", "vcpus ** (1 + 1)", "9 ** 9 ** 9 * vcpus",
    "vcpus * 1e400", "vcpus * 10000000000000000", "vcpus +", "(vcpus", "vcpus)", "", "  ", "\0", "3", "2 * 2",
    "-" * 90 + "vcpus", "(" * 150 + "vcpus" + ")" * 150, "vcpus + " * 60 + "vcpus", "x" * 300, "vcpus" + "\u202e",
]  # fmt: skip


@pytest.mark.parametrize("text", FORBIDDEN, ids=[text[:30] for text in FORBIDDEN])
def test_anything_else_is_refused_in_two_lines(text: str) -> None:
    with pytest.raises(BadValueError) as caught:
        expression.read(text)
    assert "can't be computed: " in caught.value.message
    assert caught.value.hint == f"{expression.FORMS}."
    assert len(str(caught.value).splitlines()) == 2


def test_an_unknown_column_is_named_with_the_nearest() -> None:
    with pytest.raises(NotFoundError) as caught:
        expression.check_names(expression.read("pric_hourly / gpus"), FIGURES)
    assert str(caught.value) == "No column named 'pric_hourly' in 'pric_hourly / gpus'.\nDid you mean price_hourly?"


def test_a_column_of_text_is_no_figure() -> None:
    with pytest.raises(BadValueError, match="provider is text, and no figure"):
        expression.check_names(expression.read("provider / 2"), FIGURES, {"provider"})


def test_a_call_is_no_column_and_a_column_no_call() -> None:
    with pytest.raises(NotFoundError, match="No column named 'min'"):
        expression.check_names(expression.read("min + vcpus"), FIGURES)


def test_the_names_are_those_of_columns_each_once() -> None:
    names = expression.read("min(price, price_hourly) / vcpus + vcpus").names
    assert sorted(names) == ["price_hourly", "vcpus"]


@given(st.text(max_size=60))
def test_no_text_does_anything_but_compute_or_be_refused(text: str) -> None:
    try:
        assert len(computed(text)) == 4
    except MistError as error:
        assert len(str(error).splitlines()) == 2


PARTS = st.sampled_from(
    [*FIGURES, "min", "sqrt", "(", ")", ",", "+", "-", "*", "/", "**", "2", ".5", "1e3", ".", "[", "0"]
)


@given(st.lists(PARTS, max_size=12).map(" ".join))
def test_no_row_of_its_own_words_gives_an_infinity(text: str) -> None:
    try:
        values = computed(text)
    except MistError:
        return
    assert all(value is None or np.isfinite(value) for value in values)
