"""The part of a client that compares: what a wish costs, where, and what is like what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import pandas as pd

    from mist_notebook.prices.known.offers import Offers
    from mist_notebook.records.model import Listing
    from mist_notebook.settings.settings import Settings

    from .backend import Backend
    from .client import MistClient


class Comparer:
    """What asks the catalogue and every backend for their sizes."""

    settings: Settings

    def compare(self, *, snapshot: str = "current", offline: bool = False, **asked: Any) -> pd.DataFrame:
        """What fits, cheapest first, of all providers and backends: `client.compare(cpus="4+", ram="16GB", limit=5)`.

        The words are those of `%mist compare`, with `_` for `-`; `per` is `size`, `offer` (every region), `provider`,
        `region` or `family`; `with_="ipv4, 100GB disk, 1TB out"` is the line's `--with`. `frame.attrs["mist"]["lines"]`
        says why. Asks every backend for its sizes, and with `offline` nobody: that needs neither a thread nor a socket.
        """
        from mist_notebook.prices.comparing.compare import compare_words

        more = () if snapshot == "current" else (f"--snapshot {snapshot}",)
        offers, settings = self._offers(snapshot, asked, offline=offline), self.settings
        found = compare_words(
            offers.frame,
            asked,
            more=more,
            extras=settings["extras"],
            rates=offers.rates,
            stale_days=settings["stale_days"],
            stale_gpu_days=settings["stale_gpu_days"],
            absent=offers.absent,
        )
        return found.frame

    def like(self, reference: Any, *, snapshot: str = "current", offline: bool = False, **asked: Any) -> pd.DataFrame:
        """The nearest sizes elsewhere, cheapest first: `client.like("EC2:m5.xlarge", region="eu")`, or like a row.

        Beside the words of `compare`: `tolerance`, `anywhere` (also at the same provider), `per`, `limit`,
        `with_` and `currency`.
        """
        from mist_notebook.prices.likeness.like import like_words

        offers = self._offers(snapshot, asked, offline=offline)
        return like_words(offers.frame, reference, asked, rates=offers.rates).frame

    def _offers(self, snapshot: str, asked: dict[str, Any], *, offline: bool) -> Offers:

        def ask(backends: list[Backend]) -> list[Listing[Any]]:
            return [backend.listing("sizes") for backend in backends]

        from mist_notebook.prices.costs.currencies import HOME, code

        from .notebook import known_offers

        asked |= {"currency": code(str(asked.get("currency") or HOME))}
        client = cast("MistClient", self)
        return known_offers.asked(client, ask, snapshot, offline=offline, currency=asked["currency"])[0]
