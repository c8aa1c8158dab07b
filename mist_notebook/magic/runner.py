"""From a line, or a cell of lines, to commands, to what the cell shows."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from IPython.display import display

from mist_notebook.ground.errors import MistError, NotFoundError
from mist_notebook.ground.interrupted import Interrupted
from mist_notebook.ground.text import clean

from . import command_help, interrupts, overview
from .line.reading import HELP, command_named, evaluate, read, statement, takes_cell, words_of

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.display.page import Page

    from .commands.table import Answer, Command

_PREFIX = "%mist "


class Shell(Protocol):
    """The magic of one shell: its session, made by the first command, and the shell itself."""

    shell: Any

    @property
    def session(self) -> Session: ...

    @property
    def opened_session(self) -> Session | None: ...


def line_of(magic: Shell, typed: list[str], local_names: Mapping[str, Any] | None) -> Any:
    """What the line gives that `typed` holds; it is taken out of there."""
    return _without_frames(lambda: _Runner(magic).run_line(typed.pop(), local_names))


def cell_of(magic: Shell, typed: list[str]) -> Any:
    """What the cell gives: `typed` holds it, and its first line last; both are taken out of there."""
    return _without_frames(lambda: _Runner(magic).run_cell(typed.pop(), typed.pop()))


def _without_frames(work: Callable[[], Any]) -> Any:
    """What `work` gives; an error of ours comes without the frames it was raised in.

    They hold the words of the line, of which one may be a secret, and none is ever shown.
    """
    try:
        return work()
    except (MistError, Interrupted) as error:
        bare = error.with_traceback(None)
    except KeyboardInterrupt:
        bare = interrupts.before_or_after()
    bare.__cause__ = bare.__context__ = None
    raise bare


class _Runner:
    """One line, or one cell."""

    def __init__(self, magic: Shell) -> None:
        self._magic = magic

    def run_line(self, line: str, local_names: Mapping[str, Any] | None = None, cell: str | None = None) -> Any:
        """What `%mist line` gives; `local_names` are those of the function that it stands in, `cell` what follows."""
        text, silent = statement(line)
        namespace = {**self._magic.shell.user_ns, **(local_names or {})}
        words = words_of(text, namespace)
        if not words:
            return overview.start(self._magic.session.client)
        if words[0] in HELP:
            return self._help(words[1:]) if len(words) > 1 else command_help.help_on_all()
        if any(word in HELP[:2] for word in words):
            return self._help(words)
        command, options = read(words, known=self._known_backends, is_backend=self._is_backend)
        evaluate(command, options, namespace)
        if command.takes_cell:
            options.cell = cell
        answer = self._answer(command, options)
        if answer.picture is not None and not silent:
            _show(answer.picture)
        for note in (*self._magic.session.news(), *options.said, *answer.notes):
            _say(note)
        value = self._kept(answer.value, getattr(options, "output", None))
        return None if silent else value

    def _answer(self, command: Command, options: Namespace) -> Answer:
        """What the command gives; an interrupt says what was being done, and what may be so now."""
        try:
            answer: Answer = command.run(self._magic.session, options)
            return answer
        except MistError as error:
            self._magic.session.troubles.append((f"%mist {command.name}", f"{type(error).__name__}: {error.message}"))
            raise
        except Interrupted:
            raise
        except KeyboardInterrupt:
            pass
        raise interrupts.of(command)

    def _known_backends(self) -> list[str]:
        """The names of the backends seen so far."""
        session = self._magic.opened_session
        return [backend.name for backend in session.known_backends()] if session else []

    def _is_backend(self, word: str) -> bool:
        """Whether there is such a backend; a server that can't be asked leaves it to the command."""
        try:
            self._magic.session.backend(word)
        except NotFoundError:
            return False
        except MistError:
            return True
        return True

    def _help(self, words: Sequence[str]) -> Page:
        """What a command takes, and what it adds for the words beside it."""
        command = command_named(words)
        named = [word for word in words[1:] if not word.startswith("-")]
        return command_help.help_on(command, command.more_help(self._magic.session, named) if command.more_help else ())

    def run_cell(self, line: str, cell: str) -> Any:
        """Run the cell's lines as commands, one a line, and show what each gives; the first error ends it.

        Where the first line's command takes a cell, the rest of it is that command's, untouched.
        """
        text, silent = statement(line)
        if takes_cell(text):
            value = self.run_line(text, cell=cell)
            return None if silent else value
        self._run_lines(line, cell)
        return None

    def _run_lines(self, line: str, cell: str) -> None:
        first = [(1, line)] if line.strip() else []
        for number, command in [*first, *enumerate(cell.splitlines(), start=2)]:
            text, silent = statement(command.strip().removeprefix(_PREFIX))
            if not text:
                continue
            try:
                value = self.run_line(f"{text};" if silent else text)
            except MistError as error:
                error.add_place(f"Line {number}")
                raise
            if value is not None and not silent:
                _show(value)

    def _kept(self, value: Any, name: str | None) -> Any:
        """The value, or nothing when it went into a variable."""
        if name is None:
            return value
        self._magic.shell.user_ns[name] = value
        return None


def _show(value: Any) -> None:
    display(value)  # type: ignore[no-untyped-call]


def _say(line: str) -> None:
    print(clean(line))  # noqa: T201 - a note belongs to the cell, beside its value
