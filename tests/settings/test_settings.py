"""Settings: which source wins, what the file may be, and that a token is neither shown nor sent elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest

from mist_notebook.ground.errors import BadValueError, MistError, SettingsError
from mist_notebook.ground.secret import MASK, Secret
from mist_notebook.settings import settings
from mist_notebook.settings.options import OPTIONS
from mist_notebook.settings.settings import Settings, load, settings_file

A, B = "https://a.example", "https://b.example"
CANARY = "cAnArY-3f9a-do-not-show"


def written(path: Path, text: str | bytes, mode: int = 0o600) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return path


def loaded(path: Path, arguments: dict[str, Any] | None = None, **environment: str) -> Settings:
    return load(arguments, environment=environment, path=path)


def told(found: Settings) -> dict[str, tuple[Any, str]]:
    """Every setting that isn't a default: what it is, and where it came from."""
    return {one.option.name: (one.value, one.source) for one in found.values if one.source != "default"}


def refused(path: Path, **environment: str) -> MistError:
    with pytest.raises(MistError) as caught:
        loaded(path, **environment)
    assert len(str(caught.value).splitlines()) == 2
    return caught.value


# ------------------------------------------------------------------------------------------------------- precedence


def open_to_others(folder: Path) -> None:
    """The test's folder, and those of pytest above it, can be entered by anyone."""
    for place in (folder, *folder.parents):
        if place == Path(gettempdir()):
            return
        place.chmod(0o755)


def test_without_anything_the_defaults_are_in_force(tmp_path: Path) -> None:
    found = loaded(tmp_path / "none.toml")
    assert {one.option.name: one.value for one in found.values} == {
        "url": None, "api_token": None, "ca_file": None, "answer_seconds": 30.0, "answer_mb": 64.0,
        "catalogue_seconds": 120.0, "catalogue_mb": 256.0, "max_usd_per_hour": 1.0, "max_count": 20.0,
        "sandbox_max_usd_per_hour": 100.0, "sandbox_max_count": 1000.0, "sandbox": False, "sandbox_boot_seconds": 3.0,
        "only_sandbox": False, "banner": None, "ssh_from": None,
        "discounts": None, "own_prices": None, "extras": None, "currency": None,
        "stale_days": 180.0, "stale_gpu_days": 60.0, "refresh_seconds": 10.0, "refresh": None,
        "refresh_total_seconds": 60.0,
    }  # fmt: skip
    assert {one.source for one in found.values} == {"default"}
    assert not found.sandbox


def test_arguments_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    path = written(
        tmp_path / "s.toml", f'url = "{A}"\napi_token = "{CANARY}"\nanswer_mb = 1\nanswer_seconds = 1\ncatalogue_mb = 1'
    )
    found = loaded(path, {"answer_mb": 3, "url": None}, MIST_ANSWER_MB="2", MIST_ANSWER_SECONDS="2.5")
    assert told(found) == {
        "url": (A, str(path)),
        "api_token": (Secret(CANARY), str(path)),
        "answer_mb": (3.0, "argument"),
        "answer_seconds": (2.5, "MIST_ANSWER_SECONDS"),
        "catalogue_mb": (1.0, str(path)),
    }


def test_an_empty_variable_is_as_an_unset_one(tmp_path: Path) -> None:
    assert told(loaded(tmp_path / "none", MIST_URL="", MIST_API_TOKEN="", MIST_ANSWER_MB="")) == {}


def test_every_option_has_a_variable_of_its_name() -> None:
    assert {option.variable for option in OPTIONS} == {f"MIST_{option.name.upper()}" for option in OPTIONS}


def test_the_file_is_the_one_that_the_environment_names_else_the_users() -> None:
    assert settings_file({"MIST_CONFIG": "/x/y.toml"}) == Path("/x/y.toml")
    assert settings_file({"MIST_CONFIG": "~/y.toml"}) == Path.home() / "y.toml"
    assert settings_file({}).name == "settings.toml"
    assert settings_file({}).parent.name == "mist-notebook"


def test_a_home_that_does_not_exist_is_one_clear_line() -> None:
    with pytest.raises(SettingsError, match="~nobody-of-that-name"):
        settings_file({"MIST_CONFIG": "~nobody-of-that-name/y.toml"})


def test_the_word_sandbox_means_the_embedded_one_whatever_else_is_set(tmp_path: Path) -> None:
    path = written(tmp_path / "s.toml", f'url = "{A}"\napi_token = "{CANARY}"')
    for found in (loaded(path, MIST_URL="sandbox"), loaded(path, {"url": "sandbox"}, MIST_API_TOKEN="t")):
        assert (found.url, found.api_token) == (None, None)


def test_the_sandbox_server_takes_the_place_of_both(tmp_path: Path) -> None:
    found = loaded(tmp_path / "none").with_server("http://127.0.0.1:1", Secret(CANARY), source="sandbox", sandbox=True)
    assert told(found) == {"url": ("http://127.0.0.1:1", "sandbox"), "api_token": (Secret(CANARY), "sandbox")}
    assert found.sandbox


# ---------------------------------------------------------------------------------------------- a token and its url


@pytest.mark.parametrize(
    ("arguments", "environment", "file"),
    [
        ({"url": B}, {"MIST_URL": A, "MIST_API_TOKEN": CANARY}, ""),
        ({"url": B}, {}, f'url = "{A}"\napi_token = "{CANARY}"'),
        ({}, {"MIST_URL": B}, f'url = "{A}"\napi_token = "{CANARY}"'),
        ({"url": B}, {"MIST_API_TOKEN": CANARY}, f'url = "{A}"'),
        ({"url": A + ":8443"}, {"MIST_URL": A, "MIST_API_TOKEN": CANARY}, ""),
        ({"url": A + "/other"}, {"MIST_URL": A, "MIST_API_TOKEN": CANARY}, ""),
        ({"url": B}, {"MIST_URL": "sandbox", "MIST_API_TOKEN": CANARY}, ""),
    ],
)
def test_a_token_is_never_used_for_another_server_than_the_one_beside_it(
    tmp_path: Path, arguments: dict[str, str], environment: dict[str, str], file: str
) -> None:
    path = written(tmp_path / "s.toml", file)
    with pytest.raises(SettingsError) as caught:
        loaded(path, arguments, **environment)
    assert caught.value.message == f"There is no API token for {arguments.get('url') or environment['MIST_URL']}."
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "environment", "file", "url"),
    [
        ({"url": A, "api_token": CANARY}, {}, "", A),
        ({}, {"MIST_URL": A, "MIST_API_TOKEN": CANARY}, "", A),
        ({}, {"MIST_API_TOKEN": CANARY}, f'url = "{A}"', A),
        ({"url": A}, {"MIST_URL": A, "MIST_API_TOKEN": CANARY}, "", A),
        ({"url": A}, {"MIST_URL": A + "/", "MIST_API_TOKEN": CANARY}, "", A),
        ({"url": A}, {"MIST_URL": "HTTPS://A.example:443/api/v1", "MIST_API_TOKEN": CANARY}, "", A),
        ({"url": B}, {"MIST_API_TOKEN": CANARY}, "", B),
        ({"api_token": CANARY}, {}, f'url = "{A}"\napi_token = "other"', A),
    ],
)
def test_a_token_is_used_for_the_server_beside_it_however_that_is_spelled(
    tmp_path: Path, arguments: dict[str, str], environment: dict[str, str], file: str, url: str
) -> None:
    found = loaded(written(tmp_path / "s.toml", file), arguments, **environment)
    assert (found.url, found.api_token) == (url, Secret(CANARY))


def test_a_token_without_a_server_and_a_server_without_a_token_say_which_half_is_missing(tmp_path: Path) -> None:
    none = tmp_path / "none"
    assert str(refused(none, MIST_API_TOKEN=CANARY)) == (
        "There is an API token but no server address.\n"
        "Set MIST_URL, or unset MIST_API_TOKEN to use the sandbox."
    )  # fmt: skip
    assert refused(none, MIST_URL=A).message == f"There is no API token for {A}."


# ------------------------------------------------------------------------------------------------------------ Binder


@pytest.mark.parametrize("variable", ["BINDER_SERVICE_HOST", "BINDER_LAUNCH_HOST", "BINDER_REPO_URL"])
def test_a_public_binder_refuses_real_accounts_but_not_the_sandbox(tmp_path: Path, variable: str) -> None:
    none, on_binder = tmp_path / "none", {variable: "x"}
    error = refused(none, MIST_URL=A, MIST_API_TOKEN=CANARY, **on_binder)
    assert "Binder" in error.message and "MIST_ALLOW_BINDER=1" in error.hint and CANARY not in str(error)
    assert loaded(none, **on_binder).url is None
    assert loaded(none, MIST_URL="sandbox", **on_binder).url is None
    assert loaded(none, MIST_URL=A, MIST_API_TOKEN=CANARY, MIST_ALLOW_BINDER="1", **on_binder).url == A


def test_a_public_binder_refuses_before_it_speaks_of_a_missing_token(tmp_path: Path) -> None:
    assert "Binder" in refused(tmp_path / "none", MIST_URL=A, BINDER_SERVICE_HOST="x").message


# ---------------------------------------------------------------------------------------------------- bad values


@pytest.mark.parametrize("option", ["answer_seconds", "answer_mb", "catalogue_seconds", "catalogue_mb"])
@pytest.mark.parametrize("text", ['"x"', "-1", "0", "nan", "inf", "true", "[]", "1e400", "1979-05-27", '"nan"', "{}"])
def test_a_figure_that_is_no_number_above_zero_is_refused(tmp_path: Path, option: str, text: str) -> None:
    path = written(tmp_path / "s.toml", f"{option} = {text}")
    error = refused(path)
    assert type(error) is BadValueError
    assert error.message.startswith(f"{option} can't be ")
    assert error.message.endswith(f" ({path}).")
    assert error.hint == "It should be a number above 0."


@pytest.mark.parametrize("value", ["x", "-1", "0", "nan", "inf", "1e400", " ", "1,5"])
def test_a_figure_in_the_environment_is_refused_as_in_the_file(tmp_path: Path, value: str) -> None:
    assert str(refused(tmp_path / "none", MIST_ANSWER_MB=value)) == (
        f"answer_mb can't be '{value}' (MIST_ANSWER_MB).\nIt should be a number above 0."
    )


@pytest.mark.parametrize("text", ["5", "true", "[]", '""', '"  "', "{a = 1}"])
def test_an_address_that_is_no_text_is_refused(tmp_path: Path, text: str) -> None:
    assert type(refused(written(tmp_path / "s.toml", f"url = {text}"))) is BadValueError


@pytest.mark.parametrize(
    "text", ["5", "true", f'["{CANARY}"]', '""', f'"{CANARY}\\n"', f'"{CANARY}ü"', f'"{CANARY}\\u0000"']
)
def test_a_token_that_is_no_line_of_plain_characters_is_refused_unseen(tmp_path: Path, text: str) -> None:
    if text.endswith('\\n"'):
        assert loaded(written(tmp_path / "s.toml", f'url = "{A}"\napi_token = {text}')).api_token == Secret(CANARY)
        return
    error = refused(written(tmp_path / "s.toml", f'url = "{A}"\napi_token = {text}'))
    assert MASK in error.message and CANARY not in str(error) + repr(error)


@pytest.mark.parametrize("name", ["missing.pem", ".", "~nobody-of-that-name/ca.pem", "x" * 5000, "a\x00b"])
def test_certificates_have_to_be_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadValueError) as caught:
        loaded(tmp_path / "none", {"ca_file": name if name.startswith("~") else str(tmp_path / name)})
    assert caught.value.hint == "It should be the path of a file with certificates."


def test_certificates_may_be_named_from_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    written(tmp_path / "ca.pem", "x")
    assert loaded(tmp_path / "none", MIST_CA_FILE="~/ca.pem")["ca_file"] == str(tmp_path / "ca.pem")


@pytest.mark.parametrize("url", ["mist", "ftp://x", "https://", "http://mist.example", "https://a.example?x=1"])
def test_an_address_that_is_no_servers_is_refused_and_the_source_is_named(tmp_path: Path, url: str) -> None:
    path = written(tmp_path / "s.toml", f'url = "{url}"')
    assert refused(path).message.startswith(f"url ({path}): ")
    assert refused(tmp_path / "none", MIST_URL=url).message.startswith("url (MIST_URL): ")


def test_a_login_in_an_address_is_refused_unseen(tmp_path: Path) -> None:
    error = refused(tmp_path / "none", MIST_URL=f"https://me:{CANARY}@a.example")
    assert CANARY not in str(error) and "me:" not in str(error)


# ---------------------------------------------------------------------------------------------------- bad files


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f'api_token = "{CANARY}', "at its end"),
        (f"\nurl = {CANARY}", "line 2, column 7"),
        ("[", "at its end"),
        ("a = 1\na = 2", "at its end"),
        ("<html>", "line 1, column 1"),
        ("\x00\x00\x00", "line 1, column 1"),
        ("answer_mb = " + "9" * 5000, ""),
        ("answer_mb = " + "[" * 5000, ""),
    ],
)
def test_a_file_that_is_no_toml_is_refused_by_line_and_column_without_its_text(
    tmp_path: Path, text: str, place: str
) -> None:
    path = written(tmp_path / "s.toml", text)
    error = refused(path)
    assert error.message.startswith(f"The settings file is not TOML: {path}")
    assert place in error.message
    assert CANARY not in str(error)
    assert path.read_bytes() == text.encode()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("answer_secnods", "Did you mean answer_seconds?"),
        ("api-token", "Did you mean api_token?"),
        ("URL", "Did you mean url?"),
        ("api_tokne", "Did you mean api_token?"),
        ("zzz", f"There are {', '.join(option.name for option in OPTIONS)}."),
    ],
)
def test_a_setting_that_there_is_not_is_refused_with_the_nearest(tmp_path: Path, name: str, hint: str) -> None:
    path = written(tmp_path / "s.toml", f'{name} = "{CANARY}"')
    assert str(refused(path)) == f"No setting named '{name}' ({path}).\n{hint}"


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_token_in_a_file_of_ones_own_is_used(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path / "s.toml", f'url = "{A}"\napi_token = "{CANARY}"', mode)
    assert loaded(path).api_token == Secret(CANARY)


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o660, 0o666, 0o602, 0o620, 0o601])
def test_a_token_in_a_file_that_others_can_open_is_refused_unseen(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path / "s.toml", f'url = "{A}"\napi_token = "{CANARY}"', mode)
    error = refused(path)
    assert f"mode 0{mode:o}" in error.message and f"chmod 600 {path}" in error.hint
    assert CANARY not in str(error)


def test_a_file_without_a_token_may_be_read_by_all(tmp_path: Path) -> None:
    assert loaded(written(tmp_path / "s.toml", "answer_mb = 2", 0o644))["answer_mb"] == 2.0


def test_a_token_behind_a_symlink_is_refused_and_other_settings_are_not(tmp_path: Path) -> None:
    target, link = tmp_path / "target.toml", tmp_path / "s.toml"
    link.symlink_to(target)
    written(target, "answer_mb = 2")
    assert loaded(link)["answer_mb"] == 2.0
    written(target, f'url = "{A}"\napi_token = "{CANARY}"')
    error = refused(link)
    assert "symbolic link" in error.message and str(link) in error.message and CANARY not in str(error)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "s.toml", "answer_mb = 2")
    os.chown(path, 12345, -1)
    assert "another user" in refused(path).message


def test_a_directory_in_the_files_place_is_refused(tmp_path: Path) -> None:
    assert str(tmp_path) in refused(tmp_path).message


def test_a_pipe_in_the_files_place_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    os.mkfifo(path)
    assert refused(path).message == f"The settings file is not a plain file: {path}."


def test_a_device_in_the_files_place_is_refused() -> None:
    assert refused(Path("/dev/zero")).message == "The settings file is not a plain file: /dev/zero."


def test_a_file_of_two_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    with path.open("wb") as file:
        file.truncate(2 << 30)
    assert refused(path).message == f"The settings file is too large: {path} (2,147,483,648 bytes)."


def test_a_file_that_leads_round_in_circles_is_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path in (loop, tmp_path / ("x" * 300)):
        assert str(path)[:100] in refused(path).message


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "s.toml", "answer_mb = 2", 0o000)
    open_to_others(tmp_path)
    me = os.geteuid()
    if me == 0:  # root can read everything: be somebody else for a moment
        os.seteuid(65534)
    try:
        assert "can't be read" in refused(path).message
    finally:
        os.seteuid(me)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_a_file_in_another_encoding_is_refused(tmp_path: Path, codec: str) -> None:
    path = written(tmp_path / "s.toml", 'url = "https://größe.example"'.encode(codec))
    error = refused(path)
    assert "UTF-8" in str(error) or "not TOML" in error.message


def test_utf_16_is_called_by_what_is_expected(tmp_path: Path) -> None:
    path = written(tmp_path / "s.toml", "answer_mb = 2".encode("utf-16"))
    assert str(refused(path)) == f"The settings file is not text in UTF-8: {path}.\nSave it as UTF-8."


@pytest.mark.parametrize(
    "content",
    [
        b"answer_mb = 2\r\nurl = 'https://a.example'  \r\napi_token = 'x-y'\r\n",
        b"\xef\xbb\xbfanswer_mb = 2\nurl = 'https://a.example'\napi_token = 'x-y'",
        b"  # a comment\n\n  answer_mb = 2   \nurl = 'https://a.example'\n\n\napi_token = 'x-y'   # mine\n",
    ],
)
def test_line_ends_of_windows_a_byte_order_mark_and_spaces_do_no_harm(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path / "s.toml", content)
    assert told(loaded(path)) == {
        "url": (A, str(path)), "api_token": (Secret("x-y"), str(path)), "answer_mb": (2.0, str(path)),
    }  # fmt: skip


def test_an_empty_file_and_none_are_the_same(tmp_path: Path) -> None:
    assert loaded(written(tmp_path / "s.toml", "")) == loaded(tmp_path / "none")


# -------------------------------------------------------------------------------------------------------- secrecy


def test_a_token_shows_nowhere(tmp_path: Path) -> None:
    found = loaded(tmp_path / "none", MIST_URL=A, MIST_API_TOKEN=CANARY)
    assert found.api_token is not None and found.api_token.reveal() == CANARY
    for shown in (
        repr(found),
        str(found),
        f"{found}",
        repr(found.values),
        repr(found.api_token),
        f"{found.api_token:>9}",
    ):
        assert CANARY not in shown and CANARY[:6] not in shown
    assert MASK in repr(found)


def test_the_frame_of_settings_masks_the_token_and_says_where_it_came_from(tmp_path: Path) -> None:
    from mist_notebook.frames import frames

    frame = frames.settings(loaded(tmp_path / "none", MIST_URL=A, MIST_API_TOKEN=CANARY).values)
    row = frame.set_index("setting").loc["api_token"]
    assert (row["value"], row["source"], row["variable"]) == (MASK, "MIST_API_TOKEN", "MIST_API_TOKEN")
    assert CANARY not in frame.to_csv() + frame.to_html() + repr(frame)


def test_the_environment_is_read_and_never_written(tmp_path: Path) -> None:
    environment = {"MIST_URL": A, "MIST_API_TOKEN": CANARY}
    load(environment=environment, path=tmp_path / "none")
    assert environment == {"MIST_URL": A, "MIST_API_TOKEN": CANARY}
    assert settings.CONFIG_VARIABLE == "MIST_CONFIG"


# --------------------------------------------------------------------------- a folder that is none, and other kinds


def _a_file(folder: Path) -> Path:
    folder.write_text("not a folder")
    return folder / "settings.toml"


def _below_a_file(folder: Path) -> Path:
    folder.write_text("not a folder")
    return folder / "deeper" / "settings.toml"


def _a_circle(folder: Path) -> Path:
    folder.symlink_to(folder)
    return folder / "settings.toml"


@pytest.mark.parametrize("make", [_a_file, _below_a_file, _a_circle])
def test_a_folder_that_is_none_leaves_the_defaults_and_the_environment_and_says_so(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path / "config")
    found = settings.load(environment={"MIST_ANSWER_SECONDS": "7"}, path=path)
    assert (found["answer_seconds"], found["max_count"]) == (7.0, 20.0)
    assert len(found.notes) == 1
    assert f"can't be used: {path.parent}" in found.notes[0] and "MIST_CONFIG" in found.notes[0]
    assert found.with_server("https://a.example", Secret("token"), source="x").notes == found.notes


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can read as another user")
def test_a_folder_that_may_not_be_read_is_such_a_one_too(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir(mode=0o700)
    open_to_others(tmp_path)
    os.seteuid(12345)
    try:
        found = settings.load(environment={}, path=folder / "settings.toml")
    finally:
        os.seteuid(0)
    assert len(found.notes) == 1 and "Permission denied" in found.notes[0]


@pytest.mark.parametrize("name", ["max_count", "sandbox_max_count"])
@pytest.mark.parametrize("value", ["0.5", "1.5", "0", "-1", "19.999"])
def test_a_number_of_machines_is_whole(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadValueError, match=f"{name} can't be"):
        settings.load(environment={f"MIST_{name.upper()}": value}, path=tmp_path / "s.toml")
    assert settings.load(environment={f"MIST_{name.upper()}": "3"}, path=tmp_path / "s.toml")[name] == 3


@pytest.mark.parametrize("beside", ["http://localhost:8000", "http://127.0.0.1:8000", "http://LOCALHOST:8000/"])
@pytest.mark.parametrize("asked", ["http://localhost:8000", "http://127.0.0.1:8000"])
def test_localhost_and_its_address_are_one_server(tmp_path: Path, beside: str, asked: str) -> None:
    environment = {"MIST_URL": beside, "MIST_API_TOKEN": "token"}
    assert settings.load({"url": asked}, environment=environment, path=tmp_path / "s.toml").api_token == Secret("token")
