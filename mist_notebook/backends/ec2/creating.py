"""What a create asks of EC2: one request with the operation as its token, tags, and what ends the machine in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any

from mist_notebook.backends import tag_rules
from mist_notebook.ground.errors import BadValueError
from mist_notebook.records.model import MachineSpec

from .records import UNTIL_TAG

MOST_USER_DATA = 16 << 10
_NOTHING_SENT = "Nothing was sent."
_KINDS = (
    ("#!", "x-shellscript"), ("#cloud-config", "cloud-config"), ("#include", "x-include-url"),
    ("#cloud-boothook", "cloud-boothook"), ("#part-handler", "part-handler"), ("## template:", "jinja2"),
)  # fmt: skip

# A boot hook runs before logind is up, and where shutdown can't reach that it ends the machine at once: so it waits.
# The last line holds where there is no logind. All three streams are closed, or cloud-init would wait for it.
_HOOK = """#cloud-boothook
#!/bin/sh
limit() {{
  looks=0
  while [ -d /run/systemd/system ] && [ $looks -lt 60 ] && ! loginctl; do sleep 5; looks=$((looks + 1)); done
  [ $looks -lt 60 ] && shutdown -P +{minutes} 'the time limit that mist-notebook was given'
  sleep {seconds}
  poweroff -f
}}
limit < /dev/null > /dev/null 2>&1 &
"""


def request(spec: MachineSpec, groups: list[str], now: datetime) -> dict[str, Any]:
    """The words of RunInstances: one machine, or none."""
    words: dict[str, Any] = {
        "ImageId": spec.image.id,
        "InstanceType": spec.size.id,
        "MinCount": 1,
        "MaxCount": 1,
        "ClientToken": spec.token,
        "SecurityGroupIds": groups,
        "MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled"},
        "TagSpecifications": _tags(spec, now),
    }
    if spec.key is not None:
        words["KeyName"] = spec.key.id
    if spec.location is not None and spec.location.kind == "zone":
        words["Placement"] = {"AvailabilityZone": spec.location.id}
    if spec.extra.get("subnet_id"):
        words["SubnetId"] = str(spec.extra["subnet_id"])
    if is_spot(spec):
        words["InstanceMarketOptions"] = {"MarketType": "spot", "SpotOptions": {"SpotInstanceType": "one-time"}}
    if spec.hours is not None:
        words["InstanceInitiatedShutdownBehavior"] = "terminate"
    data = user_data(spec)
    return words | ({"UserData": data} if data else {})


def is_spot(spec: MachineSpec) -> bool:
    return str(spec.extra.get("spot", "")).strip().casefold() in ("true", "1", "yes")


def _tags(spec: MachineSpec, now: datetime) -> list[dict[str, Any]]:
    said = {"Name": spec.name} | tag_rules.of(spec)
    if spec.hours is not None:
        until = now + timedelta(hours=spec.hours)
        said[UNTIL_TAG] = until.isoformat(timespec="seconds")
    tags = [{"Key": name, "Value": value} for name, value in said.items()]
    return [{"ResourceType": kind, "Tags": tags} for kind in ("instance", "volume")]


def user_data(spec: MachineSpec) -> str | None:
    """What the machine does as it boots: what ends it in time, then the script, then what cloud-init is to do.

    The end is a boot hook: it counts anew after each start, so that a machine that was stopped has one too.
    """
    parts = [] if spec.hours is None else [_end(spec.hours)]
    if spec.script:
        parts.append(spec.script if spec.script.startswith("#!") else f"#!/bin/sh\n{spec.script}")
    parts += [spec.cloud_init] if spec.cloud_init else []
    if len(parts) < 2:
        return parts[0] if parts else None
    whole = MIMEMultipart(boundary="==mist-notebook==")
    for part in parts:
        whole.attach(MIMEText(part, _kind(part), "utf-8" if not part.isascii() else "us-ascii"))
    return whole.as_string()


def _end(hours: float) -> str:
    minutes = max(1, round(hours * 60))
    return _HOOK.format(minutes=minutes, seconds=60 * minutes + 60)


def _kind(part: str) -> str:
    return next((kind for begins, kind in _KINDS if part.startswith(begins)), "cloud-config")


def check(spec: MachineSpec, backend: str) -> None:
    """Refuse what EC2 would refuse, or what would not hold. Raises BadValueError."""
    size = len((user_data(spec) or "").encode())
    if size > MOST_USER_DATA:
        raise BadValueError(
            f"{backend} takes at most {MOST_USER_DATA:,} bytes of script and cloud-init; this has {size:,}.",
            f"%mist run runs a script on a machine that is there. {_NOTHING_SENT}",
        )
    if spec.size.arch not in (None, "x86_64", "arm64", "i386"):
        raise BadValueError(f"{spec.size.name} is for {spec.size.arch}, which is not made from here.", _NOTHING_SENT)
    spot = spec.extra.get("spot")
    if spot is not None and str(spot).strip().casefold() not in ("true", "1", "yes", "false", "0", "no"):
        raise BadValueError(f"spot={spot} is neither true nor false.", _NOTHING_SENT)
