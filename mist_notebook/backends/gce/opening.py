"""From a project that was added to its open adapter; nothing is sent."""

from __future__ import annotations

from mist_notebook.backends.direct import Direct
from mist_notebook.backends.parts.addresses import address
from mist_notebook.backends.parts.limits import limits_of
from mist_notebook.ground.errors import SettingsError
from mist_notebook.records.model import BackendInfo
from mist_notebook.settings.remembered import Remembered
from mist_notebook.settings.settings import Settings

from . import login
from .adapter import GceAdapter
from .calls import URL, Calls


def adapter(one: Remembered, settings: Settings) -> GceAdapter:
    """The adapter with the login that is on this computer now."""
    seen = login.look(one.context, one.options)
    if not one.context:
        raise SettingsError(f"{one.name} names no project.", "%mist remove it, and %mist add gce --project ID.")
    limits = limits_of(settings)
    own = login.Login(seen.source, limits.total_s)
    calls = Calls(address("gce", URL), one.context, own, limits, settings["ca_file"] or True)
    info = BackendInfo(
        id=one.id, mist_id=one.id, name=one.name, provider="gce", provider_name="Google", server=calls.door.origin
    )
    return GceAdapter(info, calls, settings["ssh_from"])


KINDS = (
    Direct(
        provider="gce",
        name="Google",
        look=login.look,
        adapter=adapter,
        context_word="project",
        library=("google", "gcp"),
        at_mist=True,
    ),
)
