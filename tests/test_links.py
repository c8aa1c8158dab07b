"""Links, anchors and pictures of every page lead somewhere, on the repository's own page and on the site alike."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.rigs import markdown_pages
from tests.rigs.markdown_pages import Link

PAGES = markdown_pages.pages()
READ = [page for page in PAGES if page.startswith("docs/") or "/" not in page]


def test_there_are_pages_with_links_to_check() -> None:
    assert {"README.md", "docs/index.md", "docs/reference/commands.md", "notebooks/01-quickstart.ipynb"} <= {*PAGES}
    assert sum(len(markdown_pages.links(page)) for page in PAGES) > 60


def test_every_link_leads_to_a_page_and_to_a_heading_of_it() -> None:
    inside = [(page, link) for page in PAGES for link in markdown_pages.links(page) if not link.is_outside]
    assert [why for page, link in inside if (why := markdown_pages.missing(page, link))] == []


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("docs/no-such-page.md", "is not there"),
        ("docs/prices.md#no-such-heading", "there is no #no-such-heading"),
        ("#no-such-heading", "there is no #no-such-heading"),
        ("../outside.md", "is not there"),
        ("docs/form-first-dark-640.png", "is not there"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(target: str, said: str) -> None:
    assert said in markdown_pages.missing("README.md", Link(target, "here", False))


def test_every_picture_says_what_it_shows() -> None:
    pictures = [(page, link) for page in PAGES for link in markdown_pages.links(page) if link.is_picture]
    assert len(pictures) >= 3
    assert [(page, link.target) for page, link in pictures if len(link.text) < 5] == []


def test_links_to_the_outside_have_the_form_of_one() -> None:
    outside = {link.target for page in PAGES for link in markdown_pages.links(page) if link.is_outside}
    for target in outside:
        parts = urlsplit(target)
        assert parts.scheme == "https", target
        assert "." in parts.netloc and "@" not in parts.netloc, target
        assert not re.search(r"[\s<>\"]|[.,;:]$", target), target


def test_pages_need_nothing_but_markdown() -> None:
    """Roles and directives of the site's own are text to the repository's page."""
    for page in READ:
        kinds = [block.kind for block in markdown_pages.blocks(page)]
        assert [kind for kind in kinds if kind.startswith("{")] == [], page
        plain = re.sub(r"`[^`]*`", "", markdown_pages.prose(page))
        assert not re.search(r"\{[\w:-]+\}(?=`)|^:::|^\([\w-]+\)=$", plain, re.M), page


def test_every_page_of_the_documentation_begins_with_its_title() -> None:
    assert [page for page in READ if not re.match(r"# \S", markdown_pages.text_of(page))] == []
