"""Records as DataFrames: columns and dtypes that never change, text that stays text, unknown that stays unknown."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pandas as pd
import pytest

from mist_notebook.frames import frames
from mist_notebook.ground.errors import NotFoundError
from mist_notebook.records.columns import COLUMNS, DAY, FIGURE, FLAG, TEXT
from mist_notebook.records.model import BackendInfo, Image, Key, Listing, Location, Network, Price, Provider, Size

READ_AT = datetime(2026, 11, 23, 12, 34, 56, tzinfo=UTC)
NEPHO = BackendInfo(id="b1", name="NephoScale", provider="nephoscale", server="https://a.example")
EC2 = BackendInfo(id="b2", name="EC2", provider="ec2", server="https://a.example", sandbox=True)
FULL: dict[str, list[Any]] = {
    "images": [
        Image(
            id="007", name="Debian", starred=True, arch="x86_64", os="debian", owner="me", origin="system",
            created=date(2014, 4, 10), min_disk_gb=8, min_ram_mb=512,
        ),
        Image(id="3", name="unknown"),
    ],
    "sizes": [
        Size(
            id="219", name="CS05", vcpus=1, spec_source="api", ram_mb=512, disk_gb=25, arch="x86_64",
            price=Price(
                hourly=0.02, monthly=14.6, currency="USD", as_of=date(2014, 4, 10), source="list", confidence="list"
            ),
        ),
        Size(id="221", name="unknown"),
    ],
    "locations": [Location(id="86945", name="SJC-1", country="US", kind="zone"), Location(id="1", name="unknown")],
    "networks": [Network(id="n1", name="net", cidr="10.0.0.0/8", description="d"), Network(id="n2", name="unknown")],
    "backends": [
        BackendInfo(id="b1", name="EC2", provider="ec2", state="enabled", region="us-east-1", sandbox=True, server="s"),
        BackendInfo(id="b2", name="unknown"),
    ],
    "keys": [Key(id="k1", name="mine", default=True, machines=2), Key(id="k2", name="unknown")],
    "providers": [
        Provider(id="ec2", name="Amazon", category="compute", aliases=("aws", "amazon"), regions=("us-east-1",)),
        Provider(id="x", name="unknown"),
    ],
}  # fmt: skip


def listing(kind: str, records: list[Any], backend: BackendInfo = NEPHO) -> Listing[Any]:
    return Listing(backend=backend, records=records, fetched_at=READ_AT)


def frame_of(kind: str, records: list[Any]) -> pd.DataFrame:
    if kind == "backends":
        return frames.backends(records)
    if kind == "keys":
        return frames.keys(records, sandbox=True)
    if kind == "providers":
        return frames.providers(records, sandbox=True)
    return frames.listings(kind, [listing(kind, records)])


def types(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in frame.dtypes.items()}


def cells(frame: pd.DataFrame) -> list[list[Any]]:
    return [[None if pd.isna(value) else value for value in row] for row in frame.itertuples(index=False)]


# ------------------------------------------------------------------------------------------------ columns and dtypes


def test_the_columns_are_those_that_were_decided() -> None:
    first = {kind: ["backend", "provider", "id", "name"] for kind in FULL}
    assert {kind: list(frame_of(kind, [])) for kind in FULL} == {
        "images": [
            *first["images"], "os", "arch", "starred", "owner", "origin", "created", "min_disk_gb", "min_ram_gb",
        ],
        "sizes": [
            *first["sizes"], "vcpus", "ram_gb", "disk_gb", "arch", "price_hourly", "price_monthly", "currency", "as_of",
            "source", "confidence", "spec_source",
        ],
        "locations": [*first["locations"], "country", "kind"],
        "networks": [*first["networks"], "cidr", "description"],
        "backends": [*first["backends"], "enabled", "state", "region", "sandbox", "server"],
        "keys": [*first["keys"], "default", "machines"],
        "providers": [*first["providers"], "category", "credentials", "aliases", "regions"],
    }  # fmt: skip


@pytest.mark.parametrize("kind", FULL)
def test_an_empty_frame_has_the_columns_and_dtypes_of_a_full_one(kind: str) -> None:
    full, unknown, empty = FULL[kind], FULL[kind][1:], []
    every = [types(frame_of(kind, records)) for records in (full, full[:1], unknown, unknown * 2, empty)]
    assert every == [every[0]] * 5
    assert set(every[0].values()) <= {TEXT, FIGURE, FLAG, DAY}
    assert {name: every[0][name] for name in ("id", "name")} == {"id": TEXT, "name": TEXT}


@pytest.mark.parametrize("kind", FULL)
def test_the_index_is_the_row_numbers(kind: str) -> None:
    assert list(frame_of(kind, FULL[kind]).index) == [0, 1]
    assert list(frame_of(kind, []).index) == []


def test_images_become_rows_whole() -> None:
    assert cells(frame_of("images", FULL["images"])) == [
        ["NephoScale", "nephoscale", "007", "Debian", "debian", "x86_64", True, "me", "system",
         pd.Timestamp(2014, 4, 10), 8.0, 0.5],
        ["NephoScale", "nephoscale", "3", "unknown", None, None, None, None, None, None, None, None],
    ]  # fmt: skip


def test_sizes_become_rows_whole_and_memory_is_in_gib() -> None:
    assert cells(frame_of("sizes", FULL["sizes"])) == [
        ["NephoScale", "nephoscale", "219", "CS05", 1.0, 0.5, 25.0, "x86_64", 0.02, 14.6, "USD",
         pd.Timestamp(2014, 4, 10), "list", "list", "api"],
        ["NephoScale", "nephoscale", "221", "unknown", *[None] * 11],
    ]  # fmt: skip


def test_providers_keys_and_backends_become_rows_whole() -> None:
    assert cells(frame_of("providers", FULL["providers"])) == [
        [None, "ec2", "ec2", "Amazon", "compute", None, "aws, amazon", "us-east-1"],
        [None, "x", "x", "unknown", None, None, None, None],
    ]
    assert cells(frame_of("keys", FULL["keys"])) == [
        [None, None, "k1", "mine", True, 2.0],
        [None, None, "k2", "unknown", None, None],
    ]
    assert cells(frame_of("backends", FULL["backends"])) == [
        ["EC2", "ec2", "b1", "EC2", True, "enabled", "us-east-1", True, "s"],
        ["unknown", "", "b2", "unknown", True, None, None, False, ""],
    ]


def test_ids_stay_text_whatever_they_look_like() -> None:
    ids = ["007", "1e5", "nan", "NaN", "None", "true", "1.0", " 3", "0x10", "2014-04-10", "-1", "NA", "<NA>", "null"]
    frame = frame_of("images", [Image(id=one, name=one) for one in ids])
    assert list(frame["id"]) == ids
    assert list(frame["name"]) == ids
    assert not frame["id"].isna().any()


@pytest.mark.parametrize(
    "day", [date(1, 1, 1), date(1600, 1, 1), date(1677, 1, 1), date(2262, 12, 31), date(9999, 12, 31)]
)
def test_days_far_from_now_stay_days(day: date) -> None:
    frame = frame_of("images", [Image(id="1", name="a", created=day), Image(id="2", name="b")])
    assert str(frame["created"].dtype) == DAY
    assert [frame["created"][0].date(), pd.isna(frame["created"][1])] == [day, True]


def test_several_backends_make_one_frame_in_their_order() -> None:
    sizes = FULL["sizes"]
    frame = frames.listings("sizes", [listing("sizes", sizes), listing("sizes", sizes[:1], EC2), listing("sizes", [])])
    assert list(zip(frame["backend"], frame["id"], strict=True)) == [
        ("NephoScale", "219"), ("NephoScale", "221"), ("EC2", "219"),
    ]  # fmt: skip
    assert types(frame) == types(frame_of("sizes", sizes))


@pytest.mark.parametrize("kind", FULL)
def test_frames_put_one_under_another_keep_their_dtypes(kind: str) -> None:
    full, unknown, empty = (frame_of(kind, records) for records in (FULL[kind][:1], FULL[kind][1:], []))
    for parts in ([full, empty], [empty, full], [full, unknown], [unknown, unknown], [empty, empty]):
        assert types(pd.concat(parts, ignore_index=True)) == types(full)


# ----------------------------------------------------------------------------------------------------- provenance


def test_what_the_frame_answers_stands_in_plain_values() -> None:
    parts = [listing("sizes", FULL["sizes"]), listing("sizes", [], EC2)]
    about = frames.listings("sizes", parts).attrs["mist"]
    assert {name: about[name] for name in ("kind", "sandbox", "fetched_at")} == {
        "kind": "sizes", "sandbox": True, "fetched_at": "2026-11-23T12:34:56+00:00",
    }  # fmt: skip
    assert json.loads(json.dumps(about)) == about


def test_the_oldest_of_several_listings_dates_the_frame() -> None:
    older = datetime(2026, 11, 22, tzinfo=UTC)
    parts = [listing("sizes", []), Listing(backend=EC2, records=[], fetched_at=older)]
    assert frames.listings("sizes", parts).attrs["mist"]["fetched_at"] == "2026-11-22T00:00:00+00:00"


@pytest.mark.parametrize("kind", FULL)
def test_provenance_survives_filtering_sorting_copying_and_saving(kind: str) -> None:
    frame = frame_of(kind, FULL[kind])
    about = frame.attrs
    for derived in (
        frame[frame["id"].notna()],
        frame.sort_values("id"),
        frame.head(1),
        frame.copy(),
        frame.reset_index(drop=True),
        frame.assign(more=1),
        frame[["id", "name"]],
        pickle.loads(pickle.dumps(frame)),
        frames.arranged(frame, sort="name", descending=True, limit=1),
    ):
        assert derived.attrs == about


# ------------------------------------------------------------------------------------------------------- --columns

SAID = [
    Image(
        id="1", name="a", extra_json=msgspec.Raw(b'{"cores":2,"uri":"","tags":["x"],"none":null,"evil":"\\u001b[31m"}')
    ),
    Image(id="2", name="b", extra_json=msgspec.Raw(b'{"cores":"4","other":{"a":1}}')),
    Image(id="3", name="c"),
]
SAID_PARTS = [listing("images", SAID)]


def with_columns(*columns: str) -> pd.DataFrame:
    return frames.with_columns(frames.listings("images", SAID_PARTS), columns, SAID_PARTS)


def test_columns_are_chosen_in_the_order_asked_for() -> None:
    frame = with_columns("name", "id", "name")
    assert list(frame) == ["name", "id"]
    assert cells(frame) == [["a", "1"], ["b", "2"], ["c", "3"]]


def test_a_plus_adds_to_the_usual_columns() -> None:
    usual = list(frame_of("images", []))
    assert list(with_columns("+extra.cores")) == [*usual, "extra.cores"]
    assert list(with_columns("+name")) == usual
    assert list(with_columns("id", "+extra.cores")) == [*usual, "extra.cores"]


def test_extra_columns_are_text_and_what_was_not_said_is_unknown() -> None:
    frame = with_columns("id", "extra.cores", "extra.tags", "extra.other", "extra.none", "extra.uri", "extra.evil")
    assert set(types(frame).values()) == {TEXT}
    assert cells(frame) == [
        ["1", "2", "['x']", None, None, "", "\\x1b[31m"],
        ["2", "4", None, "{'a': 1}", None, None, None],
        ["3", None, None, None, None, None, None],
    ]


def test_all_adds_everything_that_the_server_said() -> None:
    usual = list(frame_of("images", []))
    said = ["cores", "uri", "tags", "none", "evil", "other"]
    assert list(with_columns("all")) == [*usual, *(f"extra.{key}" for key in said)]


def test_extra_columns_follow_the_rows_through_filter_and_sort() -> None:
    frame = frames.arranged(frames.listings("images", SAID_PARTS), sort="name", descending=True, limit=2)
    chosen = frames.with_columns(frame, ["id", "extra.cores"], SAID_PARTS)
    assert cells(chosen) == [["3", None], ["2", "4"]]


def test_the_same_id_at_two_backends_has_its_own_extras() -> None:
    parts = [listing("images", SAID[:1]), listing("images", [Image(id="1", name="other")], EC2)]
    frame = frames.with_columns(frames.listings("images", parts), ["backend", "extra.cores"], parts)
    assert cells(frame) == [["NephoScale", "2"], ["EC2", None]]


@pytest.mark.parametrize(
    ("column", "hint"),
    [
        ("nmae", "Did you mean name?"),
        ("extra.core", "Did you mean extra.cores"),
        ("+extra.core", "Did you mean extra.cores"),
        ("extra.", ""),
        ("+", ""),
        ("NAME", "Did you mean name?"),
    ],
)
def test_a_column_that_there_is_not_is_refused_with_the_nearest(column: str, hint: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        with_columns("id", column)
    assert caught.value.message == f"No column named '{column.removeprefix('+')}'."
    assert hint in caught.value.hint


def test_an_empty_frame_can_have_all_columns_too() -> None:
    part = listing("images", [])
    frame = frames.with_columns(frames.listings("images", [part]), ["all"], [part])
    assert list(frame) == list(frame_of("images", []))


EXTRAS_THAT_LIE = [b"null", b"[]", b'"text"', b"3", b'{"a":"\xff"}', b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"]


@pytest.mark.parametrize("extra", EXTRAS_THAT_LIE, ids=range(len(EXTRAS_THAT_LIE)))
def test_an_extra_that_is_no_readable_object_is_an_empty_one(extra: bytes) -> None:
    image = Image(id="1", name="a", extra_json=msgspec.Raw(extra))
    assert image.extra == {}
    part = listing("images", [image])
    assert len(frames.with_columns(frames.listings("images", [part]), ["all"], [part])) == 1


def test_a_number_out_of_range_in_an_extra_is_unknown_and_the_rest_is_kept() -> None:
    said = b'{"a":1e999,"b":-1e999,"c":' + b"9" * 5000 + b',"d":3,"e":-4,"f":0.5,"g":12345678901234567890}'
    extra = Image(id="1", name="a", extra_json=msgspec.Raw(said)).extra
    assert extra == {"a": None, "b": None, "c": None, "d": 3, "e": -4, "f": 0.5, "g": 12345678901234567890}


# ------------------------------------------------------------------------------------------------------- arranged


def sizes_priced(*prices: float | None) -> pd.DataFrame:
    records = [Size(id=str(place), name="same", price=Price(hourly=price)) for place, price in enumerate(prices)]
    return frame_of("sizes", records)


def order(frame: pd.DataFrame, sort: str | None, *, descending: bool = False, limit: int | None = None) -> list[str]:
    arranged = frames.arranged(frame, sort=sort, descending=descending, limit=limit)
    assert list(arranged.index) == list(range(len(arranged)))
    assert types(arranged) == types(frame)
    return list(arranged["id"])


def test_unknown_sorts_last_in_both_directions_and_equal_rows_keep_their_order() -> None:
    frame = sizes_priced(None, 2, 1, None, 2, 1)
    assert order(frame, "price") == ["2", "5", "1", "4", "0", "3"]
    assert order(frame, "price", descending=True) == ["1", "4", "2", "5", "0", "3"]
    assert order(frame, "name") == order(frame, None) == ["0", "1", "2", "3", "4", "5"]
    assert order(frame, "name", descending=True) == ["0", "1", "2", "3", "4", "5"]


def test_the_limit_cuts_after_sorting() -> None:
    assert order(sizes_priced(3, None, 1, 2), "price", limit=2) == ["2", "3"]
    assert order(sizes_priced(3, 1), None, limit=1) == ["0"]
    assert order(sizes_priced(3, 1), None, limit=10**12) == ["0", "1"]


def test_text_sorts_without_regard_to_case_and_flags_and_days_sort_too() -> None:
    images = [
        Image(id="0", name="b", starred=True, created=date(2015, 1, 1)),
        Image(id="1", name="A"),
        Image(id="2", name="a", starred=False, created=date(2014, 1, 1), os="x"),
    ]
    frame = frame_of("images", images)
    assert order(frame, "name") == ["1", "2", "0"]
    assert order(frame, "starred", descending=True) == ["0", "2", "1"]
    assert order(frame, "created") == ["2", "0", "1"]
    assert order(frame, "os") == ["2", "0", "1"]


@pytest.mark.parametrize(
    ("word", "column"),
    [("price", "price_hourly"), ("cpus", "vcpus"), ("cpu", "vcpus"), ("ram", "ram_gb"), ("disk", "disk_gb")],
)
def test_the_short_words_stand_for_columns(word: str, column: str) -> None:
    frame = frame_of("sizes", [*FULL["sizes"], Size(id="1", name="a", vcpus=0.5, ram_mb=1, disk_gb=1)])
    assert order(frame, word) == order(frame, column)


@pytest.mark.parametrize("kind", FULL)
def test_an_empty_frame_can_be_sorted_by_each_of_its_columns(kind: str) -> None:
    frame = frame_of(kind, [])
    for column in frame:
        assert order(frame, str(column), descending=True, limit=3) == []


def test_sorting_by_what_is_no_column_is_refused_with_the_nearest() -> None:
    with pytest.raises(NotFoundError) as caught:
        frames.arranged(sizes_priced(1), sort="price_hour", descending=False, limit=None)
    assert caught.value.message == "No column named 'price_hour' to sort by."
    assert "price_hourly" in caught.value.hint


def test_every_column_of_every_kind_is_declared_once() -> None:
    for columns in COLUMNS.values():
        names = [column.name for column in columns]
        assert len(names) == len(set(names))
