"""The vendors' libraries, each an extra of ours: imported where one is needed, and what to do where it isn't there."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from mist_notebook.ground.errors import SettingsError


def load(module: str, extra: str, cloud: str) -> Any:
    """The module; SettingsError with the command that installs its extra."""
    try:
        return import_module(module)
    except ImportError:
        raise SettingsError(
            f"{cloud} needs {module.partition('.')[0]}, which is not installed.",
            f"%pip install 'mist-notebook[{extra}]', then restart the kernel.",
        ) from None
