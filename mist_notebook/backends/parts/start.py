"""What a new machine does as it boots, and what of a wish no cloud takes: checked before anything is sent."""

from __future__ import annotations

from typing import Any

from mist_notebook.ground.errors import BadValueError
from mist_notebook.records.model import MachineSpec

_NOTHING_SENT = "Nothing was sent."


def check(backend: str, spec: MachineSpec, *, most_bytes: int) -> None:
    """Refuse a script beside cloud-init, and more of them than the cloud takes. Raises BadValueError."""
    if spec.script and spec.cloud_init:
        raise BadValueError(f"{backend} takes a script or cloud-init, not both.", _NOTHING_SENT)
    text = user_data(spec)
    size = len(text.encode()) if text else 0
    if size > most_bytes:
        what = f"at most {most_bytes:,} bytes" if most_bytes else "none from here"
        raise BadValueError(
            f"{backend} takes {what} of script or cloud-init; this has {size:,}.",
            f"%mist run runs a script on a machine that is there. {_NOTHING_SENT}",
        )


def refuse_hours(backend: str, spec: MachineSpec) -> None:
    """Refuse a time limit where nobody would keep it. Raises BadValueError."""
    if spec.hours is not None:
        raise BadValueError(
            f"{backend} can't end a machine by itself: nothing would end '{spec.name}' after {spec.hours:g} h.",
            f"Leave out the time limit, and %mist destroy it when it is no longer needed. {_NOTHING_SENT}",
        )


def user_data(spec: MachineSpec) -> str | None:
    """What cloud-init does as the machine boots: a script is a program to it, once it says so."""
    if spec.script:
        return spec.script if spec.script.startswith("#!") else f"#!/bin/sh\n{spec.script}"
    return spec.cloud_init or None


def without_nothing(body: dict[str, Any]) -> dict[str, Any]:
    """A body without what nobody gave."""
    return {name: value for name, value in body.items() if value is not None}
