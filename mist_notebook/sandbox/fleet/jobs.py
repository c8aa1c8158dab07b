"""The stories of creates: what happened to each, in at most 50 lines.

What will happen is known when a machine is made, so every line is written then, with its time, and shown when that has
come. A story in which a machine fails never ends, as in Mist: whoever polls has to look at the lines.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass

from mist_notebook.sandbox.ground.faults import Fault
from mist_notebook.sandbox.ground.refusals import not_found
from mist_notebook.sandbox.ground.store import Store

CREATE = "create_machine"
MOST_LOGS = 50


@dataclass(frozen=True)
class Log:
    """One line of a story."""

    at: float
    action: str
    machine_name: str = ""
    external_id: str = ""
    machine_id: str = ""
    error: str = ""
    more: tuple[tuple[str, object], ...] = ()

    def document(self, cloud_id: str) -> dict[str, object]:
        """The line as the API answers it."""
        about = {
            "cloud_id": cloud_id,
            "machine_name": self.machine_name,
            "external_id": self.external_id,
            "machine_id": self.machine_id,
        }
        return {
            "action": self.action,
            "type": "job",
            "time": self.at,
            "error": self.error or False,
            **{name: value for name, value in about.items() if value},
            **dict(self.more),
        }


class Jobs:
    """All stories of the sandbox."""

    def __init__(self, store: Store, owner_id: str) -> None:
        self._store = store
        self._owner_id = owner_id
        self._hidden: dict[str, float] = {}

    def hide(self, job_id: str, now: float, fault: Fault | None) -> None:
        """Not find a new story for a while, as its first line isn't indexed yet, if there is a fault."""
        if fault:
            self._hidden[job_id] = now + fault.seconds

    def tell(self, job_id: str, *, cloud_id: str, logs: list[Log], finished: float | None, error: str) -> None:
        """Begin a story, or go on with one whose id is given again."""
        self._store.write(
            "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET finished = excluded.finished",
            *(job_id, uuid.uuid4().hex, cloud_id, logs[0].at, finished, error),
        )
        for log in logs:
            entry = json.dumps(log.document(cloud_id))
            self._store.write("INSERT INTO job_logs (job_id, at, entry) VALUES (?, ?, ?)", job_id, log.at, entry)

    def story(self, job_id: str, now: float) -> dict[str, object]:
        """A story up to now."""
        row = self._store.row("SELECT * FROM jobs WHERE id = ?", job_id)
        if row is None or now < self._hidden.get(job_id, 0.0):
            raise not_found("Job does not exist")
        finished = row["finished"]
        is_over = finished is not None and finished <= now
        return {
            "story_id": row["story_id"],
            "job_id": job_id,
            "job": CREATE,
            "type": "job",
            "owner_id": self._owner_id,
            "user_id": self._owner_id,
            "cloud_id": row["cloud_id"],
            "started_at": row["started"],
            "finished_at": finished if is_over else 0,
            "error": row["error"] or False,
            "logs": self._logs(job_id, now),
        }

    def _logs(self, job_id: str, now: float) -> list[object]:
        rows = self._store.rows(
            "SELECT entry FROM job_logs WHERE job_id = ? AND at <= ? ORDER BY at, position LIMIT ?",
            *(job_id, now, MOST_LOGS),
        )
        return [json.loads(row["entry"]) for row in rows]
