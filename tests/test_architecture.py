"""The house as docs/architecture.md draws it: a room imports only from rooms further down."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "mist_notebook"

# Further down stands what is used; a room uses any of those above its row here. One row a room.
ROOMS = (
    "ground",
    "records",
    "sandbox",
    "net",
    "ssh",
    "settings",
    "display",
    "charts",
    "frames",
    "backends",
    "provision",
    "prices",
    "client",
    "fleet",
    "cluster",
    "widgets/parts",
    "widgets/lists",
    "widgets/panel",
    "widgets/form",
    "widgets/explorer",
    "magic",
)
DOORS = {"", "cli", "compare", "lessons", "version"}  # the files beside the rooms
APART = {("prices", "provision"), ("net", "ssh"), ("charts", "settings"), ("display", "settings")}
# Rooms within a room, in the same order; the files beside them may use any, and be used by any.
WITHIN = {
    "prices": ("wishes", "catalogue", "costs", "known", "comparing", "likeness"),
    "prices.catalogue": ("reading", "sources"),
    "client": ("old", "machines", "joining", "notebook"),
    "ssh": ("keys", "config", "probing", "scripts"),
    "ground": ("files", "amounts"),
    "magic": ("commands", "line", "completion"),
    "magic.commands": ("parts", "lists", "machines", "offers", "setup"),
}
MOST_FILES = 20
SANDBOX_ROOMS = ("ground", "world", "shell", "accounts", "fleet", "", "api")
LAZY_AT_LOAD = {"pandas", "numpy", "requests", "urllib3", "msgspec", "tornado", "ipywidgets", "asyncssh"}


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name below it; the package itself is the empty name."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    """What a file says, read once."""
    return ast.parse(path.read_text(encoding="utf-8"))


def room(module: str) -> str:
    """The room that a module stands in; a file beside the rooms is its own."""
    first, _, rest = module.partition(".")
    return f"{first}/{rest.partition('.')[0]}" if first == "widgets" and rest else first


@cache
def imports(module: str, path: Path) -> tuple[str, ...]:
    """As `_imports`, read once."""
    return tuple(_imports(module, path))


def _imports(module: str, path: Path) -> Iterator[str]:
    """Modules of ours that `path` imports anywhere: at the top, inside functions, and for type checking alone."""
    parts = module.split(".") if module else []
    package = parts if path.name == "__init__.py" else parts[:-1]
    known = modules()
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.ImportFrom):
            continue
        dotted = node.module.split(".") if node.module else []
        if node.level:
            dotted = [*package[: len(package) - (node.level - 1)], *dotted]
        elif dotted[:1] == ["mist_notebook"]:
            dotted = dotted[1:]
        else:
            continue
        for alias in node.names:
            deeper = ".".join([*dotted, alias.name])
            yield deeper if deeper in known else ".".join(dotted)


@cache
def edges() -> set[tuple[str, str]]:
    """Which room imports from which, typing included."""
    return {
        (room(module), room(target))
        for module, path in modules().items()
        for target in imports(module, path)
        if room(module) != room(target)
    }


def test_every_file_stands_in_a_room() -> None:
    assert {room(module) for module in modules()} == {*ROOMS, *DOORS, "widgets"}


def test_imports_point_down_for_typing_too() -> None:
    rank = {name: floor for floor, name in enumerate(ROOMS)} | {"version": -1}
    doors = len(ROOMS)
    assert [(a, b) for a, b in sorted(edges()) if rank.get(b, doors) >= rank.get(a, doors + 1)] == []


def test_rooms_beside_each_other_know_nothing_of_each_other() -> None:
    either_way = APART | {(b, a) for a, b in APART}
    assert edges() & either_way == set()


@pytest.mark.parametrize("house", WITHIN)
def test_rooms_within_a_room_stand_on_each_other_too(house: str) -> None:
    def inner(module: str) -> str:
        return module.removeprefix(f"{house}.").partition(".")[0]

    rank = {name: floor for floor, name in enumerate(WITHIN[house])}
    found = {
        (inner(module), inner(target))
        for module, path in modules().items()
        for target in imports(module, path)
        if module.startswith(f"{house}.") and target.startswith(f"{house}.")
    }
    assert {name for name in rank if (PACKAGE / house.replace(".", "/") / name).is_dir()} == set(rank)
    assert [(a, b) for a, b in sorted(found) if a in rank and rank.get(b, -1) > rank[a]] == []


def test_no_room_has_more_files_than_one_sees_at_a_glance() -> None:
    folders = {path.parent for path in modules().values()}
    crowded = {str(f.relative_to(PACKAGE)): n for f in folders if (n := len(list(f.glob("*.py")))) > MOST_FILES}
    assert crowded == {}


def test_the_sandbox_imports_nothing_of_ours_but_the_loop() -> None:
    targets = {
        target
        for module, path in modules().items()
        if room(module) == "sandbox"
        for target in imports(module, path)
        if room(target) != "sandbox"
    }
    assert targets == {"ground.loop"}


def test_the_rooms_of_the_sandbox_stand_on_each_other_too() -> None:
    def inner(module: str) -> str:
        name, _, rest = module.removeprefix("sandbox").removeprefix(".").partition(".")
        return name if rest or name in SANDBOX_ROOMS else ""

    known = {module: path for module, path in modules().items() if room(module) == "sandbox"}
    found = {(inner(module), inner(target)) for module, path in known.items() for target in imports(module, path)}
    rank = {name: floor for floor, name in enumerate(SANDBOX_ROOMS)}
    up = {(a, b) for a, b in found - {("", "api"), ("fleet", "")} if b in rank and rank[b] > rank[a]}
    assert up == set()


def test_no_private_name_is_imported_from_another_room() -> None:
    taken = [
        f"{module} takes {alias.name} of {node.module}"
        for module, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").startswith("mist_notebook")
        for alias in node.names
        if alias.name.startswith("_") and alias.name != "__version__"
    ]
    assert taken == []


@pytest.mark.parametrize("name", [*ROOMS, "widgets"])
def test_a_room_says_what_it_is_for_and_costs_nothing_to_enter(name: str) -> None:
    path = PACKAGE / name / "__init__.py"
    assert ast.get_docstring(tree(path))
    assert not path.read_text(encoding="utf-8").partition('"""')[0]


def test_tests_stand_in_the_same_rooms() -> None:
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert folders - {"rigs"} <= {name.partition("/")[0] for name in ROOMS}


def test_only_the_runtime_reassigns_a_module_level_name() -> None:
    offenders = [
        module
        for module, path in modules().items()
        if any(isinstance(node, ast.Global) for node in ast.walk(tree(path)))
    ]
    assert offenders == ["client.runtime"]


@pytest.mark.parametrize(
    "name",
    [
        "ground.secret",
        "ground.text",
        "ground.errors",
        "ground.amounts.quantity",
        "magic.line.reading",
        "magic.magics",
        "magic.completion.completing",
        "display.frame_view",
    ],
)
def test_what_a_load_or_a_help_needs_imports_nothing_heavy(name: str) -> None:
    body = tree(modules()[name]).body
    top = {alias.name.partition(".")[0] for node in body if isinstance(node, ast.Import) for alias in node.names} | {
        (node.module or "").partition(".")[0] for node in body if isinstance(node, ast.ImportFrom)
    }
    assert top & LAZY_AT_LOAD == set()


def test_secrets_are_revealed_at_the_door_at_the_key_file_and_where_they_are_kept_only() -> None:
    revealing = [module for module, path in modules().items() if ".reveal()" in path.read_text(encoding="utf-8")]
    assert sorted(revealing) == ["ground.secret", "net.sending", "settings.kept_tokens", "ssh.keys.login_keys"]
