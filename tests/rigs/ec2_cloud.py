"""EC2 on loopback: moto behind a server that keeps a ledger, refuses on cue, and makes one machine of one token.

with ec2_cloud.serve(monkeypatch, home) as cloud: ...     # AWS_ENDPOINT_URL leads there, and credentials that it takes

moto checks images, keys and sizes here, and has three regions, eight sizes and few images, so that all is quick. What
it can't do (one machine of one ClientToken) is done in front of it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.rigs import hostile

ACCOUNT = "123456789012"
KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SIZES = ("t3.micro", "t3.small", "t3.medium", "t4g.small", "t4g.medium", "m5.large", "c5.large", "g4dn.xlarge")
REGIONS = ("eu-west-1", "us-east-1", "ap-southeast-2")
_IMAGES = Path(__file__).with_name("ec2_images.json")
_REGION = re.compile(r"Credential=[^/]+/\d+/([\w-]+)/([\w-]+)/")
_FOREIGN = ("AWS_", "BOTO_")
_AMAZON = "137112412989"


@dataclass(frozen=True)
class Call:
    """One request as it was asked: which operation, of which region, with which words."""

    operation: str
    region: str
    service: str
    words: dict[str, str]


Steps = Callable[[Call], hostile.Step | None]


@dataclass
class Cloud:
    """The cloud: what was asked of it, and what a test breaks. `on` is by operation: steps, used up one by one."""

    url: str = ""
    ledger: list[Call] = field(default_factory=list)
    on: dict[str, list[hostile.Step]] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    made: Callable[[str, str, str], None] | None = None  # of region, id, operation: what the machine does
    rebooted: Callable[[str], None] | None = None
    seen: Callable[[bytes], bytes] = bytes  # what an answer looks like by the time it leaves
    makes_all_the_same: bool = False  # what fails to answer made the machine before
    _tokens: dict[str, tuple[int, bytes, dict[str, str]]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def calls(self, operation: str) -> list[Call]:
        """What was asked of that operation; what only asked whether it may is none."""
        return [one for one in self.ledger if one.operation == operation and one.words.get("DryRun") != "true"]

    @property
    def creates(self) -> list[Call]:
        return self.calls("RunInstances")

    def step(self, exchange: hostile.Exchange) -> None:
        call = _call(exchange.request)
        with self._lock:
            self.ledger.append(call)
            answer = self._answer(exchange.request, call)
        answer(exchange)

    def _answer(self, request: hostile.Request, call: Call) -> hostile.Step:
        if call.region in self.dead:
            return hostile.answer("<html>down</html>", status=503, content_type="text/html")
        steps = self.on.get(call.operation)
        broken = steps.pop(0) if steps else None
        if broken is not None and not self.makes_all_the_same:
            return broken
        token = f"{call.region} {call.words.get('ClientToken')}"
        known = self._tokens.get(token) if call.operation == "RunInstances" else None
        status, body, headers = known or self._of_moto(request, call)
        if call.operation == "RunInstances" and status == 200 and call.words.get("ClientToken"):
            self._tokens[token] = (status, body, headers)
        if broken is not None:
            return broken
        return hostile.answer(
            self.seen(body), status=status, content_type=headers.get("Content-Type", ""), headers=_beside(headers)
        )

    def _of_moto(self, request: hostile.Request, call: Call) -> tuple[int, bytes, dict[str, str]]:
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
        base = f"http://{request.headers['host']}"  # it is part of what is signed
        answer = _client().open(
            request.target, method=request.method, data=request.body, headers=headers, base_url=base
        )
        if answer.status_code == 200 and self.made is not None and call.service == "ec2":
            ids = re.findall(r"<instanceId>(i-\w+)", answer.text) if call.operation.endswith("Instances") else []
            for own in dict.fromkeys(ids):
                self.made(call.region, own, call.operation)
            if call.operation == "RebootInstances" and self.rebooted is not None:
                self.rebooted(call.words["InstanceId.1"])
        return answer.status_code, answer.data, dict(answer.headers)


def _beside(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in ("Content-Type", "Content-Length")}


def _call(request: hostile.Request) -> Call:
    words = dict(parse_qsl(request.body.decode("latin-1"))) if b"Action=" in request.body else {}
    scope = _REGION.search(request.headers.get("authorization", ""))
    operation = words.get("Action") or request.headers.get("x-amz-target", "").rpartition(".")[2]
    return Call(operation, scope[1] if scope else "", scope[2] if scope else "", words)


def refusal(code: str, message: str = "as it was scripted", status: int = 400) -> hostile.Step:
    """A refusal in EC2's own dialect."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>'
        f"<Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>r-1</RequestID></Response>"
    )
    return hostile.answer(body, status=status, content_type="text/xml;charset=UTF-8")


@cache
def _client() -> Any:
    """moto in this process, set up once: imported when first needed, as it takes a second."""
    os.environ["MOTO_AMIS_PATH"] = str(_IMAGES)
    from moto import settings
    from moto.ec2.models import availability_zones_and_regions, instance_types
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.test import Client

    _own_owners()
    settings.ENABLE_AMI_VALIDATION = settings.ENABLE_KEYPAIR_VALIDATION = True
    settings.EC2_ENABLE_INSTANCE_TYPE_VALIDATION = True
    zones = availability_zones_and_regions.RegionsAndZonesBackend
    zones.regions = [one for one in zones.regions if one.name in REGIONS]
    few = [one for one in instance_types.InstanceTypeBackend.instance_types if one.name in SIZES]
    instance_types.InstanceTypeBackend.instance_types = few
    for regions in instance_types.INSTANCE_TYPE_OFFERINGS.values():
        for region, rows in regions.items():
            regions[region] = [row for row in rows if row["InstanceType"] in SIZES]
    return Client(DomainDispatcherApplication(create_backend_app))


def _own_owners() -> None:
    """Have only Amazon's images be Amazon's: moto says so of all that it loads."""
    from moto.ec2.models.amis import AmiBackend

    load = AmiBackend._load_amis

    def loaded(self: Any) -> None:
        load(self)
        for image in self.amis.values():
            image.owner_alias = "amazon" if image.owner_id == _AMAZON else None

    AmiBackend._load_amis = loaded


def backend(region: str) -> Any:
    """moto's own EC2 of that region, to look at or to change behind the API."""
    _client()
    from moto.ec2 import ec2_backends

    return ec2_backends[ACCOUNT][region]


def parameter(region: str, name: str, value: str) -> None:
    """A public parameter, as Amazon keeps them."""
    _client()
    from moto.ssm.models import Parameter, ssm_backends

    ssm_backends[ACCOUNT][region]._parameters[name].append(
        Parameter(
            account_id=ACCOUNT, name=name, value=value, parameter_type="String", description=None, allowed_pattern=None,
            keyid=None, last_modified_date=0.0, version=1, data_type="text",
        )
    )  # fmt: skip


def no_credentials(patch: pytest.MonkeyPatch, home: Path) -> None:
    """A home folder of its own, and none of this computer's credentials."""
    for name in list(os.environ):
        if name.startswith(_FOREIGN):
            patch.delenv(name)
    patch.setenv("HOME", str(home))
    patch.setenv("AWS_CONFIG_FILE", str(home / ".aws" / "config"))
    patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(home / ".aws" / "credentials"))


def profile(home: Path, name: str = "work", **more: str) -> None:
    """A profile with a key, as `aws configure` writes it; `more` goes into the config file, and nothing else where
    it has a way of its own to credentials."""
    (home / ".aws").mkdir(exist_ok=True)
    head = "default" if name == "default" else f"profile {shlex.quote(name)}"
    lines = "".join(f"{key} = {value}\n" for key, value in more.items())
    with (home / ".aws" / "config").open("a") as file:
        file.write(f"[{head}]\n{lines}")
    if more.keys() & {"role_arn", "sso_session", "sso_start_url", "credential_process", "nothing"}:
        return
    with (home / ".aws" / "credentials").open("a") as file:
        file.write(f"[{name}]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")


@contextmanager
def checked(patch: pytest.MonkeyPatch, *allowed: str) -> Iterator[None]:
    """Within, moto checks who asks: a user in the environment who may do just these, as `ec2:Describe*`."""
    _client()
    from moto import settings
    from moto.core.authorization import ActionAuthenticatorMixin
    from moto.iam import iam_backends

    iam = iam_backends[ACCOUNT]["aws"]
    iam.create_user("aws", "me")
    statement = {"Effect": "Allow", "Action": list(allowed), "Resource": "*"}
    iam.put_user_policy("me", "few", json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    key = iam.create_access_key("me")
    patch.setenv("AWS_ACCESS_KEY_ID", key.access_key_id)
    patch.setenv("AWS_SECRET_ACCESS_KEY", key.secret_access_key)
    before = settings.INITIAL_NO_AUTH_ACTION_COUNT
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0.0
    ActionAuthenticatorMixin.request_count = 0
    try:
        yield
    finally:
        settings.INITIAL_NO_AUTH_ACTION_COUNT = before


def reset() -> None:
    """moto without anything in it."""
    _client()
    from moto.backends import get_backend

    for service in ("ec2", "iam", "sts", "ssm"):
        get_backend(service).reset()  # type: ignore[arg-type, unused-ignore]


@contextmanager
def serve(patch: pytest.MonkeyPatch, home: Path) -> Iterator[Cloud]:
    """The cloud, for the length of the block, empty, with credentials in the environment and a region."""
    no_credentials(patch, home)
    reset()
    cloud = Cloud()
    with hostile.serve(cloud.step) as server:
        cloud.url = server.url
        patch.setenv("AWS_ENDPOINT_URL", server.url)
        patch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        patch.setenv("AWS_REGION", "eu-west-1")
        yield cloud


def json_refusal(code: str, message: str = "as it was scripted", status: int = 400) -> hostile.Step:
    """A refusal in the dialect of the services that speak JSON."""
    return hostile.json({"__type": f"com.amazonaws#{code}", "message": message}, status=status)
