"""The ways between machines: each listens at its own addresses, and knocks at those of all the others.

An address counts only where the right machine answers: several may have the same one, as bridges of containers do.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from . import plan
from .crew import Crew
from .member import Hand, LeftOutError
from .talk import Talk

_KNOCK_S = 4.0
_ANSWER_S = 60.0
_NO_WAY = "Make them in one network (%mist create --count N --together), or take machines of one cloud and region."


@dataclass(frozen=True)
class Door:
    """An address of one machine, the port that it listens at there, and the word by which one knows it."""

    owner: Hand
    host: str
    port: int
    word: str


@dataclass
class _Round:
    """Who listens where, and what each reached."""

    words: Mapping[Hand, str]
    talks: dict[Hand, Talk] = field(default_factory=dict)
    doors: list[Door] = field(default_factory=list)
    reached: dict[Hand, list[bool]] = field(default_factory=dict)

    async def listen(self, hand: Hand) -> None:
        python = hand.python.path if hand.python else "python3"
        task = {"addresses": addresses(hand), "seconds": _KNOCK_S, "word": self.words[hand]}
        talk = self.talks[hand] = await Talk.start(hand.connection, python, "knock", task)
        told = await talk.told(_ANSWER_S)
        ports = told if isinstance(told, dict) else {}
        if not ports:
            raise LeftOutError("it has no private address", _NO_WAY)
        self.doors += [Door(hand, host, int(port), self.words[hand]) for host, port in ports.items()]

    async def knock(self, hand: Hand) -> None:
        self.talks[hand].say(json.dumps([[door.host, door.port, door.word] for door in self.doors]))
        told = await self.talks[hand].told(_ANSWER_S)
        self.reached[hand] = [bool(one) for one in told] if isinstance(told, list) else []


async def join(crew: Crew) -> None:
    """Give each the address at which the others reach it; whoever isn't reached is left out.

    One machine alone keeps to itself.
    """
    if len(crew.hands) == 1:
        return
    around = _Round({hand: secrets.token_hex(8) for hand in crew.hands})
    with _closing(around.talks):
        await crew.each(around.listen)
        await crew.each(around.knock)
    chosen = best_doors(crew.hands, around.doors, around.reached)
    left = inside(crew.hands, around.doors, around.reached, chosen)
    for hand in list(crew.hands):
        if hand not in left:
            crew.leave_out(hand.name, LeftOutError("it and the others don't reach each other", _NO_WAY))
    crew.hands = left
    crew.require()
    for hand in left:
        hand.address = chosen[hand].host
    crew.say("", f"they reach each other: {', '.join(hand.address for hand in left)}")


def addresses(hand: Hand) -> list[str]:
    """Its private addresses: as its cloud says them, then as itself does."""
    own = hand.report.private_ips if hand.report else ()
    return list(dict.fromkeys([*hand.member.addresses, *own]))


def best_doors(
    hands: Sequence[Hand], doors: Sequence[Door], reached: Mapping[Hand, Sequence[bool]]
) -> dict[Hand, Door]:
    """For each machine the door that most of them reach; of several one of IPv4, and the first."""

    def guests(number: int) -> int:
        return sum(number < len(reached[hand]) and reached[hand][number] for hand in hands)

    chosen = {}
    for hand in hands:
        own = [number for number, door in enumerate(doors) if door.owner is hand]
        if own:
            chosen[hand] = doors[max(own, key=lambda number: (guests(number), ":" not in doors[number].host, -number))]
    return chosen


def inside(
    hands: Sequence[Hand],
    doors: Sequence[Door],
    reached: Mapping[Hand, Sequence[bool]],
    chosen: Mapping[Hand, Door],
) -> list[Hand]:
    """Those that all reach each other at their doors."""
    number_of = {id(door): number for number, door in enumerate(doors)}
    ways: dict[tuple[int, int], bool] = {}
    for one, hand in enumerate(hands):
        for other, owner in enumerate(hands):
            number = number_of.get(id(chosen.get(owner)))
            ways[one, other] = number is not None and number < len(reached[hand]) and reached[hand][number]
    return [hands[place] for place in plan.together(len(hands), ways)]


@contextmanager
def _closing(talks: Mapping[Hand, Talk]) -> Iterator[None]:
    try:
        yield
    finally:
        for talk in talks.values():
            talk.close()
