"""A cloud that is no Mist server, and a backend kind for it as another package would bring one: by its entry point.

with orbit.installed(folder, monkeypatch) as cloud: ...      # a service on loopback, and its kind on the path
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .service import Cloud, serve

_HERE = Path(__file__).parent
_ENTRY = "[mist_notebook.backends]\norbit = orbit_kind:connect\n"
_METADATA = "Metadata-Version: 2.1\nName: orbit-kind\nVersion: 1.0\n"


def install(folder: Path) -> Path:
    """Put the package of the kind, with its entry point, into the folder, as an installer does."""
    site = folder / "site"
    info = site / "orbit_kind-1.0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text(_METADATA)
    (info / "entry_points.txt").write_text(_ENTRY)
    (site / "orbit_kind.py").write_text((_HERE / "kind.py").read_text(encoding="utf-8"), encoding="utf-8")
    return site


@contextmanager
def installed(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The service, and its kind installed and configured, for the length of the block."""
    with serve() as cloud:
        patch.syspath_prepend(str(install(folder)))
        patch.setenv("ORBIT_URL", cloud.url)
        patch.setenv("ORBIT_TOKEN", cloud.token)
        yield cloud
