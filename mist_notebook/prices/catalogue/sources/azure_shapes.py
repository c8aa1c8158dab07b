"""What an Azure size's name tells of its shape: vCPUs, memory by its family's rule, GPUs, architecture.

The name is the family's letters, the vCPUs (after a dash those left switched on), features in small letters, perhaps an
accelerator, and the version: `Standard_E96-48ds_v6`. Where a family's memory follows no rule, it is unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(
    r"(?:Standard_)?(?P<family>[A-Z]+)(?P<count>\d+)(?:-(?P<on>\d+))?(?P<features>[a-z]*)(?P<rest>(?:_[A-Za-z0-9]+)*)",
    re.I,
)
_VERSION = re.compile(r"_v(\d+)$", re.I)
_FIRST_REGULAR = 3  # from this version on the number in a name is that of its vCPUs
_EARLIER = {"F": 2, "L": 2, "B": 1, "DC": 2} | dict.fromkeys(("FX", "HB", "HC", "HX", "M"), 1)


@dataclass(frozen=True)
class Shape:
    """What is known of a size; `None` is unknown, and 0 GPUs are none. A part of a GPU is a fraction."""

    family: str
    vcpus: float | None
    ram_gb: float | None = None
    gpus: float | None = 0
    gpu_name: str | None = None
    gpu_ram_gb: float | None = None
    gpu_form: str | None = None
    arch: str = "x86_64"


@dataclass(frozen=True)
class _Name:
    family: str
    count: int
    vcpus: int
    features: str
    accelerator: str
    version: int

    @property
    def letters(self) -> str:
        version = f"v{self.version}" if self.version > 1 else ""
        return f"{self.family}{self.features}{self.accelerator}{version}"


# GiB of memory for each vCPU.
_PER_VCPU = {"D": 4.0, "DC": 4.0, "E": 8.0, "EC": 8.0, "F": 2.0, "L": 8.0, "B": 4.0, "FX": 21.0}
# Sizes whose memory breaks their family's rule: the family's letter, the count, and the versions.
_ODD_RAM: dict[tuple[str, int, int], float] = {
    ("E", 64, 3): 432.0,
    ("E", 64, 4): 504.0,
    ("E", 80, 4): 504.0,
    ("E", 96, 4): 672.0,
    ("E", 96, 5): 672.0,
    ("E", 104, 5): 672.0,
    ("E", 112, 5): 672.0,
    ("E", 192, 6): 1832.0,
    ("E", 192, 7): 1832.0,
    ("EC", 96, 5): 672.0,
    ("FX", 96, 2): 1832.0,
}
_AMD_E64 = 512.0
_ARM_E32 = 208.0
_B1 = {"1ls": 0.5, "1s": 1.0, "1ms": 2.0, "2s": 4.0, "2ms": 8.0}
_B1 |= {f"{count}ms": 4.0 * count for count in (4, 8, 12, 16, 20)}
# By family, accelerator and version: what a count of vCPUs comes with, GPUs and GiB of memory.
_GPU_SIZES: dict[tuple[str, str, int], dict[int, tuple[float, float]]] = {
    ("NC", "T4", 3): {4: (1, 28), 8: (1, 56), 16: (1, 110), 64: (4, 440)},
    ("NC", "A100", 4): {24: (1, 220), 48: (2, 440), 96: (4, 880)},
    ("NC", "H100", 5): {40: (1, 320), 80: (2, 640)},
    ("NCC", "H100", 5): {40: (1, 320)},
    ("NC", "", 3): {6: (1, 112), 12: (2, 224), 24: (4, 448)},
    ("NC", "", 2): {6: (1, 112), 12: (2, 224), 24: (4, 448)},
    ("NV", "", 3): {12: (1, 112), 24: (2, 224), 48: (4, 448)},
    ("NV", "A10", 5): {6: (1 / 6, 55), 12: (1 / 3, 110), 18: (1 / 2, 220), 36: (1, 440), 72: (2, 880)},
    ("ND", "", 2): {40: (8, 672)},
    ("ND", "", 4): {96: (8, 900)},
    ("ND", "A100", 4): {96: (8, 1900)},
    ("ND", "H100", 5): {96: (8, 1900)},
    ("ND", "H200", 5): {96: (8, 1850)},
    ("ND", "MI300X", 5): {96: (8, 1850)},
}
# By the same key: the GPU, the GiB that a whole one has, and its form where there are several.
_GPUS: dict[tuple[str, str, int], tuple[str, float, str | None]] = {
    ("NC", "T4", 3): ("T4", 16, None),
    ("NC", "A100", 4): ("A100", 80, "PCIe"),
    ("NC", "H100", 5): ("H100", 94, "NVL"),
    ("NCC", "H100", 5): ("H100", 94, "NVL"),
    ("NC", "", 3): ("V100", 16, "PCIe"),
    ("NC", "", 2): ("P100", 16, "PCIe"),
    ("NV", "", 3): ("M60", 8, None),
    ("NV", "A10", 5): ("A10", 24, None),
    ("ND", "", 2): ("V100", 32, "SXM"),
    ("ND", "", 4): ("A100", 40, "SXM"),
    ("ND", "A100", 4): ("A100", 80, "SXM"),
    ("ND", "H100", 5): ("H100", 80, "SXM"),
    ("ND", "H200", 5): ("H200", 141, "SXM"),
    ("ND", "MI300X", 5): ("MI300X", 192, None),
}
_MORE_RAM = {("NV", "A10", 5, 36, "adms"): 880.0}


def shape(size_id: str) -> Shape | None:
    """The shape that the name tells; `None` for a name that isn't of this form."""
    name = _read(size_id)
    if name is None:
        return None
    arch = "arm64" if "p" in name.features else "x86_64"
    if name.family.startswith("N"):
        return _with_gpus(name)
    is_regular = name.version >= _EARLIER.get(name.family, _FIRST_REGULAR)
    return Shape(name.letters, float(name.vcpus), _ram_gb(name), arch=arch) if is_regular else Shape(name.letters, None)


def _read(size_id: str) -> _Name | None:
    found = _NAME.fullmatch(size_id.strip())
    if found is None:
        return None
    version = _VERSION.search(found["rest"])
    accelerator = _VERSION.sub("", found["rest"]).strip("_").upper()
    count = int(found["count"])
    on = int(found["on"] or count)
    features = found["features"].lower()
    return _Name(found["family"].upper(), count, on, features, accelerator, int(version[1]) if version else 1)


def _with_gpus(name: _Name) -> Shape:
    key = (name.family, name.accelerator, name.version)
    if name.count not in _GPU_SIZES.get(key, {}):
        return Shape(name.letters, float(name.vcpus) if name.version >= _FIRST_REGULAR else None, gpus=None)
    gpus, ram_gb = _GPU_SIZES[key][name.count]
    gpu_name, gpu_gb, form = _GPUS[key]
    ram_gb = _MORE_RAM.get((*key, name.count, name.features), ram_gb)
    return Shape(name.letters, float(name.vcpus), ram_gb, gpus, gpu_name, round(gpu_gb * min(gpus, 1), 2), form)


def _ram_gb(name: _Name) -> float | None:
    """By the rule of the family: the features `l`, `m` and `t` say less, more and tiny."""
    if name.family == "B" and name.version == 1:
        return _B1.get(f"{name.count}{name.features}")
    if name.family == "B" and "t" in name.features:
        return 1.0 if name.count == 2 else None
    if odd := _odd(name):
        return odd
    per_vcpu = _PER_VCPU.get(name.family)
    if per_vcpu is None:
        return None
    return per_vcpu * _of_features(name) * name.count


def _of_features(name: _Name) -> float:
    if "l" in name.features and name.family in ("B", "D", "F"):
        return 1.0 if name.family == "F" else 0.5
    if name.family == "F" and name.version >= 6:
        return 4.0 if "m" in name.features else 2.0
    if name.family == "DC" and name.version == 3:
        return 2.0
    return 1.0


def _odd(name: _Name) -> float | None:
    if name.family == "E" and name.count == 64 and "a" in name.features:
        return _AMD_E64
    if name.family == "E" and name.count == 32 and "p" in name.features and name.version == 5:
        return _ARM_E32
    return _ODD_RAM.get((name.family, name.count, name.version))
