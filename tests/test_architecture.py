"""The house as DESIGN draws it: a module imports only from lower ranks, the sandbox only from `loop`, and no cycles."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "mist_notebook"

# Lower numbers are further down. Modules of one folder may import each other, as they are one idea.
RANKS = {
    "cli": 0,
    "columns": 0,
    "formatters": 0,
    "loop": 0,
    "model": 0,
    "secret": 0,
    "size_name": 0,
    "spelling": 0,
    "stopping": 0,
    "text": 0,
    "text_codes": 0,
    "transport": 0,
    "version": 0,
    "whole_file": 0,
    "places": 0,
    "typed_word": 0,
    "backends.base": 1,
    "backends.units": 1,
    "errors": 1,
    "image_index": 1,
    "sandbox": 1,
    "view": 1,
    "charts": 2,
    "ask": 2,
    "failures": 2,
    "origin": 2,
    "page": 2,
    "price_terms": 2,
    "provider_fields": 2,
    "quantity": 2,
    "record": 2,
    "resolver": 2,
    "snapshots": 2,
    "ssh": 2,
    "strict_json": 2,
    "toml_file": 2,
    "figures": 2,
    "offer_picture": 2,
    "accessor": 3,
    "backends.fields": 3,
    "needs": 3,
    "backends.mist_probe": 3,
    "http": 3,
    "journal": 3,
    "local_keys": 3,
    "machine": 3,
    "overview": 3,
    "settings": 3,
    "export": 3,
    "expression": 3,
    "wish": 3,
    "backends.discovery": 4,
    "backends.mist_wire": 4,
    "catalogue": 4,
    "frames": 4,
    "guard": 4,
    "lookup": 4,
    "own_prices": 4,
    "prober": 4,
    "fitting": 4,
    "backends.machine_wire": 5,
    "cards": 5,
    "fleet": 5,
    "frame_view": 5,
    "provision": 5,
    "price_history": 5,
    "receipt": 5,
    "runtime": 5,
    "watch": 5,
    "nearest_miss": 5,
    "live_offers": 2,
    "offers": 5,
    "selection": 5,
    "account": 6,
    "backend": 6,
    "form": 6,
    "explorer": 8,
    "backends.mist": 6,
    "jobs": 6,
    "compare_why": 6,
    "compare": 7,
    "like": 8,
    "pivot": 8,
    "client": 9,
    "recheck": 10,
    "session": 10,
    "inventory": 11,
    "upkeep": 11,
    "consent": 12,
    "widgets": 13,
    "commands": 14,
    "command_help": 15,
    "completion": 15,
    "line": 15,
    "magics": 16,
    "__init__": 17,
}
FOLDERS = {"catalogue", "charts", "commands", "sandbox", "ssh", "widgets", "form", "explorer"}
LAZY_AT_LOAD = {"pandas", "numpy", "requests", "urllib3", "msgspec", "tornado", "ipywidgets", "asyncssh"}


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name below it."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__") or "__init__"
        found[name] = path
    return found


def room(module: str) -> str:
    """The entry of RANKS that a module stands under; the folder itself where it is one idea."""
    first = module.partition(".")[0]
    return first if first in FOLDERS else module


def imports(module: str, path: Path) -> Iterator[tuple[str, bool]]:
    """Modules of ours that `path` imports, and whether only for type checking."""
    is_package = path.name == "__init__.py"
    parents = module.split(".") if module != "__init__" else []
    package = parents if is_package else parents[:-1]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    known = modules()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - (node.level - 1)]] if node.level else []
            dotted = (node.module or "").split(".") if node.module else []
            if not node.level:
                if dotted[:1] != ["mist_notebook"]:
                    continue
                dotted = dotted[1:]
            target = ".".join([*base, *dotted])
            for alias in node.names:
                deeper = ".".join(part for part in (target, alias.name) if part)
                yield (deeper if deeper in known else target or "__init__"), id(node) in typing_only


def edges() -> list[tuple[str, str]]:
    return [
        (room(module), room(target))
        for module, path in modules().items()
        for target, typing_only in imports(module, path)
        if not typing_only and room(module) != room(target)
    ]


def test_every_module_has_a_rank() -> None:
    rooms = {room(module) for module in modules()} - {"backends"}
    assert rooms == set(RANKS)


def test_imports_point_down() -> None:
    upward = [(source, target) for source, target in edges() if target != "backends" and RANKS[target] >= RANKS[source]]
    assert upward == []


def test_the_sandbox_imports_nothing_of_ours_but_the_loop() -> None:
    assert {target for source, target in edges() if source == "sandbox"} <= {"loop"}


def test_only_the_runtime_reassigns_a_module_level_name() -> None:
    offenders = [
        module
        for module, path in modules().items()
        if any(isinstance(node, ast.Global) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    ]
    assert offenders == ["runtime"]


@pytest.mark.parametrize("name", ["secret", "text", "errors", "quantity", "line", "magics", "completion", "frame_view"])
def test_what_a_load_or_a_help_needs_imports_nothing_heavy(name: str) -> None:
    tree = ast.parse(modules()[name].read_text(encoding="utf-8"))
    top = {
        alias.name.partition(".")[0] for node in tree.body if isinstance(node, ast.Import) for alias in node.names
    } | {(node.module or "").partition(".")[0] for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert top & LAZY_AT_LOAD == set()


def test_secrets_are_revealed_at_the_door_and_at_the_key_file_only() -> None:
    revealing = [module for module, path in modules().items() if ".reveal()" in path.read_text(encoding="utf-8")]
    assert sorted(revealing) == ["http", "secret", "ssh.login_keys"]
