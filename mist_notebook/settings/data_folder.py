"""Where this person's keys, pins, journals and added clouds lie."""

from __future__ import annotations

import os
from pathlib import Path

from mist_notebook.ground.errors import SettingsError

DATA_VARIABLE = "MIST_DATA_DIR"


def data_folder() -> Path:
    """The folder of this user; it need not exist."""
    named = os.environ.get(DATA_VARIABLE)
    if named:
        try:
            return Path(named).expanduser()
        except RuntimeError:
            raise SettingsError(
                f"{DATA_VARIABLE} names no home folder of anyone: {named}.", "Correct it, or unset it."
            ) from None
    import platformdirs

    return platformdirs.user_data_path("mist-notebook")
