"""Whether an offer's size can be made here: by the backends that are connected, and what each was seen to have."""

from __future__ import annotations

import pytest

from mist_notebook.client.notebook.makeable import Makeables
from mist_notebook.records.model import BackendInfo, Size


def backend(name: str, provider: str, region: str | None = None) -> BackendInfo:
    return BackendInfo(id=name.lower(), name=name, provider=provider, region=region)


def sizes(*ids: str) -> list[Size]:
    return [Size(id=one, name=f"{one}-name") for one in ids]


KNOWN = Makeables(
    [
        (backend("Home", "hetzner"), sizes("cax11", "cax21")),
        (backend("Work", "hetzner"), sizes("cax11")),
        (backend("Ireland", "ec2", "eu-west-1"), sizes("t3.small")),
        (backend("Fresh", "linode"), sizes()),
    ],
    frozenset(("hetzner", "ec2", "vultr")),
)


@pytest.mark.parametrize(
    ("offer", "here", "why"),
    [
        ({"provider": "hetzner", "id": "cax21"}, "Home", ""),
        ({"provider": "hetzner", "id": "cax11", "region": "fsn1", "os": "linux"}, "Home, Work", ""),
        ({"provider": "hetzner", "id": "cax11", "backend": "Work", "kind": "on-demand"}, "Work", ""),
        ({"provider": "hetzner", "id": "cax21-name", "backend": None, "region": float("nan")}, "Home", ""),
        ({"provider": "hetzner", "id": "cx999"}, "", "Home, Work lists no cx999"),
        ({"provider": "aws", "id": "t3.small", "region": "eu-west-1"}, "Ireland", ""),
        ({"provider": "ec2", "id": "t3.small", "region": "us-east-1"}, "", "Not in us-east-1: Ireland in eu-west-1"),
        ({"provider": "ec2", "id": "t3.small", "kind": "spot"}, "Ireland", "on-demand, not spot"),
        ({"provider": "ec2", "id": "t3.small", "os": "windows"}, "Ireland", "the image decides"),
        ({"provider": "vultr", "id": "vc2-1c-1gb"}, "", "%mist add vultr"),
        ({"provider": "oracle", "id": "VM.Standard"}, "", "none can be made here"),
        ({"provider": "linode", "id": "g6-nanode-1"}, "", "Fresh has it was not looked at"),
        ({}, "", "none can be made here"),
    ],
)
def test_it_is_said_where_it_can_be_made_or_why_not(offer: dict[str, object], here: str, why: str) -> None:
    found = KNOWN.of(offer)
    assert found.here == here
    assert why in found.why and bool(why) == bool(found.why)


def test_what_the_sandbox_has_is_of_another_time_than_an_offer_of_today() -> None:
    sandbox = BackendInfo(id="s", name="EC2", provider="ec2", sandbox=True)
    found = Makeables([], frozenset(("ec2",)), [sandbox]).of({"provider": "aws", "id": "m7i.large"})
    assert found.is_refused and "no m7i.large of today" in found.why and "%mist add ec2" in found.why
    live = Makeables([], frozenset(), [backend("Work", "ec2")]).of({"provider": "ec2", "id": "m1.small"})
    assert live.is_refused and "not those of 2014" in live.why
    assert not Makeables([], frozenset(), [sandbox]).of({"provider": "gce", "id": "n1"}).is_refused


def test_before_a_backend_is_open_nothing_is_claimed() -> None:
    found = Makeables([], frozenset(("ec2",))).of({"provider": "ec2", "id": "m7i.large"})
    assert "No backend is open yet" in found.why and not found.is_refused
