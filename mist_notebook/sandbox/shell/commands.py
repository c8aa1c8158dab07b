"""The table of commands: what one is given, what it answers, and how it gets into the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .line import NotEmulatedError

if TYPE_CHECKING:
    from .files import Files
    from .host import Host

USAGE = 2


@dataclass(frozen=True)
class Output:
    """What a command wrote, and its exit code."""

    out: str = ""
    err: str = ""
    status: int = 0


@dataclass(frozen=True)
class Call:
    """One command with its arguments, and the machine that it runs on."""

    name: str
    arguments: tuple[str, ...]
    host: Host
    files: Files
    folder: str
    variables: Mapping[str, str]
    input_is_empty: bool = False

    def options(self, known: str) -> str:
        """The letters of the options given; raises for one that isn't emulated."""
        letters = "".join(argument[1:] for argument in self.arguments if argument.startswith("-"))
        for argument in self.arguments:
            if argument.startswith("--") or (argument.startswith("-") and set(argument[1:]) - set(known)):
                raise NotEmulatedError(f"{self.name} {argument}")
        return letters

    def operands(self) -> list[str]:
        """The arguments that aren't options."""
        return [argument for argument in self.arguments if not argument.startswith("-") or argument == "-"]


Function = Callable[[Call], Output]
COMMANDS: dict[str, Function] = {}


def command(*names: str) -> Callable[[Function], Function]:
    """Put a function into the table under these names."""

    def put(function: Function) -> Function:
        COMMANDS.update(dict.fromkeys(names, function))
        return function

    return put
