"""The machines that are still in while a cluster is raised: each step is taken by all side by side, and one that fails
is left out with a word, as long as the others suffice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import asyncssh

from mist_notebook.ground.errors import ClusterError
from mist_notebook.ground.text import clean
from mist_notebook.ssh.outcome import OutcomeError

from .member import Hand, LeftOutError
from .talk import TalkError

Say = Callable[[str, str], None]
Step = Callable[[Hand], Awaitable[None]]
_WHY = 240


@dataclass
class Crew:
    """Who is in, who was left out and why, and how many were asked for."""

    asked: int
    say: Say
    hands: list[Hand] = field(default_factory=list)
    left_out: dict[str, LeftOutError] = field(default_factory=dict)

    async def each(self, step: Step) -> None:
        """Take a step on all who are in; whoever fails is out. Raises ClusterError where too few are left."""
        done = await asyncio.gather(*(self._taken(step, hand) for hand in self.hands))
        self.hands = [hand for hand, is_done in zip(self.hands, done, strict=True) if is_done]
        self.require()

    def leave_out(self, name: str, trouble: LeftOutError) -> None:
        """Go on without it, and say so."""
        self.left_out[name] = trouble
        self.say(name, f"left out: {trouble.why.rstrip('.')}. {trouble.hint}".strip())

    def require(self) -> None:
        """Raise ClusterError unless those that are left suffice: two of several, or the only one."""
        if len(self.hands) >= min(self.asked, 2):
            return
        told = "; ".join(f"{name}: {trouble.why.rstrip('.')}" for name, trouble in self.left_out.items())
        hints = list(dict.fromkeys(trouble.hint for trouble in self.left_out.values() if trouble.hint))
        alone = f"For one machine alone: %mist dask up {self.hands[0].name}" if self.hands else ""
        raise ClusterError(
            f"No cluster: {len(self.hands)} of {self.asked} machines are ready. {told}.",
            " ".join(hints[:1]) or alone or "See each machine with %mist probe.",
        )

    async def _taken(self, step: Step, hand: Hand) -> bool:
        try:
            await step(hand)
        except Exception as error:
            self.leave_out(hand.name, trouble_of(error))
            return False
        return True


def trouble_of(error: Exception) -> LeftOutError:
    """An error of one machine as why it is left out; what is no machine's fault is raised as it is."""
    if isinstance(error, LeftOutError):
        return error
    if isinstance(error, OutcomeError):
        return LeftOutError(f"{error.outcome}: {clean(error.detail, _WHY).rstrip('.')}", error.hint)
    if isinstance(error, TalkError):
        return LeftOutError(clean(str(error), _WHY).rstrip("."), "See it with %mist probe.")
    if isinstance(error, (asyncssh.Error, OSError)):
        why = clean(str(error), _WHY) or type(error).__name__
        return LeftOutError(f"the connection ended: {why}", "Try again; see it with %mist probe.")
    raise error
