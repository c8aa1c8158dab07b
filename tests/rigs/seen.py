"""What a browser did while a page was open: what it asked for, what it complained of, what it asked a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

# What front ends say of any notebook, an empty one too: Notebook 7 of itself, Voila of its page's three links.
STOCK_ERRORS = ("reading 'schema'", "filebrowser:open-path", "RUNTIME-012", "net::ERR_")
STOCK_LINKS = ("/@fortawesome/", "/mathjax/")
# JupyterLab's debugger, of a kernel that is restarted before it has answered its first questions.
RESTARTED = "Could not restore the debugger state"


@dataclass
class Seen:
    """What the browser did while a page was open."""

    front_end: str = "lab"
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def watch(self, page: Any) -> None:
        """Note what this page does from now on."""
        for event, note in self._notes().items():
            page.on(event, note)

    def leave(self, page: Any) -> None:
        """Note nothing more."""
        for event, note in self._notes().items():
            page.remove_listener(event, note)

    def _notes(self) -> dict[str, Callable[[Any], None]]:
        return {
            "request": self._requested,
            "console": self._complained,
            "pageerror": self._failed,
            "dialog": self._asked,
        }

    def _requested(self, request: Any) -> None:
        self.requests.append(request.url)

    def _complained(self, message: Any) -> None:
        if message.type == "error":
            self.console.append(message.text)

    def _failed(self, error: Any) -> None:
        self.console.append(str(error))

    def _asked(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def elsewhere(self) -> list[str]:
        """The requests that would have left this computer, but for those of the front end's own page."""
        here = {"127.0.0.1", "localhost", None, ""}
        gone = [url for url in self.requests if urlsplit(url).hostname not in here]
        return [url for url in gone if not (self.front_end == "voila" and any(link in url for link in STOCK_LINKS))]

    def errors(self) -> list[str]:
        """What stands in the console as an error, but for what the front end says of any notebook."""
        if self.front_end == "lab":
            return [text for text in self.console if RESTARTED not in text]
        return [text for text in self.console if not any(stock in text for stock in STOCK_ERRORS)]
