"""From a cloud that was added to its open adapter; nothing is sent."""

from __future__ import annotations

from mist_notebook.backends.direct import Direct
from mist_notebook.backends.parts.limits import limits_of
from mist_notebook.records.model import BackendInfo
from mist_notebook.settings.remembered import Remembered
from mist_notebook.settings.settings import Settings

from . import files
from .adapter import OpenStackAdapter
from .calls import Calls
from .login import Login


def adapter(one: Remembered, settings: Settings) -> OpenStackAdapter:
    """The adapter with the login that is on this computer now."""
    limits = limits_of(settings)
    login = Login(one, limits.total_s, settings["ca_file"] or None)
    info = BackendInfo(
        id=one.id,
        mist_id=one.id,
        name=one.name,
        provider="openstack",
        provider_name="OpenStack",
        region=login.region,
        server=login.place,
    )
    return OpenStackAdapter(info, Calls(one.name, login, limits, settings["ssh_from"]))


KINDS = (
    Direct(
        provider="openstack",
        name="OpenStack",
        look=files.look,
        adapter=adapter,
        context_word="cloud",
        options=("region",),
        library=("openstack", "openstack"),
        at_mist=True,
    ),
)
