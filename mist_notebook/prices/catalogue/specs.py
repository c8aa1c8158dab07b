"""What the embedded catalogue knows of sizes that a price list only names: the shape joins the price by id.

A size is found by its id without regard to case, dashes, underscores and a leading "Standard": Standard_D2s_v3 is
d2sv3. It takes the embedded spelling, so that both lists speak of one size.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from mist_notebook.ground.amounts import gpu_models

from .sources import azure_shapes

_NAMED = "azure_arm"
_SPEC_SOURCE = "the size's name"
_TOLD = ("family", "vcpus", "ram_gb", "gpus", "gpu_name", "gpu_ram_gb", "gpu_form", "arch")
_SPECS = (
    *("name", "family", "vcpus", "ram_gb", "disk_gb", "gpus", "gpu_name", "gpu_ram_gb", "gpu_form", "arch"),
    *("burstable", "bare_metal", "net_gbps", "spec_source"),
)


def joined(offers: pd.DataFrame, embedded: pd.DataFrame, provider: str) -> pd.DataFrame:
    """The offers with what is unknown of their sizes filled in from the embedded ones of this provider."""
    of_provider = embedded[(embedded["provider"] == provider).to_numpy(dtype=bool)].drop_duplicates("id")
    known = of_provider.set_index(pd.Index([_key(size_id) for size_id in of_provider["id"]], dtype="object"))
    codes, ids = pd.factorize(offers["id"])
    found = known[~known.index.duplicated()].reindex([_key(str(size_id)) for size_id in ids])
    spelled = found["id"].astype("object").where(found["id"].notna().to_numpy(), list(ids))
    filled = {"id": _column(spelled, offers["id"], codes)}
    for name in _SPECS:
        filled[name] = offers[name].where(offers[name].notna(), _column(found[name], offers[name], codes))
    filled["name"] = filled["name"].where(filled["name"].notna(), filled["id"])
    return offers.assign(**filled)


def with_gpus(offers: pd.DataFrame) -> pd.DataFrame:
    """The offers with GPUs under the names that we have for them, and their memory and form where the name says so."""
    known = {name: gpu for name in offers["gpu_name"].dropna().unique() if (gpu := gpu_models.read(str(name)))}
    if not known:
        return offers
    names = offers["gpu_name"].astype("object")
    memory = names.map({name: gpu.sold_gb for name, gpu in known.items()}).astype("float64")
    form = names.map({name: gpu.form or None for name, gpu in known.items()})
    return offers.assign(
        gpu_name=names.map({name: gpu.model for name, gpu in known.items()})
        .where(names.isin(list(known)), names)
        .astype(offers["gpu_name"].dtype),
        gpu_ram_gb=offers["gpu_ram_gb"].where(offers["gpu_ram_gb"].notna(), memory),
        gpu_form=offers["gpu_form"].where(offers["gpu_form"].notna(), form.astype(offers["gpu_form"].dtype)),
    )


def named(offers: pd.DataFrame, provider: str) -> pd.DataFrame:
    """The offers with the shapes that the names of unknown sizes tell, where a provider's names tell them (Azure's)."""
    if provider != _NAMED:
        return offers
    unknown = offers["vcpus"].isna().to_numpy() & offers["spec_source"].isna().to_numpy()
    ids = pd.unique(offers["id"][unknown].astype("object"))
    told = {size_id: shape for size_id in ids if (shape := azure_shapes.shape(size_id)) and shape.vcpus}
    if not told:
        return offers
    rows = unknown & offers["id"].isin(list(told)).to_numpy()
    shapes = [told[size_id] for size_id in offers["id"][rows].astype("object")]
    found = offers.copy()
    for name in _TOLD:
        values = pd.Series(
            [getattr(shape, name) for shape in shapes], index=offers.index[rows], dtype=offers[name].dtype
        )
        found.loc[rows, name] = values
    found.loc[rows, "spec_source"] = _SPEC_SOURCE
    return found


def _column(of_sizes: pd.Series[Any], like: pd.Series[Any], codes: Any) -> pd.Series[Any]:
    """What is known of each size, as a column of the offers."""
    known = [None if missing else value for value, missing in zip(of_sizes, of_sizes.isna(), strict=True)]
    return pd.Series(known, dtype=like.dtype).take(codes).set_axis(like.index)


def _key(size_id: str) -> str:
    return re.sub(r"[^a-z0-9]", "", size_id.casefold().removeprefix("standard_"))
