"""Every word that frames and progress show stands in the glossary, and every column under the header that is drawn."""

from __future__ import annotations

import re
from datetime import date

from mist_notebook.client.machines import acts
from mist_notebook.display.headers import header
from mist_notebook.frames import frames
from mist_notebook.prices import catalogue
from mist_notebook.prices.catalogue import changes
from mist_notebook.prices.known import covered
from mist_notebook.provision import record, snapshots
from mist_notebook.records.columns import ALIKE, COLUMNS, COMPARED, MONTHLY, OFFERS
from mist_notebook.ssh import outcome
from tests.rigs.markdown_pages import ROOT, text_of

SAID = text_of("docs/glossary.md")
ROWS = dict(re.findall(r"^\| `(\w+)` \| ([^|]*?) ?\| [^|]+ \|$", SAID.partition("## Columns")[2], re.M))
WORDS = set(re.findall(r"`([\w-]+)`", SAID))


def test_every_column_of_every_frame_is_in_the_glossary_under_the_header_that_is_drawn() -> None:
    columns = {column.name for each in (*COLUMNS.values(), OFFERS) for column in each} | {*COMPARED, *MONTHLY, *ALIKE}
    none = catalogue.snapshot().iloc[:0]
    for frame in (covered.lists(none, date(2026, 11, 30), {}), changes.between(none, none), frames.settings([])):
        columns |= set(frame.columns)
    assert columns - set(ROWS) == set()
    assert {name: header(name, "USD") for name in ROWS} == {name: shown or name for name, shown in ROWS.items()}


def test_every_step_of_progress_is_in_the_glossary() -> None:
    sources = [path for room in ("provision", "client") for path in (ROOT / "mist_notebook" / room).rglob("*.py")]
    steps = {
        word for path in sources for word in re.findall(r'\bstep\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
    } | {acts.DESTROYING, acts.UNWRITTEN}
    assert len(steps) > 8
    assert steps - set(re.findall(r"^\| `(\w+)` \| [^|]+ \|$", SAID.partition("## Steps")[2], re.M)) == set()


def test_every_state_and_outcome_is_in_the_glossary() -> None:
    jobs = {snapshots.RUNNING, snapshots.DONE, snapshots.FAILED, snapshots.CANCELLED}
    assert {*record.OPEN, *record.ENDED, *outcome.OUTCOMES, *jobs} - WORDS == set()
