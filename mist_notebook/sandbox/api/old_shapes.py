"""What the API answered in 2014, made of what it answers today: ids are the provider's, a key's id is its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Item = Mapping[str, Any]
Shape = Callable[[Item], dict[str, object]]
_CAN = ("start", "stop", "reboot", "destroy", "tag")


def provider(row: Item) -> dict[str, object]:
    """A provider that can be added."""
    return {"title": row["name"], "provider": row["driver"]}


def backend(document: Item) -> dict[str, object]:
    """A backend; the key that it was added with isn't kept, and never answered."""
    kept = ("id", "title", "provider", "enabled", "state", "region")
    return {**{name: document[name] for name in kept}, "apikey": "", "poll_interval": document["polling_interval"]}


def image(item: Item) -> dict[str, object]:
    """An image."""
    return {"id": item["external_id"], "name": item["name"], "star": item["starred"], "extra": item["extra"]}


def size_of(driver: str) -> Shape:
    """A size, with the price where it has one and the name of the driver that knew it."""

    def size(item: Item) -> dict[str, object]:
        kept = {name: item[name] for name in ("name", "ram", "disk", "bandwidth")}
        return {"id": item["external_id"], **kept, "price": item["extra"].get("price"), "driver": driver}

    return size


def location(item: Item) -> dict[str, object]:
    """A location."""
    return {"id": item["external_id"], "name": item["name"], "country": item["country"]}


def network(item: Item) -> dict[str, object]:
    """A network."""
    return {"id": item["external_id"], "name": item["name"], "extra": item["extra"]}


def machine(document: Item) -> dict[str, object]:
    """A machine: its size is a name, its image an id, its tags a list."""
    kept = ("name", "size", "state", "private_ips", "public_ips", "extra")
    return {
        "id": document["external_id"],
        "uuid": document["id"],
        "imageId": document["image"],
        **{name: document[name] for name in kept},
        "tags": [f"{name}={value}" if value else name for name, value in document["tags"].items()],
        **{f"can_{action}": document["actions"][action] for action in _CAN},
    }


def key(document: Item) -> dict[str, object]:
    """A key, with its machines as six values each."""
    return {
        "id": document["name"],
        "name": document["name"],
        "isDefault": document["isDefault"],
        "machines": [
            [one["cloud_id"], one["machine_id"], one["last_used"], one["ssh_user"], one["sudo"], one["port"]]
            for one in document["machines"]
        ],
    }


def probe(nested: Item, *, now: float) -> dict[str, object]:
    """A probe that came through: flat, its figures as texts, the loss a fraction."""
    ping, ssh = nested["ping"], nested["ssh"]
    return (
        {
            **pinged(nested),
            "uptime": f"{ssh['uptime']:.2f} {ssh['uptime'] * ssh['cores']:.2f}",
            "loadavg": [f"{load:.2f}" for load in ssh["loadavg"]],
            "cores": str(ssh["cores"]),
            "users": str(ssh["users"]),
            "pub_ips": ssh["pub_ips"],
            "priv_ips": ssh["priv_ips"],
            "df": ssh["df"],
            "macs": dict(zip([*ssh["pub_ips"], *ssh["priv_ips"]], ssh["macs"], strict=False)),
            "timestamp": now,
        }
        if ping
        else {}
    )


def pinged(nested: Item) -> dict[str, object]:
    """What is known of a machine that answers pings and lets nobody in."""
    ping = nested["ping"]
    kept = ("packets_tx", "packets_rx", "rtt_min", "rtt_avg", "rtt_max")
    return {**{name: ping[name] for name in kept}, "packets_loss": ping["packets_loss"] / 100}


def each(shape: Shape, items: Iterable[Item]) -> list[dict[str, object]]:
    """A listing of such things."""
    return [shape(item) for item in items]
