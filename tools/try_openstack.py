"""OpenStack by `%mist` lines against a real nova and placement in one process: `make openstack` (a minute at first).

They stand in an environment of their own, as what they need is not what we need.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".venv-openstack"
PACKAGES = (
    "nova==34.0.0", "openstack-placement==16.0.0", "keystone", "glance", "fixtures", "testtools", "oslotest",
    "requests-mock", "gabbi", "wsgi-intercept", "ddt", "openstacksdk", "osprofiler",
)  # fmt: skip


def main() -> int:
    """Bring what is needed here, once, and run the tests with it."""
    python = PLACE / "bin" / "python"
    if not (PLACE / "done").exists():
        venv.create(PLACE, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
        packages = next((PLACE / "lib").glob("python3.*")) / "site-packages"
        (packages / "etc").symlink_to(PLACE / "etc")  # where nova looks for what pip puts beside it
        (PLACE / "done").touch()
    environment = {**os.environ, "MIST_APART": "1", "MIST_NOVA_PYTHON": str(python)}
    tests = [sys.executable, "-m", "pytest", "-q", str(ROOT / "tests" / "apart" / "test_nova.py")]
    return subprocess.run(tests, env=environment, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
