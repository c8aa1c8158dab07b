"""The check of an exercise: right, not yet, and never a stack, whatever a person wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from mist_notebook.lessons import check

FRAME = pd.DataFrame({"vcpus": [8.0, 16.0]})


def said(capsys: pytest.CaptureFixture[str], answer: Any) -> list[str]:
    check({"it has vCPUs": lambda: "vcpus" in answer, "all have 8 or more": lambda: (answer.vcpus >= 8).all()})
    return capsys.readouterr().out.splitlines()


def test_what_holds_is_ticked_and_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, FRAME) == ["✓ it has vCPUs", "✓ all have 8 or more", "Right."]


@pytest.mark.parametrize("answer", [..., None, 7, "vcpus", [], FRAME[["vcpus"]].rename(columns={"vcpus": "x"})])
def test_an_answer_of_another_kind_is_not_yet_right(capsys: pytest.CaptureFixture[str], answer: Any) -> None:
    assert "Not yet: " in "\n".join(said(capsys, answer)) and "Traceback" not in capsys.readouterr().err


def test_the_first_fact_that_misses_ends_it_and_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, FRAME - 1) == [
        "✓ it has vCPUs",
        "Not yet: all have 8 or more.",
        "Change the cell above, run it, and then this one again.",
    ]


@pytest.mark.parametrize(
    ("holds", "words"),
    [
        (lambda: nothing_yet, " There is no `nothing_yet` so far."),  # type: ignore[name-defined]  # noqa: F821
        (lambda: FRAME.vcpus > 8, ""),
        (lambda: 1 / 0, ""),
        (lambda: {}["x"], ""),
    ],
)
def test_whatever_goes_wrong_while_it_is_asked_is_not_yet(
    capsys: pytest.CaptureFixture[str], holds: Callable[[], Any], words: str
) -> None:
    check({"it is so": holds})
    assert capsys.readouterr().out.splitlines()[0] == f"Not yet: it is so.{words}"
