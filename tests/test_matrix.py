"""The matrix: which environments it makes, from pyproject.toml, and how it finds other Pythons. Makes none of them."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))  # as Python does for a script that is run from there

import matrix  # noqa: E402

HERE = "{}.{}".format(*sys.version_info)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_floors_are_those_of_every_dependency() -> None:
    (floors,) = [row for row in matrix.rows() if row.name == "floors"]
    asked = [re.sub(r"\[.*\]", "", line).replace(">=", "==") for line in PROJECT["dependencies"]]
    assert set(asked) <= set(floors.asked)
    assert "botocore==1.37" in floors.asked


def test_every_python_has_a_row_but_the_one_that_runs() -> None:
    rows = {row.name: row for row in matrix.rows() if row.python}
    assert set(rows) | {f"python-{HERE}"} == {f"python-3.{minor}" for minor in (11, 12, 13, 14)}
    assert all(row.asked == matrix.LOCK for row in rows.values())


def test_every_file_that_it_runs_is_there() -> None:
    assert [name for name in matrix.TESTS if not (ROOT / "tests" / name).is_file()] == []


def test_a_python_is_found_by_what_it_says_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    lies, real = (tmp_path / "versions" / name / "bin" / "python" for name in (f"{HERE}.1", f"{HERE}.2"))
    for path, script in ((lies, "echo 2.7"), (real, f'exec "{sys.executable}" "$@"')):
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    assert matrix.interpreter_of(HERE) == str(real)
    assert matrix.interpreter_of("3.99") is None
