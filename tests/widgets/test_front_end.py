"""What is said on a page of its own, where nobody can type a line."""

from __future__ import annotations

import pytest

from mist_notebook.widgets.parts import front_end


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("EUR at 0.9, of the bank (%mist refresh rates brings today's).", "EUR at 0.9, of the bank."),
        ("Cheapest: a. Not here: OVH; %mist refresh brings today's. Next: b.", "Cheapest: a. Not here: OVH. Next: b."),
        ("Nothing was sent. See %mist machines.", "Nothing was sent."),
        ("No backend of hetzner is connected: %mist add hetzner", "No backend of hetzner is connected"),
        ("It is gone.", "It is gone."),
        ("%mist compare --cpus 4", ""),
    ],
)
def test_lines_to_type_are_left_out_in_an_app_alone(monkeypatch: pytest.MonkeyPatch, text: str, left: str) -> None:
    monkeypatch.delenv("SERVER_SOFTWARE", raising=False)
    assert front_end.said(text) == text
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.8")
    assert front_end.said(text) == left
