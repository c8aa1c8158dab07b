"""What a login may do in a project, as Google's Resource Manager tests it; asked, and nothing is made."""

from __future__ import annotations

from typing import Any

from mist_notebook.backends.parts.addresses import address
from mist_notebook.backends.token import row
from mist_notebook.net.http import BEARER, Http, decode, quote_segment

from .calls import Calls

_URL = "https://cloudresourcemanager.googleapis.com"
_DEEDS = {
    "look": "compute.instances.list",
    "make": "compute.instances.create",
    "stop": "compute.instances.stop",
    "destroy": "compute.instances.delete",
    "make firewalls": "compute.firewalls.create",
}


def allowed(calls: Calls) -> dict[str, bool | None]:
    """Which of these permissions the login has."""
    path = f"/v1/projects/{quote_segment(calls.project)}:testIamPermissions"
    door = Http(
        address("gce_projects", _URL), token=calls.login.token, scheme=BEARER, verify=calls.verify, limits=calls.limits
    )
    try:
        said = decode(
            door.send("POST", path, json={"permissions": sorted(_DEEDS.values())}), dict[str, Any], where=path
        )
    finally:
        door.close()
    has = row.listed(said, "permissions")
    return {deed: permission in has for deed, permission in _DEEDS.items()}
