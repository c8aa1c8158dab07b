"""Comparing without asking anybody: it needs neither a thread of ours nor a library for SSH or for serving."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ALONE = """
import sys, threading

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("asyncssh", "tornado", "cryptography", "bcrypt"):
            raise ImportError(name)

def start(thread, start=threading.Thread.start):
    if thread.name.startswith("mist"):
        raise RuntimeError("can't start new thread")
    start(thread)

sys.meta_path.insert(0, Absent())
threading.Thread.start = start
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in (
    "%load_ext mist_notebook",
    "%mist compare --cpus 4+ --ram 16GB --offline --limit 3",
    "_.mist.chart('ram')",
    "%mist like EC2:m5.xlarge --offline --limit 2",
    "%mist history EC2:m4.large --summary",
    "%mist prices",
    "%mist export page.html --cpus 4+ --offline",
    "from mist_notebook import MistClient",
    "len(MistClient().compare(cpus='4+', limit=2, offline=True))",
    "len(MistClient().like('EC2:m5.xlarge', limit=3, offline=True))",
):
    done = shell.run_cell(cell)
    done.raise_error()
    print("" if done.result is None else done.result)
"""


def test_what_it_costs_and_where_is_answered_where_there_are_no_threads_and_no_sockets(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Cheapest: Hetzner cx43" in done.stdout
    assert [line for line in done.stdout.splitlines() if line in ("2", "3")] == ["2", "3"]
    assert (tmp_path / "page.html").stat().st_size > 100_000
