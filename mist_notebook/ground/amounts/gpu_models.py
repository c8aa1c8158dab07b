"""GPUs by the names that vendors, clouds and people have for them: one table of models, their memory and their forms.

`NVIDIA A100-SXM4-80GB`, `nvidia-a100-80gb` and `A100-80GB` are one thing. A name without a memory means any; a form is
how the GPU is built in (SXM, PCIe, NVL), which decides how fast several of them talk to each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

# Each model with the memories it is sold with, in GB, and the forms it is built in, where that makes a difference.
MODELS: dict[str, tuple[tuple[float, ...], tuple[str, ...]]] = {
    "A2": ((16,), ()),
    "A10": ((24,), ()),
    "A10G": ((24,), ()),
    "A16": ((16,), ()),
    "A30": ((24,), ()),
    "A40": ((48,), ()),
    "A100": ((40, 80), ("SXM", "PCIe")),
    "A800": ((40, 80), ("SXM", "PCIe")),
    "B200": ((180, 192), ("SXM",)),
    "B300": ((288,), ("SXM",)),
    "GB200": ((186, 192), ()),
    "GB300": ((288,), ()),
    "GH200": ((96, 144), ()),
    "H100": ((80, 94), ("SXM", "PCIe", "NVL")),
    "H200": ((141,), ("SXM", "NVL")),
    "H800": ((80,), ("SXM", "PCIe")),
    "K520": ((4,), ()),
    "K80": ((12,), ()),
    "L4": ((24,), ()),
    "L40": ((48,), ()),
    "L40S": ((48,), ()),
    "M40": ((12, 24), ()),
    "M60": ((8,), ()),
    "P4": ((8,), ()),
    "P40": ((24,), ()),
    "P100": ((12, 16), ("SXM", "PCIe")),
    "T4": ((16,), ()),
    "T4g": ((16,), ()),
    "V100": ((16, 32), ("SXM", "PCIe")),
    "V100S": ((32,), ()),
    "RTX 3070": ((8,), ()),
    "RTX 3080": ((10, 12), ()),
    "RTX 3090": ((24,), ()),
    "RTX 4080": ((16,), ()),
    "RTX 4090": ((24,), ()),
    "RTX 5080": ((16,), ()),
    "RTX 5090": ((32,), ()),
    "RTX A2000": ((6, 12), ()),
    "RTX A4000": ((16,), ()),
    "RTX A4500": ((20,), ()),
    "RTX A5000": ((24,), ()),
    "RTX A6000": ((48,), ()),
    "RTX 2000 Ada": ((16,), ()),
    "RTX 4000 Ada": ((20,), ()),
    "RTX 5000 Ada": ((32,), ()),
    "RTX 6000 Ada": ((48,), ()),
    "RTX 6000": ((24,), ()),
    "RTX PRO 6000": ((96,), ()),
    "MI25": ((16,), ()),
    "MI50": ((16, 32), ()),
    "MI100": ((32,), ()),
    "MI210": ((64,), ()),
    "MI250": ((128,), ()),
    "MI250X": ((128,), ()),
    "MI300A": ((128,), ()),
    "MI300X": ((192,), ()),
    "MI325X": ((256,), ()),
    "MI350X": ((288,), ()),
    "MI355X": ((288,), ()),
    "Radeon Pro V520": ((8,), ()),
    "Radeon Pro V710": ((28,), ()),
    "Gaudi": ((32,), ()),
    "Gaudi 2": ((96,), ()),
    "Gaudi 3": ((128,), ()),
}
# Names that are not the model's own, without letter case and punctuation.
ALIASES = {
    "a6000": "RTX A6000",
    "a5000": "RTX A5000",
    "a4500": "RTX A4500",
    "a4000": "RTX A4000",
    "a2000": "RTX A2000",
    "3090": "RTX 3090",
    "4090": "RTX 4090",
    "5090": "RTX 5090",
    "6000ada": "RTX 6000 Ada",
    "rtx6000adageneration": "RTX 6000 Ada",
    "rtxada6000": "RTX 6000 Ada",
    "rtx4000adageneration": "RTX 4000 Ada",
    "rtx5000adageneration": "RTX 5000 Ada",
    "rtx6000pro": "RTX PRO 6000",
    "rtxpro6000blackwell": "RTX PRO 6000",
    "rtxpro6000blackwellserveredition": "RTX PRO 6000",
    "rtxproserver6000": "RTX PRO 6000",
    "v520": "Radeon Pro V520",
    "v710": "Radeon Pro V710",
    "hl205": "Gaudi",
}
_MAKERS = ("nvidia", "tesla", "amd", "instinct", "geforce", "quadro", "intel", "habana", "grid", "advancedmicrodevices")
_FORMS = {"sxm": "SXM", "pcie": "PCIe", "pci": "PCIe", "nvl": "NVL", "mega": "SXM"}
_REST = re.compile(
    r"(?P<gib>\d{1,3})(?:gib|gb|g)|(?P<form>sxm|pcie|pci|nvl|mega)(?:[2-6](?=\D|$))?|tensorcore|gpus?|oam|hbm\d?e?|vws"
)
# `sxm480gb` is an SXM4 of 80 GB, and `sxm288gb` an SXM of 288.
_SXM = re.compile(r"sxm(\d{3})(?:gib|gb|g)")
_WORD = re.compile(r"[a-z0-9]+")
_SO_MANY = re.compile(
    r"(?P<count>\d{1,3}(?:\.\d{1,6})?)(?:\s*[x×*]\s*|\s+)(?P<model>[a-z].*)|(?P<before>.*[^\s:])\s+[x×*]\s*(?P<after>\d{1,4})",
    re.I,
)
_PART_OF_ONE = re.compile(r"([1-9]\d{0,2})\s*/\s*([1-9]\d{0,2})")
SAME_MEMORY = 0.07  # what is sold with 24 GB says 22.4 GiB of itself


@dataclass(frozen=True)
class Gpu:
    """A model, and where the name says so its memory in GB and its form."""

    model: str
    gib: float | None = None
    form: str = ""

    @property
    def sold_gb(self) -> float | None:
        """Its memory: that of its name, else the only one that the model is sold with; unknown where there are more."""
        memories = MODELS[self.model][0]
        return self.gib or (memories[0] if len(memories) == 1 else None)

    def is_met_by(self, other: Gpu) -> bool:
        """Whether the other is one: of the same model, and of the same memory and form where both say them."""
        same_form = not self.form or not other.form or self.form == other.form
        return self.model == other.model and same_form and (not self.gib or not other.gib or alike(self.gib, other.gib))

    def __str__(self) -> str:
        memory = f"{self.gib:g} GB" if self.gib else ""
        return " ".join(filter(None, (self.model, self.form, memory)))


def alike(sold_gb: float, said_gib: float) -> bool:
    """Whether a GPU that is sold with so much memory says so much of itself."""
    return abs(said_gib / sold_gb - 1) <= SAME_MEMORY


def is_same(one: str, other: str) -> bool:
    """Whether two names mean one model, whatever they say of memory and form."""
    first, second = read(one), read(other)
    return one == other or (first is not None and second is not None and first.model == second.model)


def is_one(name: str, wanted: str) -> bool:
    """Whether a GPU of this name is one that is wanted; where the table hasn't both, the name has to hold the words."""
    asked, other = read(wanted), read(name)
    if asked is not None and other is not None:
        return asked.is_met_by(other)
    words = _WORD.findall(name.casefold())
    runs = {"".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
    return _plain(wanted) in runs


def counted(text: str) -> str:
    """`8x A100`, `8 A100` and `A100 x8` as `A100:8`, and `A10:1/6` with the part as a figure."""
    said = _PART_OF_ONE.sub(lambda part: repr(int(part[1]) / int(part[2])), text.strip())
    found = _SO_MANY.fullmatch(said)
    if found is None:
        return said
    return f"{found['model'] or found['before']}:{found['count'] or found['after']}"


@cache
def read(name: str) -> Gpu | None:
    """The GPU that a name means; `None` for one that isn't in the table."""
    plain = _plain(name)
    for maker in _MAKERS * 2:
        plain = plain.removeprefix(maker)
    starts = [start for start in _beginnings() if plain.startswith(start)]
    found = [gpu for start in starts if (gpu := _with_rest(_by_plain_name()[start], plain[len(start) :]))]
    sold = [gpu for gpu in found if gpu.gib is None or gpu.gib in MODELS[gpu.model][0]]
    return next(iter([*sold, *found]), None)


def _with_rest(model: str, rest: str) -> Gpu | None:
    """The GPU whose name ends so; `None` where the ending is no memory, no form and no known word."""
    gib, form = None, ""
    rest = _SXM.sub(lambda found: _apart(model, found), rest)
    while rest:
        if rest.isdecimal() and gib is None and float(rest) in MODELS[model][0]:  # `A100-80`
            return Gpu(model, float(rest), form)
        found = _REST.match(rest)
        if found is None or not found.end():
            return None
        gib = float(found["gib"]) if found["gib"] else gib
        form = _FORMS[found["form"]] if found["form"] else form
        rest = rest[found.end() :]
    return Gpu(model, gib, form)


def _apart(model: str, found: re.Match[str]) -> str:
    """The generation and the memory told apart: by the memories that the model is sold with."""
    is_all_memory = float(found[1]) in MODELS[model][0]
    return f"sxm{found[1]}g" if is_all_memory else f"sxm{found[1][1:]}g"


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


@cache
def _by_plain_name() -> dict[str, str]:
    return {_plain(model): model for model in MODELS} | ALIASES


@cache
def _beginnings() -> list[str]:
    """Longest first: an A100 is no A10."""
    return sorted(_by_plain_name(), key=len, reverse=True)
