"""`%mist` and `%%mist`: what loading and unloading change.

It is all that `%load_ext` imports: what a line means and how things show is imported when there is a line, or a thing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session

    from .completion.scout import Scout

NAME = "mist"
_SLOT = "_mist_notebook"
_SHOWN = (  # what stands at these addresses, the module that shows it, and the beginning of its functions' names
    ((("pandas", "DataFrame"), ("pandas.core.frame", "DataFrame")), "mist_notebook.display.frame_view", "show"),
    ((("mist_notebook.records.report", "ProbeReport"),), "mist_notebook.client.machines.cards", "report"),
    ((("mist_notebook.client.machines.machine", "Machine"),), "mist_notebook.client.machines.cards", "machine"),
)


def load(shell: Any) -> None:
    """Register the magic, the completer and the display of frames; loading twice is as loading once."""
    unload(shell)
    magic = Magic(shell)
    matcher = Matcher(magic)
    shell.register_magic_function(magic.line_function(), "line", NAME)
    shell.register_magic_function(magic.cell_function(), "cell", NAME)
    shell.Completer.custom_matchers.append(matcher)
    setattr(shell, _SLOT, (magic, matcher, [*_displays(shell), _explain_interrupts(shell)]))


def unload(shell: Any) -> None:
    """Undo what `load` did, and close the session; nothing is left running."""
    loaded = getattr(shell, _SLOT, None)
    if loaded is None:
        return
    magic, matcher, changes = loaded
    delattr(shell, _SLOT)
    for undo in changes:
        undo()
    shell.Completer.custom_matchers[:] = [kept for kept in shell.Completer.custom_matchers if kept is not matcher]
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop(NAME, None)
    magic.close()


def _explain_interrupts(shell: Any) -> Callable[[], None]:
    """Have the interrupt of a call of ours shown in two lines, as an error is; the answer undoes it.

    What another extension has registered is asked first, and stays.
    """
    before, handler = shell.custom_exceptions, getattr(shell, "CustomTB", None)

    def show(shell: Any, kind: type[BaseException], error: BaseException, frames: Any, tb_offset: Any = None) -> Any:
        from . import interrupts

        if handler is not None and issubclass(kind, before):
            return handler(kind, error, frames, tb_offset)
        interrupts.explain(error, frames)
        return shell.showtraceback((kind, error, frames), running_compiled_code=True)

    shell.set_custom_exc((*before, KeyboardInterrupt), show)
    ours = shell.CustomTB

    def undo() -> None:
        if shell.CustomTB == ours:
            shell.custom_exceptions, shell.CustomTB = before, handler

    return undo


def _displays(shell: Any) -> list[Callable[[], None]]:
    """Show frames, reports and machines our way; each answer undoes one."""
    from mist_notebook.display.formatters import later, show_as

    return [
        show_as(shell, addresses, html=later(home, f"{name}_html"), plain=later(home, f"{name}_plain"))
        for addresses, home, name in _SHOWN
    ]


class Matcher:
    """The completion of our lines: a matcher as IPython 8.6 and later call it (API version 2), and as before."""

    matcher_api_version = 2
    matcher_identifier = "mist_notebook"
    matcher_priority = 200

    def __init__(self, magic: Magic) -> None:
        self._magic = magic
        self.__qualname__ = type(self).__qualname__  # IPython reads it of every matcher, taking all for functions

    def __call__(self, context: Any) -> Any:
        from .completion.completing import answer, plain_answer

        if isinstance(context, str):
            return plain_answer(context, self._magic.shell.Completer, self._magic)
        return answer(context, self._magic)


class Magic:
    """The magic of one shell, with its session."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self._session: Session | None = None
        self._scout: Scout | None = None

    @property
    def session(self) -> Session:
        """The session of this notebook; made by the first command."""
        if self._session is None:
            from mist_notebook.client.notebook.session import Session

            self._session = Session()
        return self._session

    @property
    def opened_session(self) -> Session | None:
        """The session, if a command has made one: for completion, which makes nothing."""
        return self._session

    @property
    def scout(self) -> Scout:
        """What looks meanwhile for what completion has not seen."""
        if self._scout is None:
            from .completion.scout import Scout

            self._scout = Scout()
        return self._scout

    def close(self) -> None:
        """Close the session, and end the scout; more than once is fine."""
        scout, self._scout = self._scout, None
        if scout is not None:
            scout.close()
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def line_function(self) -> Any:
        """The function that IPython calls for `%mist`.

        Not one that can be silenced: IPython would read the line as Python then, which an open bracket ends. A `;` is
        read here.
        """
        from IPython.core.magic import needs_local_scope, no_var_expand

        @no_var_expand
        @needs_local_scope
        def mist(line: str = "", local_ns: Mapping[str, Any] | None = None) -> Any:
            from .runner import line_of

            typed = [line]
            del line
            return line_of(self, typed, local_ns)

        mist.getdoc = _documentation  # type: ignore[attr-defined]
        return mist

    def cell_function(self) -> Any:
        """The function that IPython calls for `%%mist`.

        Not one that can be silenced either: a script is no Python.
        """
        from IPython.core.magic import no_var_expand

        @no_var_expand
        def mist(line: str, cell: str = "") -> Any:
            from .runner import cell_of

            typed = [cell, line]
            del line, cell
            return cell_of(self, typed)

        mist.getdoc = _documentation  # type: ignore[attr-defined]
        return mist


def _documentation() -> str:
    """What `%mist?` shows."""
    from . import command_help

    return str(command_help.help_on_all())
