"""Private keys on this computer: made or named, read by their owner alone, under names that never choose a path."""

from __future__ import annotations

import base64
import io
import os
import shlex
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from asyncssh.asn1 import der_encode
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from mist_notebook.ground import ask
from mist_notebook.ground.errors import BadValueError, MistError, NotFoundError, ProbeError, SettingsError
from mist_notebook.ground.secret import Secret
from mist_notebook.ssh.keys import local_keys
from mist_notebook.ssh.keys.local_keys import LocalKeys, read_key
from mist_notebook.ssh.keys.login_keys import is_half_of, public_half
from tests.rigs import child

USUAL_BITS = local_keys.RSA_BITS  # and not the fewer ones of the other tests


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "keys"


@pytest.fixture
def keys(folder: Path) -> LocalKeys:
    return LocalKeys(folder)


def written(path: Path, content: bytes | None = None, mode: int = 0o600) -> Path:
    path.write_bytes(content or asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    path.chmod(mode)
    return path


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_numbers_of_an_rsa_key_are_taken_as_they_stand_as_openssh_does(tmp_path: Path) -> None:
    numbers = rsa.generate_private_key(65537, 2048).private_numbers()
    odd = rsa.RSAPrivateNumbers(
        numbers.p, numbers.q, numbers.d, numbers.dmp1 + 2, numbers.dmq1, numbers.iqmp, numbers.public_numbers
    ).private_key(unsafe_skip_rsa_key_validation=True)
    how = (Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    path = written(tmp_path / "id_rsa", odd.private_bytes(*how))
    asyncssh.set_default_skip_rsa_key_validation(False)
    try:
        with pytest.raises(ValueError):
            asyncssh.read_private_key(path)
        assert read_key(path).get_algorithm() == "ssh-rsa"
    finally:
        asyncssh.set_default_skip_rsa_key_validation(True)


@pytest.mark.parametrize("number", [-1, 0, 1 << 5000])
@pytest.mark.parametrize("place", range(1, 9))
def test_numbers_that_are_no_key_are_said_or_taken_and_never_a_stack(tmp_path: Path, place: int, number: int) -> None:
    real = rsa.generate_private_key(65537, 1024).private_numbers()
    public = real.public_numbers
    numbers = [0, public.n, public.e, real.d, real.p, real.q, real.dmp1, real.dmq1, real.iqmp]
    numbers[place] = number
    text = base64.encodebytes(der_encode(tuple(numbers))).decode()
    path = written(
        tmp_path / "id_rsa", f"-----BEGIN RSA PRIVATE KEY-----\n{text}-----END RSA PRIVATE KEY-----\n".encode()
    )
    with suppress(ProbeError):
        read_key(path)
    public_half(path)
    assert is_half_of("ssh-rsa AAAA", Secret(path.read_text())) is False


def test_a_mist_server_gets_rsa_3072_as_it_reads_it(
    keys: LocalKeys, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_keys, "RSA_BITS", USUAL_BITS)
    path = keys.generate("demo", rsa=True)
    assert path.read_text().startswith("-----BEGIN RSA PRIVATE KEY-----\n")
    key = keys.load("demo")
    assert (key.get_algorithm(), key.pyca_key.key_size) == ("ssh-rsa", 3072)
    assert [stat.S_IMODE(place.stat().st_mode) for place in (path, folder)] == [0o600, 0o700]
    assert (keys.path_of("demo"), path.parent, len(files(folder))) == (path, folder, 1)


def test_elsewhere_a_key_is_ed25519(keys: LocalKeys) -> None:
    keys.generate("demo", rsa=False)
    assert LocalKeys(keys._folder).load("demo").get_algorithm() == "ssh-ed25519"


def test_a_key_that_is_there_is_never_replaced(keys: LocalKeys, tmp_path: Path) -> None:
    path = keys.generate("demo", rsa=False)
    before = path.read_bytes()
    with pytest.raises(BadValueError, match=str(path)):
        keys.generate("demo", rsa=False)
    assert path.read_bytes() == before
    keys.remember("mine", written(tmp_path / "id"))
    with pytest.raises(BadValueError, match=str(tmp_path / "id")):
        keys.generate("mine", rsa=False)


@pytest.mark.parametrize("target", ["elsewhere", "/nowhere/at/all"])
def test_a_link_in_a_keys_place_is_not_written_through(
    keys: LocalKeys, folder: Path, tmp_path: Path, target: str
) -> None:
    path = keys.generate("demo", rsa=False)
    path.unlink()
    path.symlink_to(tmp_path / target)
    with pytest.raises(BadValueError, match="already is"):
        keys.generate("demo", rsa=False)
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_others_can_read_is_tightened(keys: LocalKeys, folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    keys.generate("demo", rsa=False)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_of_kernels_that_make_one_key_at_once_one_does(folder: Path) -> None:
    ended = child.together([lambda: LocalKeys(folder).generate("demo", rsa=False)] * 6)
    assert sum(one.error is None for one in ended) == 1
    assert all(isinstance(one.error, BadValueError | None) for one in ended)
    assert len(files(folder)) == 1
    assert LocalKeys(folder).load("demo")


@pytest.mark.parametrize("rsa", [False, True])
def test_kernels_that_want_one_key_at_once_have_the_same_one(folder: Path, rsa: bool) -> None:
    ended = child.together([lambda: str(LocalKeys(folder).have("demo", rsa=rsa))] * 4)
    assert [one.error for one in ended] == [None] * 4
    assert {one.value for one in ended} == {str(LocalKeys(folder).path_of("demo"))}
    assert len(files(folder)) == 1


def test_a_key_whose_named_file_is_gone_is_not_made_in_its_place(keys: LocalKeys, tmp_path: Path) -> None:
    keys.remember("demo", tmp_path / "gone")
    with pytest.raises(BadValueError, match="There already is a private key for 'demo'"):
        keys.have("demo", rsa=False)


def test_a_kill_at_any_step_leaves_a_whole_key_or_none(tmp_path: Path) -> None:
    for number in child.killed_at_each_step(
        lambda number: LocalKeys(tmp_path / str(number)).generate("demo", rsa=False), tmp_path
    ):
        keys = LocalKeys(tmp_path / str(number))
        if keys.path_of("demo") is None:
            keys.generate("demo", rsa=False)
        assert keys.load("demo")


def test_where_nothing_can_be_written_there_is_no_key(keys: LocalKeys, folder: Path, tmp_path: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("a file in its place")
    for work in (lambda: keys.generate("demo", rsa=False), lambda: keys.remember("demo", tmp_path / "id")):
        with pytest.raises(ProbeError, match=str(folder)):
            work()


# Named keys


def test_of_a_key_that_was_named_only_the_path_is_kept(keys: LocalKeys, folder: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "id_ed25519")
    keys.remember("mine", path)
    assert LocalKeys(folder).path_of("mine") == path
    assert LocalKeys(folder).load("mine").get_algorithm() == "ssh-ed25519"
    (kept,) = folder.iterdir()
    assert kept.read_bytes() == os.fsencode(path)
    keys.remember("mine", other := written(tmp_path / "other"))
    assert keys.path_of("mine") == other


def test_a_path_is_kept_as_it_stands_from_anywhere(
    keys: LocalKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "id")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    keys.remember("home", Path("~/id"))
    keys.remember("here", Path("id"))
    monkeypatch.chdir("/")
    assert keys.path_of("home") == keys.path_of("here") == tmp_path / "id"


def test_a_file_name_that_is_no_text_is_kept(keys: LocalKeys, tmp_path: Path) -> None:
    path = written(tmp_path / os.fsdecode(b"k\xff\n"))
    keys.remember("odd", path)
    assert keys.path_of("odd") == path


def test_a_key_whose_file_is_gone_is_not_here_and_says_which_file(keys: LocalKeys, tmp_path: Path) -> None:
    path = written(tmp_path / "id")
    keys.remember("mine", path)
    path.unlink()
    assert keys.path_of("mine") is None
    with pytest.raises(ProbeError, match=str(path)):
        keys.load("mine")
    assert keys.path_of("never") is None
    with pytest.raises(NotFoundError, match="'never' is not on this computer"):
        keys.load("never")


def test_what_is_no_path_harms_one_key_only(keys: LocalKeys, folder: Path, tmp_path: Path) -> None:
    keys.remember("good", written(tmp_path / "id"))
    keys.remember("bad", tmp_path / "id")
    pointer = keys._pointer("bad")
    pointer.unlink()
    pointer.mkdir()
    with pytest.raises(ProbeError, match=pointer.name):
        keys.path_of("bad")
    assert keys.path_of("good") == tmp_path / "id"


# Files that are read


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o660, 0o666])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path / "id", mode=mode)
    with pytest.raises(ProbeError, match="can be read by others") as caught:
        read_key(path)
    assert f"chmod 600 '{path}'" in caught.value.hint


def test_a_link_to_a_key_is_followed_and_its_own_mode_counts(tmp_path: Path) -> None:
    path = written(tmp_path / "id")
    (tmp_path / "link").symlink_to(path)
    assert read_key(tmp_path / "link")
    path.chmod(0o644)
    with pytest.raises(ProbeError, match="others"):
        read_key(tmp_path / "link")


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"not a key", b"ssh-ed25519 AAAA demo", b"\xff" * 9])
def test_what_is_no_private_key_is_said_to_be_none_and_not_shown(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ProbeError, match="no private key"):
        read_key(written(tmp_path / "id", content or b" "))


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_no_key(tmp_path: Path, make: object) -> None:
    make(tmp_path / "id")  # type: ignore[operator]
    with pytest.raises(ProbeError, match="can't be read"):
        read_key(tmp_path / "id")


# Passphrases


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    return written(tmp_path / "locked", key.export_private_key("pkcs8-pem", passphrase="s3same"))


def test_a_passphrase_is_asked_for(locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def secret(prompt: str, *, variable: str) -> Secret:
        asked.append((prompt, variable))
        return Secret("s3same")

    monkeypatch.setattr(ask, "secret", secret)
    assert read_key(locked).get_algorithm() == "ssh-rsa"
    assert asked == [("passphrase of locked", "MIST_KEY_PASSPHRASE")]


def test_where_nobody_can_be_asked_the_variable_is_taken_or_named(
    locked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(SettingsError, match="passphrase of locked") as caught:
        read_key(locked)
    assert "MIST_KEY_PASSPHRASE" in caught.value.hint
    monkeypatch.setenv("MIST_KEY_PASSPHRASE", "s3same")
    assert read_key(locked)


def test_a_worker_asks_nobody_as_its_question_would_stand_in_another_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(prompt: str) -> str:  # as a kernel has it in getpass's place
        pytest.fail(f"asked: {prompt}")

    monkeypatch.setattr("getpass.getpass", asked)
    with ThreadPoolExecutor(1) as pool, pytest.raises(SettingsError, match="Nobody can be asked for the word"):
        pool.submit(ask.secret, "word", variable="MIST_WORD").result()


def test_a_wrong_passphrase_is_told_and_not_repeated(locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIST_KEY_PASSPHRASE", "wr0ng-one")
    with pytest.raises(ProbeError, match="passphrase of the key") as caught:
        read_key(locked)
    assert "wr0ng" not in str(caught.value)


def test_a_key_without_a_passphrase_asks_for_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "secret", lambda *_, **__: pytest.fail("asked"))
    assert read_key(written(tmp_path / "id"))


# Names


HOSTILE = ["../x", "/etc/passwd", "a/b", ".", "..", "a\0b", "a" * 400, "CON", "é", "\ud800", "-rf", "a b", "~"]
ALIKE = [("Demo", "demo"), ("é1", "\u0e91"), ("a/b", "a_b"), ("x" * 200, "x" * 201), ("demo", "demo "), ("a.key", "a")]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    keys = LocalKeys(tmp_path / "in" / "keys")
    path = keys.generate(name, rsa=False)
    found = [place for place in tmp_path.rglob("*") if place.is_file()]
    assert path in found and {place.parent for place in found} == {tmp_path / "in" / "keys"}
    assert all(place.name.isascii() for place in found)
    assert keys.load(name)


@pytest.mark.parametrize("name", ["", " ", "\t\n"])
def test_an_empty_name_is_refused(keys: LocalKeys, name: str) -> None:
    for work in (lambda: keys.generate(name, rsa=False), lambda: keys.path_of(name), lambda: keys.load(name)):
        with pytest.raises(BadValueError, match="empty"):
            work()


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_names_that_look_alike_have_keys_of_their_own(keys: LocalKeys, one: str, other: str) -> None:
    first, second = keys.generate(one, rsa=False), keys.generate(other, rsa=False)
    assert first.name.casefold() != second.name.casefold()
    assert keys.path_of(one) == first


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_names_never_share_a_file(one: str, other: str) -> None:
    try:
        names = {local_keys._file_name(name).casefold() for name in {one, other}}
    except MistError:
        return
    assert len(names) == len({one, other})


WORDS = ["Anna's laptop", "a b", "żółw", "x" * 90, "../../etc", "demo-0123456789abcdef", "{a} $b", "-x"]


@pytest.mark.parametrize("name", WORDS)
def test_a_key_is_listed_and_found_under_whatever_it_is_called(keys: LocalKeys, tmp_path: Path, name: str) -> None:
    keys.generate(name, rsa=False)
    keys.remember(f"{name} 2", written(tmp_path / "id"))
    assert LocalKeys(keys._folder).names() == sorted([name, f"{name} 2"])


@pytest.mark.parametrize("name", ["demo", *WORDS])
def test_a_made_key_that_is_forgotten_is_put_aside_and_not_deleted(keys: LocalKeys, name: str) -> None:
    before = keys.generate(name, rsa=False).read_bytes()
    aside = keys.forget(name)
    assert aside is not None and aside.read_bytes() == before and stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert (keys.names(), keys.path_of(name), keys.forget(name)) == ([], None, None)
    keys.generate(name, rsa=False)
    again = keys.forget(name)
    assert again not in (None, aside) and aside.read_bytes() == before


def test_of_a_named_key_that_is_forgotten_the_file_stays_where_it_is(keys: LocalKeys, tmp_path: Path) -> None:
    path = written(tmp_path / "id")
    keys.generate("mine", rsa=False)
    keys.remember("mine", path)
    assert keys.forget("mine") == path and path.exists()
    assert keys.names() == [], "nor does what was made under that name before come back"
    keys.keep_public("agent", asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode())
    keys.remember("lost", tmp_path / "nowhere")
    assert (keys.forget("agent"), keys.forget("lost"), keys.names()) == (None, None, [])


@pytest.mark.parametrize("content", [b"root:x:0:0::/root:/bin/sh\n", b"\0\1\2" * 40, b"", b"[table]\na = 1\n"])
def test_nobodys_rights_to_what_is_no_key_are_taken_away(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "passwd"
    path.write_bytes(content)
    path.chmod(0o644)
    with pytest.raises(ProbeError, match="no private key in") as caught:
        read_key(path)
    assert "chmod" not in caught.value.hint


@pytest.mark.parametrize(
    ("kind", "passphrase"), [("openssh", None), ("openssh", "secret"), ("pkcs8-pem", "secret"), ("pkcs8-der", None)]
)
def test_a_real_key_that_others_can_read_is_refused_with_a_line_that_a_shell_takes(
    tmp_path: Path, kind: Any, passphrase: str | None
) -> None:
    key = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    path = written(tmp_path / "Anna's key", key.export_private_key(kind, passphrase), 0o644)
    with pytest.raises(ProbeError, match="can be read by others") as caught:
        read_key(path)
    assert shlex.split(caught.value.hint.removeprefix("Run: ")) == ["chmod", "600", str(path)]


def test_what_isnt_a_file_of_a_key_is_called_what_it_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").touch(mode=0o600)
    os.truncate(tmp_path / "large", 1 << 21)
    for name, said in ((".", "it is a folder"), ("pipe", "a pipe or a device"), ("large", "1,048,576 bytes")):
        with pytest.raises(ProbeError, match=said):
            read_key(tmp_path / name)
