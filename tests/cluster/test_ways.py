"""Which address of each machine is taken, and who is in, from what each reached."""

from __future__ import annotations

import pytest

from mist_notebook.cluster.member import Hand, Member
from mist_notebook.cluster.ways import Door, best_doors, inside
from mist_notebook.ssh.target import Target
from tests.rigs.ssh_hosts import KEY


def hand(name: str) -> Hand:
    return Hand(Member(f"b/{name}", Target(name, "192.0.2.1", name=name), KEY), None)  # type: ignore[arg-type]


A, B, C = hand("a"), hand("b"), hand("c")


def doors(*places: tuple[Hand, str]) -> list[Door]:
    return [Door(owner, host, 1000 + number, f"word-{number}") for number, (owner, host) in enumerate(places)]


def test_machines_of_two_clouds_without_a_common_network_are_apart() -> None:
    there = doors((A, "10.0.0.4"), (B, "10.0.0.5"), (C, "172.16.0.4"))
    reached = {A: [True, True, False], B: [True, True, False], C: [False, False, True]}
    chosen = best_doors([A, B, C], there, reached)
    assert inside([A, B, C], there, reached, chosen) == [A, B]


def test_the_address_is_taken_that_the_others_reach() -> None:
    there = doors((A, "172.17.0.1"), (A, "10.0.0.4"), (B, "172.17.0.1"), (B, "10.0.0.5"))
    reached = {A: [True, True, False, True], B: [False, True, True, True]}  # each has a bridge of the same address
    chosen = best_doors([A, B], there, reached)
    assert {one.member.name: door.host for one, door in chosen.items()} == {"a": "10.0.0.4", "b": "10.0.0.5"}
    assert inside([A, B], there, reached, chosen) == [A, B]


def test_of_two_addresses_that_all_reach_the_one_of_ipv4_is_taken() -> None:
    there = doors((A, "fd00::4"), (A, "10.0.0.4"), (B, "fd00::5"))
    reached = {A: [True, True, True], B: [True, True, True]}
    chosen = best_doors([A, B], there, reached)
    assert (chosen[A].host, chosen[B].host) == ("10.0.0.4", "fd00::5")


@pytest.mark.parametrize("told", [[], [False]])
def test_a_machine_that_answers_with_too_little_reached_nobody(told: list[bool]) -> None:
    there = doors((A, "10.0.0.4"), (B, "10.0.0.5"))
    reached = {A: [True, True], B: told}
    chosen = best_doors([A, B], there, reached)
    assert inside([A, B], there, reached, chosen) == [A]
