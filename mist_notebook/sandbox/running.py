"""A sandbox from its first socket to its last: what is opened here is closed here, also when a start fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from importlib.resources.abc import Traversable
from pathlib import Path

from mist_notebook.ground.loop import LoopThread

from .accounts.accounts import keep_port, kept_port
from .connections import Limits
from .doing import Doing, look
from .ground.faults import Fault
from .ground.like_mist import scaled
from .ground.refusals import SandboxError
from .ground.store import Store
from .server import ADDRESS, Server, bind
from .state import SandboxState
from .world import catalogue
from .world.big import MOST_IMAGES

_STOP_TIMEOUT_S = 10
LARGEST_SCALE = 100


class Running:
    """The socket, the database, the thread and the server of one sandbox."""

    def __init__(
        self,
        *,
        port: int,
        state_dir: Path | None,
        big_images: int,
        seed: int,
        data: Traversable | None,
        clock: Callable[[], float],
        boot_seconds: float,
        faults: Iterable[Fault],
        time_scale: float,
        limits: Limits,
    ) -> None:
        if not 0 <= big_images <= MOST_IMAGES:
            raise SandboxError(f"{big_images} images can't be made: 0 to {MOST_IMAGES:,} can.")
        if not 0 <= time_scale <= LARGEST_SCALE:
            raise SandboxError(f"{time_scale} isn't a factor for times: 0 to {LARGEST_SCALE} are.")
        with ExitStack() as opened:
            # First what can be refused without having changed anything.
            catalogues = catalogue.load(data)
            bound = opened.enter_context(bind(port)) if port else None
            store = Store(state_dir)
            opened.callback(store.close)
            bound = bound or opened.enter_context(bind(kept_port(store)))
            state = SandboxState(
                store,
                catalogues,
                clock=clock,
                boot_seconds=boot_seconds * time_scale,
                seed=seed,
                faults=scaled(faults, time_scale),
            )
            state.fill_big(big_images, seed)
            self._state, self._time_scale = state, time_scale
            self.owner = state.owner
            self.requests = state.requests
            self.ledger = state.ledger
            self.url = f"http://{ADDRESS}:{bound.getsockname()[1]}"
            keep_port(store, bound.getsockname()[1])
            self._serve(Server(state, bound, limits), opened)
            self._opened = opened.pop_all()

    def reset(self, *, seed: int | None, faults: Iterable[Fault] | None) -> None:
        """Begin anew on the same port; with None, with the seed or the faults that there are."""

        async def on_the_loop() -> None:
            there = [fault for fault, _ in self._state.faults.so_far()]
            self._state.reset(
                seed=self._state.chance.seed if seed is None else seed,
                faults=there if faults is None else scaled(faults, self._time_scale),
            )

        self._thread.run(on_the_loop())

    def doing(self) -> Doing:
        """What it is doing now."""

        async def on_the_loop() -> Doing:
            return look(self._state, self.url)

        return self._thread.run(on_the_loop())

    def close(self) -> None:
        """End everything, last opened first."""
        self._opened.close()

    def _serve(self, server: Server, opened: ExitStack) -> None:
        self._thread = thread = LoopThread("mist-sandbox")
        opened.callback(thread.close)
        thread.run(server.start())
        opened.callback(lambda: thread.run(server.stop(), _STOP_TIMEOUT_S))
