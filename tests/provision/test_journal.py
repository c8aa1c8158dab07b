"""The journal's promises: exclusive, whole, ordered records in files, under kills, races, full disks and damage."""

from __future__ import annotations

import json
import os
import platform
import random
import resource
import stat
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mist_notebook.ground.errors import BadValueError, JournalError
from mist_notebook.ground.files import whole as whole_file
from mist_notebook.ground.secret import Secret
from mist_notebook.provision import journal as journal_module
from mist_notebook.provision.journal import Broken, Journal, Record, account_digest, kept
from mist_notebook.provision.shelf import FolderShelf, MemoryShelf
from tests.rigs import child

ACCOUNT = account_digest("https://mist.example", "ada@example.com")
NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def at(folder: Path) -> Journal:
    return Journal(FolderShelf(folder), ACCOUNT, clock=lambda: NOW)


def intent(journal: Journal, name: str = "web", **fields: Any) -> Record:
    return journal.new(backend="c1", backend_name="Cloud", name=name, **{"spec": {"size": "s1"}, **fields})


def opened(journal: Journal, name: str = "web", **fields: Any) -> Record:
    new = intent(journal, name, **fields)
    record = journal.open(new)
    assert record.op == new.op
    return record


def created(journal: Journal, name: str = "web", **fields: Any) -> Record:
    return journal.advance(journal.advance(opened(journal, name, **fields), "sent"), "created", machine_id=f"m-{name}")


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@pytest.fixture(params=["folder", "memory"])
def journal(request: pytest.FixtureRequest, folder: Path) -> Journal:
    shelf = FolderShelf(folder) if request.param == "folder" else MemoryShelf()
    return Journal(shelf, ACCOUNT, clock=lambda: NOW)


# The life of a record


def test_a_record_is_read_as_it_was_written(journal: Journal) -> None:
    record = created(journal, price_hourly=0.02, currency="USD")
    assert journal.records() == [record]
    assert (record.state, record.machine_id, record.turn, record.pid) == ("created", "m-web", 3, os.getpid())
    assert record.times == dict.fromkeys(("intent", "sent", "created"), "2024-05-01T12:00:00+00:00")
    assert journal.find("c1", "web") == journal.of_machine("c1", "m-web") == journal.by_op(record.op[:6]) == record
    assert journal.seconds_since(record, "created") == 0.0


def test_nothing_is_found_where_nothing_is(journal: Journal) -> None:
    assert (journal.records(), journal.opened(), journal.broken()) == ([], [], [])
    assert (journal.find("c1", "web"), journal.of_machine("c1", "m"), journal.by_op(""), journal.by_op("ab")) == (
        None,
    ) * 4
    with pytest.raises(JournalError, match="is not there"):
        journal.advance(intent(journal), "sent")


def test_a_name_has_one_open_record_in_a_backend(journal: Journal) -> None:
    record = opened(journal)
    assert journal.open(intent(journal)) == record
    other = journal.open(journal.new(backend="c2", backend_name="Cloud", name="web", spec={}))
    assert {one.op for one in journal.opened()} == {record.op, other.op}


@pytest.mark.parametrize("ending", ["gone", "dropped", "absent", "forgotten"])
def test_what_ended_frees_its_name_and_stays_readable(journal: Journal, ending: str) -> None:
    states = {"gone": ["sent", "created", "gone"], "dropped": ["dropped"], "absent": ["sent", "unknown", "absent"]}
    first = opened(journal)
    for state in states.get(ending, [ending]):
        first = journal.advance(first, state)
    second = opened(journal)
    assert journal.records() == [first, second]
    assert journal.opened() == [second]
    assert second.turn == first.turn + 1


@pytest.mark.parametrize("words", [("web",), ("web", "db"), ("web", "db", "web-2")])
def test_a_journal_that_began_anew_has_the_new_record_of_a_name_though_it_is_as_long_as_the_old_one(
    words: tuple[str, ...],
) -> None:
    shelf = MemoryShelf()
    journal = Journal(shelf, ACCOUNT, clock=lambda: NOW)
    for _ in range(3):
        made = [created(journal, word) for word in words]
        assert journal.opened() == journal.records() == sorted(made, key=Record.age_order)
        shelf.thin(shelf.names())
        assert journal.records() == []


def test_a_late_change_of_an_ended_record_never_reaches_its_successor(journal: Journal) -> None:
    first = journal.advance(opened(journal), "sent")
    journal.advance(first, "forgotten")
    second = opened(journal)
    with pytest.raises(JournalError, match="is forgotten by now"):
        journal.advance(first, "created", machine_id="m1")
    assert journal.opened() == [second]


def test_a_change_starts_from_what_another_kernel_has_written(journal: Journal) -> None:
    stale = journal.advance(opened(journal), "sent")
    journal.advance(stale, "created", machine_id="m1")
    with pytest.raises(JournalError, match="it can't become unknown"):
        journal.advance(stale, "unknown")
    assert journal.advance(stale, "ready").machine_id == "m1"


def test_a_record_is_sent_once(journal: Journal) -> None:
    record = opened(journal)
    journal.advance(record, "sent")
    with pytest.raises(JournalError):
        journal.advance(record, "sent")


def test_a_change_that_changes_nothing_writes_nothing(journal: Journal) -> None:
    record = created(journal)
    assert journal.advance(record, "created", machine_id="m-web") == record


# What a record holds


def test_no_secret_comes_into_a_record(folder: Path) -> None:
    token = Secret("s3cr3t-t0ken-value")
    pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n"
    spec = {"script": f"curl -H {token.reveal()}", "extra": {"password": "hunter2", "t": token, "pem": pem, "n": 1}}
    record = opened(at(folder), spec=spec)
    text = "".join(path.read_text() for path in files(folder))
    assert not any(word in text for word in ("s3cr3t", "hunter2", "MIIE"))
    assert record.spec["extra"]["n"] == 1


@given(st.text(alphabet='pasword=:"\\ mist_1-BEGINRVATKY\n', max_size=60))
def test_whatever_a_script_holds_is_kept_as_json(script: str) -> None:
    assert set(kept({"script": script, "extra": {script: script}})) == {"script", "extra"}


def test_a_spec_compares_equal_to_what_a_file_holds_of_it(folder: Path) -> None:
    spec = {"extra": {"ips": ("a", "b"), "disk": 20.0, "at": NOW, "where": Path("/x")}, "script": None}
    opened(at(folder), spec=spec)
    assert at(folder).records()[0].spec == kept(spec)


def test_half_a_character_is_refused_before_anything_is_written(folder: Path) -> None:
    for fields in ({"name": "w\ud800"}, {"spec": {"script": "\udfff"}}):
        with pytest.raises(BadValueError):
            opened(at(folder), **fields)
    assert at(folder).records() == []


def test_a_record_that_would_not_be_read_again_is_not_written(folder: Path) -> None:
    with pytest.raises(JournalError, match="Nothing was sent"):
        opened(at(folder), spec={"script": "x" * (1 << 20)})
    assert not folder.exists()


@pytest.mark.parametrize("name", ["../x", "a/b", "a" * 300, "CON", "web\0", "\n", "é"])
def test_no_name_chooses_a_path(tmp_path: Path, name: str) -> None:
    opened(at(tmp_path / "in" / "journal"), name)
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.parent for path in found] == [tmp_path / "in" / "journal"]
    assert len(found[0].name) == len("0" * 32 + "-000001.json")


def test_names_and_backends_that_look_alike_together_are_told_apart(journal: Journal) -> None:
    pairs = [("a\nb", "c"), ("a", "b\nc"), ("ab", "c"), ("a", "bc")]
    records = [journal.open(journal.new(backend=b, backend_name=b, name=n, spec={})) for b, n in pairs]
    assert len({record.op for record in records}) == 4


# Files


def test_files_are_their_owners_alone_and_nothing_else_is_left(folder: Path) -> None:
    created(at(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in files(folder)] == [0o600] * 3
    assert all(path.suffix == ".json" for path in files(folder))


def test_a_folder_that_others_can_read_is_tightened_and_told(folder: Path) -> None:  # B130
    folder.mkdir()
    folder.chmod(0o755)
    journal = at(folder)
    assert journal.notes == ()
    created(journal)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert journal.notes == (f"Others could read the journal in {folder}; now they can't.",)


def test_what_a_kill_leaves_beside_is_ignored(folder: Path) -> None:  # B129
    record = opened(at(folder))
    (folder / ".1234.tmp").touch()
    assert (at(folder).records(), at(folder).broken()) == ([record], [])


def test_without_hard_links_a_record_is_still_exclusive_and_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    record = created(at(folder))
    assert at(folder).records() == [record]
    assert at(folder).open(intent(at(folder))) == record


def test_a_link_whose_answer_was_lost_is_ours_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def lost(source: Path, target: Path) -> None:
        link(source, target)
        raise FileExistsError

    monkeypatch.setattr(os, "link", lost)
    assert whole_file.add(tmp_path / "a", b"1") is True


def test_a_file_system_that_cannot_sync_folders_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync

    def picky(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(22, "Invalid argument")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", picky)
    whole_file.put(tmp_path / "a", b"1")
    assert (tmp_path / "a").read_bytes() == b"1"


# Disks that fail


def no_room(bytes_left: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, resource.RLIM_INFINITY))


@pytest.mark.parametrize("bytes_left", [0, 1, 100])
def test_without_room_there_is_no_record_and_no_part_of_one(folder: Path, bytes_left: int) -> None:
    first = opened(at(folder), "first")

    def work() -> None:
        no_room(bytes_left)
        opened(at(folder))

    ended = child.run(work)
    assert isinstance(ended.error, JournalError)
    assert str(folder) in ended.error.message
    assert "Nothing was sent." in ended.error.message
    assert at(folder).records() == [first]
    assert len(files(folder)) == 1


def test_without_room_a_record_stays_what_it_was(folder: Path) -> None:
    record = at(folder).advance(opened(at(folder)), "sent")

    def work() -> None:
        no_room(0)
        at(folder).advance(record, "created", machine_id="m1")

    ended = child.run(work)
    assert isinstance(ended.error, JournalError)
    assert "Nothing was sent" not in ended.error.message
    assert at(folder).records() == [record]


def test_a_journal_that_cannot_be_written_can_be_read(tmp_path: Path) -> None:  # B131
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name) / "journal"
        record = opened(at(folder))
        for path in (Path(name), folder, *files(folder)):
            path.chmod(0o755 if path.is_dir() else 0o644)
        Path(name).chmod(0o555)
        folder.chmod(0o555)

        def work() -> object:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            assert at(folder).records() == [record]
            return opened(at(folder), "other")

        ended = child.run(work)
        Path(name).chmod(0o755)
    assert isinstance(ended.error, JournalError), ended
    assert str(folder) in ended.error.message


def test_a_file_in_the_folders_place_is_told(folder: Path) -> None:
    folder.write_text("not a folder")
    assert at(folder).records() == []
    with pytest.raises(JournalError, match="can't be written"):
        opened(at(folder))
    assert folder.read_text() == "not a folder"


# Damage: B118 to B128


def changed(**fields: Any) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps(json.loads(content) | fields).encode()


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "B118 empty": (lambda _: b"", "empty"),
    "B119 half": (lambda content: content[: len(content) // 2], "not a record"),
    "B120 NULs": (lambda content: b"\0" * len(content), "empty"),
    "B121 array": (lambda _: b"[]", "not a record"),
    "null": (lambda _: b"null", "not a record"),
    "not UTF-8": (lambda content: content.replace(b"Cloud", b"\xff\xfe"), "not a record"),
    "UTF-16": (lambda content: content.decode().encode("utf-16"), "not a record"),
    "deep": (lambda _: b'{"v":1,"spec":' + b"[" * 100_000, "not a record"),
    "large": (lambda content: content + b" " * (1 << 20), "reasonable size"),
    "B122 newer": (changed(v=2, state="hibernating"), "written by a newer version"),
    "no version": (lambda content: content.replace(b'"v"', b'"w"'), "not a record"),
    "B123 state": (changed(state="foo"), "no such state"),
    "B124 account": (changed(account="0" * 32), "of another account"),
    "B125 op": (changed(op="../x"), "its operation id is none"),
    "other name": (changed(name="db"), "another record's"),
    "other turn": (changed(turn=7), "another record's"),
    "price below zero": (changed(price_hourly=-5), "its price is none"),
    "price not finite": (lambda content: content.replace(b"0.5", b"1e999"), "not a record"),
    "no time": (changed(times={"intent": "soon"}), "a time in it is none"),
    "no zone": (changed(times={"intent": "2024-05-01T12:00:00"}), "a time in it is none"),
}


@pytest.mark.parametrize(("damage", "why"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_record_harms_only_itself_and_stops_creates(
    folder: Path, damage: Callable[[bytes], bytes], why: str
) -> None:
    whole = opened(at(folder), "whole")
    opened(at(folder), price_hourly=0.5)
    (path,) = [path for path in files(folder) if json.loads(path.read_bytes())["name"] == "web"]
    path.write_bytes(damage(path.read_bytes()))
    damaged = path.read_bytes()
    (problem,) = at(folder).broken()
    assert problem.file == path.name
    assert why in problem.why
    assert at(folder).opened() == at(folder).records() == [whole]
    for name in ("web", "new"):
        with pytest.raises(JournalError, match=f"{path.name}.*It is kept"):
            at(folder).open(intent(at(folder), name))
    assert at(folder).advance(whole, "sent").state == "sent"
    assert path.read_bytes() == damaged


@pytest.mark.parametrize(
    "make",
    [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/etc/passwd"), lambda path: path.symlink_to("nowhere")],
    ids=["folder", "pipe", "link", "dangling link"],
)
def test_what_is_no_plain_file_is_no_record(folder: Path, make: Callable[[Path], object]) -> None:
    record = opened(at(folder))
    make(folder / f"{'0' * 32}-000001.json")
    assert at(folder).records() == [record]
    assert [problem.file for problem in at(folder).broken()] == [f"{'0' * 32}-000001.json"]


def test_a_link_to_a_record_is_no_record(folder: Path) -> None:
    opened(at(folder))
    (path,) = files(folder)
    path.rename(folder.parent / "elsewhere")
    path.symlink_to(folder.parent / "elsewhere")
    assert (at(folder).records(), len(at(folder).broken())) == ([], 1)


def test_of_two_records_with_one_operation_none_is_adopted(folder: Path) -> None:  # B128
    one = opened(at(folder))
    opened(at(folder), "db")
    (path,) = [path for path in files(folder) if json.loads(path.read_bytes())["name"] == "db"]
    path.write_bytes(changed(op=one.op)(path.read_bytes()))
    assert at(folder).records() == at(folder).opened() == []
    assert len(at(folder).broken()) == 2


def test_a_copied_record_is_noticed(folder: Path) -> None:
    opened(at(folder))
    (path,) = files(folder)
    (folder / path.name.replace("000001", "000002")).write_bytes(path.read_bytes())
    (folder / "copy of a record.json").write_bytes(path.read_bytes())
    assert len(at(folder).broken()) == 2
    with pytest.raises(JournalError):
        opened(at(folder), "db")


@pytest.mark.parametrize(
    "fields", [{"expires": "2020-01-01T00:00:00+00:00"}, {"times": {"intent": "2099-01-01T00:00:00+00:00"}}]
)
def test_odd_times_are_shown(folder: Path, fields: dict[str, Any]) -> None:  # B126, B127
    opened(at(folder))
    (path,) = files(folder)
    path.write_bytes(changed(**fields)(path.read_bytes()))
    assert (len(at(folder).opened()), at(folder).broken()) == (1, [])


def test_a_broken_file_that_was_looked_at_is_kept_and_out_of_the_way(folder: Path) -> None:
    opened(at(folder))
    (path,) = files(folder)
    path.write_bytes(b"half")
    journal = at(folder)
    journal.set_aside(journal.broken()[0])
    assert opened(journal).state == "intent"
    assert [aside.read_bytes() for aside in folder.glob("*.aside")] == [b"half"]
    with pytest.raises(JournalError):
        journal.set_aside(Broken("not-there.json", ""))


# Processes


def test_eight_processes_that_open_the_same_names_have_one_winner_each(folder: Path) -> None:
    names = [f"web-{number}" for number in range(25)]

    def work(seed: int) -> dict[str, tuple[bool, str]]:
        found = {}
        for name in random.Random(seed).sample(names, len(names)):
            new = intent(at(folder), name)
            record = at(folder).open(new)
            found[name] = (record.op == new.op, record.op)
        return found

    ended = child.together([lambda seed=seed: work(seed) for seed in range(8)])
    found = [one.value for one in ended]
    for name in names:
        assert Counter(answers[name][0] for answers in found) == {True: 1, False: 7}
        assert len({answers[name][1] for answers in found}) == 1
    assert len(at(folder).opened()) == len(files(folder)) == 25


def test_eight_processes_that_want_to_send_one_record_have_one_winner(folder: Path) -> None:
    record = opened(at(folder))

    def work(state: str) -> str:
        return at(folder).advance(record, state).state

    ended = child.together([lambda state=state: work(state) for state in ["sent", "dropped"] * 4])
    winners = [one.value for one in ended if one.error is None]
    losers = [one.error for one in ended if one.error is not None]
    assert all(isinstance(error, JournalError) for error in losers)
    # A record that was sent may be dropped after that, by the one who knows that nothing left; never the reverse.
    assert winners.count("sent") <= 1
    assert winners.count("dropped") <= 1
    assert at(folder).records()[0].state == ("dropped" if "dropped" in winners else "sent")


def test_a_kill_at_any_step_leaves_whole_records_and_loses_none_that_was_acknowledged(tmp_path: Path) -> None:
    order = [*journal_module.OPEN, "gone"]

    def work(number: int) -> None:
        journal = at(tmp_path / f"journal-{number}")
        record = journal.open(intent(journal))
        for state in ("sent", "created", "destroying", "gone"):
            record = journal.advance(record, state)
            (tmp_path / f"{number}-{state}").mkdir()

    numbers = list(child.killed_at_each_step(work, tmp_path))
    assert len(numbers) >= 40
    for number in numbers:
        journal = at(tmp_path / f"journal-{number}")
        assert journal.broken() == []
        found = [order.index(record.state) for record in journal.records()]
        acknowledged = [order.index(state) for state in order if (tmp_path / f"{number}-{state}").exists()]
        assert max(found, default=-1) >= max(acknowledged, default=-1)
        assert journal.open(intent(journal)).state in order


def test_an_intent_of_a_dead_kernel_is_closed_and_no_other_one(folder: Path) -> None:
    dead = child.run(lambda: opened(at(folder), "dead")).value
    child.run(lambda: at(folder).advance(opened(at(folder), "sent"), "sent"))
    opened(at(folder), "mine")
    elsewhere = at(folder).open(intent(at(folder), "elsewhere"))
    (path,) = [path for path in files(folder) if json.loads(path.read_bytes())["name"] == "elsewhere"]
    path.write_bytes(changed(pid=dead.pid, host=f"not-{platform.node()}")(path.read_bytes()))
    at(folder).drop_orphans()
    assert elsewhere.pid == os.getpid()
    assert {record.name: record.state for record in at(folder).records()} == {
        "dead": "dropped",
        "sent": "sent",
        "mine": "intent",
        "elsewhere": "intent",
    }


def test_accounts_and_servers_have_folders_of_their_own() -> None:
    digests = {account_digest(*pair) for pair in [("a", "b"), ("a\nb", ""), ("", "a\nb"), ("../..", "x")]}
    assert len(digests) == 4
    assert all(len(digest) == 32 and digest.isalnum() for digest in digests)


# Many operations, and what is left behind


class CountingShelf(FolderShelf):
    """A folder that counts what is read from it."""

    reads = 0

    def read(self, name: str) -> bytes:
        self.reads += 1
        return super().read(name)


def filled(folder: Path, operations: int, *, names: int) -> None:
    """So many operations, each with five files, under so many names."""
    journal = at(folder)
    for number in range(operations):
        record = created(journal, f"web-{number % names}")
        journal.advance(journal.advance(record, "destroying"), "gone")


def aged(folder: Path, hours: float = 2.0) -> None:
    for path in files(folder):
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - hours * 3600))


@pytest.mark.parametrize("names", [60, 20, 1])
def test_one_file_an_operation_is_read_and_none_twice(folder: Path, names: int) -> None:
    filled(folder, 60, names=names)
    assert len(files(folder)) == 300
    shelf = CountingShelf(folder)
    journal = Journal(shelf, ACCOUNT, clock=lambda: NOW)
    assert journal.opened() == []
    assert shelf.reads == names
    assert len(journal.records()) == 60
    assert shelf.reads == 60
    assert len(journal.records()) == 60 and journal.broken() == [] and journal.opened() == []
    assert shelf.reads == 60


def test_records_from_before_they_said_where_they_began_are_all_read(folder: Path) -> None:
    filled(folder, 12, names=4)
    before = at(folder).records()
    for path in files(folder):
        path.write_bytes(changed(first=0)(path.read_bytes()))
    assert [record.op for record in at(folder).records()] == [record.op for record in before]


@pytest.mark.parametrize("first", [None, 0])
def test_thinning_keeps_what_counts(folder: Path, first: int | None) -> None:
    filled(folder, 40, names=10)
    open_one = created(at(folder), "web-3")
    if first is not None:
        for path in files(folder):
            path.write_bytes(changed(first=first)(path.read_bytes()))
    aged(folder)
    before = [(record.op, record.state, record.machine_id, record.times) for record in at(folder).records()]
    at(folder).files.tidy()
    after = at(folder).records()
    assert [(record.op, record.state, record.machine_id, record.times) for record in after] == before
    assert at(folder).advance(open_one, "ready").state == "ready"
    if first is None:
        assert len(files(folder)) == 42


def test_what_is_young_is_not_thinned(folder: Path) -> None:
    filled(folder, 3, names=3)
    at(folder).files.tidy()
    assert len(files(folder)) == 15


def test_a_kernel_that_slept_through_the_thinning_writes_no_turn_twice(folder: Path) -> None:
    asleep = at(folder)
    stale = asleep.advance(opened(asleep), "sent")
    other = at(folder)
    other.advance(other.advance(stale, "created", machine_id="m1"), "ready")
    aged(folder)
    other.files.tidy()
    assert asleep.files.add(Record(**{**_fields(stale), "state": "unknown", "turn": 3})) is False
    assert [record.state for record in at(folder).records()] == ["ready"]
    assert len(files(folder)) == 1


def _fields(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


def test_what_killed_writes_left_is_swept_after_an_hour_and_nothing_else(folder: Path) -> None:
    opened(at(folder))
    left = [folder / f".{'0' * 15}{number}.tmp" for number in range(3)]
    for path in (*left, folder / "notes.tmp", folder / ".mine.tmp"):
        path.touch()
    at(folder).files.tidy()
    assert all(path.exists() for path in left)
    aged(folder)
    at(folder).files.tidy()
    assert not any(path.exists() for path in left)
    assert (folder / "notes.tmp").exists() and (folder / ".mine.tmp").exists()


def test_other_files_of_ours_sweep_beside_themselves_too(tmp_path: Path) -> None:
    left = tmp_path / f".{'a' * 16}.tmp"
    left.touch()
    os.utime(left, (0, 0))
    whole_file.put(tmp_path / "settings.toml", b"x = 1\n")
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]
