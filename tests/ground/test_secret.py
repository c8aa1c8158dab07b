"""Secrets that don't show, and the redaction of text that may carry one."""

from __future__ import annotations

import ast
import base64
import copy
import dataclasses
import gc
import json
import pickle
import threading
import traceback
from pathlib import Path
from urllib.parse import quote, quote_plus

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mist_notebook
from mist_notebook.ground.errors import ApiError, MistError
from mist_notebook.ground.secret import MASK, Secret, redact

CANARY = "canary-3f9a71c2d84e"


@dataclasses.dataclass
class Holder:
    token: Secret


MASKED = {
    "repr": repr,
    "str": str,
    "format": lambda secret: f"{secret}",
    "format with a width": lambda secret: f"{secret:>40}",
    "percent": lambda secret: "%s %r" % (secret, secret),  # noqa: UP031
    "in a list": lambda secret: str([secret]),
    "in a dict": lambda secret: str({"token": secret}),
    "dataclass": lambda secret: repr(Holder(secret)),
    "vars": lambda secret: str(vars(Holder(secret))),
    "json with default=str": lambda secret: json.dumps({"token": secret}, default=str),
}
REFUSED = {
    "pickle": pickle.dumps,
    "pickle of a holder": lambda secret: pickle.dumps(Holder(secret)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "dataclasses.asdict": lambda secret: dataclasses.asdict(Holder(secret)),
    "json": json.dumps,
    "msgspec": msgspec.json.encode,
    "iteration": list,
    "index": lambda secret: secret[0],
    "slice": lambda secret: secret[:6],
    "contains": lambda secret: "c" in secret,
    "len": len,
    "join": lambda secret: "".join([secret]),
    "addition": lambda secret: "token " + secret,
    "bytes": bytes,
    "vars": vars,
    "getstate": lambda secret: secret.__getstate__(),
}


@pytest.mark.parametrize("operation", MASKED.values(), ids=MASKED.keys())
def test_a_secret_shows_as_dots(operation):
    shown = operation(Secret(CANARY))
    assert CANARY not in shown
    assert MASK in shown or json.dumps(MASK)[1:-1] in shown


@pytest.mark.parametrize("operation", REFUSED.values(), ids=REFUSED.keys())
def test_a_secret_can_not_be_taken_apart(operation):
    with pytest.raises(TypeError) as caught:
        operation(Secret(CANARY))
    assert CANARY not in str(caught.value)


def test_a_traceback_with_variables_shows_dots():
    def fail(token: Secret) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no") as caught:
        fail(Secret(CANARY))
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    assert CANARY not in "".join(f"{frame.locals}" for frame in frames)


def test_secrets_compare_by_value():
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert Secret("a")
    assert not Secret("")
    assert Secret(CANARY).reveal() == CANARY


VALUES = (CANARY, "p&ss wörd/+=", "quo\"te\\back'slash", "line\nbreak\ttab", "snow☃man", "half\ud800surrogate")


@pytest.mark.parametrize("value", VALUES)
def test_every_spelling_of_a_live_secret_is_redacted(value):
    spellings = [
        value,
        quote(value, safe="", errors="replace"),
        quote_plus(value, errors="replace"),
        json.dumps(value)[1:-1],
        repr(value)[1:-1],
        base64.b64encode(value.encode("utf-8", "surrogatepass")).decode(),
    ]
    assert redact("|".join(spellings)) != MASK
    secret = Secret(value)
    for spelling in spellings:
        assert redact(f"before {spelling} after") == f"before {MASK} after"
    assert secret


def test_a_secret_is_redacted_while_an_equal_one_lives():
    first, second = Secret(CANARY), Secret(CANARY)
    del first
    gc.collect()
    assert redact(CANARY) == MASK
    assert second


@pytest.mark.parametrize("part", ["s3cr3t", "t0ken-value", "-t0ken-", "alue", "3cr3t-t0ken-valu"])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_secret_that_is_part_of_another_leaves_nothing_of_it(part: str, is_first: bool) -> None:
    values = (part, "s3cr3t-t0ken-value") if is_first else ("s3cr3t-t0ken-value", part)
    secrets = [Secret(value) for value in values]
    assert redact("curl -H s3cr3t-t0ken-value") == "curl -H •••"
    del secrets


def test_a_dead_secret_is_forgotten():
    secret = Secret(CANARY)
    assert redact(CANARY) == MASK
    del secret
    gc.collect()
    assert redact(CANARY) == CANARY


def test_a_very_short_secret_does_not_blank_the_text():
    secrets = [Secret(""), Secret("a"), Secret("abc")]
    assert redact("abc and more") == "abc and more"
    assert secrets


def test_secrets_may_come_and_go_while_text_is_redacted():
    def make() -> None:
        for number in range(3000):
            Secret(f"passing-{number}")

    keep = [Secret(f"staying-{number}") for number in range(50)]
    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert redact("staying-7") == MASK
    assert keep


SHAPES = {
    "Authorization: Bearer abcdef123456": "abcdef123456",
    "authorization: abcdef123456": "abcdef123456",
    "basic dXNlcjpwYXNz": "dXNlcjpwYXNz",
    "mist_1 me@example.com:abcdef": "abcdef",
    "https://me:hunter2@mist.example/x": "hunter2",
    "https://me:" + "h" * 3000 + "@mist.example/x": "hhhh",
    "AKIAIOSFODNN7EXAMPLE": "IOSFODNN7",
    "?token=hunter2&x=1": "hunter2",
    "api_token = 'hunter2'": "hunter2",
    '{"password": "hunter2"}': "hunter2",
    '{"password": "correct hunter2 staple"}': "hunter2",
    '{"password": "a\\"hunter2"}': "hunter2",
    "{'api_secret': 'hunter2'}": "hunter2",
    "secret_access_key=hunter2": "hunter2",
    "PASSWD=hunter2;": "hunter2",
    "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----": "hunter2",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2": "hunter2",
}


@pytest.mark.parametrize(("text", "hidden"), SHAPES.items())
def test_what_has_the_shape_of_a_secret_is_redacted(text, hidden):
    assert hidden not in redact(text)
    assert MASK in redact(text)
    assert hidden not in str(MistError(text, text))


@pytest.mark.parametrize(
    "text",
    [
        "The server at https://mist.example did not accept the token.",
        "%mist connect https://mist.example:8443 asks for another token.",
        "t3.small at 10:30, basic size",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@example.com",
    ],
)
def test_ordinary_text_stays(text):
    assert redact(text) == text


@pytest.mark.parametrize("text", ["x", "-", ":", "token", "://", "password", "-----BEGIN ", "mist_1 x", "AKIA", "'"])
def test_redaction_does_not_slow_down_on_long_text(text):
    redact(text * 100_000)  # quadratic, this would take hours


@given(st.text(min_size=4), st.text(), st.text())
def test_no_live_secret_passes_an_error(value, before, after):
    secret = Secret(value)
    assert value not in redact(before + value + after).replace(MASK, "")
    assert secret


def test_an_error_keeps_no_secret():
    secret = Secret(CANARY)
    error = ApiError(f"It said {CANARY}", f"Try {CANARY}", status=400)
    assert CANARY not in f"{error} {error!r} {error.args} {vars(error)}"
    assert error.status == 400
    assert secret


def _said() -> list[str]:
    """Every text of ours that a person may read: what stands in the code and is no docstring."""
    package = Path(mist_notebook.__file__).parent
    texts = []
    for path in package.rglob("*.py"):
        if path.relative_to(package).parts[0] == "sandbox":
            continue  # its answers are a server's
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts += [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
        ]
    return texts


def test_no_sentence_of_ours_reads_like_a_secret() -> None:
    sentences = [text for text in _said() if " " in text and not text.startswith("(?")]
    assert len(sentences) > 3000
    assert [text for text in sentences if redact(text) != text] == []
