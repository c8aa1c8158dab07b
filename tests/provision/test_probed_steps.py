"""What a create says while its machine doesn't answer yet, and what its probe says in the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mist_notebook.provision.course import Looks
from mist_notebook.records.model import Machine, ProbeReport
from tests.rigs.machines_rig import Workshop, open_workshop
from tests.rigs.ssh_hosts import KEY, saying, ssh_host

SENTENCE = "It said: System is booting up."


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with open_workshop(tmp_path_factory.mktemp("workshop")) as workshop:
        workshop.key_file("other", KEY)
        yield workshop


def report(outcome: str, detail: str = "") -> ProbeReport:
    return ProbeReport(
        outcome=outcome, host="192.0.2.1", port=22, user="root", via="ssh", probed_at=datetime(2026, 1, 1, tzinfo=UTC),
        seconds=1.0, detail=detail,
    )  # fmt: skip


def told(workshop: Workshop, name: str, *reports: ProbeReport) -> list[tuple[str, str]]:
    """The steps since it runs."""

    def looks(_machine: Machine) -> Looks:
        yield from reports[:-1]
        return reports[-1]

    steps = [(step.state, step.message) for step in workshop.steps(name, looks=looks)]
    first = next(place for place, (state, _) in enumerate(steps) if state == "running")
    return steps[first + 1 :]


def test_each_thing_that_it_sees_while_it_waits_is_a_step_once(workshop: Workshop) -> None:
    refused, booting = report("refused", "Nothing there."), report("auth", SENTENCE)
    assert told(workshop, "slow", refused, refused, booting, booting, report("ok")) == [
        ("running", "Not yet ok (refused): Nothing there."),
        ("running", f"Not yet ok (auth): {SENTENCE}"),
        ("probed", "The probe says ok."),
    ]


@pytest.mark.parametrize(
    ("last", "message"),
    [
        (report("ok"), "The probe says ok."),
        (
            report("ok", "The login works, but it ran none of the probe's commands. It said: not available."),
            "The probe says ok: The login works, but it ran none of the probe's commands. It said: not available.",
        ),
        (report("auth", "refused"), "The probe says auth."),
        (report("hung", "stuck"), "The probe says hung."),
    ],
)
def test_a_create_says_what_its_probe_says(workshop: Workshop, last: ProbeReport, message: str) -> None:
    name = f"said-{abs(hash(message)) % 10_000}"
    assert told(workshop, name, last)[-1] == ("probed", message)


def test_a_login_that_runs_nothing_is_said_by_create_and_by_probe_alike(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIST_DATA_DIR", str(workshop.folder))
    with workshop.served(ssh_host(saying("This account is currently not available.\n", code=1))) as port:
        machine = workshop.make("locked")
        looks = workshop.client.prober.looks(machine, "other", port=port)
        with pytest.raises(StopIteration) as ended:
            next(looks)
        assert ended.value.value.detail.endswith("It said: This account is currently not available.")
        assert ended.value.value.outcome == "ok"
