"""The README's two commands where there is Python and nothing else: `make bare`.

Each runs in a copy of the repository that is no clone, with a home of its own and a PATH of one Python and of the
programs that every Debian has, those of its essential packages: no git, no ssh, no browser, no compiler. What a test
needs beyond that has to be left out with a reason. The second is run by every Python that is supported and can be
found. Prints how long each took; the exit code is the number that failed. `bare.py test 3.13` runs just that.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import matrix
import readme

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # what belongs to the repository is what the tests say

from tests.rigs.repository import copy_to  # noqa: E402

HERE = "{}.{}".format(*sys.version_info)
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


def path_of(folder: Path, python: str) -> str:
    """A folder of links to those programs and to this Python."""
    folder.mkdir()
    for program in essential():
        if not (folder / program.name).is_symlink():
            (folder / program.name).symlink_to(program)
    (folder / "python3").symlink_to(python)
    return str(folder)


def run(name: str, version: str) -> bool:
    """Whether the command of that name succeeds there, by a Python of that version; it does where there is none."""
    python = str(Path(sys.base_prefix) / "bin" / "python3") if version == HERE else matrix.interpreter_of(version)
    if python is None:
        print(f"== {name}, bare, Python {version}: not run, there is none here", flush=True)
        return True
    print(f"== {name}, bare, Python {version}", flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        folder = Path(made)
        (folder / "home").mkdir()
        kept = {word: value for word, value in os.environ.items() if word in KEPT or word.lower().endswith("_proxy")}
        environment = kept | {"HOME": str(folder / "home"), "PATH": path_of(folder / "bin", python)}
        place, began = copy_to(folder / "repository"), time.monotonic()
        command = ["bash", "-euo", "pipefail", "-c", readme.command(name)]
        done = subprocess.run(command, cwd=place, env=environment, stdin=subprocess.DEVNULL, check=False)
    word = "ok" if done.returncode == 0 else "FAILED"
    print(f"== {name}, bare, Python {version}: {word} after {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


def main() -> int:
    """How many failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", nargs="?", choices=("demo", "test"))
    parser.add_argument("python", nargs="?", choices=matrix.pythons(), default=HERE)
    asked = parser.parse_args()
    others = [("test", version) for version in matrix.pythons() if version != HERE]
    every = [("demo", HERE), ("test", HERE), *others]
    return sum(not run(*one) for one in ([(asked.command, asked.python)] if asked.command else every))


if __name__ == "__main__":
    sys.exit(main())
