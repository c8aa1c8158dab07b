"""The one look of every widget of ours: a style sheet on the theme's variables, and the few pieces of HTML it dresses.

Nothing here is foreign text's: whoever passes text gets it escaped. Colours come from the theme, so that light and
dark need no case; every variable has a fallback for pages without one (Voila, a printed notebook).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import ipywidgets

from mist_notebook.ground.text import escape_html

from . import front_end

ROOT = "mist-notebook"
INERT = "mathjax_ignore tex2jax_ignore"

_CSS = """
.mist-notebook { color: var(--jp-ui-font-color1, inherit); font-family: var(--jp-ui-font-family, system-ui, sans-serif);
  max-width: 1024px; line-height: 1.4; --mist-line: var(--jp-border-color2, #bdbdbd);
  --mist-soft: var(--jp-layout-color2, rgba(127, 127, 127, 0.12)); --mist-quiet: var(--jp-ui-font-color2, inherit);
  --mist-bad: var(--jp-error-color1, #c62828); --mist-good: var(--jp-success-color1, #2e7d32);
  --mist-brand: var(--jp-brand-color1, #1565c0); --mist-warn: var(--jp-warn-color1, #b26a00);
  --mist-bad-text: var(--jp-error-color0, var(--mist-bad)); --mist-picked-back: rgba(33, 150, 243, 0.16); }
[data-jp-theme-light="false"] .mist-notebook { --mist-bad-text: var(--jp-error-color1, #ef6f6c); }
.mist-notebook .mist-card { border: 1px solid var(--mist-line); border-radius: 6px; padding: 12px 16px; }
.mist-notebook .mist-title { font-size: 1.15em; font-weight: 600; display: flex; gap: 0.6em; align-items: baseline;
  flex-wrap: wrap; }
.mist-notebook .mist-badge { font-size: 0.72em; font-weight: 700; letter-spacing: 0.06em; padding: 0.1em 0.55em;
  border-radius: 1em; border: 1px solid currentColor; }
.mist-notebook .mist-quiet { color: var(--mist-quiet); }
.mist-notebook .mist-message { color: var(--mist-quiet); min-height: 1.4em; font-size: 0.92em; }
.mist-notebook .mist-message.mist-is-error::before { content: "⚠ "; }
.mist-notebook .mist-is-error { color: var(--mist-bad-text); }
.mist-notebook .mist-figure { font-variant-numeric: tabular-nums; text-align: right; }
.mist-notebook .mist-word { display: inline-block; max-width: 100%; }
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
.mist-notebook:not(.mist-notebook .mist-notebook) { margin-bottom: 12px; }
.mist-notebook .widget-html-content { line-height: 1.4; }
.mist-notebook .mist-badge { line-height: 1.4; }
.mist-notebook .mist-unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.mist-notebook h4 { margin: 0.9em 0 0.25em; font-size: 0.95em; font-weight: 600; }
.mist-notebook .mist-mark { display: inline-block; width: 1.3em; font-weight: 700; }
.mist-notebook .mist-typed { font-family: var(--jp-code-font-family, monospace); padding: 0.05em 0.35em;
  background: var(--mist-soft); border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere; }
.mist-notebook .mist-buttons { flex-wrap: wrap; gap: 4px; min-height: 36px; align-items: center; }
.mist-notebook .mist-destroy { border-left: 3px solid var(--mist-bad); padding: 4px 0 4px 12px;
  margin: 4px 0; }
.mist-notebook .mist-destroy > .widget-hbox { flex-wrap: wrap; gap: 4px; align-items: center; }
.mist-notebook .mist-destroy-name { width: auto; flex: 1 1 160px; max-width: 384px; min-width: 0; }
.mist-notebook .mist-destroy-name > label { width: auto; text-align: left; }
.mist-notebook .mist-destroy-name > input { min-width: 0; width: 100%; }
.mist-notebook .mist-destroy > * { min-width: 0; max-width: 100%; }
.mist-notebook .mist-progress-work { flex-wrap: wrap; align-items: center; gap: 0 16px; }
.mist-notebook .mist-progress-figures { flex: 0 1 auto; }
.mist-notebook .mist-steps { list-style: none; margin: 4px 0; padding: 0; display: flex; flex-wrap: wrap;
  gap: 1.6px 16px; }
.mist-notebook .mist-step { display: inline-flex; align-items: baseline; gap: 0.15em; white-space: nowrap; }
.mist-notebook .mist-step > .mist-figure { min-width: 3em; font-size: 0.88em; }
.mist-notebook .mist-step-now { font-weight: 600; }
.mist-notebook :is(.mist-step-to-come, .mist-step-skipped) { color: var(--mist-quiet); }
.mist-notebook :is(.mist-step-done, .mist-state-running) > .mist-mark, .mist-notebook .mist-state-running > span {
  color: var(--jp-success-color0, var(--mist-good)); }
.mist-notebook :is(.mist-step-failed, .mist-step-doubtful) { color: var(--mist-bad-text); }
.mist-notebook .mist-log { font-family: var(--jp-code-font-family, monospace); font-size: 0.86em; line-height: 1.45;
  margin: 4px 0; padding: 6.4px 9.6px; background: var(--mist-soft); border-radius: 4px;
  white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere; color: inherit; }
.mist-notebook .mist-log-live { min-height: 11.6em; }
.mist-notebook .mist-progress-watching { align-items: center; gap: 12px; flex-wrap: wrap; }
.mist-notebook .mist-progress-note { flex: 1 1 320px; }
.mist-notebook .mist-columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr));
  gap: 0 32px; align-items: start; }
.mist-notebook.mist-panel { max-width: none; }
.mist-notebook .mist-panel-bar { align-items: center; flex-wrap: wrap; gap: 0 12px; }
.mist-notebook .mist-panel-grid { display: grid; gap: 12px; align-items: start; margin-top: 4px;
  grid-template-columns: repeat(auto-fill, minmax(min(288px, 100%), 1fr)); }
.mist-notebook .mist-panel-card { margin: 0; min-width: 0; }
.mist-notebook .mist-panel-card .mist-facts th { padding-right: 0.8em; }
.mist-notebook .mist-machine-title { display: flex; gap: 0.6em; align-items: baseline; flex-wrap: wrap; }
.mist-notebook .mist-machine-name { font-weight: 600; font-size: 1.05em; overflow-wrap: anywhere; }
.mist-notebook .mist-state { margin-left: auto; white-space: nowrap; }
.mist-notebook .mist-state-moving { font-style: italic; }
.mist-notebook .mist-probe { font-size: 0.92em; margin-top: 4px; }
.mist-notebook .mist-probe > summary { cursor: pointer; }
.mist-notebook .mist-chooser { width: 100%; }
.mist-notebook .mist-chooser :is(.widget-text, .widget-dropdown) { width: auto; }
.mist-notebook .mist-below { align-items: baseline; flex-wrap: wrap; gap: 0 12px; }
.mist-notebook .mist-picked { overflow-wrap: anywhere; }
.mist-notebook :is(.mist-image-chosen, .mist-size-chosen) { min-height: 2.8em; }
.mist-notebook .mist-warning { color: var(--mist-bad-text); font-weight: 600; }
.mist-notebook .mist-size-bar { display: flex; flex-flow: row wrap; align-items: center; gap: 0 12px; }
.mist-notebook .mist-size-filters { display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr)); }
.mist-notebook .mist-size-filter { width: auto; }
.mist-notebook :is(.mist-size-bar, .mist-below) > button { width: auto; }
.mist-notebook .mist-size-query { flex: 1 1 160px; }
body[data-jp-theme-light="false"] .mist-notebook { color-scheme: dark; }
body[data-jp-theme-light="false"] .mist-notebook .widget-dropdown > select { appearance: auto; background-image: none; }
.mist-form { container-type: inline-size; --mist-label: 104px; }
.mist-form .mist-form-dead { display: none; }
.mist-form.jupyter-widgets-disconnected > .mist-form-dead { display: block; }
.mist-form .mist-form-row { display: flex; flex-flow: row wrap; gap: 0 24px; align-items: flex-start; }
.mist-form .mist-form-row > * { flex: 1 1 320px; width: auto; min-width: 0; }
.mist-form .mist-form-field { width: auto; }
.mist-form .mist-form-field > :is(.widget-dropdown, .widget-text, .widget-textarea) { width: auto; }
.mist-form .mist-form-field > .widget-inline-hbox > .widget-label { width: var(--mist-label);
  min-width: var(--mist-label); text-align: left; }
.mist-form .mist-form-field > .mist-form-message { margin: -2px 0 0 calc(var(--mist-label) + 10px); }
.mist-form .mist-form-section { width: auto; }
.mist-form .mist-form-heading h4 { margin: 0.25em 0 0; }
.mist-form .mist-form-image .mist-image-query > .widget-label { position: absolute; width: 1px; height: 1px;
  overflow: hidden; clip-path: inset(50%); }
.mist-form-fields:not(.mist-form-can-search) .mist-image-more { display: none; }
.mist-form :is(.mist-form-more, .mist-form-make-key, .mist-form-retry, .mist-form-new) { width: auto;
  align-self: flex-start; }
.mist-form :is(.mist-form-trouble, .mist-form-bad) { border-left: 3px solid var(--mist-bad); padding-left: 12px;
  margin: 4px 0; }
.mist-form .mist-form-changed { border-left: 3px solid var(--mist-warn); padding-left: 12px; margin: 4px 0; }
.mist-form .mist-form-end { border-top: 1px solid var(--mist-line); padding-top: 8px; margin-top: 4px; }
.mist-form .mist-form-cost { font-variant-numeric: tabular-nums; }
.mist-form .mist-form-missing { flex: 1 1 192px; }
.mist-form .mist-form-review { border: 1px solid var(--mist-line); border-radius: 6px; padding: 8px 16px; }
.mist-form .mist-form-line { margin-top: 8px; }
.mist-form .mist-form-earlier summary, .mist-form .mist-form-text summary { cursor: pointer; }
.mist-form .mist-form-who .mist-message { min-height: 2.8em; }
.mist-notebook .mist-form-who :is(.mist-form-paste-open, .mist-form-paste-use) {
  margin-left: calc(var(--mist-label) + 10px); }
@container (max-width: 768px) {
  .mist-form .mist-form-who .mist-message { min-height: 1.4em; }
  .mist-notebook .mist-form-who :is(.mist-form-message, .mist-form-paste-open, .mist-form-paste-use) {
    margin-left: 2px; } }
@container (max-width: 480px) {
  .mist-form-field > .widget-inline-hbox { flex-flow: column; height: auto; align-items: stretch; }
  .mist-form-field > .widget-inline-hbox > * { width: auto; flex: 0 0 auto; }
  .mist-form-field > .widget-dropdown > select { height: var(--jp-widgets-inline-height, 28px); }
  .mist-notebook .mist-form-field > .mist-form-message { margin-left: 2px; } }
.mist-notebook.mist-explore { max-width: 1600px; container-type: inline-size; --mist-label: 112px; }
.mist-explore .mist-explore-grid { display: grid; gap: 0 24px; align-items: start;
  grid-template-columns: repeat(auto-fit, minmax(min(max(336px, 30%), 100%), 1fr)); }
.mist-explore :is(.mist-explore-filters, .mist-explore-grid > *, .mist-explore-control) { width: auto; min-width: 0; }
.mist-explore .mist-explore-control > .widget-label { width: var(--mist-label); min-width: var(--mist-label); }
.mist-explore .mist-explore-control > .widget-readout { min-width: 88px; text-align: right; overflow: visible;
  font-variant-numeric: tabular-nums; }
.mist-explore .mist-explore-message { margin: -4px 0 0 calc(var(--mist-label) + 8px); }
.mist-explore .mist-explore-group { display: flex; align-items: baseline; grid-column: 1 / -1; }
.mist-explore .mist-explore-heading { width: var(--mist-label); min-width: var(--mist-label); text-align: right;
  margin: 0 8px 0 2px; }
.mist-explore .mist-explore-ticks { display: flex; flex-flow: row wrap; gap: 0 17.6px; }
.mist-explore .mist-explore-ticks > * { width: auto; margin: 0; }
.mist-explore .mist-explore-bar { align-items: center; flex-wrap: wrap; gap: 0 12px; }
.mist-explore .mist-explore-toggle { width: auto; }
.mist-explore .mist-explore-count { flex: 1 1 320px; }
.mist-explore .mist-explore-count .mist-message { font-weight: 600; color: inherit; }
.mist-explore .mist-explore-chosen { flex: 1 1 256px; }
.mist-explore .mist-explore-reasons { min-height: 4.2em; font-size: 0.92em; }
.mist-explore .mist-explore-results { display: flex; flex-flow: row wrap; gap: 8px 24px; align-items: flex-start; }
.mist-explore .mist-explore-results > * { flex: 1 1 min(608px, 100%); min-width: 0; width: auto; }
.mist-explore .mist-explore-results > :first-child { flex: 1 1 min(736px, 100%); }
.mist-explore .mist-explore-results .mist-explore-control { max-width: 320px; }
.mist-explore .mist-explore-chart { min-height: 352px; }
.mist-explore .mist-chart { max-width: 100%; height: auto; }
.mist-explore .mist-chart text { fill: var(--jp-ui-font-color1, currentColor); stroke: none; }
.mist-explore .mist-chart .mist-in-cell { fill: #000; }
.mist-explore .mist-explore-dead { display: none; }
.mist-explore.jupyter-widgets-disconnected > .mist-explore-dead { display: block; }
@container (max-width: 384px) {
  .mist-explore .mist-explore-control:not(.widget-checkbox) { flex-flow: column; height: auto; align-items: stretch; }
  .mist-explore .mist-explore-control > :is(.widget-label, .widget-readout) { width: auto; text-align: left; }
  .mist-explore .mist-explore-control > * { flex: 0 0 auto; width: auto; }
  .mist-explore .mist-explore-message { margin-left: 2px; }
  .mist-explore .mist-explore-group { flex-flow: column; }
  .mist-explore .mist-explore-heading { text-align: left; } }
@media print { .mist-notebook { max-width: none; } }
"""
_MORE = "".join(path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.css")))


def root(*children: Any, **layout: Any) -> Any:
    """The outermost box of a widget: our class, and the style sheet in it."""
    box = ipywidgets.VBox([_sheet(), *children], layout=ipywidgets.Layout(width="auto", **layout))
    box.add_class(ROOT)
    if front_end.is_app():
        box.add_class(front_end.APP)
    return box


def markup(inner: str, *classes: str, **shared: Any) -> Any:
    """A piece of HTML as a widget; `inner` must be escaped already. Never typeset as mathematics.

    `shared` may be a layout and a style that several have.
    """
    return ipywidgets.HTML(inner, _dom_classes=[*INERT.split(), *classes], **shared)


def discard(widget: Any) -> None:
    """Close a widget, and what stands in it: in the browser nothing is left of them."""
    for child in getattr(widget, "children", ()):
        discard(child)
    widget.close()


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
    return f'<div class="mist-message{kind}"{role}>{escape_html(front_end.said(text))}</div>'


def facts(rows: Any) -> str:
    """Labelled facts as a table; a row is a label and a text."""
    cells = "".join(
        f'<tr><th scope="row">{escape_html(label)}</th><td>{escape_html(text)}</td></tr>'
        for label, text in rows
        if text
    )
    return f'<table class="mist-facts">{cells}</table>'


def code(text: str) -> str:
    """A line to copy; it breaks between words, as an option broken after its dash can't be read."""
    words = re.sub(r"\S+", lambda word: f'<span class="mist-word">{escape_html(word[0])}</span>', text)
    return f'<code class="mist-code">{words}</code>'


def _sheet() -> Any:
    sheet = ipywidgets.HTML(f"<style>{_CSS}{_MORE}</style>", layout=ipywidgets.Layout(display="none"))
    return sheet
