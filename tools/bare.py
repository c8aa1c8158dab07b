"""The README's two commands where there is Python and nothing else: `make bare`.

Each runs in a copy of the repository that is no clone, with a home of its own and a PATH of this Python and of the
programs that every Debian has, those of its essential packages: no git, no ssh, no browser, no compiler. What a test
needs beyond that has to be left out with a reason. Prints how long each took; the exit code is the number that failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import readme

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # what belongs to the repository is what the tests say

from tests.rigs.repository import copy_to  # noqa: E402

PLACES = ("/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/")
KEPT = ("LANG", "LC_ALL", "TZ", "PIP_CERT", "PIP_INDEX_URL", "SSL_CERT_FILE", "SSL_CERT_DIR")


def essential() -> list[Path]:
    """The programs of Debian's essential packages, as this machine has them."""
    asked = ["dpkg-query", "-W", "-f", "${Essential} ${Package}\\n"]
    try:
        said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    except FileNotFoundError:
        raise SystemExit("This needs a Debian: dpkg knows which programs all of them have.") from None
    packages = [name for word, name in (line.split() for line in said.splitlines() if " " in line) if word == "yes"]
    listed = subprocess.run(["dpkg", "-L", *packages], check=True, capture_output=True, text=True).stdout.splitlines()
    found = [Path(line) for line in listed if line.startswith(PLACES)]
    links = [Path("/usr/bin/awk"), Path("/usr/bin/which")]  # of the alternatives, which no package lists
    return [path for path in (*found, *links) if path.is_file()]


def path_of(folder: Path) -> str:
    """A folder of links to those programs and to this Python."""
    folder.mkdir()
    for program in essential():
        if not (folder / program.name).is_symlink():
            (folder / program.name).symlink_to(program)
    (folder / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    return str(folder)


def run(name: str) -> bool:
    """Whether the command of that name succeeds there."""
    print(f"== {name}, bare", flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        folder = Path(made)
        (folder / "home").mkdir()
        kept = {word: value for word, value in os.environ.items() if word in KEPT or word.lower().endswith("_proxy")}
        environment = kept | {"HOME": str(folder / "home"), "PATH": path_of(folder / "bin")}
        place, began = copy_to(folder / "repository"), time.monotonic()
        command = ["bash", "-euo", "pipefail", "-c", readme.command(name)]
        done = subprocess.run(command, cwd=place, env=environment, stdin=subprocess.DEVNULL, check=False)
    print(f"== {name}, bare: {'ok' if done.returncode == 0 else 'FAILED'} after {time.monotonic() - began:.0f} s")
    return done.returncode == 0


def main(names: list[str]) -> int:
    """How many failed."""
    return sum(not run(name) for name in names or ["demo", "test"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
