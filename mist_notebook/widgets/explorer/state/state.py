"""What is chosen in an explorer, as data: a filter changed gives the next state, and a state says what is asked. Pure.

A filter has the words of the line: `put(state, "cpus", Range(4))`. Texts stand as they were typed; one that can't be
read asks for nothing, and `troubles` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.amounts.quantity import GpuWish, RamWish, Range
from mist_notebook.ground.errors import BadValueError, MistError
from mist_notebook.prices.comparing.figures import in_currency
from mist_notebook.prices.comparing.ranking import USUAL, Ranking
from mist_notebook.prices.wishes import expression, places
from mist_notebook.prices.wishes.expression import Expression
from mist_notebook.prices.wishes.wish import Wish

NO_GPU, ANY_GPU = "none", "any"
OWN = "own"
ORDERS = {
    "": "price of an hour",
    "usd_vcpu_h": "price for each vCPU",
    "usd_gib_h": "price for each GB of RAM",
    "usd_gpu_h": "price for each GPU",
    "total": "total for the hours of use",
    OWN: "the formula",
}
TEXTS = ("search", "hours", "by")
_NONE_OF_IT = Range(0.0, 0.0)
_SOME = Range(1.0)


@dataclass(frozen=True)
class State:
    """All that a person has chosen. `ratio` is whether RAM is GiB for each vCPU; `order` is one of ORDERS.

    `wish` and `ranking` have everything but what the texts say, which `wish_of` and `ranking_of` add.
    """

    wish: Wish = field(default_factory=Wish)
    ranking: Ranking = USUAL
    ratio: bool = False
    order: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)


def opened(wish: Wish, ranking: Ranking = USUAL) -> State:
    """The state that asks this."""
    by = ranking.by.text if ranking.by else ""
    texts = {
        "search": wish.search,
        "hours": f"{ranking.hours:.12g}" if ranking.hours is not None else "",
        "by": "" if by in ORDERS else by,
    }
    return State(
        replace(wish, search=""),
        replace(ranking, by=None, hours=None),
        ratio=wish.ram is not None and wish.ram.per_vcpu,
        order=by if by in ORDERS else OWN,
        texts={name: text for name, text in texts.items() if text},
    )


def with_wish(state: State, wish: Wish) -> State:
    """The same rows in the same order, and another wish."""
    ratio = wish.ram.per_vcpu if wish.ram else state.ratio
    return replace(state, wish=replace(wish, search=""), ratio=ratio, texts={**state.texts, "search": wish.search})


def wish_of(state: State) -> Wish:
    """What is asked of an offer."""
    return replace(state.wish, search=_read(state, "search")[0] or "")


def ranking_of(state: State) -> Ranking:
    """Which rows are shown, and in which order."""
    return replace(state.ranking, hours=_read(state, "hours")[0], by=_by(state)[0])


def troubles(state: State) -> dict[str, MistError]:
    """What can't be read or used, by the filter where it stands."""
    found = {name: _read(state, name)[1] for name in TEXTS} | {"order": _by(state)[1]}
    if state.order != OWN:
        del found["by"]
    return {name: error for name, error in found.items() if error is not None}


def value(state: State, name: str) -> Any:
    """What a filter stands at."""
    return _FILTERS[name][0](state)


def put(state: State, name: str, chosen: Any) -> State:
    """The state with another choice in one filter."""
    return _FILTERS[name][1](state, chosen)


def is_asked(state: State, name: str) -> bool:
    """Whether a filter asks for anything but what is usual."""
    return bool(value(state, name) != value(State(), name))


def _read(state: State, name: str) -> tuple[Any, MistError | None]:
    """What a text means, `None` where there is none; or why it can't be read."""
    text = state.texts.get(name, "").strip()
    if not text:
        return None, None
    try:
        return _READERS[name](text), None
    except MistError as error:
        return None, error


def _by(state: State) -> tuple[Expression | None, MistError | None]:
    if state.order == OWN:
        return _read(state, "by")[0], None
    if state.order == "total" and _read(state, "hours")[0] is None:
        return None, BadValueError("A total needs hours of use.", "Type them above, such as 200.")
    return (expression.read(in_currency(state.order, state.ranking.currency)) if state.order else None), None


def _expression(text: str) -> Expression:
    return expression.read(f"({text})" if text.startswith("-") else text)  # else the line would take it for an option


def _search(text: str) -> str:
    if text.startswith("-"):
        raise BadValueError("A search can't begin with '-'.", "Leave the first '-' out.")
    return text


_READERS: dict[str, Callable[[str], Any]] = {"search": _search, "hours": quantity.hours_of_use, "by": _expression}


def _gpu_kind(state: State) -> str:
    wish = state.wish.gpu
    if wish is None or wish == GpuWish(_NONE_OF_IT):
        return NO_GPU if wish else ""
    return ",".join(wish.models) or ANY_GPU


def _put_gpu_kind(state: State, kind: str) -> State:
    if kind in ("", NO_GPU):
        return _with(state, gpu=GpuWish(_NONE_OF_IT) if kind else None)
    return _with(state, gpu=replace(_some_gpu(state), models=() if kind == ANY_GPU else tuple(kind.split(","))))


def _some_gpu(state: State) -> GpuWish:
    """The wish for GPUs; for one at least where there was none, or one for none."""
    wish = state.wish.gpu
    return GpuWish(_SOME) if wish is None or wish == GpuWish(_NONE_OF_IT) else wish


def _gpu_count(state: State) -> Range | None:
    wish = state.wish.gpu
    return None if wish is None or wish.count in (_SOME, _NONE_OF_IT) else wish.count


def _put_gpu_count(state: State, count: Range | None) -> State:
    if count is None and state.wish.gpu is None:
        return state
    count = Range(count.low or min(1.0, count.high), count.high) if count else _SOME
    return _with(state, gpu=replace(_some_gpu(state), count=count))


def _put_gpu_gib(state: State, gib: Range | None) -> State:
    if gib is None and state.wish.gpu is None:
        return state
    return _with(state, gpu=replace(_some_gpu(state), gib=gib))


def _is_part(word: str) -> bool:
    return bool(places.continents(word))


def _parts(state: State) -> tuple[str, ...]:
    return tuple(word for word in state.wish.regions if _is_part(word))


def _region(state: State) -> str:
    return ",".join(word for word in state.wish.regions if not _is_part(word))


def _put_regions(state: State, parts: tuple[str, ...], region: str) -> State:
    return _with(state, regions=(*parts, *(region.split(",") if region else ())))


def _with(state: State, **values: Any) -> State:
    return replace(state, wish=replace(state.wish, **values))


def _ranked(state: State, **values: Any) -> State:
    return replace(state, ranking=replace(state.ranking, **values))


def _of_wish(name: str) -> tuple[Callable[[State], Any], Callable[[State, Any], State]]:
    return (lambda state: getattr(state.wish, name)), (lambda state, chosen: _with(state, **{name: chosen}))


def _of_ranking(name: str) -> tuple[Callable[[State], Any], Callable[[State, Any], State]]:
    return (lambda state: getattr(state.ranking, name)), (lambda state, chosen: _ranked(state, **{name: chosen}))


def _text(name: str) -> tuple[Callable[[State], Any], Callable[[State, Any], State]]:
    return (
        lambda state: state.texts.get(name, ""),
        lambda state, text: replace(state, texts={**state.texts, name: text}),
    )


def _put_by(state: State, text: str) -> State:
    """Whoever types a figure wants it."""
    return replace(state, texts={**state.texts, "by": text}, order=OWN if text else state.order)


def _ram(state: State) -> Range | None:
    return state.wish.ram.gib if state.wish.ram else None


_FILTERS: dict[str, tuple[Callable[[State], Any], Callable[[State, Any], State]]] = {
    **{name: _of_wish(name) for name in ("kind", "os", "providers", "arch", "cpus", "disk", "net")},
    **{name: _of_wish(name) for name in ("burstable", "bare_metal", "max_price", "max_age")},
    **{name: _of_ranking(name) for name in ("per", "limit", "descending")},
    **{name: _text(name) for name in ("search", "hours")},
    "by": (_text("by")[0], _put_by),
    "ram": (_ram, lambda state, gib: _with(state, ram=RamWish(gib, state.ratio) if gib else None)),
    "ratio": (
        lambda state: state.ratio,
        lambda state, ratio: replace(_with(state, ram=None), ratio=ratio) if ratio != state.ratio else state,
    ),
    "gpu": (_gpu_kind, _put_gpu_kind),
    "gpus": (_gpu_count, _put_gpu_count),
    "gib": (lambda state: state.wish.gpu.gib if state.wish.gpu else None, _put_gpu_gib),
    "parts": (_parts, lambda state, parts: _put_regions(state, parts, _region(state))),
    "region": (_region, lambda state, region: _put_regions(state, _parts(state), region)),
    "order": (lambda state: state.order, lambda state, order: replace(state, order=order)),
}
FILTERS = tuple(_FILTERS)
