"""A machine as a person holds it: the documented actions over an adapter, the journal and the probe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import BadValueError, NotFoundError, ProvisionError
from mist_notebook.records.model import Key, ProbeReport
from mist_notebook.records.model import Machine as MachineRecord

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.provision.journal import Journal, Record

_HOUR_S = 3600.0


@dataclass(frozen=True)
class Hands:
    """What every machine of one backend works with."""

    adapter: Adapter
    journal: Journal
    probe: Callable[[Machine, str | None, str | None, str | None], ProbeReport]
    keys: Callable[[], list[Key]]


class Machine:
    """One machine: what is known of it, and what can be done to it.

    `info`, `state` and the like are as they were last read; every action reads them again.
    """

    def __init__(self, record: MachineRecord, hands: Hands) -> None:
        self.record = record
        self.hands = hands

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def state(self) -> str:
        return self.record.state

    @property
    def info(self) -> dict[str, Any]:
        """What the server says of it, in the documentation's words."""
        record = self.record
        return {
            "id": record.id,
            "name": record.name,
            "state": record.state,
            "public_ips": list(record.public_ips),
            "private_ips": list(record.private_ips),
            "size": record.size_id,
            "imageId": record.image_id,
            "location": record.location_id,
            "tags": dict(record.tags),
            "extra": record.extra,
            **{f"can_{action}": action in record.actions for action in ("start", "stop", "reboot", "destroy")},
        }

    @property
    def backend_name(self) -> str:
        return self.hands.adapter.info.name

    @property
    def is_sandbox(self) -> bool:
        return self.hands.adapter.info.sandbox

    @property
    def journal_record(self) -> Record | None:
        """The journal's record of it; `None` if it was not made from here."""
        return self.hands.journal.of_machine(self.hands.adapter.info.id, self.id)

    @property
    def mine(self) -> bool:
        """Whether it was made from here."""
        return self.journal_record is not None

    @property
    def cost_so_far(self) -> float | None:
        """The price at create, or the server's, times its age in hours; `None` if either is unknown."""
        kept = self.journal_record
        hourly = kept.price_hourly if kept else self.record.price.hourly
        if hourly is None or self.record.created is None:
            return None
        return hourly * max(0.0, (datetime.now(UTC) - self.record.created).total_seconds()) / _HOUR_S

    def __repr__(self) -> str:
        where = ", ".join(self.record.public_ips) or "no public address"
        mark = ", sandbox" if self.is_sandbox else ""
        return f"<Machine {self.name!r} ({self.id}, {self.state}, {where}{mark})>"

    def refresh(self) -> Machine:
        """Read it again; NotFoundError if it is gone."""
        fresh = self.hands.adapter.get_machine(self.id)
        if fresh is None:
            gone = f"{self.backend_name} no longer lists '{self.name}' ({self.id})."
            raise NotFoundError(gone, "See %mist machines.")
        self.record = fresh
        return self

    def probe(self, key_id: str | None = None, ssh_user: str | None = None, *, via: str | None = None) -> ProbeReport:
        """Look at it over SSH: from here where its private key is on this computer, else through Mist.

        `via` is `ssh` or `mist` to insist. Whatever is found is the report; see its `outcome`.
        """
        return self.hands.probe(self, key_id, ssh_user, via)

    def start(self) -> None:
        """Start it; sent once."""
        self._act("start")

    def stop(self) -> None:
        """Stop it; most clouds go on billing for it."""
        self._act("stop")

    def reboot(self) -> None:
        """Reboot it; sent once."""
        self._act("reboot")

    def destroy(self, confirm: str | None = None) -> None:
        """Destroy it, for good. One that was not made from here needs `confirm=` its exact name.

        It is read again first: if it isn't the machine that this object stands for, nothing is sent.
        """
        if confirm not in (None, self.name) or (confirm is None and not self.mine):
            raise BadValueError(
                f"'{self.name}' ({self.id}) was not destroyed: confirm= has to be its exact name.",
                "It was not made from here." if not self.mine else "Nothing was sent.",
            )
        before = self.record
        self.refresh()
        if (before.id, before.name, before.created) != (self.record.id, self.record.name, self.record.created):
            raise ProvisionError(f"'{before.name}' ({before.id}) is another machine by now.", "Nothing was destroyed.")
        kept = self.journal_record
        if kept is not None:
            kept = self.hands.journal.advance(kept, "destroying")
        self.hands.adapter.act(self.record, "destroy")
        fresh = self.hands.adapter.get_machine(self.id)
        if fresh is not None and fresh.state != "terminated":
            raise ProvisionError(
                f"'{self.name}' ({self.id}) was asked to go and is still there ({fresh.state}).", "See %mist machines."
            )
        if kept is not None:
            self.hands.journal.advance(kept, "gone")

    def associate_key(
        self, key_id: str, host: str | None = None, ssh_user: str | None = None, ssh_port: int | None = None
    ) -> None:
        """Let another key in; the server must have it, and a way in by one that the machine knows."""
        from mist_notebook.ground.resolver import pick

        key = pick(key_id, self.hands.keys(), what="key", ids=lambda key: (key.id,), names=lambda key: (key.name,))
        host = host or next(iter(self.record.public_ips), None)
        self.hands.adapter.associate_key(self.record, key, user=ssh_user, port=ssh_port, host=host)

    def _act(self, action: str) -> None:
        self.refresh()
        if action not in self.record.actions:
            can = ", ".join(self.record.actions) or "nothing"
            raise BadValueError(
                f"'{self.name}' is {self.state}: {self.backend_name} can't {action} it now.", f"What it can: {can}."
            )
        self.hands.adapter.act(self.record, action)
        self.refresh()
