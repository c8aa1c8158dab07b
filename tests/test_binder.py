"""Binder: what repo2docker reads is as it wants it, and the links to it have one home. `tools/binder.py` builds it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BINDER = ROOT / "binder"
sys.path.insert(0, str(ROOT / "tools"))  # as Python does for a script that is run from there

import home  # noqa: E402

import binder  # noqa: E402
from tests.rigs import repository  # noqa: E402

CLASSIFIERS = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_it_is_built_with_a_python_that_the_lock_is_for() -> None:
    assert binder.python_of((BINDER / "runtime.txt").read_text(encoding="utf-8")) in CLASSIFIERS


@pytest.mark.parametrize("text", ["", "python", "3.12", "r-4.2-2024-01-01", "python-"])
def test_a_runtime_that_names_no_python_is_said(text: str) -> None:
    with pytest.raises(SystemExit, match=r"and not python-3\.N"):
        binder.python_of(text)


def test_only_files_are_there_that_repo2docker_reads() -> None:
    assert {path.name for path in BINDER.iterdir()} == {"postBuild", "requirements.txt", "runtime.txt", "start"}


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_a_script_can_be_run_and_ends_at_its_first_error(name: str) -> None:
    assert os.access(BINDER / name, os.X_OK)
    lines = (BINDER / name).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/bin/bash" and "set -e" in lines


def test_what_is_started_is_started_as_it_was_asked_for_and_on_the_sandbox() -> None:
    command = [BINDER / "start", "sh", "-c", 'printf "%s|" "$MIST_URL" "$@"; exit 7', "x", "a b", "", "--c=d"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MIST_")}
    done = subprocess.run(command, env=kept, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (7, "sandbox|a b||--c=d|")


def test_a_copy_is_what_belongs_to_the_repository_and_no_clone(tmp_path: Path) -> None:
    copy = repository.copy_to(tmp_path / "copy")
    assert (copy / "binder" / "postBuild").read_bytes() == (BINDER / "postBuild").read_bytes()
    assert (copy / "notebooks" / "01-quickstart.ipynb").is_file() and not (copy / ".git").exists()


def test_the_pages_have_the_links_of_the_one_home() -> None:
    assert home.out_of_date() == []


def test_the_owner_is_changed_in_one_place(tmp_path: Path) -> None:
    for name in ("pyproject.toml", *home.PAGES):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    before = {name: (tmp_path / name).read_text(encoding="utf-8") for name in ("pyproject.toml", *home.PAGES)}
    for at in ("ada/clouds", "a-class.org/mist_notebook", home.home()):
        home.write(at, tmp_path)
        assert (home.home(tmp_path), home.out_of_date(tmp_path)) == (at, [])
        for page in home.PAGES:
            text = (tmp_path / page).read_text(encoding="utf-8")
            assert text.count(f"gh/{at}/HEAD?urlpath=lab/tree/notebooks/01-quickstart.ipynb") == (1 if at else 0)
            assert re.findall(r"mybinder\.org/v2/gh/([^?]*)/HEAD", text) == [at] * bool(at)
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in before} == before
