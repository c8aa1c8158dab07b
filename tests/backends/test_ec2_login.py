"""Whose credentials of AWS are used, where from, and what each way of failing says: two lines, and no secret."""

from __future__ import annotations

import hashlib
import json
import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from mist_notebook import MistClient
from mist_notebook.backends.ec2.asking import login
from mist_notebook.ground.errors import (
    ApiError,
    AuthError,
    MistError,
    NotFoundError,
    SettingsError,
    UnavailableError,
)
from tests.rigs import ec2_cloud, hostile, token_clouds
from tests.rigs.ec2_cloud import KEY_ID, SECRET, Cloud, refusal


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    ec2_cloud.no_credentials(monkeypatch, tmp_path)
    return tmp_path


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with ec2_cloud.serve(monkeypatch, tmp_path) as cloud:
        yield cloud


def two_lines(error: MistError) -> str:
    """The error's text, which has to be two lines that a person can use, without a secret."""
    assert error.message and error.hint
    assert SECRET not in str(error) + repr(error)
    return str(error)


SOURCES = {
    "work": ({}, "profile 'work'", "aws configure --profile work"),
    "sso": (
        {"sso_session": "s", "sso_account_id": "1", "sso_role_name": "r"},
        "Identity Center",
        "aws sso login --pro",
    ),
    "old": (
        {"sso_start_url": "https://x", "sso_region": "eu-west-1"},
        "Identity Center",
        "aws sso login --profile old",
    ),
    "proc": ({"credential_process": "/usr/bin/vault --x y"}, "credential_process", "in a terminal: /usr/bin/vault"),
    "role": ({"role_arn": "arn:aws:iam::1:role/r", "source_profile": "work"}, "the role of profile 'role'", "work"),
    "two words": ({"sso_start_url": "https://x"}, "profile 'two words'", "--profile 'two words'"),
}


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_profile_says_where_its_credentials_are_and_what_renews_them(name: str, home: Path) -> None:
    more, source, renew = SOURCES[name]
    ec2_cloud.profile(home, name, **more)
    found = login.find(name)
    assert source in found.source and renew in found.renew
    assert SECRET not in repr(found.source + found.renew)


def test_what_the_aws_command_would_take_is_taken(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="no credentials for AWS"):
        login.find()
    ec2_cloud.profile(home, "default")
    ec2_cloud.profile(home, "work")
    assert login.find().profile == "default"
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert login.find().profile == "work"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    with pytest.raises(SettingsError, match="AWS_SECRET_ACCESS_KEY is not"):
        login.find()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    assert (login.find().profile, login.find().source) == (None, "AWS_ACCESS_KEY_ID")
    assert login.find("default").profile == "default"


def test_the_machines_own_role_is_asked_for_on_request_only(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ec2_cloud.profile(home, "work")
    names = [one.METHOD for one in login.of("work").session.get_component("credential_provider").providers]
    assert "iam-role" not in names
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    assert "instance metadata" in login.find().source
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(SettingsError):
        login.find()


def test_a_profile_that_is_not_there_names_the_nearest(home: Path) -> None:
    ec2_cloud.profile(home, "work")
    with pytest.raises(NotFoundError) as error:
        login.find("wrok")
    assert "work" in two_lines(error.value)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"nothing": "x"}, "has no credentials"),
        ({"role_arn": "arn:aws:iam::1:role/r", "source_profile": "w", "mfa_serial": "arn:x"}, "wants a code"),
    ],
)
def test_a_profile_that_cant_work_here_is_two_lines(more: dict[str, str], says: str, home: Path) -> None:
    ec2_cloud.profile(home, "odd", **more)
    with pytest.raises(SettingsError, match=says) as error:
        login.find("odd")
    two_lines(error.value)


@pytest.mark.parametrize("text", ["[profile", "\x00\x01", "aws_access_key_id = x"])
def test_a_file_that_cant_be_understood_is_two_lines_without_its_text(text: str, home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(f"{text}\n{SECRET}\n")
    with pytest.raises(MistError) as error:
        login.find("work")
    two_lines(error.value)


@pytest.mark.parametrize(
    ("more", "says", "renew"),
    [
        ({"credential_process": f"{sys.executable} -c 'import sys;sys.exit(3)'"}, "gave no credentials", "terminal"),
        (
            {"sso_session": "s", "sso_account_id": "1", "sso_role_name": "r", "region": "eu-west-1"},
            "have expired, or were never fetched",
            "aws sso login --profile p",
        ),
        ({"role_arn": "arn:aws:iam::1:role/r", "source_profile": "gone"}, "is not whole", "config"),
    ],
)
def test_credentials_that_cant_be_had_say_which_and_what_renews_them(
    more: dict[str, str], says: str, renew: str, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    ec2_cloud.profile(tmp_path, "p", **more)
    with (tmp_path / ".aws" / "config").open("a") as file:
        file.write("[sso-session s]\nsso_start_url = https://x.example\nsso_region = eu-west-1\n")
    with MistClient() as client, pytest.raises(MistError) as error:
        client.add_backend(provider="ec2", profile="p")
    assert says in error.value.message and renew in error.value.hint
    two_lines(error.value)
    assert not (tmp_path / "data" / "clouds.json").exists()


def test_a_process_that_gives_credentials_is_used_and_a_role_is_taken_through_our_door(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    said = {"Version": 1, "AccessKeyId": KEY_ID, "SecretAccessKey": SECRET}
    (tmp_path / "said.json").write_text(json.dumps(said))
    ec2_cloud.profile(tmp_path, "proc", credential_process=f"/bin/cat {tmp_path / 'said.json'}")
    ec2_cloud.profile(tmp_path, "work")
    ec2_cloud.profile(tmp_path, "role", role_arn="arn:aws:iam::123456789012:role/r", source_profile="work")
    with MistClient() as client:
        assert client.add_backend(provider="ec2", profile="proc").id == "ec2:proc:eu-west-1"
        role = client.add_backend(provider="ec2", profile="role", name="Role")
        assert "role" in role.adapter.account().label
    assert [one.operation for one in cloud.ledger if one.operation == "AssumeRole"] != []
    kept = (tmp_path / "data" / "clouds.json").read_text()
    assert SECRET not in kept and KEY_ID not in kept


def _of_later(exchange: hostile.Exchange) -> None:
    """A refusal whose date is ahead of the clock here, at the moment when it is sent."""
    hostile.answer(
        "<Response><Errors><Error><Code>RequestExpired</Code><Message>Request has expired.</Message></Error>"
        "</Errors></Response>",
        status=400,
        content_type="text/xml",
        headers={"Date": format_datetime(datetime.now(UTC) + timedelta(hours=3, minutes=30), usegmt=True)},
    )(exchange)


REFUSED: dict[str, tuple[hostile.Step, type[MistError], str, str]] = {
    "a wrong secret": (refusal("AuthFailure", status=401), AuthError, "did not accept the credentials", "AuthFailure"),
    "a key that is gone": (refusal("InvalidClientTokenId", status=403), AuthError, "did not accept", "restart"),
    "expired ones": (refusal("ExpiredToken"), AuthError, "credentials of AWS_ACCESS_KEY_ID have expired", "new ones"),
    "one call denied": (refusal("UnauthorizedOperation", status=403), ApiError, "may not DescribeInstances", "docs/"),
    "throttled": (refusal("RequestLimitExceeded", status=503), ApiError, "too often", "minute"),
    "somebody between": (
        hostile.answer("<html>log in</html>", status=403, content_type="text/html"), AuthError, "did not accept", "log",
    ),
    "a page": (hostile.answer("<html>hi</html>", content_type="text/html"), ApiError, "answered text/html", "proxy"),
    "a clock of the past": (_of_later, AuthError, "clock is 3 h", "time server"),
}  # fmt: skip


@pytest.mark.parametrize("how", sorted(REFUSED))
def test_a_refusal_says_whose_credentials_and_what_to_do(how: str, cloud: Cloud) -> None:
    step, kind, says, hint = REFUSED[how]
    cloud.on["DescribeInstances"] = [step] * 3
    with MistClient() as client, pytest.raises(kind) as error:
        client.add_backend(provider="ec2")
    assert says in error.value.message and hint in error.value.hint
    two_lines(error.value)


def test_a_user_who_may_only_look_looks_and_is_told_what_more_it_takes(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ec2_cloud.checked(monkeypatch, "ec2:Describe*", "ssm:GetParameters"), MistClient() as client:
        backend = client.add_backend(provider="ec2")
        assert backend.adapter.account().label == "user/me"
        allowed = backend.adapter.allowed()
        assert allowed == {name: name == "look" for name in allowed}
        client.local_keys.generate("mine", rsa=False)
        spec = backend.spec("web", size="t3.small", image="debian-12", key="mine")
        with pytest.raises(ApiError, match="AWS_ACCESS_KEY_ID may not ImportKeyPair in eu-west-1") as error:
            backend._with_key(spec)
        assert "docs/clouds.md" in two_lines(error.value)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        client.update_backends()
        with pytest.raises(AuthError, match="did not accept the credentials of AWS_ACCESS_KEY_ID") as refused:
            client.backends["ec2:eu-west-1"].listing("machines")
        two_lines(refused.value)
    assert cloud.creates == []


def test_a_read_that_is_throttled_once_is_asked_again_and_a_write_is_not(cloud: Cloud) -> None:
    cloud.on["DescribeInstances"] = [refusal("RequestLimitExceeded", status=503)]
    with MistClient() as client:
        backend = client.add_backend(provider="ec2")
        assert len(cloud.calls("DescribeInstances")) == 2
        cloud.on["DeleteKeyPair"] = [refusal("RequestLimitExceeded", status=503)]
        with pytest.raises(ApiError, match="too often"):
            backend.adapter._calls.ask("DeleteKeyPair", "eu-west-1", None, KeyName="x")  # type: ignore[attr-defined]
        assert len(cloud.calls("DeleteKeyPair")) == 1


@pytest.mark.parametrize("wrong", ["nowhere", "eu_west_1", "http://x", "eu-west-1; rm"])
def test_a_word_that_is_no_region_is_refused_before_anything_is_sent(wrong: str, cloud: Cloud) -> None:
    with MistClient() as client, pytest.raises(MistError) as error:
        client.add_backend(provider="ec2", region=wrong)
    assert "isn't a region of AWS" in two_lines(error.value)
    assert cloud.ledger == []


def test_an_address_without_encryption_is_refused_unless_it_is_this_computer(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://ec2.example.org")
    with MistClient() as client, pytest.raises(MistError, match="unencrypted"):
        client.add_backend(provider="ec2")


def test_without_botocore_it_is_two_lines_with_the_command(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in sys.modules if one == "botocore" or one.startswith("botocore.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "botocore", None)
    with MistClient() as client, pytest.raises(SettingsError) as error:
        client.add_backend(provider="ec2")
    assert "pip install 'mist-notebook[aws]'" in two_lines(error.value)


def test_nothing_of_it_is_imported_before_it_is_asked_for() -> None:
    import subprocess

    code = "import sys, mist_notebook.backends.ec2.opening; sys.exit('botocore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def secrets_of(value: Any) -> list[str]:
    return [one for one in (KEY_ID, SECRET) if one in repr(value)]


def test_no_secret_is_in_any_repr(cloud: Cloud) -> None:
    with MistClient() as client:
        backend = client.add_backend(provider="ec2")
        adapter: Any = backend.adapter
        assert secrets_of([adapter, adapter._calls, adapter._opening, adapter.account(), backend]) == []


def test_a_region_that_has_no_host_names_the_nearest_and_nobody_else_is_asked(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def nowhere(host: str, *_: Any, **__: Any) -> None:
        asked.append(host)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    ec2_cloud.profile(home, "work")
    with MistClient() as client, pytest.raises(NotFoundError) as error:
        client.add_backend(provider="ec2", profile="work", region="eu-wst-1")
    assert "no region 'eu-wst-1'" in error.value.message and "eu-west-1" in error.value.hint
    assert {host.rpartition(".eu-wst-1.")[2] for host in asked} == {"amazonaws.com"}
    with MistClient() as client, pytest.raises(UnavailableError, match="No host named"):
        client.add_backend(provider="ec2", profile="work", region="eu-west-1")


def test_a_network_that_goes_in_the_middle_is_two_lines_and_other_clouds_go_on(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    token_clouds.no_credentials(monkeypatch, str(tmp_path))
    with token_clouds.serve("hetzner", monkeypatch), MistClient() as client:
        ec2, other = client.add_backend(provider="ec2"), client.add_backend(provider="hetzner")
        ec2 = client.backends[ec2.id]
        cloud.on["DescribeInstances"] = [hostile.reset] * 9
        with pytest.raises(UnavailableError, match="broke the connection") as error:
            ec2.listing("machines")
        two_lines(error.value)
        assert client.backends[other.id].listing("machines").records == []


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (hostile.json({"error": "no such path"}, status=404), "answered 404 to sts:GetCallerIdentity"),
        (hostile.json({"servers": []}), "can't be read|has no Account"),
        (hostile.answer("", status=301, headers={"Location": "https://x.example/"}), "a redirect to x.example"),
        (hostile.answer("SSH-2.0-OpenSSH_9", content_type="text/plain"), "can't be read|has no Account"),
    ],
)
def test_what_speaks_another_language_is_two_lines(
    answer: hostile.Step, says: str, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.on["GetCallerIdentity"] = [answer] * 3
    with MistClient() as client, pytest.raises(ApiError, match=says):
        client.add_backend(provider="ec2")


def test_identity_center_is_asked_through_our_door_and_says_how_to_log_in_again(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore import credentials, tokens

    cache = tmp_path / "sso"
    cache.mkdir()
    for holder in (credentials.SSOProvider, tokens.SSOTokenProvider):
        monkeypatch.setattr(holder, "_SSO_TOKEN_CACHE_DIR", str(cache))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    ec2_cloud.profile(tmp_path, "sso", sso_session="s", sso_account_id="1", sso_role_name="r", region="eu-west-1")
    with (tmp_path / ".aws" / "config").open("a") as file:
        file.write("[sso-session s]\nsso_start_url = https://x.example\nsso_region = eu-west-1\n")
    later = (datetime.now(UTC) + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%SZ")
    token = {
        "accessToken": "tok-sso-secret",
        "expiresAt": later,
        "region": "eu-west-1",
        "startUrl": "https://x.example",
    }
    (cache / f"{hashlib.sha1(b's').hexdigest()}.json").write_text(json.dumps(token))
    given = {"accessKeyId": KEY_ID, "secretAccessKey": SECRET, "sessionToken": "t", "expiration": 4102444800000}
    cloud.on[""] = [hostile.json({"message": "Session token not found or invalid"}, status=401)]
    with MistClient() as client, pytest.raises(AuthError) as error:
        client.add_backend(provider="ec2", profile="sso")
    assert "aws sso login --profile sso" in two_lines(error.value)
    assert "tok-sso-secret" not in str(error.value)
    cloud.on[""] = [hostile.json({"roleCredentials": given})] * 4
    with MistClient() as client:
        assert client.add_backend(provider="ec2", profile="sso").adapter.account().id == ec2_cloud.ACCOUNT
