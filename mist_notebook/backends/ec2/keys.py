"""Public halves of keys at EC2: in each region a list of its own; ours are called by their fingerprint."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from msgspec.structs import replace

from mist_notebook.ground.errors import ApiError, BadValueError
from mist_notebook.records.model import Key, MachineSpec

from . import records
from .asking.calls import Calls

_OURS = "mist-notebook-"
_THERE_ALREADY = "InvalidKeyPair.Duplicate"


class Keys:
    """The key pairs of one account."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def every(self, region: str) -> list[Key]:
        rows = self._calls.ask("DescribeKeyPairs", region, "KeyPairs", IncludePublicKey=True)["KeyPairs"]
        return [key for row in rows if (key := records.key(row)) is not None]

    def imported(self, name: str, public: str, region: str) -> Key:
        """The record of that public half, given to the region if it has it not; `name` is what it is called here."""
        own = ours(public)
        there = next((key for key in self.every(region) if key.id == own or same(key.public, public)), None)
        if there is None:
            tags = [{"Key": records.OURS_TAG, "Value": name}]
            words: dict[str, Any] = {"KeyName": own, "PublicKeyMaterial": public.strip().encode()}
            words["TagSpecifications"] = [{"ResourceType": "key-pair", "Tags": tags}]
            try:
                self._calls.ask("ImportKeyPair", region, "KeyName", **words)
            except ApiError as error:
                if error.code != _THERE_ALREADY:
                    raise
            there = Key(id=own, mist_id=own, name=own, public=public.strip())
        return replace(there, name=name, public=there.public or public.strip())

    def with_key(self, spec: MachineSpec, region: str) -> MachineSpec:
        """The spec with a key that this region has: it was found in the home region."""
        if spec.key is None or spec.key.public is None:
            return spec
        return replace(spec, key=self.imported(spec.key.name, spec.key.public, region))


def ours(public: str) -> str:
    """What a key of this computer is called at EC2: the same name is the same key."""
    try:
        blob = base64.b64decode(public.split()[1], validate=True)
    except (IndexError, ValueError):
        raise BadValueError("That is no public key as OpenSSH writes it.", "See ssh-keygen -y.") from None
    return _OURS + hashlib.sha256(blob).hexdigest()[:16]


def same(one: str | None, other: str) -> bool:
    """Whether two public halves are one key, whatever their comments."""
    return one is not None and one.split()[:2] == other.split()[:2]
