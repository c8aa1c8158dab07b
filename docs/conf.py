"""The site that `make docs` builds: the pages of the repository, as they stand there, without a network.

The pages are plain Markdown, to be read on the repository's own page too. What only a site has is put to them here:
the trees under `docs/index` and `docs/reference/`, and a page for every command and every part of the Python API.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from ipython_pygments_lexers import IPython3Lexer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import reference  # noqa: E402

from mist_notebook.version import __version__  # noqa: E402

project = "mist_notebook"
copyright = "the authors of mist_notebook, Apache-2.0"  # noqa: A001 - Sphinx's name
release = version = __version__
language = "en"
extensions = ["myst_nb", "sphinx.ext.autodoc"]

# The source is the repository itself, so that a link works here and on the repository's own page alike.
root_doc = "docs/index"
include_patterns = ["docs/**", "notebooks/*.ipynb", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
exclude_patterns = [".*", "build", "dist", "tests", "mist_notebook", "tools", "benchmarks", "docs/_*", "mist-notebooks"]

nb_execution_mode = "off"  # notebooks are shown as they were saved
nb_ipywidgets_js: dict[str, Any] = {}  # no widget without a kernel, and no CDN: the record beside it is shown
# Vega-Lite, of charts that are SVG too; a folder all of whose pages stand in its index.
suppress_warnings = ["mystnb.unknown_mime_type", "toc.empty_glob"]
nb_render_markdown_format = "gfm"
myst_heading_anchors = 4  # as the repository's own page makes them

smartquotes = False  # --count is two dashes
default_role = "literal"  # docstrings are plain text, with names between single backquotes
autodoc_member_order = "bysource"
python_use_unqualified_type_names = True
nitpick_ignore_regex = [("py:.*", ".*")]  # the types of signatures: most are somebody else's, and have no page here

html_theme = "furo"
html_title = "mist_notebook"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = False
html_show_sphinx = False

Tree = tuple[str, tuple[str, ...]]


def in_order(index: str, folder: str) -> tuple[str, ...]:
    """The pages of a folder, first those that their index leads to, in its order."""
    said = (ROOT / "docs" / f"{index}.md").read_text(encoding="utf-8")
    linked = re.findall(r"\]\((?:[\w-]+/)?([\w-]+)\.md\)", said)
    there = sorted(path.stem for path in (ROOT / "docs" / folder).glob("*.md") if path.stem != "index")
    return tuple(f"{folder}/{name}" for name in dict.fromkeys([*linked, *there]) if name in there)


TREES: dict[str, tuple[Tree, ...]] = {
    "docs/index": (
        ("Tutorial", ("/notebooks/[0-9]*",)),
        ("Apps of their own", ("/notebooks/app-*",)),
        ("Tasks", ("tasks/index", *in_order("tasks/index", "tasks"))),
        ("Clouds and servers", ("clouds", *in_order("clouds", "clouds"), "mist-server", "sandbox", "dask")),
        ("Reference", ("reference/*",)),
        ("Good to know", ("pictures", "prices", "safety", "front-ends", "comparison", "from-mist-client", "glossary")),
        ("Working on it", ("architecture", "backend-kinds", "/CONTRIBUTING", "/SECURITY", "/CHANGELOG")),
    ),
    "docs/reference/commands": (("", ("commands/*",)),),
    "docs/reference/python": (("", ("python/*",)),),
}


def trees(name: str) -> str:
    """The trees that stand under a page, in MyST's words; nothing under most."""
    found = ""
    for caption, pages in TREES.get(name, ()):
        options = [":glob:", ":hidden:", ":maxdepth: 1", *([f":caption: {caption}"] if caption else [])]
        found += "\n".join(["", "```{toctree}", *options, "", *pages, "```", ""])
    return found


def _write_pages(*_: Any) -> None:
    reference.write_pages(ROOT / "docs" / "reference")


def _complete(_: Any, name: str, source: list[str]) -> None:
    if name == "docs/reference/commands":
        source[0] = reference.linked(source[0])
    source[0] += trees(name)


def _lead_in(app: Any, error: Exception | None) -> None:
    """The site's own address leads to its first page."""
    if error is None:
        page = f'<!doctype html><meta charset="utf-8"><title>{project}</title>'
        page += f'<meta http-equiv="refresh" content="0; url={root_doc}.html"><a href="{root_doc}.html">{project}</a>\n'
        (Path(app.outdir) / "index.html").write_text(page, encoding="utf-8")


def setup(app: Any) -> None:
    app.add_lexer("python", IPython3Lexer)  # cells have %mist in them
    app.connect("config-inited", _write_pages)
    app.connect("source-read", _complete)
    app.connect("build-finished", _lead_in)
