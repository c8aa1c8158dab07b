"""`%mist` and `%%mist`: from a line to a command to what the cell shows; and what loading and unloading change.

Everything but the names below is imported by the first command, so that `%load_ext` costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import Namespace

    from mist_notebook.client.session import Session
    from mist_notebook.display.page import Page

    from .commands.table import Answer, Command

NAME = "mist"
_SLOT = "_mist_notebook"


def load(shell: Any) -> None:
    """Register the magic, the completer and the display of frames; loading twice is as loading once."""
    from mist_notebook.client import cards
    from mist_notebook.display import frame_view

    from .completion import Matcher

    unload(shell)
    magic = Magic(shell)
    matcher = Matcher(magic)
    shell.register_magic_function(magic.line_function(), "line", NAME)
    shell.register_magic_function(magic.cell_function(), "cell", NAME)
    shell.Completer.custom_matchers.append(matcher)
    setattr(shell, _SLOT, (magic, matcher, (frame_view.install(shell), cards.install(shell))))


def unload(shell: Any) -> None:
    """Undo what `load` did, and close the session; nothing is left running."""
    loaded = getattr(shell, _SLOT, None)
    if loaded is None:
        return
    magic, matcher, displays = loaded
    delattr(shell, _SLOT)
    for undo in displays:
        undo()
    shell.Completer.custom_matchers[:] = [kept for kept in shell.Completer.custom_matchers if kept is not matcher]
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop(NAME, None)
    magic.close()


class Magic:
    """The magic of one shell, with its session."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The session of this notebook; made by the first command."""
        if self._session is None:
            from mist_notebook.client.session import Session

            self._session = Session()
        return self._session

    @property
    def opened_session(self) -> Session | None:
        """The session, if a command has made one: for completion, which makes nothing."""
        return self._session

    def close(self) -> None:
        """Close the session; more than once is fine."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def line_function(self) -> Any:
        """The function that IPython calls for `%mist`."""
        from IPython.core.magic import needs_local_scope, no_var_expand, output_can_be_silenced

        @output_can_be_silenced
        @no_var_expand
        @needs_local_scope
        def mist(line: str = "", local_ns: Mapping[str, Any] | None = None) -> Any:
            typed = [line]
            del line
            return self._without_frames(lambda: self.run_line(typed.pop(), local_ns))

        mist.getdoc = _documentation  # type: ignore[attr-defined]
        return mist

    def cell_function(self) -> Any:
        """The function that IPython calls for `%%mist`.

        Not one that can be silenced: IPython would read the cell as Python then, which a script is not.
        """
        from IPython.core.magic import no_var_expand

        @no_var_expand
        def mist(line: str, cell: str = "") -> Any:
            typed = [cell, line]
            del line, cell
            return self._without_frames(lambda: self.run_cell(typed.pop(), typed.pop()))

        mist.getdoc = _documentation  # type: ignore[attr-defined]
        return mist

    @staticmethod
    def _without_frames(work: Callable[[], Any]) -> Any:
        """What `work` gives; an error of ours comes without the frames it was raised in.

        They hold the words of the line, of which one may be a secret, and none is ever shown.
        """
        from mist_notebook.ground.errors import MistError
        from mist_notebook.ground.interrupted import Interrupted

        try:
            return work()
        except (MistError, Interrupted) as error:
            bare = error.with_traceback(None)
        bare.__cause__ = bare.__context__ = None
        raise bare

    def run_line(self, line: str, local_names: Mapping[str, Any] | None = None, cell: str | None = None) -> Any:
        """What `%mist line` gives; `local_names` are those of the function that it stands in, `cell` what follows."""
        from . import command_help, overview
        from .line import HELP, evaluate, read, statement, words_of

        text, silent = statement(line)
        namespace = {**self.shell.user_ns, **(local_names or {})}
        words = words_of(text, namespace)
        if not words:
            return overview.start(self.session.client)
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
        for note in (*options.said, *answer.notes):
            _say(note)
        return self._kept(answer.value, getattr(options, "output", None))

    def _answer(self, command: Command, options: Namespace) -> Answer:
        """What the command gives; an interrupt says what was being done, and what may be so now."""
        from mist_notebook.ground.interrupted import Interrupted

        from . import interrupts

        try:
            answer: Answer = command.run(self.session, options)
            return answer
        except Interrupted:
            raise
        except KeyboardInterrupt:
            pass
        raise interrupts.of(command)

    def _known_backends(self) -> list[str]:
        """The names of the backends seen so far."""
        return [backend.name for backend in self._session.known_backends()] if self._session else []

    def _is_backend(self, word: str) -> bool:
        """Whether there is such a backend; a server that can't be asked leaves it to the command."""
        from mist_notebook.ground.errors import MistError, NotFoundError

        try:
            self.session.backend(word)
        except NotFoundError:
            return False
        except MistError:
            return True
        return True

    def _help(self, words: Sequence[str]) -> Page:
        """What a command takes, and what it adds for the words beside it."""
        from .command_help import help_on
        from .line import command_named

        command = command_named(words)
        named = [word for word in words[1:] if not word.startswith("-")]
        return help_on(command, command.more_help(self.session, named) if command.more_help else ())

    def run_cell(self, line: str, cell: str) -> Any:
        """Run the cell's lines as commands, one a line, and show what each gives; the first error ends it.

        Where the first line's command takes a cell, the rest of it is that command's, untouched.
        """
        from .line import statement, takes_cell

        text, silent = statement(line)
        if takes_cell(text):
            value = self.run_line(text, cell=cell)
            return None if silent else value
        self._run_lines(line, cell)
        return None

    def _run_lines(self, line: str, cell: str) -> None:
        from mist_notebook.ground.errors import MistError

        from .line import statement

        first = [(1, line)] if line.strip() else []
        for number, command in [*first, *enumerate(cell.splitlines(), start=2)]:
            text, silent = statement(command.strip().removeprefix(f"%{NAME} "))
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
        self.shell.user_ns[name] = value
        return None


def _documentation() -> str:
    """What `%mist?` shows."""
    from . import command_help

    return str(command_help.help_on_all())


def _show(value: Any) -> None:
    from IPython.display import display

    display(value)  # type: ignore[no-untyped-call]


def _say(line: str) -> None:
    from mist_notebook.ground.text import clean

    print(clean(line))  # noqa: T201 - a note belongs to the cell, beside its value
