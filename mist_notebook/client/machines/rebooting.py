"""Rebooting a server that no service can reboot: asked over SSH, then looked at until it is up again, and newly so.

That it was asked proves nothing: a server that answers with the time at which it came up before has not rebooted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mist_notebook.ground import moments
from mist_notebook.ground.errors import ProbeError
from mist_notebook.records.model import ProbeReport, Step
from mist_notebook.ssh.outcome import AUTH, HUNG, KEY_CHANGED, KEY_UNKNOWN, OK

if TYPE_CHECKING:
    from .actor import Hands
    from .machine import Machine

SCRIPT = """\
if [ "$(id -u)" = 0 ]; then may=; else may='sudo -n'; fi
$may true || { echo 'This user may not reboot it: sudo asks for a password.'; exit 77; }
for how in 'systemctl reboot' reboot 'shutdown -r now'; do
  command -v ${how%% *} >/dev/null 2>&1 || [ -x /sbin/${how%% *} ] || continue
  PATH="$PATH:/usr/sbin:/sbin"
  (trap '' HUP; sleep 1; $may $how) >/dev/null 2>&1 </dev/null &
  exit 0
done
echo 'It has no systemctl, reboot or shutdown.'; exit 78
"""
_SLACK = timedelta(seconds=5)
_CERTAIN = (KEY_CHANGED, KEY_UNKNOWN)


def rebooted(machine: Machine, hands: Hands) -> Iterator[Step]:
    """The steps: asked, waiting, done. Raises ProbeError where it wasn't asked; a patience that ends is no error."""
    pace, began = hands.pace, hands.pace.clock()
    before = _up_since(_good(machine, hands.probe(machine, None, None, None, None, None)))
    _ask(machine, hands)

    def step(state: str, words: str, fraction: float) -> Step:
        seconds = pace.clock() - began
        return Step(state=state, message=words, fraction=fraction, seconds=seconds, machine=machine.record)

    yield step("asked", f"{machine.name} was asked to reboot, over SSH.", 0.3)
    while pace.clock() - began < pace.patience_s:
        pace.sleep(pace.longest_s)
        report = hands.probe(machine, None, None, None, None, None)
        since = _up_since(report)
        if since is not None and (before is None or since > before + _SLACK):
            machine.record = replace(machine.record, state="running")
            yield step("done", f"{machine.name} is rebooted: it answers, up since {moments.time_of_day(since)}.", 1.0)
            return
        if report.outcome in _CERTAIN:
            raise ProbeError(report.detail, report.hint)
        yield step("waiting", f"{machine.name}: {_words(report)}", 0.6)
    yield step(
        "waiting", f"{machine.name} has not come back after {pace.patience_s:.0f} s; look again with %mist probe.", 0.6
    )


def _ask(machine: Machine, hands: Hands) -> None:
    result = hands.run(machine, SCRIPT)
    if result.outcome != OK:
        raise ProbeError(f"'{machine.name}' was not asked to reboot: {result.outcome}. {result.detail}", result.hint)
    if result.exit_code != 0:
        said = result.output.strip().splitlines()
        why = said[-1] if said else f"its shell ended with {result.exit_code}"
        raise ProbeError(f"'{machine.name}' was not asked to reboot: {why}", "Log in as a user who may, such as root.")


def _good(machine: Machine, report: ProbeReport) -> ProbeReport:
    if report.outcome != OK:
        raise ProbeError(f"'{machine.name}' was not asked to reboot: {report.detail}", report.hint)
    return report


def _up_since(report: ProbeReport) -> datetime | None:
    if report.outcome != OK or report.uptime_s is None:
        return None
    return report.probed_at - timedelta(seconds=report.uptime_s)


def _words(report: ProbeReport) -> str:
    if report.outcome == OK:
        return "is still up as before."
    return f"{report.outcome}, as one that reboots." if report.outcome not in (AUTH, HUNG) else report.detail
