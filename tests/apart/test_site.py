"""The built site in Chromium, page by page, from its files: it asks nobody, every link leads somewhere, all read it.

`make docs` builds it into build/site; `tools/make_docs.py --walk` runs this. Screenshots are kept to be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from mist_notebook.magic.commands import COMMANDS
from tests.conftest import need
from tests.rigs import form_page, jupyterlab
from tests.rigs.seen import Seen
from tests.widgets.conftest import faults as faults

SITE = form_page.ROOT / "build" / "site"
LEADS_IN = SITE / "index.html"  # and to the first page
PAGES = sorted(str(path.relative_to(SITE)) for path in SITE.rglob("*.html") if path != LEADS_IN)
LOOKED_AT = (
    "docs/index",
    "docs/reference/commands/create",
    "docs/reference/commands",
    "docs/safety",
    "notebooks/01-quickstart",
)
WIDTHS = (1280, 420)
THEIRS = "empty-table-header"  # the corner over the index of a DataFrame, as pandas draws it too
_LINKS = "() => [...document.querySelectorAll('a[href], img[src]')].map(node => node.href || node.src)"
_NAMES = "() => [...document.querySelectorAll('[id], a[name]')].map(node => node.id || node.name)"
_EMPTY = """() => [...document.images].filter(node => node.getClientRects().length && !node.naturalWidth)
  .map(node => node.src)"""
_BEYOND = "() => document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    need(jupyterlab.chromium(), "Chromium is not installed (Debian: apt-get install chromium)")
    need(PAGES, "the site is not built: make docs")
    with jupyterlab.browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture(scope="module")
def walked(context: Any) -> tuple[Seen, dict[str, list[str]], dict[str, set[str]], list[str]]:
    """What the browser did on its way, and of every page its links, its names, and pictures that don't show."""
    page, seen = context.new_page(), Seen()
    seen.watch(page)
    links, names, empty = {}, {}, []
    for name in PAGES:
        page.goto((SITE / name).as_uri())
        links[name] = [*set(page.evaluate(_LINKS))]
        names[name] = {*page.evaluate(_NAMES)}
        empty += page.evaluate(_EMPTY)
    page.close()
    return seen, links, names, empty


def test_every_page_comes_from_its_files_and_complains_of_nothing(walked: Any) -> None:
    seen, _, _, empty = walked
    assert len(PAGES) > 60
    assert [url for url in seen.requests if not url.startswith(("file:", "data:", "blob:"))] == []
    assert (seen.errors(), seen.dialogs, empty) == ([], [], [])


def test_every_link_leads_to_a_page_of_the_site_and_to_a_place_on_it(walked: Any) -> None:
    _, links, names, _ = walked
    lost = []
    for name, targets in links.items():
        for target in targets:
            parts = urlsplit(target)
            path = Path(unquote(parts.path))
            if parts.scheme == "file":
                there = names.get(str(path.relative_to(SITE))) if path.is_relative_to(SITE) else None
                if not path.exists() or (parts.fragment and there is not None and unquote(parts.fragment) not in there):
                    lost.append(f"{name}: {target}")
    assert lost == []


def test_there_is_a_page_for_every_command_and_the_first_page_leads_there(walked: Any) -> None:
    assert {f"docs/reference/commands/{name}.html" for name in COMMANDS} <= {*PAGES}
    assert LEADS_IN.read_text(encoding="utf-8").count("docs/index.html") == 2


def test_the_search_finds_a_command_by_a_word_of_its_own_without_a_server(context: Any, walked: Any) -> None:
    page = context.new_page()
    page.goto(f"{(SITE / 'search.html').as_uri()}?q=accept-unknown-price")
    found = page.locator("#search-results li a")
    form_page.expect(found.first).to_be_visible()
    assert any("/commands/create.html" in link.get_attribute("href") for link in found.all())
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", LOOKED_AT)
def test_a_page_can_be_read_by_everybody_in_light_and_dark_wide_and_narrow(
    context: Any, walked: Any, faults: Callable[[Any], list[str]], name: str, theme: str
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme=theme)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1000})
        page.goto((SITE / f"{name}.html").as_uri())
        page.screenshot(path=form_page.picture(f"site-{name.replace('/', '-')}-{theme}-{width}"))
        assert page.evaluate(_BEYOND) <= 0, width
        assert [fault for fault in faults(page.locator("body")) if not fault.startswith(THEIRS)] == []
    page.close()
