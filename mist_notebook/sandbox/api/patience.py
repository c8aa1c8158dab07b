"""Answers that come late, as a cloud behind the server is slow: for as long as whoever asked is still there."""

from __future__ import annotations

import asyncio

from mist_notebook.sandbox.state import SandboxState
from mist_notebook.sandbox.world.clouds import Cloud

from .handler import ApiHandler


class PatientHandler(ApiHandler):
    """A route whose answers may take a while."""

    def initialize(self, state: SandboxState, port: int) -> None:
        """Tornado's constructor for us."""
        super().initialize(state, port)
        self.given_up = asyncio.Event()

    def on_connection_close(self) -> None:
        """The client has gone."""
        self.given_up.set()
        self.state.waits.look()

    async def wait_until(self, moment: float) -> bool:
        """Wait for a moment of the sandbox's clock; whether there is anybody left to answer then."""
        await self.state.waits.until(moment, self.given_up)
        return not self.given_up.is_set()

    async def asked_cloud(self, cloud_id: str) -> Cloud:
        """The enabled cloud of that id, once it has answered; with `cached`, it is not asked."""
        cloud = self.state.open_cloud(cloud_id)
        if not self.params.given("cached"):
            self.state.check_credentials(cloud)
            slow = self.state.faults.take("slow-list", cloud.name)
            await self.wait_until(self.state.clock() + slow.seconds if slow else 0.0)
        return cloud
