"""`--extra name=value`: text stays text, and what no request can hold is refused before anything is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from mist_notebook import MistClient
from mist_notebook.backends import extra_fields
from mist_notebook.ground.errors import BadValueError

TEXTS = [
    "12e4567",
    "1e3",
    "0x10",
    "007",
    "1.10",
    "1234567",
    "Infinity",
    "NaN",
    "-0",
    "1_000",
    "yes",
    "[abc",
    "{",
    "",
    " a ",
]


@pytest.mark.parametrize("text", TEXTS)
def test_what_looks_like_a_number_is_text(text: str) -> None:
    assert extra_fields.value("commit", text) == text


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("disk", "20", 20),
        ("libvirt_disk_size", "4.5", 4.5),
        ("port_speed", " 100 ", 100),
        ("ipv6", "false", False),
        ("build", "true", True),
        ("networks", '["a", "b"]', ["a", "b"]),
        ("x", "[]", []),
        ("x", '{"a": 1}', {"a": 1}),
        ("x", "[1, NaN]", "[1, NaN]"),
    ],
)
def test_a_declared_figure_is_a_number_and_json_is_json(name: str, text: str, value: Any) -> None:
    found = extra_fields.value(name, text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("text", ["12e4567", "many", "1e999", "NaN", "0x10", ""])
def test_a_declared_figure_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadValueError, match="disk is a number"):
        extra_fields.value("disk", text)


def _circle() -> list[Any]:
    circle: list[Any] = []
    circle.append(circle)
    return circle


NOT_SENDABLE: list[Any] = [
    float("inf"), float("nan"), [1e999], {"a": [float("-inf")]}, object(), b"bytes", {1, 2}, datetime(2024, 1, 1),
    "\ud800", {"a": "\udfff"}, 1j, _circle(), {("a", "b"): 1}, lambda: 1,
]  # fmt: skip


@pytest.fixture(scope="module")
def client() -> Iterator[MistClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MIST_URL", raising=False)
        with MistClient("sandbox") as client:
            client.update_backends()
            yield client


@pytest.mark.parametrize(
    "value", NOT_SENDABLE, ids=[f"{type(value).__name__} {place}" for place, value in enumerate(NOT_SENDABLE)]
)
def test_what_no_request_can_hold_is_refused_before_anything_is_recorded(client: MistClient, value: Any) -> None:
    backend = client.backend_from_name("NephoScale")
    with pytest.raises(BadValueError, match="hostname can't be put into a request"):
        backend.create_machine("web", image_id="5", size_id="48", location_id="SJC-1", hostname=value)
    assert client.journal.records() == []


@pytest.mark.parametrize("field", ["script", "cloud_init"])
def test_a_script_that_is_not_text_in_unicode_is_refused_too(client: MistClient, field: str) -> None:
    with pytest.raises(BadValueError, match=field):
        client.backend_from_name("NephoScale").spec("web", image="5", size="48", **{field: "echo \ud800"})
