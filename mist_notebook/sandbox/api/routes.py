"""Which handler answers which URL: the one table to add to."""

from __future__ import annotations

from .accounts import PingHandler, TokensHandler
from .clouds import CloudHandler, CloudsHandler, ProvidersHandler
from .handler import ApiHandler
from .keys import KeyHandler, KeysHandler
from .listings import CloudListingHandler, ImageHandler, ImagesHandler, NetworksHandler

ROUTES: list[tuple[str, type[ApiHandler]]] = [
    ("/api/v1/ping", PingHandler),
    ("/api/v1/tokens", TokensHandler),
    ("/api/v1/providers", ProvidersHandler),
    ("/api/v1/clouds", CloudsHandler),
    ("/api/v1/clouds/([^/]+)", CloudHandler),
    ("/api/v1/clouds/([^/]+)/images", ImagesHandler),
    ("/api/v1/clouds/([^/]+)/images/([^/]+)", ImageHandler),
    ("/api/v1/clouds/([^/]+)/(sizes|locations|networks)", CloudListingHandler),
    ("/api/v1/networks", NetworksHandler),
    ("/api/v1/keys", KeysHandler),
    ("/api/v1/keys/([^/]+)", KeyHandler),
]
