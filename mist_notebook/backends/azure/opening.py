"""From a subscription that was added to its open adapter; nothing is sent."""

from __future__ import annotations

from mist_notebook.backends.direct import Direct
from mist_notebook.backends.parts.addresses import address
from mist_notebook.backends.parts.limits import limits_of
from mist_notebook.records.model import BackendInfo
from mist_notebook.settings.remembered import Remembered
from mist_notebook.settings.settings import Settings

from . import login
from .adapter import AzureAdapter
from .calls import URL, Calls


def adapter(one: Remembered, settings: Settings) -> AzureAdapter:
    """The adapter with the login that is on this computer now."""
    seen = login.look(one.context, one.options)
    own = login.Login(seen.options["by"], seen.source)
    calls = Calls(address("azure", URL), str(seen.context), own, limits_of(settings), settings["ca_file"] or True)
    info = BackendInfo(
        id=one.id, mist_id=one.id, name=one.name, provider="azure_arm", provider_name="Azure", server=calls.door.origin
    )
    return AzureAdapter(info, calls, settings["ssh_from"])


KINDS = (
    Direct(
        provider="azure_arm",
        name="Azure",
        usage="%mist add azure",
        look=login.look,
        adapter=adapter,
        context_word="subscription",
        library=("azure", "azure"),
        at_mist=True,
    ),
)
