"""Commands that only answer yes or no: true, false, test."""

from __future__ import annotations

import re

from .commands import USAGE, Call, Output, command
from .line import NotEmulatedError

_NUMBERS = {
    "-eq": int.__eq__,
    "-ne": int.__ne__,
    "-gt": int.__gt__,
    "-ge": int.__ge__,
    "-lt": int.__lt__,
    "-le": int.__le__,
}


@command("true", ":")
def true(_call: Call) -> Output:
    """Nothing, well."""
    return Output()


@command("false")
def false(_call: Call) -> Output:
    """Nothing, badly."""
    return Output(status=1)


@command("test", "[")
def test(call: Call) -> Output:
    """One comparison, or whether a file is there."""
    arguments = list(call.arguments)
    if call.name == "[" and (not arguments or arguments.pop() != "]"):
        return Output(err="[: missing ]\n", status=USAGE)
    negated = arguments[:1] == ["!"]
    holds = _holds(call, arguments[negated:])
    return Output(status=int(holds is negated))


def number(text: str) -> int:
    """A whole number of at most 18 digits."""
    if not re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
        raise NotEmulatedError(f"{text!r} as a number")
    return int(text)


def _holds(call: Call, arguments: list[str]) -> bool:
    if len(arguments) < 2:
        return bool(arguments and arguments[0])
    if len(arguments) == 2:
        return _is(call, *arguments)
    if len(arguments) == 3:
        left, sign, right = arguments
        if sign in ("=", "==", "!="):
            return (left == right) is (sign != "!=")
        if sign in _NUMBERS:
            return bool(_NUMBERS[sign](number(left), number(right)))
    raise NotEmulatedError(" ".join(("test", *arguments)))


def _is(call: Call, sign: str, operand: str) -> bool:
    if sign in ("-n", "-z"):
        return bool(operand) is (sign == "-n")
    path = call.files.absolute(operand, call.folder)
    is_file, is_folder = call.files.text(path) is not None, call.files.is_folder(path)
    answers = {"-e": is_file or is_folder, "-r": is_file or is_folder, "-f": is_file, "-d": is_folder}
    answers["-s"] = bool(call.files.text(path)) or is_folder
    if sign not in answers:
        raise NotEmulatedError(f"test {sign}")
    return answers[sign]
