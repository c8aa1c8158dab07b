"""Pictures of prices, from any frame with our columns: interactive, as SVG and as text, all from one call.

No chart library: a Vega-Lite 5 spec (which JupyterLab, Notebook 7 and Voila draw, offline), an SVG by hand for every
other place, and plain text. Needs pandas, and asks nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mist_notebook.ground.errors import NotFoundError
from mist_notebook.records.columns import SORT_WORDS

from .chart import Chart
from .heat import by_region
from .reading import names_of
from .scatter import against
from .steps import over_time

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Chart", "against", "by_region", "of", "over_time"]

_BY_DATE = {"as_of", "date", "time"}
_BY_REGION = {"region", "regions"}
_AMOUNTS = ("ram_gb", "vcpus", "disk_gb", "gpus", "gpu_ram_gb", "net_gbps")


def of(frame: pd.DataFrame, by: str | None = None) -> Chart:
    """The price against an amount (`ram`, `vcpus`, any column of figures), over time (`as_of`) or by `region`.

    Without `by` a frame of offers is drawn against RAM, else vCPUs, and a frame without either over time.
    """
    if by in _BY_DATE:
        return over_time(frame)
    if by in _BY_REGION:
        return by_region(frame)
    if by is not None:
        return against(frame, SORT_WORDS.get(by, by))
    names = names_of(frame)
    amount = next((name for name in _AMOUNTS[:2] if name in names), None)
    if amount is not None:
        return against(frame, amount)
    if "as_of" in names:
        return over_time(frame)
    raise NotFoundError(
        "This frame has nothing to draw prices against.",
        "It needs one of ram_gb, vcpus and as_of beside price_hourly; or name a column: df.mist.chart('disk_gb').",
    )
