"""Where this person's keys, pins, journals and added clouds lie."""

from __future__ import annotations

import os
from pathlib import Path

from mist_notebook.ground.files.home import named_by

DATA_VARIABLE = "MIST_DATA_DIR"


def data_folder() -> Path:
    """The folder of this user; it need not exist."""
    named = os.environ.get(DATA_VARIABLE)
    if named:
        return named_by(DATA_VARIABLE, named)
    import platformdirs

    return platformdirs.user_data_path("mist-notebook")
