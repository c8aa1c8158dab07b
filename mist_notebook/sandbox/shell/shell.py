"""The shell itself: line in, text and exit code out, with a folder, variables and `$?` in between."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from . import conditions, identity, network, text, vitals
from .commands import COMMANDS, USAGE, Call, Output
from .files import Files
from .host import Host
from .line import Command, NotEmulatedError, Piece, SyntaxTroubleError, Word, parse

TABLES = (conditions, identity, network, text, vitals)
UNKNOWN = 127
_MOST_OUTPUT = 262_144
SHELLS = ("sh", "bash", "dash")
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=", re.ASCII)
_NESTED = 8
# How the probe asks a container for its limits, and a run removes its script: here there is neither.
_OURS = (": mist-limits;", ": mist-tidy;")


@dataclass(frozen=True)
class Chunk:
    """Text for "out" or "err"."""

    stream: str
    text: str


class Shell:
    """One session on a machine; `host` is asked anew for each line, as time goes on."""

    def __init__(self, host: Callable[[], Host], depth: int = 0) -> None:
        self._host_now = host
        self._depth = depth
        self._left = _MOST_OUTPUT
        first = host()
        self.folder = first.home
        self.status = 0
        self.is_over = False
        self.input_is_empty = False
        self._variables = {
            **{"HOME": first.home, "USER": first.user, "LOGNAME": first.user, "SHELL": "/bin/sh"},
            **{"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOSTNAME": first.name},
        }

    def prompt(self) -> str:
        """What a terminal shows before each line."""
        host = self._host_now()
        folder = "~" if self.folder == host.home else self.folder
        return f"{host.user}@{host.name}:{folder}{'#' if host.user == 'root' else '$'} "

    def run(self, script: str) -> list[Chunk]:
        """What all lines of a script write, one after the other."""
        chunks: list[Chunk] = []
        for line in script.split("\n"):
            if self.is_over:
                break
            chunks += self.line(line)
        return chunks

    def line(self, line: str) -> list[Chunk]:
        """What one line writes; its exit code is in `status` then."""
        try:
            commands = parse(line)
        except NotEmulatedError as trouble:
            self.status = UNKNOWN
            return self._bounded([Chunk("err", _not_emulated(str(trouble)))])
        except SyntaxTroubleError as trouble:
            self.status = USAGE
            return self._bounded([Chunk("err", f"sh: {trouble}\n")])
        chunks: list[Chunk] = []
        host = self._host_now()
        for command in commands:
            if not self.is_over and _wanted(command.operator, self.status):
                chunks += self._redirected(command, host)
        return self._bounded(chunks)

    def _redirected(self, command: Command, host: Host) -> list[Chunk]:
        output = self._simple(command, host)
        self.status = output.status
        written = (Chunk(command.out, output.out), Chunk(command.err, output.err))
        return [chunk for chunk in written if chunk.stream and chunk.text]

    def _simple(self, command: Command, host: Host) -> Output:
        files = Files(host)
        words = [one for word in command.words for one in self._expanded(word, files, host)]
        assigned = _assignments(command.words)
        if assigned == len(words):
            self._variables |= dict(_pair(word) for word in words)
        words = words[assigned:]
        if not words:
            return Output()
        try:
            return self._called(words, host, files)
        except NotEmulatedError as trouble:
            return Output(err=_not_emulated(str(trouble)), status=UNKNOWN)

    def _called(self, words: list[str], host: Host, files: Files) -> Output:
        name, arguments = words[0].removeprefix("/usr").removeprefix("/bin/"), tuple(words[1:])
        builtin = {"exit": self._exit, "cd": self._cd, "export": self._export, "command": self._command}.get(name)
        if builtin:
            return builtin(arguments, host, files)
        if name in SHELLS:
            return self._nested(arguments)
        if name not in COMMANDS:
            raise NotEmulatedError(name)
        return COMMANDS[name](Call(name, arguments, host, files, self.folder, self._variables, self.input_is_empty))

    def _exit(self, arguments: tuple[str, ...], _host: Host, _files: Files) -> Output:
        self.is_over = True
        if not arguments:
            return Output(status=self.status)
        is_number = re.fullmatch(r"\d{1,9}", arguments[0], re.ASCII)
        return Output(status=int(arguments[0]) % 256) if is_number else Output(err="exit: not a number\n", status=USAGE)

    def _cd(self, arguments: tuple[str, ...], host: Host, files: Files) -> Output:
        path = files.absolute(arguments[0] if arguments else host.home, self.folder)
        if not files.is_folder(path):
            return Output(err=f"cd: {path}: No such directory\n", status=1)
        self.folder = self._variables["PWD"] = path
        return Output()

    def _export(self, arguments: tuple[str, ...], _host: Host, _files: Files) -> Output:
        self._variables |= dict(_pair(argument) for argument in arguments if "=" in argument)
        return Output()

    def _command(self, arguments: tuple[str, ...], host: Host, files: Files) -> Output:
        if arguments[:1] != ("-v",):
            return self._called(list(arguments), host, files) if arguments else Output()
        known = [name for name in arguments[1:] if name in COMMANDS or name in (*SHELLS, "cd", "exit", "command")]
        paths = "".join(f"/usr/bin/{name}\n" for name in known)
        return Output(paths, status=0 if known else 1)

    def _nested(self, arguments: tuple[str, ...]) -> Output:
        if len(arguments) < 2 or arguments[0] not in ("-c", "-lc") or self._depth >= _NESTED:
            raise NotEmulatedError("a shell in a shell, but for sh -c '…'")
        if arguments[1].startswith(_OURS):
            return Output()
        inner = Shell(self._host_now, self._depth + 1)
        chunks = inner.run(arguments[1])
        out, err = ("".join(chunk.text for chunk in chunks if chunk.stream == stream) for stream in ("out", "err"))
        return Output(out, err, inner.status)

    def _expanded(self, word: Word, files: Files, host: Host) -> list[str]:
        """The word with its variables in it; several if it is a pattern that fits several files."""
        text = "".join(self._value(piece) for piece in word)
        if not text and not any(piece.is_quoted for piece in word):
            return []
        plain = not any(piece.is_quoted or piece.is_variable for piece in word)
        if plain and (text == "~" or text.startswith("~/")):
            text = host.home + text[1:]
        is_pattern = any(not piece.is_quoted and piece.text in ("*", "?") for piece in word if not piece.is_variable)
        return (files.matching(text) if is_pattern and text.startswith("/") else []) or [text]

    def _value(self, piece: Piece) -> str:
        if not piece.is_variable:
            return piece.text
        special = {"?": str(self.status), "$": "1", "#": "0", "PWD": self.folder}
        return special.get(piece.text, self._variables.get(piece.text, ""))

    def _bounded(self, chunks: list[Chunk]) -> list[Chunk]:
        """At most so much in one session; then it is over."""
        kept = []
        for chunk in chunks:
            kept.append(Chunk(chunk.stream, chunk.text[: self._left]))
            self._left -= len(chunk.text)
            if self._left < 0:
                self.is_over, self.status = True, 1
                return [*kept, Chunk("err", "\nThis session wrote too much: it ends here.\n")]
        return kept


def _wanted(operator: str, status: int) -> bool:
    return operator == ";" or (status == 0) is (operator == "&&")


def _assignments(words: tuple[Word, ...]) -> int:
    """How many words at the beginning are NAME=value."""
    for number, word in enumerate(words):
        plain = "".join(piece.text if not (piece.is_quoted or piece.is_variable) else "\0" for piece in word)
        if not ASSIGNMENT.match(plain):
            return number
    return len(words)


def _pair(assignment: str) -> tuple[str, str]:
    name, _, value = assignment.partition("=")
    return name, value


def _not_emulated(what: str) -> str:
    known = " ".join(sorted(name for name in {*COMMANDS, "cd", "command", "exit", "export"} if name.isalpha()))
    shown = "".join(sign if sign.isprintable() else "?" for sign in what)[:80]
    return f"{shown}: not here: this machine is emulated by mist_notebook's sandbox, and knows only: {known}\n"
