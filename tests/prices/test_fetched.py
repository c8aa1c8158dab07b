"""Files of fetched prices that are damaged, foreign or in the way: named, not used, never half used."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.ground.errors import SettingsError
from mist_notebook.prices.catalogue import fetched as kept_files
from mist_notebook.prices.catalogue import overlay
from mist_notebook.prices.catalogue.sources.azure import Azure
from mist_notebook.prices.catalogue.sources.vultr import Vultr
from tests.conftest import need
from tests.rigs import hostile, price_lists
from tests.rigs.refresh_rig import TODAY, fetched, keep


def altered(path: Path, **head: Any) -> bytes:
    """The file with another first line."""
    line, _, table = gzip.decompress(path.read_bytes()).partition(b"\n")
    return gzip.compress(json.dumps(json.loads(line) | head).encode() + b"\n" + table)


def damaged(path: Path) -> Iterator[tuple[bytes, str]]:
    whole = path.read_bytes()
    line, _, table = gzip.decompress(whole).partition(b"\n")
    texts, _, arrays = table.partition(b"\n")
    inner = json.loads(texts)
    yield whole[: len(whole) // 2], "is cut off"
    yield whole[:3], "is cut off"
    yield b"", "is no file of prices"
    yield b"hello", "is no file of prices"
    yield b"\x00" * 100, "is no file of prices"
    yield gzip.compress(b""), "is no file of prices"
    yield gzip.compress(b"a,b\n1,2\n"), "is no file of prices"
    yield gzip.compress(b'{"format": "another program\'s", "version": 1}\n'), "is no file of prices"
    yield gzip.compress(b"[" * 9000), "is no file of prices"
    yield gzip.compress(line + b"\n" + table[:-9]), "is not as it was written"
    yield gzip.compress(line + b"\n" + table.replace(b"eastus", b"westus")), "is not as it was written"
    yield gzip.compress(line), "is not as it was written"
    yield altered(path, version=4), "was written by a newer version of mist_notebook"
    yield altered(path, version=2), "was written by an older version of mist_notebook"
    yield altered(path, version=99, rows="?", more=[1]), "was written by a newer version of mist_notebook"
    yield altered(path, rows=7), "has other columns or rows than it says"
    yield altered(path, name="vultr"), "is not what its first line says"
    yield altered(path, rows="five"), "is no file of prices"
    for other in (
        {"texts": inner["texts"] | {"more": []}},
        {"texts": inner["texts"] | {"id": inner["texts"]["id"][:-1]}},
        {"arrays": inner["arrays"][:-1]},
        {"arrays": [["u8", 3], *inner["arrays"][1:]]},
        {"arrays": [["u1", 10**15], *inner["arrays"][1:]]},
        {"by_id": [*inner["by_id"], "region"]},
    ):
        table = json.dumps(inner | other).encode() + b"\n" + arrays
        digest = hashlib.sha256(table).hexdigest()
        head = json.dumps(json.loads(line) | {"sha256": digest}).encode()
        yield gzip.compress(head + b"\n" + table), "has other columns"


def test_a_damaged_file_is_named_and_nothing_of_it_is_used() -> None:
    path = keep()
    for content, why in list(damaged(path)):
        path.write_bytes(content)
        (note,) = overlay.refresh_notes()
        assert note.startswith(f"{path} {why}"), note
        assert note.endswith(": it is not used. Fetch that list again, or remove the file.")
        assert len(overlay.refreshed()) == 0
        assert path.read_bytes() == content


def test_one_damaged_file_does_not_hide_the_others() -> None:
    keep("vultr")
    keep("linode").write_bytes(b"x")
    assert set(overlay.refreshed()["provider"]) == {"vultr"}
    assert len(overlay.refresh_notes()) == 1


def test_a_damaged_file_is_replaced_by_the_next_good_list_which_says_so() -> None:
    path = keep()
    path.write_bytes(b"x")
    with hostile.serve(price_lists.azure()) as server:
        found = fetched(Azure(server.url), "eastus")
    assert found.notes[0] == f"{path} is no file of prices: it was not used, and is replaced."
    assert kept_files.read(path).scopes == {"eastus": TODAY}


def test_files_of_others_in_the_folder_are_named_or_left_alone() -> None:
    folder = keep().parent
    (folder / "gce.prices.gz").write_bytes(b"mine")
    (folder / ".0123456789abcdef.tmp").write_bytes(b"left by a kill")
    (folder / "notes.txt").write_bytes(b"")
    (folder / "dir.prices.gz").mkdir()
    assert [note.partition(" ")[0].rpartition("/")[2] for note in overlay.refresh_notes()] == [
        "dir.prices.gz", "gce.prices.gz",
    ]  # fmt: skip
    assert set(overlay.refreshed()["provider"]) == {"azure_arm"}


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_change_is_not_used(mode: int) -> None:
    path = keep()
    path.chmod(mode)
    assert overlay.refresh_notes()[0].startswith(f"{path} is another user's, or others can change it")
    path.chmod(0o644)
    assert overlay.refresh_notes() == ()


def test_a_file_of_another_user_is_not_used() -> None:
    need(os.geteuid() == 0, "only root can give a file away")
    path = keep()
    os.chown(path, 12345, -1)
    assert "another user's" in overlay.refresh_notes()[0]


def test_a_pipe_in_a_files_place_is_refused_at_once() -> None:
    path = keep()
    path.unlink()
    os.mkfifo(path)
    (note,) = overlay.refresh_notes()
    assert note.startswith(f"{path} can't be read")


def test_a_file_renamed_to_another_lists_is_not_used() -> None:
    path = keep("linode")
    path.rename(path.with_name("vultr.prices.gz"))
    assert "is not what its first line says" in overlay.refresh_notes()[0]


def test_what_cannot_be_kept_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("MIST_CACHE_DIR", str(blocked))
    with hostile.serve(price_lists.vultr()) as server, pytest.raises(SettingsError) as caught:
        fetched(Vultr(server.url))
    assert caught.value.message.startswith(f"The prices can't be kept in {blocked / 'prices'} (")
    assert caught.value.hint == "No price of vultr changed. Make room, or set MIST_CACHE_DIR."
    assert len(overlay.refreshed()) == 0


def test_a_full_disk_leaves_the_old_list_as_it_was() -> None:
    need(Path("/dev/full").exists(), "needs Linux")
    path = keep()
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with hostile.serve(price_lists.azure()) as server:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
            with pytest.raises(SettingsError, match="can't be kept"):
                fetched(Azure(server.url))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_the_folder_is_the_one_that_the_environment_names_else_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIST_CACHE_DIR", "~/x")
    assert kept_files.folder() == Path.home() / "x" / "prices"
    monkeypatch.delenv("MIST_CACHE_DIR")
    assert kept_files.folder().parts[-2:] == ("mist-notebook", "prices")
    monkeypatch.setenv("MIST_CACHE_DIR", "~nobody-of-that-name/x")
    with pytest.raises(SettingsError, match="~nobody-of-that-name"):
        kept_files.folder()


def test_a_folder_that_cannot_be_looked_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    monkeypatch.setenv("MIST_CACHE_DIR", str(circle))
    (note,) = overlay.refresh_notes()
    assert note.startswith(f"{circle / 'prices'} can't be read (")
    assert len(overlay.refreshed()) == 0
