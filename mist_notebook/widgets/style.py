"""The one look of every widget of ours: a style sheet on the theme's variables, and the few pieces of HTML it dresses.

Nothing here is foreign text's: whoever passes text gets it escaped. Colours come from the theme, so that light and
dark need no case; every variable has a fallback for pages without one (Voila, a printed notebook).
"""

from __future__ import annotations

from typing import Any

import ipywidgets

from mist_notebook.text import escape_html

ROOT = "mist-notebook"
INERT = "mathjax_ignore tex2jax_ignore"

_CSS = """
.mist-notebook { color: var(--jp-ui-font-color1, inherit); font-family: var(--jp-ui-font-family, system-ui, sans-serif);
  max-width: 64rem; line-height: 1.4; --mist-line: var(--jp-border-color2, #bdbdbd);
  --mist-soft: var(--jp-layout-color2, rgba(127, 127, 127, 0.12)); --mist-quiet: var(--jp-ui-font-color2, inherit);
  --mist-bad: var(--jp-error-color1, #c62828); --mist-good: var(--jp-success-color1, #2e7d32);
  --mist-brand: var(--jp-brand-color1, #1565c0); --mist-warn: var(--jp-warn-color1, #b26a00); }
.mist-notebook .mist-card { border: 1px solid var(--mist-line); border-radius: 6px; padding: 0.75rem 1rem; }
.mist-notebook .mist-title { font-size: 1.15em; font-weight: 600; display: flex; gap: 0.6em; align-items: baseline;
  flex-wrap: wrap; }
.mist-notebook .mist-badge { font-size: 0.72em; font-weight: 700; letter-spacing: 0.06em; padding: 0.1em 0.55em;
  border-radius: 1em; border: 1px solid currentColor; }
.mist-notebook .mist-quiet { color: var(--mist-quiet); }
.mist-notebook .mist-message { color: var(--mist-quiet); min-height: 1.4em; font-size: 0.92em; }
.mist-notebook .mist-message.mist-is-error::before { content: "⚠ "; }
.mist-notebook .mist-is-error { color: var(--jp-error-color0, var(--mist-bad)); }
.mist-notebook .mist-is-good { color: var(--jp-success-color0, var(--mist-good)); }
.mist-notebook .mist-figure { font-variant-numeric: tabular-nums; text-align: right; }
.mist-notebook .mist-facts { border-collapse: collapse; border: 0; }
.mist-notebook .mist-facts th { font-weight: 500; text-align: left; vertical-align: top; padding: 0.1em 1.2em 0.1em 0;
  color: var(--mist-quiet); white-space: nowrap; }
.mist-notebook .mist-facts td { text-align: left; vertical-align: top; padding: 0.1em 0; overflow-wrap: anywhere; }
.mist-notebook .mist-code { font-family: var(--jp-code-font-family, monospace); font-size: 0.92em;
  padding: 0.35em 0.6em;
  background: var(--mist-soft); border-radius: 4px; overflow-wrap: anywhere; white-space: pre-wrap; display: block;
  user-select: all; }
.mist-notebook :is(button, select, input, textarea):focus-visible { outline: 2px solid var(--mist-brand);
  outline-offset: 1px; }
@media print { .mist-notebook { max-width: none; } }
"""


def root(*children: Any, **layout: Any) -> Any:
    """The outermost box of a widget: our class, and the style sheet in it."""
    box = ipywidgets.VBox([_sheet(), *children], layout=ipywidgets.Layout(width="auto", **layout))
    box.add_class(ROOT)
    return box


def markup(inner: str, *classes: str) -> Any:
    """A piece of HTML as a widget; `inner` must be escaped already. Never typeset as mathematics."""
    widget = ipywidgets.HTML(inner)
    for name in (*INERT.split(), *classes):
        widget.add_class(name)
    return widget


def title(text: str, *, sandbox: bool) -> str:
    """A heading, unmistakably marked where it is about the sandbox."""
    return (
        f'<div class="mist-title" role="heading" aria-level="3">{badge(sandbox)}<span>{escape_html(text)}</span></div>'
    )


def badge(sandbox: bool) -> str:
    """The mark of the sandbox; nothing for a live backend."""
    return '<span class="mist-badge">SANDBOX</span>' if sandbox else ""


def message(text: str, *, error: bool = False) -> str:
    """A sentence at a field; it keeps its line when it is empty, so that nothing jumps."""
    kind = " mist-is-error" if error and text else ""
    role = ' role="alert"' if error and text else ""
    return f'<div class="mist-message{kind}"{role}>{escape_html(text)}</div>'


def facts(rows: Any) -> str:
    """Labelled facts as a table; a row is a label and a text."""
    cells = "".join(
        f'<tr><th scope="row">{escape_html(label)}</th><td>{escape_html(text)}</td></tr>'
        for label, text in rows
        if text
    )
    return f'<table class="mist-facts">{cells}</table>'


def code(text: str) -> str:
    """A line to copy."""
    return f'<code class="mist-code">{escape_html(text)}</code>'


def _sheet() -> Any:
    sheet = ipywidgets.HTML(f"<style>{_CSS}</style>", layout=ipywidgets.Layout(display="none"))
    return sheet
