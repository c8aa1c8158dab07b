"""The site from the pages of the repository: `make docs` writes it into build/site; `--walk` looks at every page of it.

Sphinx and its theme are installed beside the tests' packages, from a lock of their own, the first time and when that
lock changes: the test command needs none of it. A warning, such as a link that leads nowhere, fails the build.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "docs.txt"
SITE = ROOT / "build" / "site"
INSTALLED = ROOT / "build" / "site-installed"  # the lock that is installed
WALK = [str(ROOT / "tests" / "apart" / f"test_{name}.py") for name in ("site", "readme_picture")]


def main() -> int:
    """The exit code: 0 if the site is whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--walk", action="store_true", help="then open every page in Chromium, and take the README's picture"
    )
    walk = parser.parse_args().walk
    _install()
    code = build(SITE)
    if code == 0:
        print(f"The site is in {SITE.relative_to(ROOT)}: open its index.html.", flush=True)
    if code or not walk:
        return code
    tests = [sys.executable, "-m", "pytest", "-q", *WALK]
    return subprocess.run(tests, env={**os.environ, "MIST_APART": "1"}, cwd=ROOT, check=False).returncode


def build(folder: Path) -> int:
    """Write the site; the exit code of Sphinx, for which every warning is an error."""
    sphinx = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", "-E", "-j", "2", "-c", "docs"]
    return subprocess.run([*sphinx, ".", str(folder)], cwd=ROOT, check=False).returncode


def _install() -> None:
    wanted = LOCK.read_text(encoding="utf-8")
    if INSTALLED.exists() and INSTALLED.read_text(encoding="utf-8") == wanted:
        return
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "-r", str(LOCK)], check=True)
    INSTALLED.parent.mkdir(exist_ok=True)
    INSTALLED.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
