"""One line of shell, taken apart: words with their quotes, `;`, `&&`, `||` and the few redirections that are known."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_LINE = 8_192
_BLANKS = " \t\r"
_ENDS_WORD = " \t\r;&|<>()"
_RESERVED = (
    *("if", "then", "elif", "else", "fi", "case", "esac", "for", "in", "select", "while", "until", "do", "done"),
    *("function", "time", "{", "}", "!", "[["),
)
_OPERATOR = re.compile(r"&&|\|\||;")
_REDIRECTION = re.compile(r"(?:(?P<stream>[12]?)>\s*/dev/null|(?P<merge>2>&1|1?>&2)|<\s*/dev/null)(?=[\s;&|]|$)")
_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*|[?$#])|\{([A-Za-z_]\w*|[?])\})", re.ASCII)


class NotEmulatedError(Exception):
    """Something that a real shell would do and this one doesn't; the text says what."""


class SyntaxTroubleError(Exception):
    """A line that no shell would take."""


@dataclass(frozen=True)
class Piece:
    """A part of a word: text as it stands, or the name of a variable."""

    text: str
    is_variable: bool = False
    is_quoted: bool = False


Word = tuple[Piece, ...]


@dataclass(frozen=True)
class Command:
    """A simple command, the operator before it, and where its output and errors go: "out", "err" or "" for nowhere."""

    operator: str
    words: tuple[Word, ...]
    out: str = "out"
    err: str = "err"


def parse(line: str) -> list[Command]:
    """The commands of a line; raises if there is anything in it that isn't emulated, so that none of it happens."""
    if len(line) > LONGEST_LINE:
        raise NotEmulatedError("a line of that length")
    return _Parser(line).commands()


class _Parser:
    def __init__(self, line: str) -> None:
        self._line = line
        self._at = 0

    def commands(self) -> list[Command]:
        found: list[Command] = []
        operator = ";"
        while True:
            command = self._command(operator)
            sign = _OPERATOR.match(self._line, self._at)
            if command is None and (sign or operator != ";"):
                raise SyntaxTroubleError(f"syntax error near {sign.group() if sign else 'the end of the line'!r}")
            if command:
                found.append(command)
            if sign is None:
                return found
            self._at = sign.end()
            operator = sign.group()
            if operator == ";" and not self._rest():
                return found

    def _rest(self) -> str:
        rest = self._line[self._at :].lstrip()
        return "" if rest.startswith("#") else rest

    def _command(self, operator: str) -> Command | None:
        words: list[Word] = []
        streams = {"out": "out", "err": "err"}
        while (sign := self._next()) and not _OPERATOR.match(self._line, self._at):
            redirection = _REDIRECTION.match(self._line, self._at)
            if redirection:
                _redirect(streams, redirection)
                self._at = redirection.end()
            elif sign in "&|<>()":
                raise NotEmulatedError({"|": "a pipe", "&": "the background"}.get(sign, f"{sign!r}"))
            else:
                words.append(self._word())
        if words and _plain(words[0]) in _RESERVED:
            raise NotEmulatedError(_plain(words[0]))
        return Command(operator, tuple(words), **streams) if words else None

    def _next(self) -> str:
        """The sign at the next thing in the line; empty at its end, which a comment is too."""
        while self._line[self._at : self._at + 1] in tuple(_BLANKS):
            self._at += 1
        sign = self._line[self._at : self._at + 1]
        return "" if sign == "#" else sign

    def _word(self) -> Word:
        pieces: list[Piece] = []
        while (sign := self._line[self._at : self._at + 1]) and sign not in _ENDS_WORD:
            if sign == "'":
                pieces.append(self._single_quoted())
            elif sign == '"':
                pieces.extend(self._double_quoted())
            else:
                pieces.append(self._unquoted())
        return tuple(pieces)

    def _single_quoted(self) -> Piece:
        end = self._line.find("'", self._at + 1)
        if end < 0:
            raise SyntaxTroubleError("unexpected end of the line while looking for a closing '")
        text = self._line[self._at + 1 : end]
        self._at = end + 1
        return Piece(text, is_quoted=True)

    def _double_quoted(self) -> list[Piece]:
        pieces = [Piece("", is_quoted=True)]
        self._at += 1
        while (sign := self._line[self._at : self._at + 1]) != '"':
            if not sign:
                raise SyntaxTroubleError('unexpected end of the line while looking for a closing "')
            pieces.append(self._special(escapable='"$`\\', quoted=True) or self._literal(quoted=True))
        self._at += 1
        return pieces

    def _unquoted(self) -> Piece:
        return self._special(escapable="", quoted=False) or self._literal(quoted=False)

    def _special(self, *, escapable: str, quoted: bool) -> Piece | None:
        """A variable or an escaped sign, if one is here."""
        sign, following = self._line[self._at], self._line[self._at + 1 : self._at + 2]
        if sign == "`" or (sign == "$" and following == "("):
            raise NotEmulatedError("command substitution")
        if sign == "\\" and following and (not escapable or following in escapable):
            self._at += 2
            return Piece(following, is_quoted=True)
        variable = _VARIABLE.match(self._line, self._at) if sign == "$" else None
        if variable:
            self._at = variable.end()
            return Piece(variable.group(1) or variable.group(2), is_variable=True, is_quoted=quoted)
        if sign == "$" and following == "{":
            raise NotEmulatedError("that kind of ${…}")
        return None

    def _literal(self, *, quoted: bool) -> Piece:
        self._at += 1
        return Piece(self._line[self._at - 1], is_quoted=quoted)


def _plain(word: Word) -> str:
    """What a word says if nothing in it is quoted, nor a variable."""
    return "".join(piece.text if not (piece.is_quoted or piece.is_variable) else " " for piece in word)


def _redirect(streams: dict[str, str], redirection: re.Match[str]) -> None:
    if redirection["merge"]:
        source, target = ("err", "out") if redirection["merge"].startswith("2") else ("out", "err")
        streams[source] = streams[target]
    elif redirection["stream"] is not None:
        streams["err" if redirection["stream"] == "2" else "out"] = ""
