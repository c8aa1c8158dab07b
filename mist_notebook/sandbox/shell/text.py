"""Files and text: echo, printf, cat, head, tail, wc, ls."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from .commands import USAGE, Call, Output, command
from .conditions import number
from .line import NotEmulatedError

_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\\\": "\\", "\\r": "\r", '\\"': '"', "\\'": "'"}
_ESCAPE = re.compile(r"\\[nt\\r\"']")
_PLACE = re.compile(r"%(%|s|d)")
_LINES = 10


@command("echo")
def echo(call: Call) -> Output:
    """Its arguments, as `sh` echoes them but without escapes."""
    words = list(call.arguments)
    end = "\n"
    while words and words[0] in ("-n", "-e", "-E"):
        end = "" if words.pop(0) == "-n" else end
    return Output(" ".join(words) + end)


@command("printf")
def printf(call: Call) -> Output:
    """A format of `%s`, `%d`, `%%` and the usual escapes, again until the arguments are used up."""
    if not call.arguments:
        return Output(err="printf: usage: printf format [arguments]\n", status=USAGE)
    form, values = call.arguments[0], list(call.arguments[1:])
    if "%" in _PLACE.sub("", form):
        raise NotEmulatedError(f"printf {form!r}")
    places = len([place for place in _PLACE.findall(form) if place != "%"])
    form = _ESCAPE.sub(lambda escape: _ESCAPES[escape.group()], form)
    written = [_filled(form, values)]
    while places and values:
        written.append(_filled(form, values))
    return Output("".join(written))


@command("cat")
def cat(call: Call) -> Output:
    """The text of files."""
    call.options("")
    return _joined(call, lambda text: text)


@command("head")
def head(call: Call) -> Output:
    """The first lines of files."""
    count, call = _line_count(call)
    return _joined(call, lambda text: "".join(text.splitlines(keepends=True)[:count]))


@command("tail")
def tail(call: Call) -> Output:
    """The last lines of files."""
    count, call = _line_count(call)
    return _joined(call, lambda text: "".join(text.splitlines(keepends=True)[-count:] if count else []))


@command("wc")
def wc(call: Call) -> Output:
    """The lines, words and bytes of a file."""
    letters = call.options("lwc") or "lwc"

    def counts(text: str) -> str:
        numbers = {"l": text.count("\n"), "w": len(text.split()), "c": len(text.encode())}
        return " ".join(str(number) for letter, number in numbers.items() if letter in letters)

    operands = call.operands()
    if len(operands) != 1:
        raise NotEmulatedError("wc of anything but one file")
    output = _joined(call, counts)
    return output if output.status else Output(f"{output.out} {operands[0]}\n")


@command("read")
def read(call: Call) -> Output:
    """A line of the input: there is none, where that is known to be empty."""
    if not call.input_is_empty:
        raise NotEmulatedError("reading the input")
    return Output(status=1)


@command("ls")
def ls(call: Call) -> Output:
    """The names in a folder; homes look empty, as their only file begins with a dot."""
    options = call.options("aA1")
    written, errors = [], []
    for operand in call.operands() or ["."]:
        path = call.files.absolute(operand, call.folder)
        if call.files.text(path) is not None:
            written.append(f"{operand}\n")
        elif call.files.is_folder(path):
            names = call.files.listing(path)
            written += [f"{name}\n" for name in names if options.strip("1") or not name.startswith(".")]
        else:
            errors.append(f"ls: cannot access '{operand}': No such file or directory\n")
    return Output("".join(written), "".join(errors), USAGE if errors else 0)


def _filled(form: str, values: list[str]) -> str:
    def value(place: re.Match[str]) -> str:
        if place[1] == "%":
            return "%"
        given = values.pop(0) if values else ""
        return given if place[1] == "s" else str(number(given or "0"))

    return _PLACE.sub(value, form)


def _joined(call: Call, shown: Callable[[str], str]) -> Output:
    """What is shown of each file; without one, of the input, where that is known to be empty."""
    written, errors = [], []
    if not call.operands() and not call.input_is_empty:
        raise NotEmulatedError(f"{call.name} without a file")
    for operand in call.operands():
        path = call.files.absolute(operand, call.folder)
        text = "" if operand == "-" and call.input_is_empty else call.files.text(path)
        if text is not None:
            written.append(shown(text))
        else:
            why = "Is a directory" if call.files.is_folder(path) else "No such file or directory"
            errors.append(f"{call.name}: {operand}: {why}\n")
    return Output("".join(written), "".join(errors), 1 if errors else 0)


def _line_count(call: Call) -> tuple[int, Call]:
    """How many lines are wanted, and the call without saying so."""
    arguments = list(call.arguments)
    count = str(_LINES)
    if arguments[:1] == ["-n"]:
        count, arguments = (arguments[1:2] or [""])[0], arguments[2:]
    elif arguments and re.fullmatch(r"-n?\d+", arguments[0]):
        count = arguments.pop(0).lstrip("-n")
    if not count.isdigit() or not count.isascii() or any(word.startswith("-") for word in arguments):
        raise NotEmulatedError(" ".join((call.name, *call.arguments)))
    return int(count[:9]), replace(call, arguments=tuple(arguments))
