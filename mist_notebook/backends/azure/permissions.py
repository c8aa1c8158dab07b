"""What a login may do in a subscription, by the roles that it has there; asked, and nothing is made."""

from __future__ import annotations

from fnmatch import fnmatchcase

from mist_notebook.backends.parts.answers import Row
from mist_notebook.backends.token import row

from .calls import Calls

_DEEDS = {
    "look": "Microsoft.Compute/virtualMachines/read",
    "make": "Microsoft.Compute/virtualMachines/write",
    "stop": "Microsoft.Compute/virtualMachines/deallocate/action",
    "destroy": "Microsoft.Resources/subscriptions/resourceGroups/delete",
    "make resource groups": "Microsoft.Resources/subscriptions/resourceGroups/write",
    "make networks": "Microsoft.Network/virtualNetworks/write",
}


def allowed(calls: Calls) -> dict[str, bool | None]:
    """Whether any of the roles gives each deed, and doesn't take it back."""
    roles = calls.rows("/providers/Microsoft.Authorization/permissions")
    return {deed: any(_gives(role, action) for role in roles) for deed, action in _DEEDS.items()}


def _gives(role: Row, action: str) -> bool:
    given, taken = (_patterns(role, name) for name in ("actions", "notActions"))
    wanted = action.casefold()
    return any(fnmatchcase(wanted, one) for one in given) and not any(fnmatchcase(wanted, one) for one in taken)


def _patterns(role: Row, name: str) -> list[str]:
    return [one.casefold() for one in row.listed(role, name) if isinstance(one, str)]
