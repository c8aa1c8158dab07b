"""A wish read from words, and spelled as these words again; what can't be read is named with its condition."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mist_notebook.ground.amounts.quantity import GpuWish, RamWish, Range
from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.magic.line import reading as line
from mist_notebook.prices.wishes import wish
from mist_notebook.prices.wishes.wish import Wish

WORDS: dict[str, Any] = {
    "kind": "spot",
    "os": "linux",
    "providers": "EC2,GCE",
    "region": "eu,us-east-1",
    "search": 'a "b" {c} $d',
    "arch": "arm,x64",
    "gpu": "A100:80GB:2",
    "cpus": "4..16",
    "ram": "4x",
    "disk": "100GB",
    "net": "10+",
    "burstable": "no",
    "bare_metal": "yes",
    "max_price": "0.5",
    "max_age": "400d",
}
FULL = Wish(
    kind="spot",
    os="linux",
    providers=("EC2", "GCE"),
    regions=("eu", "us-east-1"),
    search='a "b" {c} $d',
    arch=("arm64", "x86_64"),
    gpu=GpuWish(Range(2), ("A100",), Range(80)),
    cpus=Range(4, 16),
    ram=RamWish(Range(4), per_vcpu=True),
    disk=Range(100),
    net=Range(10),
    burstable=False,
    bare_metal=True,
    max_price=0.5,
    max_age=400.0,
)


def typed(wished: Wish) -> Wish:
    """The wish that a person gets who types its words as a line."""
    options = line.read(line.words_of(" ".join(("compare", *wished.words)), {}))[1]
    names = {name: wish.flag(name)[2:].replace("-", "_") for name in wish.DEFAULTS}
    given = {name: getattr(options, attribute) for name, attribute in names.items()}
    return Wish(**{name: value for name, value in given.items() if value is not None})


def test_every_condition_is_read_from_its_word() -> None:
    assert wish.read(**WORDS) == FULL


def test_numbers_lists_and_flags_are_taken_as_python_has_them() -> None:
    assert wish.read(cpus=4, ram=16, providers=["ec2", "gce"], burstable=False, max_price=0.5, gpu=None) == Wish(
        cpus=Range(4), ram=RamWish(Range(16)), providers=("ec2", "gce"), burstable=False, max_price=0.5
    )
    assert wish.read(cpus=Range(1, 2), provider="ec2", regions="eu") == Wish(
        cpus=Range(1, 2), providers=("ec2",), regions=("eu",)
    )


def test_a_wish_without_conditions_has_no_words() -> None:
    assert Wish().words == ()
    assert wish.read() == Wish()


def test_a_text_that_looks_like_the_end_of_the_options_is_a_text() -> None:
    assert typed(Wish(search="--")) == Wish(search="--")


def test_a_whole_wish_typed_as_it_is_spelled_is_the_same_wish() -> None:
    assert typed(FULL) == FULL


@given(
    st.builds(
        Wish,
        cpus=st.none() | st.integers(0, 512).map(lambda low: Range(float(low))),
        ram=st.none() | st.tuples(st.integers(1, 9999), st.booleans()).map(lambda it: RamWish(Range(it[0] / 4), it[1])),
        providers=st.lists(st.sampled_from(["EC2", "gce", "My Cloud"]), max_size=2).map(tuple),
        search=st.text(st.sampled_from("ab \"'{}$;#\\-=,:é镜%"), max_size=12).map(str.strip),
        burstable=st.none() | st.booleans(),
        max_price=st.none() | st.integers(1, 10**6).map(lambda amount: amount / 10**4),
    )
)
def test_every_wish_typed_as_it_is_spelled_is_the_same_wish(wished: Wish) -> None:
    assert typed(wished) == wished


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"cpus": "4cores"}, "cpus: '4cores' can't be read as an amount."),
        ({"cpus": float("nan")}, "cpus: 'nan' can't be read as an amount."),
        ({"ram": -1}, "ram: '-1' can't be read as an amount."),
        ({"disk": "8..4"}, "disk: '8..4' is an empty range."),
        ({"gpu": "A100::"}, "gpu: 'A100::' can't be read as GPUs."),
        ({"providers": "a,,b"}, "providers: 'a,,b' has an empty name in it."),
        ({"region": []}, "regions: '' has an empty name in it."),
        ({"arch": "sparc"}, "arch: 'sparc' isn't an architecture."),
        ({"kind": "free"}, "kind: 'free' isn't a kind of price."),
        ({"burstable": "maybe"}, "burstable: 'maybe' is neither yes nor no."),
        ({"max_price": "nan"}, "max_price: 'nan' is not a price."),
        ({"max_price": -1}, "max_price: '-1' is not a price."),
        ({"max_age": 0}, "max_age: '0' is not a number of days above 0."),
        ({"search": " "}, "search: It is empty."),
        ({"os": ""}, "os: It is empty."),
    ],
)
def test_a_word_that_cannot_be_read_names_its_condition(words: dict[str, Any], message: str) -> None:
    with pytest.raises(BadValueError) as caught:
        wish.read(**words)
    assert caught.value.message == message


def test_a_condition_that_there_is_not_is_named_with_the_nearest() -> None:
    with pytest.raises(MistUsageError) as caught:
        wish.read(cpu=4)
    assert str(caught.value) == "There is no condition 'cpu'.\nThere are cpus, gpu."
