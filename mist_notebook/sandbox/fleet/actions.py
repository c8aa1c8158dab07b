"""What may be done to a machine, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mist_notebook.sandbox.ground.faults import Fault
from mist_notebook.sandbox.ground.params import Params
from mist_notebook.sandbox.ground.refusals import bad_request, forbidden
from mist_notebook.sandbox.world.providers import checked_name, rules

from .machine import RUNNING, STOPPED, TERMINATED, Machine, booting, ending

if TYPE_CHECKING:
    from .fleet import Fleet

_BUSY = ("pending", "starting", "rebooting", "stopping")
# In which states each is possible.
_POSSIBLE = {
    "start": (STOPPED,),
    "stop": (RUNNING,),
    "reboot": (RUNNING,),
    "destroy": (RUNNING, STOPPED, *_BUSY),
    "rename": (RUNNING, STOPPED),
    "tag": (RUNNING, STOPPED, *_BUSY),
}
_NEVER = (
    *("resize", "remove", "suspend", "resume", "undefine", "clone", "expose", "power_cycle"),
    *("create_snapshot", "remove_snapshot", "revert_to_snapshot", "list_snapshots"),
)


def supported(machine: Machine, now: float) -> dict[str, bool]:
    """The actions that Mist knows, and whether each is possible now."""
    state = machine.state(now)
    cannot = rules(machine.build.provider).cannot
    possible = {action: state in states and action not in cannot for action, states in _POSSIBLE.items()}
    return {**possible, **dict.fromkeys(_NEVER, False)}


def act(fleet: Fleet, machine: Machine, params: Params, now: float, *, slow: Fault | None = None) -> None:
    """Do what a request asks; refused if it isn't possible now. A `slow` destroy shows only after a while."""
    action = params.required("action")
    state, known = machine.state(now), supported(machine, now)
    if action not in known or action == "tag":
        raise bad_request(f"Action not supported: {action[:40]}")
    if not known[action]:
        raise forbidden(f"Machine doesn't support {action}.")
    if machine.target == TERMINATED:
        return
    as_before = {"meanwhile": state, "settles": now + slow.seconds} if slow else {}
    fleet.change(machine, **{**_CHANGES[action](machine, params, now), **as_before})


def _start(machine: Machine, _params: Params, now: float) -> dict[str, Any]:
    return booting(machine.build, now, "starting")


def _reboot(machine: Machine, _params: Params, now: float) -> dict[str, Any]:
    return booting(machine.build, now, "rebooting")


def _stop(machine: Machine, _params: Params, now: float) -> dict[str, Any]:
    return ending(machine.build, now, STOPPED)


def _destroy(machine: Machine, _params: Params, now: float) -> dict[str, Any]:
    return {**ending(machine.build, now, TERMINATED), "expiration": None}


def _rename(machine: Machine, params: Params, _now: float) -> dict[str, Any]:
    return {"name": checked_name(machine.build.provider, params.required("name"))}


_CHANGES: dict[str, Callable[[Machine, Params, float], dict[str, Any]]] = {
    "start": _start,
    "reboot": _reboot,
    "stop": _stop,
    "destroy": _destroy,
    "rename": _rename,
}
