"""The right environment on each machine: taken where it is there, made where that was asked for.

It lies in a folder of ours below the user's home, named by what is in it; so it is there the next time.
"""

from __future__ import annotations

import shlex
from functools import partial
from importlib.resources import files

from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.scripts import remote

from . import plan
from .crew import Crew
from .member import Hand, LeftOutError, Wish

_INSTALL_S = 900.0
_STEP, _AT = "mist-step: ", "mist-at: "


async def ready(crew: Crew, wish: Wish, wanted: plan.Environment, pins: HostKeys) -> None:
    """Leave those in that have what is needed, or get it now."""
    for hand in crew.hands:
        crew.say(hand.name, _seen(hand))
    await crew.each(partial(_ready, crew=crew, wish=wish, wanted=wanted, pins=pins))


def _seen(hand: Hand) -> str:
    report, python = hand.report, hand.python
    ram = f"{report.ram_mb / 1024:,.1f} GB" if report and report.ram_mb else "memory unknown"
    cores = f"{report.cores:g} cores" if report and report.cores else "cores unknown"
    own = f"Python {python.minor[0]}.{python.minor[1]}" if python else "no Python 3"
    dask = f", dask {python.versions['dask']}" if python and "dask" in python.versions else ""
    return f"{cores}, {ram}, {own}{dask}"


async def _ready(hand: Hand, *, crew: Crew, wish: Wish, wanted: plan.Environment, pins: HostKeys) -> None:
    lacks = plan.lacking(hand.python, wanted) if hand.python else [f"no Python 3 there, {wanted.python} here"]
    if not lacks:
        return
    if not wish.install:
        hint = "%mist dask up … --install puts an environment of its own there." if not wish.python else ""
        raise LeftOutError(", ".join(lacks), hint or f"Install them into {wish.python}, or leave --python out.")
    if wish.python:
        raise LeftOutError(", ".join(lacks), "--install makes an environment of its own: leave --python out.")
    await _install(hand, crew, wanted, pins)


async def _install(hand: Hand, crew: Crew, wanted: plan.Environment, pins: HostKeys) -> None:
    """Make it there, telling the steps; LeftOutError with the last words where that fails."""

    def tell(_target: object, line: remote.Line) -> None:
        if line.text.startswith(_STEP):
            crew.say(hand.name, line.text.removeprefix(_STEP))

    member = hand.member
    limits = remote.RunLimits(script_s=_INSTALL_S)
    result = await remote.run(member.target, script(wanted), key=member.key, pins=pins, limits=limits, on_line=tell)
    if result.outcome != "ok" or result.exit_code:
        last = (result.stderr.strip() or result.stdout.strip() or result.detail).splitlines()
        raise LeftOutError(
            f"the environment was not made: {last[-1] if last else result.outcome}",
            "It needs a way to a package index (PyPI) from there, and uv or a python3 with venv.",
        )
    hand.python = plan.Found(made_at(result.stdout), wanted.minor, dict(wanted.packages))


def made_at(said: str) -> str:
    """Where the new environment's Python is, by the script's own words. Raises LeftOutError where it didn't say."""
    found = [line.removeprefix(_AT) for line in said.splitlines() if line.startswith(_AT)]
    if not found:
        raise LeftOutError("the environment was made, and not where is said", "Try again; see it with %mist probe.")
    return found[-1]


def script(wanted: plan.Environment) -> str:
    """What makes it, as a script for the machine's shell."""
    pins = " ".join(f"{name}=={number}" for name, number in wanted.packages.items())
    given = {
        "MIST_MINOR": wanted.python,
        "MIST_FOLDER": wanted.folder,
        "MIST_COUNT": str(len(wanted.packages)),
        "MIST_PINS": pins,
    }
    head = "\n".join(f"{name}={shlex.quote(value)}" for name, value in given.items())
    return f"#!/bin/sh\n{head}\n" + (files(__package__) / "there" / "install.sh").read_text(encoding="utf-8")
