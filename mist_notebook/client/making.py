"""The way from words to a machine: a spec with every reference resolved, and its steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from mist_notebook.backends import choices, extra_fields, extra_words, provider_fields
from mist_notebook.backends.images import check_starts
from mist_notebook.ground.errors import BadValueError, MistUsageError, NotFoundError, ProvisionError
from mist_notebook.ground.numbered import several
from mist_notebook.ground.stopping import of_this_thread
from mist_notebook.ground.text import clean
from mist_notebook.records.model import BackendInfo, Key, Location, MachineSpec, Place, Step
from mist_notebook.records.model import Machine as MachineRecord

from . import list_prices, numbers, rates
from .keys_here import local_keys, picked
from .machines.actor import Hands
from .machines.machine import Machine

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.provision.course import Looks

    from .client import MistClient


class Maker:
    """The part of a backend that makes machines."""

    _client: MistClient
    adapter: Adapter

    @property
    def record(self) -> BackendInfo:
        raise NotImplementedError

    def _hands(self) -> Hands:
        raise NotImplementedError

    def create_machine(
        self,
        name: str,
        key: Any = None,
        image_id: Any = None,
        location_id: Any = None,
        size_id: Any = None,
        *,
        quantity: int = 1,
        accept_unknown_price: bool = False,
        timeout: float | None = None,
        fire_and_forget: bool = False,
        verbose: bool = False,
        **more: Any,
    ) -> Any:
        """Make a machine, wait until it runs, and return it; asked again with the same words, it is the same machine.

        Recorded before it is sent, sent once. `more` takes `script`, `cloud_init`, `hours`, `tags` (a dict), and what
        this provider needs beyond that (`image_extra`, `disk`, `networks`, …); a word that it doesn't take is refused.
        A `quantity` above 1 makes `name-1` and so on, one operation each, and returns the list. `timeout` is how many
        seconds to wait (600), `fire_and_forget` returns once it was taken, `verbose` prints the steps. Raises
        LimitError and BadValueError before anything is sent, RefusedError where nothing was made, ProvisionError else.
        """
        numbers.check(quantity, timeout)
        more = _given(more)
        how: dict[str, Any] = {"accept_unknown_price": accept_unknown_price, "timeout": timeout}
        how |= {"fire_and_forget": fire_and_forget, "verbose": verbose}
        if quantity != 1:
            names = several(name, quantity)
            return [self.create_machine(one, key, image_id, location_id, size_id, **how, **more) for one in names]
        try:
            spec = self.spec(name, key=key, image=image_id, location=location_id, size=size_id, **more)
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(f"Nothing was sent for '{name}'.")
            raise
        steps = self.provision(spec, accept_unknown_price=accept_unknown_price, probe=False, wait_s=timeout)
        made = None
        for step in steps:
            made = step.machine or made
            if verbose:
                print(clean(f"{step.seconds:6.1f} s  {step.state:<9}  {step.message}"))  # noqa: T201 - it was asked for
            if fire_and_forget and made is not None:
                break
        if made is None:
            raise ProvisionError(f"'{name}' was not made.", "See %mist journal.")
        return Machine(made, self._hands())

    def spec(
        self,
        name: str,
        *,
        key: Any = None,
        image: Any = None,
        location: Any = None,
        size: Any = None,
        script: str | None = None,
        cloud_init: str | None = None,
        hours: float | str | None = None,
        together: str | None = None,
        **extra: Any,
    ) -> MachineSpec:
        """What to create, with every reference resolved against fresh listings; nothing is sent.

        Machines of one `together` are let reach each other, where the backend can do that.
        """
        if self.adapter.only_there:
            raise BadValueError(*self.adapter.why_none("created"))
        provider_fields.check_name(name, self.record.provider)
        extra = extra_words.checked(extra, self.record, self.adapter.needs)
        extra_fields.check({**extra, "script": script, "cloud_init": cloud_init})
        chosen = self.adapter.find_size(size)
        first, *others = self._places(location)
        extra = choices.resolved(extra, self.adapter, first)
        found = self.adapter.find_image(image, chosen.arch)
        check_starts(found, chosen)
        spec = MachineSpec(
            backend=self.record,
            name=name,
            image=found,
            size=chosen,
            location=first,
            key=self.usable_key(key) if key is not None else None,
            login=self.adapter.default_user(found),
            script=script,
            cloud_init=cloud_init,
            hours=numbers.hours(hours),
            together=self._together(together),
            extra=extra,
        )
        return self._fitted(spec, others)

    def _together(self, group: str | None) -> str | None:
        if group and not self.adapter.needs().together:
            raise BadValueError(
                f"{self.record.name} can't be asked to let machines reach each other.", "Leave out --together."
            )
        return group or None

    def _places(self, wanted: Any) -> list[Location | None]:
        """The locations that a reference means: one, or several with commas between, to be tried in turn."""
        if not wanted:
            return [None]
        find = self.adapter.find_location
        several = wanted if isinstance(wanted, (list, tuple)) else []
        try:
            if len(several) < 2:
                return [find(several[0] if several else wanted)]
        except NotFoundError:
            several = wanted.split(",") if isinstance(wanted, str) else several
            if len(several) < 2:
                raise
        if not self.adapter.tells_no_room:
            raise BadValueError(
                f"{self.record.name} doesn't tell when a location has no room: it can't try several in turn.",
                "Name one location; nothing was sent.",
            )
        places = [find(one) for one in several]
        if len({place.id for place in places}) < len(places):
            raise BadValueError(f"A location is named twice: {', '.join(place.id for place in places)}.", "Once each.")
        return list(places)

    def _fitted(self, spec: MachineSpec, others: Sequence[Location | None]) -> MachineSpec:
        """The spec as each of its locations makes it, with the price there in USD too."""
        fitted = [self.adapter.fitted(structs.replace(spec, location=place)) for place in (spec.location, *others)]
        own, *more = [self.priced(one) for one in fitted]
        elsewhere = (Place(location=one.location, size=one.size, image=one.image) for one in more if one.location)
        return structs.replace(own, elsewhere=tuple(elsewhere))

    def fitted(self, spec: MachineSpec) -> MachineSpec:
        """A spec whose parts were read anew as the service will make it, with what it costs there."""
        return self.priced(self.adapter.fitted(spec))

    def priced(self, spec: MachineSpec) -> MachineSpec:
        """The spec with what its size costs there: as the service says it, else as the catalogue has it, dated."""
        if self.adapter.kept_here:
            spec = list_prices.of_spec(spec)
        return structs.replace(spec, size=rates.with_usd(spec.size))

    def usable_keys(self) -> list[Key]:
        """The keys that a machine here can have: the backend's, and where a public half will do, this computer's."""
        known = self.adapter.keys()
        return known if self.adapter.private_keys_wanted else [*known, *local_keys(self._client.local_keys, known)]

    def usable_key(self, wanted: Any) -> Key:
        """The key that a reference means: of a Mist server one that it has, elsewhere one of this computer too."""
        return picked(wanted, self.usable_keys(), self._client.local_keys)

    def _with_key(self, spec: MachineSpec) -> MachineSpec:
        """The spec with the backend's own record of its key, which is given the public half if it has none."""
        spec = structs.replace(spec, login=spec.login or self.adapter.default_user(spec.image))
        if spec.key is None or self.adapter.private_keys_wanted:
            return spec
        name, known = spec.key.name, self.adapter.keys()
        here = self._client.local_keys
        there = next((key for key in known if key.id == spec.key.id or key.name == name), None)
        if there is not None and (there.public is None or here.path_of(name) is None):
            return structs.replace(spec, key=there)
        public = here.public_of(name)
        if there is None or not _same(there.public, public):
            there = self.adapter.import_key(name, public)
        return structs.replace(spec, key=there)

    def provision(
        self,
        spec: MachineSpec,
        *,
        accept_unknown_price: bool = False,
        probe: bool = True,
        user: str | None = None,
        port: int | None = None,
        wait_s: float | None = None,
    ) -> Iterator[Step]:
        """The steps from a spec to a machine that answers a probe, as that user at that port; see `provision`."""
        from mist_notebook.provision import provision

        hands = self._hands()
        key_name = spec.key.name if spec.key else None

        def looks(record: MachineRecord) -> Looks:
            return self._client.prober.looks(Machine(record, hands), key_name, user, port)

        course = provision.Course(
            limits=self._client.limits(self.record.sandbox),
            beside=lambda: self._client.opened_like(self.record.sandbox),
            accept_unknown_price=accept_unknown_price,
            looks=looks if probe else None,
            probe_about=self._client.prober.patience_about,
            waits_for_login=of_this_thread() is not None,  # a cell ends instead: the next one can log in
        )
        course = course if wait_s is None else replace(course, wait_s=float(wait_s))
        return provision.provision(self.adapter, self._with_key(spec), hands.journal, course)


def _same(one: str | None, other: str) -> bool:
    """Whether two public halves are of one key, whatever their comments: a name alone doesn't make them one."""
    return one is not None and one.split()[:2] == other.split()[:2]


def _given(more: Mapping[str, Any]) -> dict[str, Any]:
    """What was given besides: in Python `None` is nothing. Refuses what has another name here than in a line."""
    for word in ("image", "location", "size"):
        if word in more:
            raise MistUsageError(f"create_machine has no '{word}'; nothing was sent.", f"Give it as {word}_id=.")
    return {field: value for field, value in more.items() if value is not None}
