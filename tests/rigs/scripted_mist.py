"""A Mist server of one backend whose every answer a test can replace, on top of `hostile`."""

from __future__ import annotations

from tests.rigs import hostile

CLOUDS = [{"id": "c1", "title": "Slow", "provider": "nephoscale", "enabled": True, "state": "online"}]


def answers(routes: dict[str, hostile.Step]) -> hostile.Step:
    """The step of such a server; `routes` answer in place of the usual ones, by the last word of the path."""
    usual = {
        "ping": hostile.json({"hello": "someone"}),
        "clouds": hostile.json(CLOUDS),
        "providers": hostile.json({"supported_providers": []}),
        "locations": hostile.json([]),
        "images": hostile.json([]),
    }

    def step(exchange: hostile.Exchange) -> None:
        (usual | routes)[exchange.request.path.rpartition("/")[2]](exchange)

    return step
