"""`df.mist`: what a frame with our columns can be asked, whatever was filtered, sorted or joined before.

Importing this module registers it with pandas, and how frames of ours print; `frames` and the
catalogue do, so that every frame from here has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mist_notebook.display import frame_view
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief
from mist_notebook.records.columns import SORT_WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mist_notebook.charts import Chart

NAME = "mist"
frame_view.show_when_printed(pd.DataFrame)
_PRICE = "price_hourly"
_ONE_SIZE = ("backend", "provider", "id", "kind")


@pd.api.extensions.register_dataframe_accessor(NAME)
class MistAccessor:
    """Prices of a frame: `chart()`, `cheapest()`, `per("vcpus")`. Unknown prices are never cheap, and never drawn."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def __repr__(self) -> str:
        return 'df.mist: .chart()  .chart("vcpus")  .chart("region")  .cheapest(10)  .per("vcpus")'

    def chart(self, by: str | None = None) -> Chart:
        """The prices as a picture: against an amount (`ram`, `vcpus`, any column of figures), `as_of` or `region`.

        Without `by`: against RAM where the frame has it, else over time. The chart shows in a cell; it has `.spec`
        (Vega-Lite 5), `.svg` and `.text`.
        """
        from mist_notebook import charts

        return charts.of(self._frame, by)

    def cheapest(self, n: int = 10, *, each: str | Sequence[str] | None = None) -> pd.DataFrame:
        """The `n` cheapest rows, the cheapest first; rows of unknown price are left out.

        A size counts once, at its cheapest region. `each` names the column, or the columns, that count once instead:
        `each="provider"` for the cheapest of each provider, `each=()` for every row.
        """
        from mist_notebook.charts.reading import currency

        rows, keys = _row_count(n), self._keys(each)
        prices = self._prices()
        known = int(np.isfinite(prices).sum())
        found = self._frame.iloc[np.argsort(prices, kind="stable")[:known]]
        currency(found)
        if keys:
            found = found[~found[keys].astype("object").duplicated()]
        return found.head(rows).reset_index(drop=True)

    def per(self, column: str) -> pd.DataFrame:
        """The frame with what an hour costs per unit of `column`, cheapest first, unknown last.

        `per("vcpus")` adds `usd_per_vcpus`; the name begins with the currency of the prices.
        """
        from mist_notebook.charts.reading import currency, figures, need

        column = SORT_WORDS.get(column, column)
        need(self._frame, (column,))
        prices, amounts = self._prices(), figures(self._frame, column)
        if len(amounts) and np.isnan(amounts).all():
            raise BadValueError(f"'{brief(column)}' holds no figure to divide by.", "Give a column such as vcpus.")
        unit = currency(self._frame[np.isfinite(prices)]).lower() or "price"
        ratio = prices / np.where(amounts > 0, amounts, np.nan)
        frame = self._frame.assign(**{f"{unit}_per_{column}": ratio})
        return frame.iloc[np.argsort(ratio, kind="stable")].reset_index(drop=True)

    def _prices(self) -> NDArray[np.float64]:
        """The price of each row; NaN where it isn't known, or can't be one."""
        from mist_notebook.charts.reading import figures, need

        need(self._frame, (_PRICE,))
        prices = figures(self._frame, _PRICE)
        return np.where(prices > 0, prices, np.nan)

    def _keys(self, each: str | Sequence[str] | None) -> list[str]:
        from mist_notebook.charts.reading import need

        if each is None:
            return [name for name in _ONE_SIZE if name in self._frame] if "id" in self._frame else []
        keys = [each] if isinstance(each, str) else list(each)
        need(self._frame, keys)
        return keys


def _row_count(n: int) -> int:
    try:
        rows = index(n)
    except TypeError:
        rows = 0
    if rows < 1:
        raise BadValueError(f"'{brief(str(n))}' can't be a number of rows.", "Give a whole number above 0.")
    return rows
