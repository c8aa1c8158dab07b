"""What `%load_ext mist_notebook` costs, against an empty extension and against one that imports everything at once."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from rounds import interleaved, report

EMPTY = "def load_ipython_extension(shell):\n    shell.register_magic_function(print, 'line', 'mist')\n"
EAGER = "import pandas, requests, msgspec, tornado.web\n" + EMPTY
CHILD = """
import sys, time
sys.path.insert(0, sys.argv[1])
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
known = set(sys.modules)
began = time.process_time()
shell.run_line_magic("load_ext", sys.argv[2])
print(time.process_time() - began, len(set(sys.modules) - known))
"""


def load(folder: str, extension: str) -> tuple[float, int]:
    """CPU seconds and new modules of loading the extension in a fresh interpreter."""
    command = [sys.executable, "-c", CHILD, folder, extension]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(answer[0]), int(answer[1])


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "empty_extension.py").write_text(EMPTY, encoding="utf-8")
        Path(folder, "eager_extension.py").write_text(EAGER, encoding="utf-8")
        extensions = ("empty_extension", "mist_notebook", "eager_extension")
        candidates = {name: (lambda name=name: load(folder, name)[0]) for name in extensions}
        report("load", interleaved(candidates, rounds), against="empty_extension")
        for name in extensions:
            print(f"  {name:<44} {load(folder, name)[1]:5d} new modules")


if __name__ == "__main__":
    main()
