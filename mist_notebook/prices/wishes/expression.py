"""A person's own figure out of the columns, as in `--by "price_hourly / gpus"`: Python reads it, and never runs it.

Columns of figures, numbers, `+ - * / **`, parentheses, and the calls `min max abs round sqrt log`; nothing else. What
can't be computed (an unknown column, a division by 0, the root of a negative figure) is unknown, and never an infinity.
"""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import BadValueError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief
from mist_notebook.records.columns import SORT_WORDS

if TYPE_CHECKING:
    import numpy as np

    Figures = np.ndarray[Any, np.dtype[np.float64]]

FORMS = "Columns, numbers, + - * / **, parentheses, min max abs round sqrt log: price_hourly / vcpus"
_LONGEST = 200
_MOST_NODES = 160
_DEEPEST = 20
_LARGEST_POWER = 10.0
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
}
_CALLS = {"min": "minimum", "max": "maximum", "abs": "abs", "round": "round", "sqrt": "sqrt", "log": "log"}
_ARGUMENTS = {"min": (2, 8), "max": (2, 8), "abs": (1, 1), "round": (1, 2), "sqrt": (1, 1), "log": (1, 1)}
_NAMED = {
    ast.Attribute: "a dot after a name",
    ast.Subscript: "a square bracket",
    ast.Lambda: "lambda",
    ast.Compare: "a comparison",
    ast.BoolOp: "and, or",
    ast.IfExp: "if",
    ast.JoinedStr: "text",
    ast.List: "a square bracket",
    ast.Dict: "a brace",
}


@dataclass(frozen=True)
class Expression:
    """An expression that can only compute: its text, and the names in it, which are columns."""

    text: str
    names: tuple[str, ...]
    tree: ast.expr

    def __str__(self) -> str:
        return self.text


def read(text: str) -> Expression:
    """The expression; BadValueError for anything beyond columns, numbers, operators and the few calls."""
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST:
        raise _refused(text, f"it has {len(text)} characters, and 1 to {_LONGEST} are read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise _refused(text, "it is no expression") from None
    if sum(1 for _ in ast.walk(tree)) > _MOST_NODES or _depth(tree) > _DEEPEST:
        raise _refused(text, "it is too long")
    _check(tree, text)
    calls = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in calls]
    if not names:
        raise _refused(text, "there is no column in it")
    return Expression(text, tuple(dict.fromkeys(SORT_WORDS.get(name, name) for name in names)), tree)


def check_names(expression: Expression, figures: Collection[str], texts: Collection[str] = ()) -> None:
    """Nothing if every name is one of the `figures`; else NotFoundError, or BadValueError for a text's."""
    for name in expression.names:
        if name in texts:
            raise BadValueError(f"{name} is text, and no figure.", f"{FORMS}.")
        if name not in figures:
            raise NotFoundError(
                f"No column named '{brief(name)}' in '{brief(expression.text)}'.",
                did_you_mean(name, sorted(figures), "column"),
            )


def value(expression: Expression, figures: Mapping[str, Figures], count: int) -> Figures:
    """The expression for each of `count` rows, of which `figures` has a column for every name; NaN where unknown."""
    import numpy as np

    with np.errstate(all="ignore"):
        found = np.broadcast_to(_value(expression.tree, figures), count).astype(np.float64)
    return np.where(np.isfinite(found), found, np.nan)


def _value(node: ast.expr, figures: Mapping[str, Figures]) -> Figures:
    import numpy as np

    if isinstance(node, ast.Constant):
        return np.asarray(node.value, dtype=np.float64)
    if isinstance(node, ast.Name):
        return figures[SORT_WORDS.get(node.id, node.id)]
    if isinstance(node, ast.UnaryOp):
        operand = _value(node.operand, figures)
        return -operand if isinstance(node.op, ast.USub) else operand
    if isinstance(node, ast.BinOp):
        compute = getattr(np, _OPERATORS[type(node.op)])
        return np.asarray(compute(_value(node.left, figures), _value(node.right, figures)))
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name)  # noqa: S101 - `read` let nothing else through
    return _called(node.func.id, [_value(argument, figures) for argument in node.args])


def _called(name: str, arguments: list[Figures]) -> Figures:
    from functools import reduce

    import numpy as np

    compute: Callable[..., Any] = getattr(np, _CALLS[name])
    if name in {"min", "max"}:
        return np.asarray(reduce(compute, arguments))
    if name == "round" and len(arguments) == 2:
        return np.asarray(compute(arguments[0], int(arguments[1])))
    return np.asarray(compute(arguments[0]))


def _check(node: ast.expr, text: str) -> None:
    """Nothing if the node, and what is in it, can only compute."""
    if isinstance(node, ast.Constant):
        _check_number(node.value, text)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        _check(node.operand, text)
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        _check(node.left, text)
        _check(node.right, text)
        if isinstance(node.op, ast.Pow) and not _is_number(node.right, _LARGEST_POWER):
            raise _refused(text, f"a power is a number, at most {_LARGEST_POWER:.0f}")
    elif isinstance(node, ast.Call):
        _check_call(node, text)
    elif not isinstance(node, ast.Name):
        raise _refused(text, f"{_NAMED.get(type(node), 'something in it')} can't be used")


def _check_call(node: ast.Call, text: str) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in _CALLS:
        raise _refused(text, f"{brief(name) or 'that'} can't be called")
    fewest, most = _ARGUMENTS[name]
    if node.keywords or not fewest <= len(node.args) <= most:
        raise _refused(text, f"{name} takes {'1 figure' if most == 1 else f'{fewest} to {most} figures'}")
    for argument in node.args:
        _check(argument, text)
    if name == "round" and len(node.args) == 2 and not _is_number(node.args[1], _LARGEST_POWER, whole=True):
        raise _refused(text, "round takes a whole number of digits")


def _check_number(number: object, text: str) -> None:
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise _refused(text, f"{type(number).__name__} isn't a number" if number is not None else "None is no number")
    if abs(number) > 1e15 or not math.isfinite(number):
        raise _refused(text, "a number in it is too large")


def _is_number(node: ast.expr, largest: float, *, whole: bool = False) -> bool:
    """Whether it is a number as typed, with a sign or without, of this size at most."""
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    if not (isinstance(inner, ast.Constant) and isinstance(inner.value, int | float)):
        return False
    return abs(inner.value) <= largest and (not whole or isinstance(inner.value, int))


def _depth(node: ast.AST) -> int:
    """How deep it is nested, counted without recursion."""
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
    return deepest


def _refused(text: str, why: str) -> BadValueError:
    return BadValueError(f"'{brief(text)}' can't be computed: {why}.", f"{FORMS}.")
