"""EC2 as finops-mcp read it from AWS's own price list: 174 sizes on demand, the same in two regions; and the parts.

Its comment says that all rows were compared with the list of us-east-1 on its day, and match in us-west-2 as well.
"""

from __future__ import annotations

import ast
from functools import cache

from pinned import Packages

from .pins import FINOPS

MODULE = "finops/aws_prices.py"
REGIONS = ("us-east-1", "us-west-2")


@cache
def constants(packages: Packages) -> dict[str, object]:
    """The literals at the top of the module, by name."""
    found = {}
    for node in ast.parse(packages.text(FINOPS, MODULE)).body:
        target = node.target if isinstance(node, ast.AnnAssign) else None
        if isinstance(node, ast.Assign):
            target = node.targets[0]
        if isinstance(target, ast.Name) and node.value is not None:
            try:
                found[target.id] = ast.literal_eval(node.value)
            except ValueError:
                continue
    return found


def as_of(packages: Packages) -> str:
    return str(constants(packages)["AS_OF"])


def on_demand(packages: Packages) -> dict[str, float]:
    """USD an hour by size, in each of REGIONS."""
    listed = constants(packages)["EC2_HOURLY"]
    assert isinstance(listed, dict)
    return {str(size): float(price) for size, price in listed.items()}
