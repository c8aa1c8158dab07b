"""Which words of a line are secrets: told by what they are, and never repeated.

An option or a field whose name says so, a login in an address, a value in the form of a key. A word that only begins
like one (`tokenizer`, `Basic Intel`, `-providers`) is none.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Sequence

from mist_notebook.ground.errors import MistUsageError
from mist_notebook.ground.secret import says_secret

_NAMED = re.compile(r"(?P<dashes>[-–—]*)(?P<name>[^-–—=:\s][^=:\s]*)(?P<sign>[=:]?)(?P<value>.*)", re.S)
_SETTLED = {"", "true", "false", "yes", "no", "on", "off", "none", "null", "0", "1"}
_SHAPE = re.compile(
    r"://[^/\s]*@|-----BEGIN|\bmist_1\s|\bBearer\s+\S*[\d._~+/-]|\b(?:AKIA|ASIA)[A-Z0-9]{12}|\bgh[pousr]_\w{20}|"
    r"\bgithub_pat_\w{20}|\bxox[abp]-\w{8}|\bdop_v1_\w{16}|\bsk-\w{20}|\bAIza[\w-]{30}|\bhf_\w{20}|\beyJ\w{10,}\.",
)
_IN_JSON = re.compile(r'"([^"\\]{1,64})"\s*:\s*(?:"[^"]|-?\d)')
_BASIC = re.compile(r"\bBasic\s+([A-Za-z0-9+/]{4,}={0,2})(?=\s|$)")


def refuse(words: Sequence[str], options: Collection[str]) -> None:
    """Nothing, or MistUsageError where a word is a secret; `options` are the names of those that there are."""
    if any(_is_secret(word, options) for word in words):
        raise MistUsageError(
            "A password or token is never taken from a cell.",
            "It is now in this notebook and its history: change it, then run %mist connect, which asks unseen.",
        )


def _is_secret(word: str, options: Collection[str]) -> bool:
    is_inside = any(says_secret(name) for name in _IN_JSON.findall(word))
    return bool(_SHAPE.search(word)) or _is_basic_login(word) or is_inside or _is_named(word, options)


def _is_basic_login(word: str) -> bool:
    """Whether `Basic …` is a login of HTTP: what follows is a name and a password in base64."""
    for found in _BASIC.finditer(word):
        try:
            if b":" in base64.b64decode(found[1] + "=" * (-len(found[1]) % 4), validate=True):
                return True
        except (binascii.Error, ValueError):
            continue
    return False


def _is_named(word: str, options: Collection[str]) -> bool:
    """Whether its name says that the value is a secret: `--token`, `api_key=…`, `-phunter2`."""
    found = _NAMED.fullmatch(word)
    if found is None or not (found["dashes"] or found["sign"]):
        return False
    name, value = found["name"].casefold(), found["value"]
    if name in options:
        return False
    if found["dashes"] and _is_short_password(found["dashes"], name, options):
        return True
    if not found["dashes"] and value.casefold() in _SETTLED:
        return False
    return says_secret(name)


def _is_short_password(dashes: str, name: str, options: Collection[str]) -> bool:
    """Whether it is `-p` with its password; `-port` and `-providers` are misspelled options."""
    if name == "p":
        return True
    is_option = any(option.startswith(name[:3]) for option in options) and name.isalpha()
    return len(dashes) == 1 and dashes == "-" and name.startswith("p") and not is_option
