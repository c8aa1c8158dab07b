"""A real kernel for a test: started apart from this computer's settings, asked as a front end asks, and ended."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager, start_new_kernel

REPLY_S = 120


@dataclass
class Reply:
    """The reply to one cell, and what it published."""

    content: dict[str, Any]
    published: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def streams(self) -> dict[str, str]:
        texts: dict[str, str] = {}
        for kind, content in self.published:
            if kind == "stream":
                texts[content["name"]] = texts.get(content["name"], "") + content["text"]
        return texts

    def data(self, kind: str) -> list[dict[str, str]]:
        return [content["data"] for published, content in self.published if published == kind]


@dataclass
class Kernel:
    """A kernel that runs, and the way to ask it."""

    manager: KernelManager
    client: Any

    def run(self, code: str) -> Reply:
        """What the cell gave; a failed one doesn't take the next ones along, as in older kernels it does."""
        return self.finish(self.client.execute(code, stop_on_error=False))

    def finish(self, request: str) -> Reply:
        """Everything of a request: its reply, and what was published until the kernel was idle again."""
        reply = Reply(self._reply(request)["content"])
        while True:
            message = self.client.get_iopub_msg(timeout=REPLY_S)
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return reply
            reply.published.append((kind, content))

    def complete(self, code: str) -> dict[str, Any]:
        content: dict[str, Any] = self._reply(self.client.complete(code, len(code)))["content"]
        return content

    def completed(self, code: str) -> list[str]:
        """What the code becomes with each match."""
        found = self.complete(code)
        return [code[: found["cursor_start"]] + text + code[found["cursor_end"] :] for text in found["matches"]]

    def _reply(self, request: str) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = self.client.get_shell_msg(timeout=REPLY_S)
            if message["parent_header"].get("msg_id") == request:
                return message


def started(folder: Path, **variables: str) -> tuple[KernelManager, Any]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MIST_")}
    environment |= {"MIST_CONFIG": str(folder / "settings.toml"), "IPYTHONDIR": str(folder / "ipython")}
    environment |= {"COLUMNS": "120", **variables}
    return start_new_kernel(kernel_name="python3", startup_timeout=REPLY_S, env=environment, cwd=str(folder))


def stop(manager: KernelManager, client: Any) -> None:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
