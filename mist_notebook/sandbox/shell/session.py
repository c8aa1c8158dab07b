"""One SSH session with a shell: a command, a script on the input, or a person at a terminal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import cast

import asyncssh

from .line import LONGEST_LINE
from .shell import ASSIGNMENT, SHELLS, Chunk, Shell

_INTERRUPTED = 130
_SCRIPT = "exec sh -c ': mist-run;"  # how %%mist run sends a script: see its first lines in `_run_script`
_NOT_HERE = 127
_WELCOME = "This machine is emulated by mist_notebook's sandbox: it answers, and does nothing.\n"
Process = asyncssh.SSHServerProcess[str]


async def talk(process: Process, shell: Shell) -> None:
    """Answer until the client has what it wants; the exit code is the last command's."""
    try:
        if process.command is not None and process.command.startswith(_SCRIPT):
            await _run_script(process, shell)
        elif process.command is not None and not _reads_stdin(process.command):
            await _answer(process, shell.run(process.command))
        elif process.command is None and process.get_terminal_type() is not None:
            await _converse(process, shell)
        else:
            await _follow(process, shell)
        process.exit(shell.status)
    except (OSError, asyncssh.Error):
        process.close()


def _reads_stdin(command: str) -> bool:
    """Whether a command is a shell that takes its script from the input: `sh`, `bash -s`."""
    words = [word for word in command.split() if not ASSIGNMENT.match(word)]
    name = words[0].rpartition("/")[2] if words else ""
    return name in SHELLS and all(word in ("-s", "-l", "-", "--") for word in words[1:])


async def _run_script(process: Process, shell: Shell) -> None:
    """A script with four lines before it: a word for when it begins, what runs it, with what, and what that needs."""
    lines = _lines(process)
    word, _, _, needed = [await anext(lines, "") for _ in range(4)]
    begins = f"mist-run-{word}"
    if needed.rpartition("/")[2] not in SHELLS:
        process.stderr.write(f"{begins} there is no {needed[:80]}: this machine is emulated\n")
        shell.status = _NOT_HERE
        return
    shell.input_is_empty = True
    process.stdout.write(f"{begins}\n")
    process.stderr.write(f"{begins}\n")
    async for line in lines:
        await _answer(process, shell.line(line))
        if shell.is_over:
            return


async def _follow(process: Process, shell: Shell) -> None:
    """Run the lines of the input as they come."""
    async for line in _lines(process):
        await _answer(process, shell.line(line))
        if shell.is_over:
            return


async def _converse(process: Process, shell: Shell) -> None:
    """Prompt, run, until `exit` or the end of the input."""
    process.stdout.write(_WELCOME)
    while not shell.is_over:
        process.stdout.write(shell.prompt())
        try:
            line = await _typed(process)
        except asyncssh.BreakReceived:
            cast(asyncssh.SSHLineEditorChannel, process.channel).clear_input()
            process.stdout.write("^C\n")
            shell.status = _INTERRUPTED
            continue
        if not line:
            process.stdout.write("logout\n")
            return
        await _answer(process, shell.line(line.rstrip("\r\n")))


async def _typed(process: Process) -> str:
    """The next line; a window that changes its size in between is no reason to prompt again."""
    while True:
        try:
            return await process.stdin.readline()
        except asyncssh.TerminalSizeChanged:
            continue


async def _lines(process: Process) -> AsyncIterator[str]:
    """The lines of the input; one that is too long comes in parts."""
    text = ""
    while more := await _read(process):
        *lines, text = (text + more).split("\n")
        for line in lines:
            yield line
        if len(text) > LONGEST_LINE:
            yield text
            text = ""
    if text:
        yield text


async def _read(process: Process) -> str:
    while True:
        try:
            return await process.stdin.read(LONGEST_LINE)
        except asyncssh.TerminalSizeChanged:
            continue
        except asyncssh.BreakReceived:
            return ""


async def _answer(process: Process, chunks: Iterable[Chunk]) -> None:
    for chunk in chunks:
        stream = process.stdout if chunk.stream == "out" else process.stderr
        stream.write(chunk.text)
        await stream.drain()
