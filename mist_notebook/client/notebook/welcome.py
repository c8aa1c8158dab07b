"""The first look at a server that was just added: whether it answers, and whether its host key is the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mist_notebook.ground import ask
from mist_notebook.ground.errors import MistError, SettingsError
from mist_notebook.ssh.outcome import KEY_UNKNOWN, OK

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.client import MistClient
    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.records.model import ProbeReport


def first_look(client: MistClient, backend: Backend) -> tuple[str, ...]:
    """What it found, in a line or two; nothing where the backend isn't one server.

    A server that doesn't answer stays added: it may be off. A host key that nobody knows is asked about, and said
    where nobody can be asked.
    """
    machines = list(backend.machines.values()) if backend.adapter.only_there else []
    if len(machines) != 1:
        return ()
    machine = machines[0]
    try:
        report = client.prober(machine)
        if report.outcome == KEY_UNKNOWN and _agreed(report):
            client.prober.forget_host_key(machine)
            report = client.prober(machine)
    except MistError as error:
        return (f"{machine.name} was not asked: {error.message} {error.hint}".strip(),)
    return (_words(machine, report),)


def _agreed(report: ProbeReport) -> bool:
    try:
        return ask.agreed(f"{report.detail} Is that its own?", flag="--new-host-key")
    except SettingsError:
        return False


def _words(machine: Machine, report: ProbeReport) -> str:
    if report.outcome == OK:
        return f"{machine.name} answers: {report.distro or report.os or 'a shell'}, as {report.user}."
    return f"{machine.name} is not reached yet ({report.outcome}): {report.detail} {report.hint}".strip()
