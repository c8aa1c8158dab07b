"""What a cluster says of itself: each worker's machine, memory and cost, and how long it still has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mist_notebook.client.machines.machine import Machine
from mist_notebook.fleet import groups, inventory
from mist_notebook.ground.text import counted

if TYPE_CHECKING:
    from .dask_object import MistCluster

_GB = 1024.0**3
_HOUR_S = 3600.0


@dataclass(frozen=True)
class Row:
    """One row of `%mist dask status`: a machine, and its worker as the scheduler sees it."""

    id: str
    name: str
    state: str
    address: str
    threads: float | None
    ram_gb: float | None
    ram_used_gb: float | None
    running: float | None
    price_hourly: float | None
    cost_so_far: float | None
    currency: str | None
    hours_left: float | None
    note: str | None


def rows(cluster: MistCluster) -> list[tuple[Machine, Row]]:
    """A row for each machine; the scheduler is asked now. Where it is gone, what is known from before."""
    workers = {str(worker.get("name")): worker for worker in _info(cluster).get("workers", {}).values()}
    return [(machine, _row(cluster, machine, workers.get(machine.name))) for machine in cluster.machines]


def _info(cluster: MistCluster) -> dict[str, Any]:
    if cluster.is_over:
        return {}
    try:
        return dict(cluster.sync(cluster.scheduler_comm.identity))
    except (OSError, TimeoutError):
        return {}


def _row(cluster: MistCluster, machine: Machine, worker: dict[str, Any] | None) -> Row:
    hand = next((hand for hand in cluster.hands if hand.member.place == groups.place(machine)), None)
    metrics = worker.get("metrics", {}) if worker else {}
    lost = cluster.running.lost.get(machine.name)
    return Row(
        id=machine.id,
        name=machine.name,
        state="lost" if lost or cluster.is_over else "works" if worker else "silent",
        address=hand.address if hand else "",
        threads=float(worker["nthreads"]) if worker else None,
        ram_gb=worker["memory_limit"] / _GB if worker else None,
        ram_used_gb=metrics["memory"] / _GB if "memory" in metrics else None,
        running=float(metrics["executing"]) if "executing" in metrics else None,
        price_hourly=inventory.hourly_of(machine),
        cost_so_far=machine.cost_so_far,
        currency=currency_of(machine),
        hours_left=hours_left(machine),
        note=lost,
    )


def currency_of(machine: Machine) -> str | None:
    """That of its price."""
    kept = machine.journal_record
    return (kept.currency if kept else None) or machine.record.price.currency


def hours_left(machine: Machine) -> float | None:
    """Until its time limit; `None` where it has none."""
    expires = machine.record.expires
    if expires is None:
        return None
    now: datetime = machine.hands.adapter.now()
    return max(0.0, (expires - now).total_seconds() / _HOUR_S)


def summary(cluster: MistCluster) -> str:
    """Machines, threads, memory, what they cost together, and when the first one ends: one line."""
    shares = [hand.share for hand in cluster.hands]
    parts = [
        counted(len(shares), "machine"),
        counted(sum(share.threads for share in shares), "thread"),
        f"{sum(share.memory for share in shares) / _GB:,.1f} GB",
        _cost(cluster),
        _ends(cluster),
    ]
    return " · ".join(part for part in parts if part)


def _cost(cluster: MistCluster) -> str:
    """The price of all together, where each one's is known and they are of one currency."""
    prices = {machine.name: inventory.hourly_of(machine) for machine in cluster.machines}
    unknown = [name for name, price in prices.items() if price is None]
    if unknown:
        return f"the price of {', '.join(unknown)} is unknown"
    sums: dict[str, float] = {}
    for machine in cluster.machines:
        currency = currency_of(machine) or "USD"
        sums[currency] = sums.get(currency, 0.0) + (prices[machine.name] or 0.0)
    return " + ".join(f"{amount:,.4f} {currency}/h" for currency, amount in sums.items())


def _ends(cluster: MistCluster) -> str:
    left = [(hours, machine.name) for machine in cluster.machines if (hours := hours_left(machine)) is not None]
    if not left:
        return "no time limit: they cost until they are destroyed"
    hours, name = min(left)
    return f"{name} ends in {hours:,.1f} h"
