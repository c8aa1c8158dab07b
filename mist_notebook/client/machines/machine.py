"""A machine as a person holds it: the documented actions over an adapter, the journal and the probe."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mist_notebook.backends import login_user
from mist_notebook.client.old.left_out import LeftOut
from mist_notebook.client.told import Told
from mist_notebook.ground.errors import MistError, NotFoundError
from mist_notebook.records.model import Image, ProbeReport
from mist_notebook.records.model import Machine as MachineRecord

from .actor import Actor, Hands
from .tags import Tags

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.provision.journal import Record

_HOUR_S = 3600.0


class Machine(Actor, LeftOut):
    """One machine: what is known of it, and what can be done to it.

    `info`, `state` and the like are as they were last read; every action reads them again.
    """

    def __init__(self, record: MachineRecord, hands: Hands) -> None:
        self.record = record
        self.hands = hands

    id = Told[str]("id", "The provider's own id.")
    name = Told[str]("name", "Its name, exactly.")
    state = Told[str]("state", "How it was when it was last read; `destroying` and `terminated` once it was destroyed.")

    @property
    def info(self) -> dict[str, Any]:
        """What the server says of it, in the documentation's words."""
        record = self.record
        return {
            "id": record.id,
            "uuid": record.mist_id or record.id,
            "name": record.name,
            "state": record.state,
            "public_ips": list(record.public_ips),
            "private_ips": list(record.private_ips),
            "size": self.own_id("size"),
            "imageId": self.own_id("image"),
            "location": self.own_id("location"),
            "tags": dict(record.tags),
            "extra": record.extra,
            **{f"can_{action}": action in record.actions for action in ("start", "stop", "reboot", "destroy")},
        }

    def own_id(self, kind: str) -> str | None:
        """The provider's id of its `size`, `image` or `location`, which listings show; else what the server says."""
        kept = self.journal_record
        said: str | None = getattr(self.record, f"{kind}_id")
        return str(kept.spec[kind]) if kept is not None and kept.spec.get(kind) else said

    @property
    def backend(self) -> Backend:
        """The backend that it stands in."""
        return self.hands.backend

    @property
    def tags(self) -> Tags:
        """Its tags: a dict, with `add_tag` and `remove_tag`; as they were when it was last read."""
        return Tags(self)

    @property
    def backend_name(self) -> str:
        """The name of the backend that it stands in."""
        return self.hands.adapter.info.name

    @property
    def is_sandbox(self) -> bool:
        """Whether it is an emulated one."""
        return self.hands.adapter.info.sandbox

    @property
    def journal_record(self) -> Record | None:
        """The journal's record of it; `None` if it was not made from here, or the journal can't be read."""
        with suppress(MistError):
            return self.hands.journal.of_machine(self.hands.adapter.info.id, self.id)
        return None

    @property
    def login_user(self) -> str:
        """As whom one logs in, where nobody says otherwise: by its image and its cloud."""
        kept = self.journal_record
        if kept is not None and kept.login:
            return kept.login
        if self.record.ssh_user:
            return self.record.ssh_user
        return self.hands.adapter.default_user(self._image()) or "root"

    @property
    def other_users(self) -> tuple[str, ...]:
        """As whom else to try, where that user is refused: for one made from here, or at a cloud that is known."""
        is_said = self.is_sandbox or self.record.ssh_user
        is_ours = self.mine or login_user.is_cloud(self.hands.adapter.info.provider)
        users = self.hands.adapter.other_users(self._image()) if is_ours and not is_said else ()
        return tuple(user for user in users if user != self.login_user)

    def _image(self) -> Image:
        """As far as its record says it."""
        image_id, extra = self.record.image_id or "", self.record.extra
        return Image(id=image_id, name=str(extra.get("image_name") or image_id), os=_text(extra.get("os_distro")))

    @property
    def mine(self) -> bool:
        """Whether it was made from here."""
        return self.journal_record is not None

    @property
    def is_gone(self) -> bool:
        """Whether it is known to be gone."""
        return self.state == "terminated"

    @property
    def cost_so_far(self) -> float | None:
        """The price at create, or the server's, times its age in hours; `None` if either is unknown."""
        kept = self.journal_record
        hourly = kept.price_hourly if kept else self.record.price.hourly
        if hourly is None or self.record.created is None:
            return None
        return hourly * max(0.0, (self.hands.adapter.now() - self.record.created).total_seconds()) / _HOUR_S

    def __repr__(self) -> str:
        where = ", ".join(self.record.public_ips) or "no public address"
        mark = ", sandbox" if self.is_sandbox else ""
        return f"<Machine {self.name!r} ({self.id}, {self.state}, {where}{mark})>"

    def _repr_html_(self) -> str:
        from .cards import machine_html

        return machine_html(self)

    def refresh(self) -> Machine:
        """Read it again; NotFoundError if it isn't listed, which is no proof that it is gone."""
        fresh = self.hands.adapter.get_machine(self.id)
        if fresh is None:
            raise self._gone() if self.is_gone or self._ended_here else self._missing()
        self.record = fresh
        return self

    def probe(
        self,
        key_id: Any = None,
        ssh_user: str | None = None,
        *,
        via: str | None = None,
        host: str | None = None,
        port: int | None = None,
    ) -> ProbeReport:
        """Look at it over SSH: from here where a key for it is on this computer, else through Mist.

        `via` is `ssh` or `mist` to insist; `host` names one address, else all that it has are tried. Whatever is found
        is the report; see its `outcome`.
        """
        if self.is_gone:
            raise self._gone()
        return self.hands.probe(self, self._key_name(key_id), ssh_user, via, port, host)

    def _key_name(self, wanted: Any) -> str | None:
        """The name of a key that is here or that the backend knows; one that is nowhere is an error, not ignored."""
        if wanted is None:
            return None
        if isinstance(wanted, str) and self.hands.backend.key_is_here(wanted):
            return wanted
        return self.hands.key(wanted).name

    def _whole(self) -> Machine:
        return self

    def _gone(self) -> NotFoundError:
        self.record = replace(self.record, state="terminated", actions=())
        gone = f"'{self.name}' ({self.id}) is gone: {self.backend_name} no longer lists it."
        return NotFoundError(gone, "Nothing was sent. See %mist machines.")

    def associate_key(
        self, key_id: str, host: str | None = None, ssh_user: str | None = None, ssh_port: int | None = None
    ) -> None:
        """Let another key in; the server must have it, and a way in by one that the machine knows."""
        key = self.hands.key(key_id)
        host = host or next(iter(self.record.public_ips), None)
        self.hands.adapter.associate_key(self.record, key, user=ssh_user, port=ssh_port, host=host)

    def disassociate_key(self, key_id: str) -> None:
        """Take a key off the machine again; sent once."""
        self.hands.adapter.disassociate_key(self.record, self.hands.key(key_id))

    def add_tag(self, key: str, value: str = "") -> None:
        """Add a tag, or change it."""
        self.tags.add_tag(key, value)

    def remove_tag(self, key: str) -> None:
        """Take a tag away."""
        self.tags.remove_tag(key)


def _report_html(report: ProbeReport) -> str:
    from .cards import report_html

    return report_html(report)


# On pages that ask values and not IPython, as marimo's: a record knows nothing of how it shows.
setattr(ProbeReport, "_repr_html_", _report_html)  # noqa: B010


def _text(said: Any) -> str | None:
    return said if isinstance(said, str) else None
