"""The price lists that can be fetched: one line for each, as a person names it; and the clouds that have none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .reading.pages import Reader
from .reading.price_row import PriceRow
from .sources.azure import Azure
from .sources.ec2 import Ec2
from .sources.ec2_spot import Ec2Spot
from .sources.gce import Gce
from .sources.hetzner import Hetzner
from .sources.linode import Linode
from .sources.oracle import Oracle
from .sources.ovh import Ovh
from .sources.runpod import RunPod
from .sources.scaleway import Scaleway
from .sources.verda import Verda
from .sources.vultr import Vultr


class PriceList(Protocol):
    """What every list is: where it stands, how long it may take, and how it is read."""

    @property
    def url(self) -> str:
        """Where it stands."""

    @property
    def name(self) -> str:
        """What a person calls it, and its file."""

    @property
    def provider(self) -> str:
        """Whose it is, as offers name it."""

    @property
    def source(self) -> str:
        """What its offers give as their source."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of offer that it speaks for."""

    @property
    def currency(self) -> str:
        """What its prices are in."""

    @property
    def total_s(self) -> float:
        """How long reading all of it may take."""

    def region(self, text: str) -> str:
        """A region as the list spells it. Raises MistUsageError where it can only be read whole."""

    def rows(self, reader: Reader, regions: Sequence[str] = ()) -> list[PriceRow]:
        """Its offers; of these regions, where it can be asked so."""


_ALL = (
    *(Ec2(), Ec2Spot(), Azure(), Gce(), Oracle(), Linode(), Vultr(), Scaleway(), Ovh(), Hetzner(), Verda(), RunPod()),
)
PRICE_LISTS: dict[str, PriceList] = {one.name: one for one in _ALL}
WITHOUT_A_LIST = ("CoreWeave", "Nebius", "Crusoe", "Lambda")
"""Clouds that publish prices on pages for people only."""


def token_variable(wanted: PriceList) -> str:
    """The variable that holds the token which a list wants; nothing for those that want none."""
    return str(getattr(wanted, "token_variable", ""))
