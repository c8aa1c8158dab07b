"""Processes of this computer by where they belong, and waiting until they are gone."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest


def of_home(*homes: Path) -> list[psutil.Process]:
    """Those whose HOME is one of these: what was started through a rig's sshd."""
    wanted = {str(home) for home in homes}
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("HOME") in wanted:
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_until_gone(processes: list[psutil.Process], within_s: float = 30.0) -> None:
    """Return once all have ended; fail with those that haven't."""
    _, left = psutil.wait_procs(processes, timeout=within_s)
    if left:
        pytest.fail(f"still there: {[' '.join(process.cmdline()[:6]) for process in left]}")
