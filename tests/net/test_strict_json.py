"""Foreign JSON: rows, or one clear error."""

from __future__ import annotations

import gc
import json
import threading
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mist_notebook.ground.errors import ApiError
from mist_notebook.net.strict_json import decode, decode_rows, gc_paused

WHERE = "https://mist.example/api/v1/clouds"


class Row(msgspec.Struct):
    id: Any
    name: str | None = None
    price: float | None = None


def refusal(call: Any, body: bytes, kind: Any = Row) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call(body, kind, where=WHERE)
    error = caught.value
    assert 1 <= len(error._render_traceback_()) <= 2
    assert error.message.startswith(f"The answer to {WHERE} ")
    assert len(error.hint) < 400
    assert error.__context__ is None
    return error


DEEP = 1_000_000  # deeper than the stack of any Python: from 3.14 on that counts, and no limit of its own
NOT_JSON = {
    "empty": (b"", "is empty"),
    "blank": (b" \r\n", "is empty"),
    "BOM only": (b"\xef\xbb\xbf", "is empty"),
    "HTML": (b"<html>login", "is not JSON"),
    "text": (b"Backend not found", "is not JSON"),
    "OK": (b"OK", "is not JSON"),
    "cut in a key": (b'[{"id":"1"},{"id"', "is incomplete"),
    "cut in text": (b'[{"id":"1', "is incomplete"),
    "cut after a comma": (b'[{"id":"1"},', "is incomplete"),
    "cut list": (b"[", "is incomplete"),
    "two values": (b"[][]", "is not JSON"),
    "trailing comma": (b'[{"id":1},]', "is not JSON"),
    "single quotes": (b"[{'id':1}]", "is not JSON"),
    "comment": (b"[] // none", "is not JSON"),
    "NaN": (b'[{"id":1,"price":NaN}]', "is not JSON"),
    "Infinity": (b'[{"id":1,"price":Infinity}]', "is not JSON"),
    "-Infinity": (b'[{"id":1,"x":-Infinity}]', "is not JSON"),
    "leading zero": (b'[{"id":01}]', "is not JSON"),
    "control character": (b'[{"id":"\x00"}]', "is not JSON"),
    "lone surrogate": (b'[{"id":"\\ud800"}]', "is not JSON"),
    "reversed surrogates": (b'[{"id":"\\udc00\\ud800 and more"}]', "is not JSON"),
    "deep list": (b"[" * DEEP + b"]" * DEEP, "is nested too deeply"),
    "deep object": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, ""),
    "deep in a row": (b'[{"id":' + b"[" * DEEP + b"]" * DEEP + b"}]", "is nested too deeply"),
    "deep and ignored": (b'[{"id":1,"x":' + b"[" * DEEP + b"]" * DEEP + b"}]", "is nested too deeply"),
    "UTF-16": ('[{"id":1}]'.encode("utf-16"), ""),
    "UTF-32": ('[{"id":1}]'.encode("utf-32"), ""),
    "zeros": (bytes(1000), "is not JSON"),
    "gzip": (b"\x1f\x8b\x08\x00\x00", "is not JSON"),
}
WRONG_SHAPE = {
    "object": (b"{}", "is an object where a list is due"),
    "error object": (b'{"error": "x"}', "is an object where a list is due"),
    "null": (b"null", "is null where a list is due"),
    "string": (b'"ok"', "is text where a list is due"),
    "number": (b"-7", "is a number where a list is due"),
    "true": (b"true", "is true where a list is due"),
    "list of lists": (b"[[]]", "Expected `object`, got `array`"),
    "list of nulls": (b"[null, null]", "Expected `object`, got `null`"),
    "list of strings": (b'["a"]', "Expected `object`, got `str`"),
    "no ids": (b'[{"name":"a"}, {}]', "missing required field `id`"),
    "latin-1": (b'[{"id":"\xe9"}]', "no item that can be read"),
    "cut within a letter": (b'[{"id":"\xe2\x82"}]', "no item that can be read"),
    "5000 digits": (b'[{"id":' + b"9" * 5000 + b"}]", "no item that can be read"),
    "names that are none": (b'[{"id":1,"name":{}}]', "Expected `str | null`, got `object`"),
}


@pytest.mark.parametrize(("body", "words"), [*NOT_JSON.values(), *WRONG_SHAPE.values()], ids=[*NOT_JSON, *WRONG_SHAPE])
def test_hostile_rows_are_one_error(body, words):
    assert words in refusal(decode_rows, body).message


@pytest.mark.parametrize(("body", "words"), [*NOT_JSON.values(), *WRONG_SHAPE.values()], ids=[*NOT_JSON, *WRONG_SHAPE])
def test_a_hostile_list_is_one_error(body, words):
    refusal(decode, body, list[Row])


GOOD = {
    "none": (b"[]", [], 0),
    "number as id": (b'[{"id":3}]', [Row(3)], 0),
    "BOM": (b'\xef\xbb\xbf[{"id":"1"}]', [Row("1")], 0),
    "white space": (b'\r\n [ {"id" : "1"} ]\n', [Row("1")], 0),
    "unknown fields": (b'[{"id":"1","x":{"y":[1e5]}}]', [Row("1")], 0),
    "same key twice": (b'[{"id":"1","id":"2"}]', [Row("2")], 0),
    "out of range": (b'[{"id":"1","price":1e999}]', [Row("1", price=None)], 0),
    "below range": (b'[{"id":"1","price":-1e999},{"id":"2","price":2}]', [Row("1"), Row("2", price=2.0)], 0),
    "large": (b'[{"id":123456789012345678901234567890}]', [Row(123456789012345678901234567890)], 0),
    "one without id": (b'[{"id":"1"},{"name":"x"}]', [Row("1")], 1),
    "one that is a list": (b'[[],{"id":"1"},null]', [Row("1")], 2),
    "one with 5000 digits": (b'[{"id":"1"},{"id":"2","price":' + b"9" * 5000 + b"}]", [Row("1")], 1),
    "one with a price in words": (b'[{"id":"1"},{"id":"2","price":"free"}]', [Row("1")], 1),
    "one in latin-1": (b'[{"id":"1"},{"id":"2","name":"\xe9"}]', [Row("1")], 1),
    "one with a surrogate": (b'[{"id":"2","name":"\xed\xa0\x80"},{"id":"1"}]', [Row("1")], 1),
    "one cut within a letter": (b'[{"id":"2","name":"\xf0\x9f"},{"id":"1"}]', [Row("1")], 1),
    "one spelled too long": (b'[{"id":"1"},{"id":"2","name":"\xc0\xaf"}]', [Row("1")], 1),
    "several broken ones": (b'[{"id":"\xff"},{"id":"1"},{"id":"2","name":"\x80"},{"id":"3"}]', [Row("1"), Row("3")], 2),
    "markup": (b'[{"id":"<img src=x onerror=alert(1)>"}]', [Row("<img src=x onerror=alert(1)>")], 0),
    "terminal": (b'[{"id":"\\u001b[31m"}]', [Row("\x1b[31m")], 0),
    "a long name": (b'[{"id":"1","name":"' + b"x" * 1_000_000 + b'"}]', [Row("1", "x" * 1_000_000)], 0),
}


@pytest.mark.parametrize(("body", "rows", "left_out"), GOOD.values(), ids=GOOD.keys())
def test_rows_are_kept_and_what_is_left_out_is_counted(body, rows, left_out):
    assert decode_rows(body, Row, where=WHERE) == (rows, left_out)


def test_one_value_is_decoded_strictly():
    assert decode(b'{"id": 1e999, "price": 2}', Row, where=WHERE) == Row(None, price=2.0)
    assert decode(b"[1, 1e999, [-1e999]]", list[Any], where=WHERE) == [1, None, [None]]
    assert decode(b"null", type(None), where=WHERE) is None
    assert "is a list where an object is due" in refusal(decode, b"[]").message
    assert "is null where text is due" in refusal(decode, b"null", str).message
    assert "Expected `float | null`, got `str`" in refusal(decode, b'{"id":1,"price":"1"}').message
    assert "is not JSON" in refusal(decode, b'{"id": 1e999, "price": NaN}').message


def test_how_it_began_is_short_and_harmless():
    hint = refusal(decode, b"<html>\x1b[31m" + b"x" * 10**6).hint
    assert hint.startswith("A login page or proxy? It began: '<html>\\x1b[31mxxx")
    assert len(hint) < 120
    assert len(refusal(decode, b"\x01" * 5000).hint) < 120


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=20))
def test_any_json_is_rows_or_one_error(value):
    body = json.dumps([{"id": 1}, value]).encode()
    try:
        rows, left_out = decode_rows(body, Row, where=WHERE)
    except ApiError:
        assert any(word in body for word in (b"NaN", b"Infinity", b"\\ud"))
    else:
        assert (rows, left_out) == ([Row(1)], 1)


@given(st.binary())
def test_any_bytes_are_rows_or_one_error(body):
    try:
        rows, left_out = decode_rows(body, Row, where=WHERE)
    except ApiError as error:
        assert len(error._render_traceback_()) <= 2
    else:
        assert (rows, left_out) == ([], 0)


def test_the_garbage_collector_is_as_before():
    for was_on in (True, False):
        (gc.enable if was_on else gc.disable)()
        with gc_paused(), pytest.raises(ApiError):
            assert not gc.isenabled()
            decode(b"x", Row, where=WHERE)
        assert gc.isenabled() == was_on
    gc.enable()


def test_pauses_in_many_threads_leave_the_garbage_collector_on():
    threads = [
        threading.Thread(target=lambda: [decode(b"[]", list[Row], where=WHERE) for _ in range(200)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gc.isenabled()
