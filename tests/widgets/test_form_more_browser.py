"""More of the form in a real browser: keys that are pasted, buttons that copy, and what a reader finds after a reload.

One sandbox runs beside all kernels, in this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from mist_notebook.sandbox import Sandbox
from tests.rigs.form_page import FormPage, Sheet, connect, expect, looked_at
from tests.rigs.line_rig import add_key

pytestmark = pytest.mark.browser

FORM = "form = %mist form\nform"
KEY = asyncssh.generate_private_key("ssh-ed25519", comment="anna@laptop")
LINE = KEY.export_public_key().decode().strip()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with a key, beside all kernels."""
    with Sandbox.start(boot_seconds=0.5) as sandbox:
        add_key(sandbox)
        yield sandbox


@pytest.fixture
def form(sheet: Sheet, sandbox: Sandbox, tmp_path: Path) -> FormPage:
    """A form of that sandbox."""
    sheet.run(connect(sandbox.url, sandbox.token, tmp_path), FORM)
    expect(sheet.form.button("Review")).to_be_enabled()
    return sheet.form


# ------------------------------------------------------------------------------------------------------ pasted keys


def test_a_pasted_private_half_never_leaves_the_page_and_a_public_one_is_looked_at(
    sheet: Sheet, form: FormPage, faults: Callable[[Any], list[str]]
) -> None:
    sent: list[str] = []
    secret = KEY.export_private_key("openssh").decode()
    middle = secret.splitlines()[2]
    form.page.evaluate(_HEARD)
    form.button("Paste a public key").click()
    box = form.root.get_by_role("textbox", name="Public key")
    expect(box).to_be_focused()
    for text in (secret, f"{LINE}\n{secret}", middle):
        box.fill(text)
        expect(box).to_have_value("")
        expect(form.message("paste")).to_contain_text("may be, a private key: it was wiped, and nothing of it is kept")
    box.fill("https://github.com/anna.keys")
    expect(form.message("paste")).to_contain_text("is an address, and nothing is fetched from there")
    expect(form.button("Use this key")).to_be_disabled()
    expect(form.button("Review")).to_be_disabled()
    box.fill(f"{LINE}\n")
    expect(form.message("paste")).to_contain_text("ED25519 · anna@laptop · SHA256:")
    expect(form.button("Use this key")).to_be_enabled()
    looked_at(form.root, "form-paste")
    assert faults(form.root) == []
    box.press("Enter")
    expect(form.message("key")).to_contain_text("A Mist server wants the private half of a key")
    box.fill("")
    expect(form.button("Review")).to_be_enabled()
    sheet.save()
    sent += form.page.evaluate("() => window.mistSent")
    told = sheet.page.evaluate("() => JSON.stringify(window.jupyterapp.shell.currentWidget.content.model.toJSON())")
    assert any(LINE.split()[1] in message for message in sent), "what was sent is seen at all"
    for text in (*sent, told, form.page.content()):
        assert middle not in text and "PRIVATE KEY--" not in text


_HEARD = """() => {
  window.mistSent = [];
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    window.mistSent.push(typeof data === 'string' ? data : new TextDecoder().decode(data));
    return send.call(this, data);
  };
}"""
