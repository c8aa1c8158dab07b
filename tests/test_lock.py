"""The lock is in step with pyproject.toml: all that is asked for is in it, nothing else is, and each pin has hashes."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))  # as Python does for a script that is run from there

import lock  # noqa: E402
import newest  # noqa: E402

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
PYTHONS = tuple(re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"])))
SYSTEMS = ({"sys_platform": "linux", "os_name": "posix"}, {"sys_platform": "win32", "os_name": "nt"})
EXTRAS = ("dev", "demo", "docs")
OURS = "mist-notebook (pyproject.toml)"
BUILD = "mist-notebook (pyproject.toml:build)"
_ENTRY = re.compile(r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>[^\n]+?))?$", re.M)
every_lock = pytest.mark.parametrize("extra", EXTRAS)


@dataclass(frozen=True)
class Pin:
    """One package of a lock: where it is for, its hashes, and who asks for it."""

    name: str
    version: str
    marker: Marker | None
    hashes: tuple[str, ...]
    asked_by: frozenset[str]

    def is_for(self, environment: dict[str, str]) -> bool:
        return self.marker is None or self.marker.evaluate(environment)


def text_of(extra: str) -> str:
    return (ROOT / "requirements" / f"{extra}.txt").read_text(encoding="utf-8")


def pins_of(text: str) -> list[Pin]:
    """The packages of a lock; every line of it has to be part of one, an option, or a remark."""
    found = []
    for block in re.split(r"\n(?=\S)", text.rstrip("\n").replace(" \\\n", "\n")):
        entry = _ENTRY.match(block)
        if entry is None:
            assert block.startswith("#") or block == "--require-hashes", block
            continue
        hashes = re.findall(r"^    --hash=sha256:([0-9a-f]{64})$", block, re.M)
        asked_by = frozenset(re.findall(r"^    #(?: via|  ) (\S.*)$", block, re.M))
        marker = Marker(entry["marker"]) if entry["marker"] else None
        found.append(Pin(entry["name"], entry["version"], marker, tuple(hashes), asked_by))
    return found


def environments() -> list[dict[str, str]]:
    here: dict[str, str] = {name: str(value) for name, value in default_environment().items()}
    return [
        here | system | {"python_version": python, "python_full_version": f"{python}.9", "extra": ""}
        for python in PYTHONS
        for system in SYSTEMS
    ]


def asked_for(extra: str) -> list[Requirement]:
    """What pyproject.toml asks for with an extra, the extras that it names in turn, and to build the project."""
    extras = PROJECT["optional-dependencies"]
    lines, left = [*PROJECT["dependencies"], *PYPROJECT["dependency-groups"]["build"]], [extra]
    while left:
        for requirement in map(Requirement, extras[left.pop()]):
            if requirement.name == PROJECT["name"]:
                left += requirement.extras
            else:
                lines.append(str(requirement))
    return [Requirement(line) for line in lines]


def missing(pins: list[Pin], requirements: list[Requirement], environment: dict[str, str]) -> list[str]:
    """The requirements for which an environment gets no version, more than one, or one that doesn't do."""
    wrong = []
    for requirement in requirements:
        if requirement.marker and not requirement.marker.evaluate(environment):
            continue
        name = canonicalize_name(requirement.name)
        versions = [pin.version for pin in pins if pin.name == name and pin.is_for(environment)]
        if len(versions) != 1 or not requirement.specifier.contains(versions[0], prereleases=True):
            wrong.append(f"{requirement}: {versions}")
    return wrong


def unasked(pins: list[Pin], requirements: list[Requirement]) -> set[str]:
    """The pins that nobody asks for, directly or through others."""
    wanted = {canonicalize_name(requirement.name) for requirement in requirements}
    reached: set[str] = set()
    while wanted - reached:
        reached |= wanted
        wanted = {pin.name for pin in pins if pin.asked_by & reached} | wanted
    return {pin.name for pin in pins} - reached


@every_lock
def test_every_pin_has_hashes_and_says_who_asks_for_it(extra: str) -> None:
    pins = pins_of(text_of(extra))
    assert len(pins) > 50
    assert [pin.name for pin in pins if not pin.hashes or not pin.asked_by] == []


@every_lock
def test_all_that_is_asked_for_is_locked_for_every_python(extra: str) -> None:
    assert len(PYTHONS) == 4
    pins = pins_of(text_of(extra))
    assert [wrong for place in environments() for wrong in missing(pins, asked_for(extra), place)] == []


@every_lock
def test_nothing_is_locked_that_nobody_asks_for(extra: str) -> None:
    pins = pins_of(text_of(extra))
    assert unasked(pins, asked_for(extra)) == set()
    ours = {canonicalize_name(requirement.name) for requirement in asked_for(extra)}
    assert {pin.name for pin in pins if pin.asked_by & {OURS, BUILD}} == ours


@every_lock
def test_what_the_installed_packages_need_is_locked(extra: str) -> None:
    """As far as this environment has the versions of the lock."""
    here = {name: str(value) for name, value in default_environment().items()} | {"extra": ""}
    pins = pins_of(text_of(extra))
    for pin in pins:
        try:
            installed = distribution(pin.name)
        except PackageNotFoundError:
            continue
        if installed.version == pin.version and pin.is_for(here):
            needed = [Requirement(line) for line in installed.requires or ()]
            assert missing(pins, needed, here) == [], pin.name


def test_a_lock_that_is_out_of_step_is_seen() -> None:
    pins, asked = pins_of(text_of("demo")), asked_for("demo")
    place = environments()[0]
    without = [pin for pin in pins if pin.name != "msgspec"]
    assert [line.split(":")[0] for line in missing(without, asked, place)] == [
        str(requirement) for requirement in asked if requirement.name == "msgspec"
    ]
    assert missing(pins, [Requirement("pandas>=99")], place)
    assert missing(pins, [Requirement("a-package-that-is-new")], place) == ["a-package-that-is-new: []"]
    assert missing(pins, [Requirement("a-package-that-is-new; python_version<'3.11'")], place) == []
    fewer = [requirement for requirement in asked if requirement.name != "voila"]
    assert "voila" in unasked(pins, fewer) and "websockets" in unasked(pins, fewer)
    assert "ipython" not in unasked(pins, fewer)


@pytest.mark.parametrize("extra", ["demo", "docs"])
def test_the_demo_and_the_site_get_the_versions_that_are_tested(extra: str) -> None:
    """The demo gets nothing else; the site, which is installed beside them, brings packages that no test has."""
    everything, pins = pins_of(text_of("dev")), pins_of(text_of(extra))
    for place in environments():
        tested = {pin.name: (pin.version, pin.hashes) for pin in everything if pin.is_for(place)}
        here = {pin.name: (pin.version, pin.hashes) for pin in pins if pin.is_for(place)}
        assert {name: pin for name, pin in here.items() if tested.get(name, pin) != pin} == {}
        assert extra == "docs" or here.keys() <= tested.keys()


def test_binder_installs_what_the_demo_installs() -> None:
    assert (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8") == text_of("demo")
    assert "pip install --no-cache-dir --no-deps --no-build-isolation ." in (ROOT / "binder" / "postBuild").read_text()


def test_what_builds_the_project_is_locked() -> None:
    build = [Requirement(line) for line in PYPROJECT["build-system"]["requires"]]
    group = {item.name: item for item in map(Requirement, PYPROJECT["dependency-groups"]["build"])}
    assert all(str(group[requirement.name].specifier) == str(requirement.specifier) for requirement in build)


@every_lock
def test_a_lock_names_no_host_no_index_and_no_folder(extra: str) -> None:
    text = text_of(extra)
    assert text.count("--require-hashes") == 1
    options = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", re.sub(r"^#.*$", "", text, flags=re.M)))
    assert options == {"--require-hashes", "--hash"}
    assert not re.search(r"://|@ |\.whl|(?<![\w.])/\w", text)


@pytest.mark.parametrize(
    ("name", "what"),
    [("demo", "-r requirements/demo.txt"), ("test", "--no-compile --no-deps -r requirements/dev.txt")],
)
def test_the_readmes_commands_install_from_the_lock_only(name: str, what: str) -> None:
    script = [sys.executable, ROOT / "tools" / "readme.py", "--command", name]
    command = subprocess.run(script, check=True, capture_output=True, text=True).stdout
    assert [part.split(maxsplit=1)[1] for part in command.split(" && ") if part.startswith(".venv/bin/pip")] == [
        f"install -q {what}",
        "install -q --no-deps --no-build-isolation -e .",
    ]


def test_the_changelog_says_how_new_the_lock_is() -> None:
    days = {re.search(r"^# As new as (\d{4}-\d\d-\d\d)\.$", text_of(extra), re.M)[1] for extra in EXTRAS}  # type: ignore[index]
    assert len(days) == 1
    assert f"as new as {days.pop()}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_what_changes_between_two_locks_is_said_package_by_package() -> None:
    before = "a==1 \\\n    --hash=sha256:0\nb==1 ; python_version < '3.12' \\\nb==2 ; python_version >= '3.12'\nc==1\n"
    after = "a==2 \\\nb==1 ; python_version < '3.12'\nb==3 ; python_version >= '3.12'\nd-e.f==1.0.post1\n"
    assert lock.changes(before, after) == ["a 1 → 2", "b 1 | 2 → 1 | 3", "- c 1", "+ d-e.f 1.0.post1"]
    assert lock.changes(after, after) == []


@every_lock
def test_the_tool_reads_the_pins_that_pip_reads(extra: str) -> None:
    assert set(lock.pins(text_of(extra))) == {pin.name for pin in pins_of(text_of(extra))}


@pytest.mark.parametrize("green", [None, "", "what pyproject.toml was before"])
def test_only_what_was_green_becomes_the_lock(
    green: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(newest, "GREEN", tmp_path / "green")
    if green is not None:
        newest.GREEN.write_text(green, encoding="utf-8")
    before = text_of("dev")
    assert newest.take() == 1
    assert text_of("dev") == before
    assert "make newest" in capsys.readouterr().out
