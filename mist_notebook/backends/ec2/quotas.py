"""What an account may: how many vCPUs of a family, and which calls, by asking with DryRun, which makes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mist_notebook.ground.errors import ApiError
from mist_notebook.records.model import Machine, Quota, Size

from .asking.calls import Calls

_CODES = (  # Amazon's own codes of its quotas on running on-demand machines, by how sizes begin
    (r"dl", "L-6E869C2A", "DL"), (r"hpc", "L-F7808C92", "HPC"), (r"inf", "L-1945791B", "Inf"),
    (r"trn", "L-2C3B7624", "Trn"), (r"u-|u\d", "L-43DA4232", "high memory"), (r"x", "L-7295265B", "X"),
    (r"(g|vt)\d", "L-DB2E81BA", "G and VT"), (r"p\d", "L-417A185B", "P"), (r"f\d", "L-74FC7D96", "F"),
    (r"[acdhimrtz]", "L-1216C47A", "standard (A, C, D, H, I, M, R, T, Z)"),
)  # fmt: skip
_STANDARD = "t3.small"
_RUNNING = ("pending", "running")
_DRY: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("look", "DescribeInstances", {}),
    ("make", "RunInstances", {"MinCount": 1, "MaxCount": 1, "ImageId": "ami-00000000000000000"}),
    ("stop", "StopInstances", {"InstanceIds": ["i-00000000000000000"]}),
    ("destroy", "TerminateInstances", {"InstanceIds": ["i-00000000000000000"]}),
    ("import keys", "ImportKeyPair", {"KeyName": "mist-notebook-dry-run", "PublicKeyMaterial": b"ssh-ed25519 AAAA"}),
    ("make security groups", "CreateSecurityGroup", {"GroupName": "mist-notebook-dry-run", "Description": "dry run"}),
)
_MAY_NOT = ("UnauthorizedOperation", "AccessDenied", "AccessDeniedException")
_NO_SERVICE = (*_MAY_NOT, "NoSuchResourceException", "UnknownOperationException", "InvalidAction")


def of(calls: Calls, region: str, size: Size | None, machines: Callable[[str], Sequence[Machine]]) -> tuple[Quota, ...]:
    """The most vCPUs of such sizes that may run in a region, and how many do; nothing where the account may not ask."""
    beginning, code, name = _family(size.id if size else _STANDARD)
    try:
        answer = calls.ask("GetServiceQuota", region, "Quota", "service-quotas", ServiceCode="ec2", QuotaCode=code)
    except ApiError as error:
        if error.code in _NO_SERVICE:
            return ()
        raise
    most = answer["Quota"].get("Value")
    running = [one for one in machines(region) if one.state in _RUNNING and re.match(beginning, one.size_id or "")]
    counts = [one.extra.get("vcpus") for one in running]
    used = None if None in counts else float(sum(counts))  # type: ignore[arg-type]
    return (Quota(what=f"vCPUs of {name} in {region}", most=None if most is None else float(most), used=used),)


def _family(size: str) -> tuple[str, str, str]:
    return next((row for row in _CODES if re.match(row[0], size)), _CODES[-1])


def allowed(calls: Calls, region: str) -> dict[str, bool | None]:
    """What these credentials may do there; `None` where AWS doesn't tell. Each is asked with DryRun."""
    with ThreadPoolExecutor(len(_DRY), "mist-may") as pool:
        answers = pool.map(lambda row: _may(calls, region, row[1], row[2]), _DRY)
        return {row[0]: answer for row, answer in zip(_DRY, answers, strict=True)}


def _may(calls: Calls, region: str, operation: str, words: dict[str, Any]) -> bool | None:
    try:
        calls.ask(operation, region, None, DryRun=True, **words)
    except ApiError as error:
        if error.code in _MAY_NOT:
            return False
        return True if error.code == "DryRunOperation" or error.code.startswith("Invalid") else None
    return True
