"""Which handler answers which URL: the one table to add to."""

from __future__ import annotations

from .accounts import PingHandler, TokensHandler
from .associations import AssociationHandler
from .bulk import BulkTagsHandler
from .clouds import CloudHandler, CloudsHandler, ProvidersHandler
from .handler import ApiHandler
from .keys import KeyHalfHandler, KeyHandler, KeysHandler
from .listings import (
    CloudListingHandler,
    ImageHandler,
    ImagesHandler,
    NetworksHandler,
    SecurityGroupsHandler,
    VolumesHandler,
)
from .machines import (
    CloudMachinesHandler,
    JobHandler,
    MachineHandler,
    MachinesHandler,
    ProbeHandler,
    TagHandler,
    TagsHandler,
)
from .old import OLD_ROUTES

# From 2015 to 2017 the same paths had no prefix. A machine, by its cloud and either of its ids, or by either id alone.
_MACHINE = "(?:/api/v1)?(?:/clouds/([^/]+))?/machines/([^/]+)"

ROUTES: list[tuple[str, type[ApiHandler]]] = [
    ("/api/v1/ping", PingHandler),
    ("/api/v1/tokens", TokensHandler),
    ("/api/v1/providers", ProvidersHandler),
    ("(?:/api/v1)?/clouds", CloudsHandler),
    ("(?:/api/v1)?/clouds/([^/]+)", CloudHandler),
    ("(?:/api/v1)?/clouds/([^/]+)/images", ImagesHandler),
    ("(?:/api/v1)?/clouds/([^/]+)/images/([^/]+)", ImageHandler),
    ("(?:/api/v1)?/clouds/([^/]+)/(sizes|locations|networks)", CloudListingHandler),
    ("/api/v1/networks", NetworksHandler),
    ("/api/v1/clouds/([^/]+)/volumes", VolumesHandler),
    ("/api/v1/clouds/([^/]+)/security-groups", SecurityGroupsHandler),
    ("/api/v1/keys", KeysHandler),
    ("/api/v1/keys/([^/]+)", KeyHandler),
    ("/api/v1/keys/([^/]+)/(private|public)", KeyHalfHandler),
    ("/api/v1/machines", MachinesHandler),
    ("(?:/api/v1)?/clouds/([^/]+)/machines", CloudMachinesHandler),
    (_MACHINE, MachineHandler),
    (f"{_MACHINE}/probe", ProbeHandler),
    (f"{_MACHINE}/tags", TagsHandler),
    (f"{_MACHINE}/tags/([^/]+)", TagHandler),
    (f"{_MACHINE}/keys/([^/]+)", AssociationHandler),
    ("/api/v1/tags", BulkTagsHandler),
    ("(?:/api/v1)?/jobs/([^/]+)", JobHandler),
    *OLD_ROUTES,
]
