"""The contract that every kind of backend implements: foreign shapes in, records out.

An adapter has no journal, no guard and no cache of its own; what a person holds (`client.Backend`) stands above it.
What a kind has to write is abstract; the rest has an answer that is right where the service has nothing of the kind.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from mist_notebook.ground.errors import BadValueError, ProbeError
from mist_notebook.records.model import (
    Account,
    Key,
    Listing,
    Location,
    Machine,
    MachineSpec,
    Orphan,
    ProbeReport,
    Quota,
    Size,
    Story,
)

from .offering import Offering

if TYPE_CHECKING:
    from mist_notebook.settings.settings import Settings
    from mist_notebook.ssh.config.said import Said

    from .needs import Needs


class Adapter(Offering):
    """One open backend.

    Listings are read afresh at each call, may take as long as the service needs within the HTTP limits, and raise one
    of our errors: a listing that failed is never an empty one. What can't be offered is an empty listing with a note.
    """

    self_limit: ClassVar[Literal["server", "inside", "none"]] = "none"
    """Who ends a machine at its time limit when nobody is here: the service, the machine itself, or nobody."""

    sees_new_after_s: ClassVar[float] = 30.0
    """How long a machine that was made may be missing in the service's own listing, or its tag or limit on it."""

    tells_no_room: ClassVar[bool] = False
    """Whether a create refused for want of room is a `NoRoomError`: then several locations can be tried in turn."""

    private_keys_wanted: ClassVar[bool] = False
    """Whether the service takes a key's private half only: then a person has to agree to each."""

    kept_here: ClassVar[bool] = False
    """Whether it is this computer that remembers the backend, and no server: renamed and removed here."""

    on_this_computer: bool = False
    """Whether its machines answer on this computer's own loopback."""

    only_there: ClassVar[bool] = False
    """Whether its machines are there already: none is made or ended by it, and a reboot goes over SSH."""

    def why_none(self, what: str) -> tuple[str, str]:
        """Message and hint where something can't be `created` or `destroyed` there, as its machines are there already.

        None of this is asked of a service.
        """
        made = "%mist create makes machines at a backend that can." if what == "created" else "Nothing was sent."
        return f"Nothing is {what} at {self.info.name}: its machines are there already, and not ours to make.", made

    def ssh_said(self, machine: Machine, user: str | None = None, port: int | None = None) -> Said | None:
        """What this computer's SSH configuration says of the way to it, asked for as that user at that port.

        `None` where a machine is reached by its addresses.
        """
        del machine, user, port
        return None

    @property
    def logins(self) -> int | None:
        """How often it was logged in by now; `None` where that can't be done anew while something is under way."""
        return None

    def log_in(self, settings: Settings) -> None:
        """Go on with these settings' token, for the same account: what is under way does so too. Asks nothing."""
        del settings

    def account(self) -> Account:
        """Whose it is, and where its credentials came from; may ask the service, once."""
        return Account(place=self.info.server or self.info.provider, id=self.info.id, label=self.info.name)

    @property
    def billed_when_stopped(self) -> bool | None:
        """Whether a machine that is stopped costs as before; `None` where nobody says."""
        return None

    def now(self) -> datetime:
        """The service's time, which it ends machines by; this computer's where it doesn't say."""
        return datetime.now(UTC)

    def clock_difference(self) -> str:
        """How far this computer's clock is off by the service's, such as `3 d 0 h behind`; nothing within a minute."""
        return ""

    @abstractmethod
    def needs(self) -> Needs:
        """What a create there takes, as the service says it; what it doesn't say is as usual with this provider."""

    def keys(self) -> list[Key]:
        """The SSH keys that the service knows; none where it keeps none."""
        return []

    def import_key(self, name: str, public: str) -> Key:
        """Give the service a key's public half; the key it has by then. One that it has already is the answer."""
        del public
        raise BadValueError(f"{self.info.name} keeps no SSH keys ('{name}').", "Name one of %mist keys.")

    def quota(self, size: Size | None = None, location: Location | None = None) -> tuple[Quota, ...]:
        """What the account may have there, of what limits such a machine; nothing where the service doesn't say."""
        del size, location
        return ()

    @abstractmethod
    def list_machines(self) -> Listing[Machine]:
        """The machines as they are now: never from anybody's cache."""

    def list_machines_everywhere(self) -> Listing[Machine]:
        """Also those in regions of the account that are none of this backend's."""
        return self.list_machines()

    def stored(self, kind: str) -> Listing[Any] | None:
        """What the service itself has stored of `images`, `sizes`, `locations`, `networks` or `machines`, at once.

        With its age, to be shown until the listing is there; `None` where the service stores nothing of its own.
        """
        del kind
        return None

    @abstractmethod
    def get_machine(self, machine_id: str) -> Machine | None:
        """The machine as it is now; `None` if a complete, fresh listing doesn't have it."""

    def fitted(self, spec: MachineSpec) -> MachineSpec:
        """The spec as the service will make it, with the price at its location; nothing is sent.

        Raises BadValueError for what it would refuse, or leave out in silence.
        """
        return spec

    @abstractmethod
    def submit(self, spec: MachineSpec) -> Machine:
        """Ask for a machine, once; the answer is usually still pending.

        There are two ways to fail. RefusedError: it is certain that nothing was made (`Http.create` raises it for
        every kind; a kind with words of its own reads them); as NoRoomError, because its location has no room. Every
        other error: the machine may exist. `spec.elsewhere` is not for here: each location is a `submit` of its own,
        with the same `spec.op` and another `spec.turn`.
        An answer without an id is one only where there is a `story`: the service took it, and will tell.
        """

    def story(self, op: str) -> Story | None:
        """What the service says by now of the create of that operation; `None` where it tells none (yet)."""
        del op
        return None

    @abstractmethod
    def act(self, machine: Machine, action: str) -> None:
        """Start, stop, reboot or destroy it; sent once."""

    def tidy(self, machine: Machine) -> None:
        """Remove what stood beside a machine that is gone, and that no other needs; what stays is a leftover."""
        del machine

    def extend(self, machine: Machine, until: datetime) -> None:
        """Have the service destroy it then, and not before; sent once. Whether it is so, a fresh look says."""
        del until
        raise BadValueError(f"{self.info.name} can't change when '{machine.name}' ends.", "Nothing changed.")

    def associate_key(
        self, machine: Machine, key: Key, *, user: str | None, port: int | None, host: str | None
    ) -> None:
        """Let the key's holder in; the service does it over SSH with a key that it has."""
        del user, port, host
        raise BadValueError(f"{self.info.name} can't let '{key.name}' into '{machine.name}'.", "Nothing changed.")

    def set_tags(self, machine: Machine, tags: Mapping[str, str | None]) -> None:
        """Add these tags to the machine, and take away those that are `None`; sent once each."""
        del tags
        raise BadValueError(f"{self.info.name} has no tags ('{machine.name}').", "Nothing changed.")

    def disassociate_key(self, machine: Machine, key: Key) -> None:
        """Take the key off the machine again; sent once."""
        raise BadValueError(f"{self.info.name} can't take '{key.name}' off '{machine.name}'.", "Nothing changed.")

    def allowed(self) -> dict[str, bool | None]:
        """What the credentials may do there, in words; `None` where that isn't told. Asks, and makes nothing."""
        return {}

    def orphans(self) -> Listing[Orphan]:
        """What of ours no machine needs any more, anywhere in the account; read only."""
        return Listing(backend=self.info, records=[], fetched_at=datetime.now(UTC))

    def sweep(self, orphan: Orphan) -> None:
        """Remove one of them; sent once. Raises if it is needed by now."""
        raise BadValueError(f"{self.info.name} leaves nothing behind that could be swept ('{orphan.name}').")

    def probe(self, machine: Machine) -> ProbeReport:
        """The service's own look at the machine, where it has one."""
        raise ProbeError(
            f"{self.info.name} has no probe of its own ('{machine.name}'), and no key for it is on this computer.",
            "Name its file with %mist add-key NAME --from FILE, then probe it with --key NAME.",
        )

    def rest(self) -> None:
        """Give back idle connections, as another adapter takes its place; what is under way goes on."""

    @abstractmethod
    def close(self) -> None:
        """Give back connections; more than once is fine."""
