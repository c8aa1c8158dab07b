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
        _configure(folder, patch, [cloud])
        yield cloud


@contextmanager
def installed_twice(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[tuple[Cloud, Cloud]]:
    """Two such services, of two accounts: the backends `Orbit` and `Orbit 2`."""
    with serve() as one, serve() as two:
        two.account = "acc-8"
        _configure(folder, patch, [one, two])
        yield one, two


def _configure(folder: Path, patch: pytest.MonkeyPatch, clouds: list[Cloud]) -> None:
    patch.syspath_prepend(str(install(folder)))
    patch.setenv("ORBIT_URL", " ".join(cloud.url for cloud in clouds))
    patch.setenv("ORBIT_TOKEN", clouds[0].token)
