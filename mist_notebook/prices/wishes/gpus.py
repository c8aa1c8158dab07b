"""Which offers have the GPUs of a wish: the model by whatever name, its memory and its form, and how many.

A model with a memory in its name (`A100-80GB`) is just that one; a memory beside it (`A100:40GB`) is at least so much.
A part of a GPU counts as a part. What an offer doesn't say of a GPU's memory or form never fits a wish for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mist_notebook.ground.amounts import gpu_models
from mist_notebook.ground.amounts.quantity import GpuWish, Range
from mist_notebook.ground.errors import NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief
from mist_notebook.ground.text_codes import coded, present, where

if TYPE_CHECKING:
    import pandas as pd

    from mist_notebook.ground.text_codes import Flags

_A_HAIR = 1e-6  # a sixth of a GPU is no number with an end


def fits(offers: pd.DataFrame, wish: GpuWish) -> Flags:
    """The rows that have them. Raises NotFoundError for a model that no offer has."""
    found: Flags = _inside(offers["gpus"].to_numpy(), Range(wish.count.low - _A_HAIR, wish.count.high + _A_HAIR))
    if wish.models:
        found &= of_models(offers, wish.models)
    if wish.nominal_gib:
        found &= _inside(offers["gpu_ram_gb"].to_numpy(), wish.nominal_gib)
    return found


def of_models(offers: pd.DataFrame, models: Sequence[str]) -> Flags:
    """The rows whose GPU is of one of the models. Raises NotFoundError for a model that no offer has."""
    found = np.zeros(len(offers), dtype=np.bool_)
    for model in models:
        own = _of_model(offers, model)
        if not own.any():
            raise _none_of(offers, model)
        found |= own
    return found


def is_any(offers: pd.DataFrame, models: Sequence[str]) -> Flags:
    """As `of_models`, whether or not there are any."""
    found = np.zeros(len(offers), dtype=np.bool_)
    for model in models:
        found |= _of_model(offers, model)
    return found


def _of_model(offers: pd.DataFrame, model: str) -> Flags:
    found = where(offers["gpu_name"], GpuWish(Range(), (model,)).is_model)
    known = gpu_models.read(model)
    if known is None:
        return found
    if known.gib:
        memory = offers["gpu_ram_gb"].to_numpy()
        with np.errstate(invalid="ignore"):
            found &= np.abs(memory / known.gib - 1) <= gpu_models.SAME_MEMORY
    return found & _of_form(offers, known.form) if known.form else found


def _of_form(offers: pd.DataFrame, form: str) -> Flags:
    """The rows whose GPU is built in so, as the column says, or the name."""

    def says(name: str) -> bool:
        said = gpu_models.read(name)
        return said is not None and said.form == form

    by_name = where(offers["gpu_name"], says)
    return by_name | where(offers["gpu_form"], form.__eq__) if "gpu_form" in offers else by_name


def _none_of(offers: pd.DataFrame, model: str) -> NotFoundError:
    known = gpu_models.read(model)
    of_it = where(offers["gpu_name"], lambda name: gpu_models.is_same(name, model))
    message = f"No offer has a GPU named '{brief(model)}'."
    if known is None:
        return NotFoundError(message, did_you_mean(model, coded(offers["gpu_name"])[1], "GPU"))
    if not of_it.any():
        return NotFoundError(message, f"No list here has {known.model}: %mist refresh may bring one.")
    memories = sorted({float(gib) for gib in offers["gpu_ram_gb"][of_it].dropna()})
    forms = sorted(present(offers["gpu_form"][of_it])) if "gpu_form" in offers else []
    said = " and ".join(filter(None, (", ".join(f"{gib:g} GB" for gib in memories), ", ".join(forms))))
    return NotFoundError(message, f"{known.model} is offered with {said}." if said else f"Say {known.model} alone.")


def _inside(values: Any, wanted: Range) -> Flags:
    found: Flags = values >= wanted.low
    return found if wanted.high == np.inf else found & (values <= wanted.high)
