"""A small Mist server on loopback, with real dated catalogues and no account: `Sandbox.start()`.

Alone, for other programs: `python -m mist_notebook.sandbox`. It shares no code with the package's own client, so that
the two can't agree on a mistake. Importing this costs next to nothing; starting imports Tornado.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from .ground.refusals import SandboxError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path
    from types import TracebackType

    from .connections import Limits
    from .doing import Doing
    from .running import Running

BOOT_S = 3.0
__all__ = ["Sandbox", "SandboxError"]


class Sandbox:
    """A sandbox that runs on a thread of its own until `close()`.

    `url` is `http://127.0.0.1:PORT`; `token` opens the API; `email` and `password` make more tokens.
    """

    def __init__(self, running: Running) -> None:
        self._running = running
        owner = running.owner
        self.url: str = running.url
        self.token: str = owner.token
        self.instance_id: str = owner.instance_id
        self.email: str = owner.email
        self.password: str = owner.password

    @classmethod
    def start(
        cls,
        *,
        port: int = 0,
        state_dir: Path | None = None,
        big_images: int = 0,
        seed: int = 0,
        data: Traversable | None = None,
        clock: Callable[[], float] = time.time,
        boot_seconds: float = BOOT_S,
        faults: Path | Iterable[Mapping[str, object]] = (),
        like_mist: bool = False,
        time_scale: float = 1.0,
        limits: Limits | None = None,
    ) -> Sandbox:
        """Start one; with a `state_dir` everything is as it was when the last one there stopped, the port included.

        `big_images` adds a cloud `Big` of that many seeded images; with a `seed` other than 0, machines have the same
        ids, addresses, readings and host keys in every run. `data` is a folder of data files, by default the
        package's own. A machine takes `boot_seconds` until it answers SSH. What `faults` can be stands in `faults.py`.
        `like_mist` adds the slowness of a real Mist server, `like_mist.py`; `time_scale=0.01` makes every one of these
        times, of the machines' and of the faults', a hundredth. `limits` says what one client may take, and how long.
        Raises `SandboxError` when it can't start; nothing is left behind then.
        """
        from .connections import Limits
        from .ground.faults import read
        from .ground.like_mist import LIKE_MIST
        from .running import Running

        return cls(
            Running(
                port=port,
                state_dir=state_dir,
                big_images=big_images,
                seed=seed,
                data=data,
                clock=clock,
                boot_seconds=boot_seconds,
                faults=[*read(faults), *(LIKE_MIST if like_mist else ())],
                time_scale=time_scale,
                limits=limits or Limits(),
            )
        )

    def reset(
        self,
        *,
        seed: int | None = None,
        faults: Path | Iterable[Mapping[str, object]] | None = None,
        like_mist: bool = False,
    ) -> None:
        """Begin anew at the same address: no machines, no keys, the first six clouds; token and password stay.

        Seed and faults stay too where none are given; `faults=()` ends all of them.
        """
        from .ground.faults import read
        from .ground.like_mist import LIKE_MIST

        given = None if faults is None and not like_mist else read(faults or ())
        wanted = None if given is None else [*given, *(LIKE_MIST if like_mist else ())]
        self._running.reset(seed=seed, faults=wanted)

    def doing(self) -> Doing:
        """What it is doing now, and how often which fault has happened."""
        return self._running.doing()

    @property
    def requests(self) -> list[tuple[str, str]]:
        """The method and path of the last 10,000 requests, refused ones too; never headers or bodies."""
        return list(self._running.requests)

    @property
    def ledger(self) -> list[tuple[str, str, bool]]:
        """The last 10,000 machines that were asked for: name, Mist's id, whether it was made."""
        return list(self._running.ledger)

    @property
    def private_reads(self) -> int:
        """How many of them asked for the private half of a key."""
        return sum(method == "GET" and path.endswith("/private") for method, path in self.requests)

    def close(self) -> None:
        """Stop answering, close every socket and file, and join the thread; more than once is fine."""
        self._running.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Sandbox({self.url!r})"
