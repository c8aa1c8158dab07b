"""A page that shows widgets, as the kernel knows one: what it is sent is written down, and what it says arrives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import comm
from comm.base_comm import BaseComm


class _Line(BaseComm):
    """One widget's line to the page."""

    ledger: list[dict[str, Any]]

    def publish_msg(self, msg_type: str, data: Any = None, **more: Any) -> None:
        self.ledger.append({"type": msg_type, "data": data})


class Page:
    """What was sent to the page, in order."""

    def __init__(self) -> None:
        self._ledger: list[dict[str, Any]] = []

    def states(self) -> list[dict[str, Any]]:
        """The states that widgets were given since the last `forget`."""
        return [sent["data"]["state"] for sent in list(self._ledger) if sent["data"] and "state" in sent["data"]]

    def size_bytes(self) -> int:
        """What all of it takes as JSON."""
        return sum(len(json.dumps(sent["data"], default=str)) for sent in list(self._ledger))

    def forget(self) -> None:
        self._ledger.clear()


@contextmanager
def opened() -> Iterator[Page]:
    """A page for the widgets that are made within."""
    page = Page()
    line = type("Line", (_Line,), {"ledger": page._ledger})
    before, comm.create_comm = comm.create_comm, line
    try:
        yield page
    finally:
        comm.create_comm = before


def say(widget: Any, **state: Any) -> None:
    """What arrives when the page has changed this of a widget."""
    widget._handle_msg({"content": {"data": {"method": "update", "state": state, "buffer_paths": []}}, "buffers": []})
