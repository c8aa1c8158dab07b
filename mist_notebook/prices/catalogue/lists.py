"""The price lists that can be fetched without an account: one line for each, as a person names it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .azure import Azure
from .linode import Linode
from .price_row import PriceRow
from .reading import Reader
from .vultr import Vultr


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
    def total_s(self) -> float:
        """How long reading all of it may take."""

    def region(self, text: str) -> str:
        """A region as the list spells it. Raises MistUsageError where it can only be read whole."""

    def rows(self, reader: Reader, regions: Sequence[str] = ()) -> list[PriceRow]:
        """Its offers; of these regions, where it can be asked so."""


PRICE_LISTS: dict[str, PriceList] = {one.name: one for one in (Azure(), Linode(), Vultr())}
