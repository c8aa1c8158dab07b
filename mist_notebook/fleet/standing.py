"""Whose the connected backends are and what their accounts may have, as each says it now; asked side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mist_notebook.client.waiting import Question, Waits, ask_all
from mist_notebook.ground.errors import MistError
from mist_notebook.records.model import Account, Provider, Quota

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend

_WAITS = Waits(others_s=5.0, most_s=5.0)  # these are figures beside a list that is there already
CONNECTED = "connected"
_ANSWERS = (("may not", False), ("may", True), ("not known:", None))


@dataclass(frozen=True)
class Standing:
    """One account in words: whose it is and where its credentials came from, what it may have, and what they may do."""

    account: str | None = None
    quota: str | None = None
    may: str | None = None


def of(backends: Iterable[Backend], waits: Waits = _WAITS, *, may: bool = False) -> dict[str, Standing]:
    """The standing of each live one, by id; a sandbox's is nobody's, and one that doesn't say it says why.

    With `may`, also what its credentials may do there, which takes a question for each deed.
    """
    live = [backend for backend in backends if not backend.record.sandbox]
    questions = [Question(backend.name, partial(_ask, backend, may=may)) for backend in live]
    answers: list[Standing | MistError] = ask_all(questions, "the accounts", waits)
    return {
        backend.id: Standing(f"unknown: {answer.message}") if isinstance(answer, MistError) else answer
        for backend, answer in zip(live, answers, strict=True)
    }


def by_provider(records: Sequence[Provider], backends: Sequence[Backend]) -> tuple[list[Provider], list[Standing]]:
    """The providers, those of connected backends that no list has beside them; and the standing of each."""
    known = of(backends, may=True)
    listed = {record.id for record in records}
    more = {one.provider: one for one in backends if one.id in known and one.provider not in listed}
    added = [Provider(id=provider, name=one.record.provider_name or one.name, category=CONNECTED)
             for provider, one in more.items()]  # fmt: skip
    every = [*records, *added]
    return every, [_together([one for one in backends if _is_of(one, record)], known) for record in every]


def _ask(backend: Backend, *, may: bool) -> Standing:
    account = _account(backend.adapter.account())
    deeds = _told(lambda: _may(backend.adapter.allowed())) if may else None
    return Standing(account, _told(lambda: ", ".join(map(_quota, backend.adapter.quota()))), deeds)


def _told(ask: Callable[[], str]) -> str | None:
    """What is told, why it isn't, or nothing where there is nothing to tell."""
    try:
        return ask() or None
    except MistError as error:
        return f"unknown: {error.message}"


def _may(allowed: dict[str, bool | None]) -> str:
    """What may be done, in words: most important what may not."""
    said = [(name, [deed for deed, is_so in allowed.items() if is_so is answer]) for name, answer in _ANSWERS]
    return "; ".join(f"{name} {', '.join(deeds)}" for name, deeds in said if deeds)


def _account(account: Account) -> str:
    who = account.label or account.id
    named = who if account.id.startswith(who) else f"{who} ({account.id})"
    return f"{named}, by {account.source}" if account.source else named


def _quota(quota: Quota) -> str:
    if quota.most is None:
        return quota.what if quota.used is None else f"{quota.what} {quota.used:g}"
    return f"{quota.what} {f'{quota.used:g} of ' if quota.used is not None else 'up to '}{quota.most:g}"


def _is_of(backend: Backend, provider: Provider) -> bool:
    """Whether a provider's row is the backend's: asked directly, or through a Mist server."""
    is_direct = provider.category in ("direct", CONNECTED)
    return backend.provider == provider.id and is_direct == (not backend.adapter.private_keys_wanted)


def _together(backends: Sequence[Backend], known: dict[str, Standing]) -> Standing:
    """The standing of a provider's backends, each named where there are several."""
    found = [(one.name, known[one.id]) for one in backends if one.id in known]
    if len(found) < 2:
        return found[0][1] if found else Standing()
    accounts = [f"{name}: {one.account}" for name, one in found if one.account]
    quotas = [f"{name}: {one.quota}" for name, one in found if one.quota]
    deeds = [f"{name}: {one.may}" for name, one in found if one.may]
    return Standing("; ".join(accounts) or None, "; ".join(quotas) or None, "; ".join(deeds) or None)
