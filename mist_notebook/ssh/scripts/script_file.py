"""A script as a file on a machine: how it goes over, what runs it, how it is known to have begun, and that it goes.

Everything travels on the input of one constant command, so nothing is ever quoted. A shell there writes the script to
a file of its owner's alone, says that it begins, and becomes the script's own interpreter, with an empty input: the
exit code and the signal are the script's. The file goes when the script has ended; a small watcher there sees to that
where the connection is lost first.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

from mist_notebook.ground.errors import BadValueError

_NAME = "mist-run-"
_FOLDERS = '"${TMPDIR:-/tmp}" /tmp /var/tmp "$HOME" /dev/shm'
_SCRIPT_LIMIT = 1 << 20
_USUAL_SHELL = "sh"
# No single quote, backslash or exclamation mark: csh and fish read those otherwise inside of single quotes.
_RUN = (
    ": mist-run; u=$(umask); umask 077; "
    "IFS= read -r t; IFS= read -r i; IFS= read -r a; IFS= read -r w; "
    f'f=; for d in {_FOLDERS}; do if (set -C; : >"$d/{_NAME}$t") 2>/dev/null; then f=$d/{_NAME}$t; break; fi; done; '
    f'if [ -z "$f" ]; then echo "{_NAME}$t no folder can be written to" >&2; exit 126; fi; '
    f'if cat >>"$f"; then :; else rm -f "$f"; echo "{_NAME}$t no room for the script" >&2; exit 126; fi; '
    'if command -v "$w" >/dev/null 2>&1; then :; else rm -f "$f"; '
    f'echo "{_NAME}$t there is no $w" >&2; exit 127; fi; '
    'chmod 700 "$f"; umask "$u"; '
    '( (while kill -0 $$ 2>/dev/null; do sleep 2; done; rm -f "$f") </dev/null >/dev/null 2>&1 & ); '
    f'echo "{_NAME}$t"; echo "{_NAME}$t" >&2; '
    'exec "$i" ${a:+"$a"} "$f" </dev/null'
)
RUN = f"exec sh -c '{_RUN}'"
TIDY = f"sh -c ': mist-tidy; IFS= read -r t; for d in {_FOLDERS}; do rm -f \"$d/{_NAME}$t\"; done'"


@dataclass(frozen=True)
class ScriptFile:
    """One script on one machine: what goes to the input of `RUN`, and what is said there when it begins."""

    script: bytes
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def begins(self) -> str:
        """The line on either stream after which all is the script's own."""
        return f"{_NAME}{self.token}"

    @property
    def sent(self) -> bytes:
        """For the input of `RUN`: the token, the interpreter, its argument, what has to be there; then the script."""
        interpreter, argument = interpreter_of(self.script)
        is_by_name = interpreter.rpartition("/")[2] == "env" and re.fullmatch(r"[\w.+-]+", argument)
        wanted = argument if is_by_name and not argument.startswith("-") else interpreter
        return "\n".join((self.token, interpreter, argument, wanted, "")).encode() + self.script

    @property
    def forgotten(self) -> bytes:
        """For the input of `TIDY`."""
        return f"{self.token}\n".encode()


def sendable(script: str) -> bytes:
    """The script as bytes, with a newline at its end and Unix ones inside; BadValueError for what can't be one."""
    if not script.strip():
        raise BadValueError("The script is empty.", "Write commands into the cell, one a line.")
    sent = (script.replace("\r\n", "\n").rstrip("\n") + "\n").encode("utf-8", "replace")
    if len(sent) > _SCRIPT_LIMIT or b"\0" in sent:
        raise BadValueError(
            "The script is over 1 MiB or holds a NUL.", "Copy a large file there first, and run it from a short script."
        )
    return sent


def interpreter_of(script: bytes) -> tuple[str, str]:
    """What runs it by its first line, and the one argument that a kernel would pass; `sh` where that says nothing."""
    first = script.partition(b"\n")[0].decode("utf-8", "replace")
    if not first.startswith("#!"):
        return _USUAL_SHELL, ""
    interpreter, _, argument = first[2:].strip(" \t\r").replace("\t", " ").partition(" ")
    return (interpreter, argument.strip()) if interpreter else (_USUAL_SHELL, "")
