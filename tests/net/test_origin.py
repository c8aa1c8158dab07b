"""A server's URL, checked and taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mist_notebook.ground.errors import BadValueError, MistError, MistUsageError
from mist_notebook.net.origin import check_url, origin_of, quote_segment

GOOD = {
    "https://mist.example": "https://mist.example",
    "https://mist.example/": "https://mist.example",
    "https://mist.example/api/v1": "https://mist.example",
    "https://mist.example/api/v1/": "https://mist.example",
    "https://mist.example/mist/api/v1/": "https://mist.example/mist",
    "https://mist.example/a/b-c_d~1": "https://mist.example/a/b-c_d~1",
    "HTTPS://Mist.Example:443": "https://mist.example",
    "https://mist.example:8443": "https://mist.example:8443",
    "https://bücher.example": "https://xn--bcher-kva.example",
    "https://192.0.2.7": "https://192.0.2.7",
    "https://[2001:DB8::1]:8443/x": "https://[2001:db8::1]:8443/x",
    "http://127.0.0.1:8080": "http://127.0.0.1:8080",
    "http://127.1.2.3:80": "http://127.1.2.3",
    "http://localhost:1/": "http://localhost:1",
    "http://[::1]:8080": "http://[::1]:8080",
}


@pytest.mark.parametrize(("text", "url"), GOOD.items())
def test_a_good_url_is_spelled_in_one_way(text, url):
    assert check_url(text) == url
    assert check_url(url) == url


BAD = {
    "": "'' is not an https URL.",
    "mist": "'mist' is not an https URL.",
    "mist.example": "'mist.example' is not an https URL.",
    "mist.example:443": "'mist.example:443' is not an https URL.",
    "https:mist.example": "'https:mist.example' is not an https URL.",
    "https://": "'https://' names no host.",
    "https:///x": "'https:///x' names no host.",
    "ftp://x": "'ftp://x' is not an https URL.",
    "javascript://x": "'javascript://x' is not an https URL.",
    "http://mist.example": "http://mist.example would send the token unencrypted.",
    "http://10.0.0.1": "http://10.0.0.1 would send the token unencrypted.",
    "http://127.0.0.1.example": "http://127.0.0.1.example would send the token unencrypted.",
    "http://0.0.0.0": "http://0.0.0.0 would send the token unencrypted.",
    "http://[::2]": "http://::2 would send the token unencrypted.",
    "https://mist example": "The URL 'https://mist example' has a space or a control character in it.",
    " https://mist.example": "The URL ' https://mist.example' has a space or a control character in it.",
    "https://mist.example\n": r"The URL 'https://mist.example\x0a' has a space or a control character in it.",
    "https://mist\x00.example": r"The URL 'https://mist\x00.example' has a space or a control character in it.",
    "https://mist.example\u202e": r"The URL 'https://mist.example\u202e' has a space or a control character in it.",
    "https://mist.example?token=hunter2": "The URL of mist.example has a query or a fragment.",
    "https://mist.example/#hunter2": "The URL of mist.example has a query or a fragment.",
    "https://mist.example:0": "The port in the URL is not a number from 1 to 65535.",
    "https://mist.example:99999": "The port in the URL is not a number from 1 to 65535.",
    "https://mist.example:-1": "The port in the URL is not a number from 1 to 65535.",
    "https://someone:hunter2": "The port in the URL is not a number from 1 to 65535.",
    "https://mist..example": "'mist..example' is not a host name.",
    "https://-mist.example": "'-mist.example' is not a host name.",
    "https://mist%2eexample": "'mist%2eexample' is not a host name.",
    "https://mist\\evil.example": r"'mist\evil.example' is not a host name.",
    "https://[::1": "'https://[::1' is not a URL.",
    "https://[zz]": "'https://[zz]' is not a URL.",
    "https://mist.example/../x": "The path '/../x' can't be part of a server's URL.",
    "https://mist.example/a//b": "The path '/a//b' can't be part of a server's URL.",
    "https://mist.example/a;b": "The path '/a;b' can't be part of a server's URL.",
}


@pytest.mark.parametrize(("text", "message"), BAD.items())
def test_a_bad_url_is_named(text, message):
    with pytest.raises(BadValueError) as caught:
        check_url(text)
    assert caught.value.message == message or (text == "https://[zz]" and "zz" in caught.value.message)
    assert caught.value.hint
    assert "hunter2" not in str(caught.value)


LOGINS = (
    *("https://someone:hunter2@mist.example", "https://hunter2@mist.example", "someone:hunter2@mist.example"),
    *("http://someone:hunter2@127.0.0.1", "https://some one:hunter2@mist.example", "https://a:hunter2@b@c"),
    *("https://mist.example\\@hunter2", "ftp://someone:hunter2@x", "https://:hunter2@"),
)


@pytest.mark.parametrize("text", LOGINS)
def test_a_login_in_a_url_is_refused_unseen(text):
    with pytest.raises(MistUsageError) as caught:
        check_url(text)
    assert "hunter2" not in f"{caught.value} {caught.value!r}"
    assert "change it" in caught.value.hint


@given(st.text())
def test_any_text_is_a_url_or_one_error(text):
    for candidate in (text, f"https://{text}", f"https://mist.example/{text}", f"http://127.0.0.1:{text}"):
        try:
            url = check_url(candidate)
        except MistError as error:
            assert len(error._render_traceback_()) <= 2
        else:
            assert check_url(url) == url
            assert url.isascii()
            assert url.startswith(("https://", "http://127.0.0.1"))


def test_origins_compare():
    assert origin_of("https://mist.example:443/x?y") == origin_of("HTTPS://Mist.example") == "https://mist.example"
    others = ["http://mist.example", "https://mist.example:444", "https://mist.example.evil", "https://[::1]"]
    assert "https://mist.example" not in map(origin_of, others)


QUOTED = {
    "i-0a1b": "i-0a1b",
    "a/b": "a%2Fb",
    "../../.ssh/x": "..%2F..%2F.ssh%2Fx",
    "a b?#%": "a%20b%3F%23%25",
    "\0": "%00",
}


@pytest.mark.parametrize(("identifier", "segment"), QUOTED.items())
def test_an_id_is_one_segment(identifier, segment):
    assert quote_segment(identifier) == segment


@pytest.mark.parametrize("identifier", ["", ".", "..", "\ud800"])
def test_an_id_that_would_be_another_path_is_refused(identifier):
    with pytest.raises(BadValueError):
        quote_segment(identifier)
