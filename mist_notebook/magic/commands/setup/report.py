"""What an issue needs of whoever files it: versions, settings that were set, the last errors; and no secret."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from mist_notebook.display.page import Page, Section
from mist_notebook.settings.options import SANDBOX

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session

_PACKAGES = (
    *("ipython", "ipykernel", "ipywidgets", "anywidget", "jupyterlab", "notebook", "voila", "pandas", "numpy"),
    *("msgspec", "requests", "urllib3", "tornado", "asyncssh", "botocore", "google-auth", "azure-identity"),
    *("openstacksdk", "distributed", "keyring"),
)
_SAID_OPENLY = ("sandbox", "only_sandbox", "refresh", "stale_days", "stale_gpu_days", "answer_seconds")


def page(session: Session) -> Page:
    """The report; what was set is named, and its value only where it can tell nobody anything of its owner."""
    settings = session.client.settings
    changed = [one for one in settings.values if one.source != "default" and one.value is not None]
    set_here = [(one.option.name, str(one.value) if one.option.name in _SAID_OPENLY else "set") for one in changed]
    kinds = sorted(
        {f"{backend.provider}{' (sandbox)' if backend.record.sandbox else ''}" for backend in session.known_backends()}
    )
    return Page((
        Section("Versions", rows=_versions()),
        Section("Settings that were set", rows=tuple(set_here) or (("none", f"the {SANDBOX}'s defaults"),)),
        Section("Backends", lines=(", ".join(kinds) or "none was opened yet",)),
        Section("Last errors", rows=tuple(session.troubles) or (("none", "in this notebook"),)),
    ))  # fmt: skip


def _versions() -> tuple[tuple[str, str], ...]:
    found = [("mist-notebook", _version("mist-notebook")), ("Python", platform.python_version())]
    found += [("system", f"{platform.system()} {platform.machine()}"), ("front end", _front_end())]
    return (*found, *((name, number) for name in _PACKAGES if (number := _version(name))))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _front_end() -> str:
    return "a kernel" if "ipykernel" in sys.modules else "a terminal"
