"""Completion of `%mist`, as IPython asks for it: only ours, quoted where needed, from memory alone, never raising."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import IPython
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if IPython.version_info < (8, 6):
    pytest.skip("this IPython asks for completion in another way", allow_module_level=True)

from IPython.core.completer import CompletionContext, provisionalcompleter

from mist_notebook.client import runtime
from mist_notebook.magic.commands import COMMANDS
from tests.conftest import Notebook

BACKENDS = ["DigitalOcean", "EC2", "Linode", "NephoScale", "Rackspace", "SoftLayer"]
HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from(" \t\"'\\=-{}$;#,%\nmistNephoScale"), st.characters()), max_size=40
)


def completed(notebook: Notebook, text: str) -> list[str]:
    """What the text becomes with each completion, as it would stand in the cell."""
    with provisionalcompleter():
        found = list(notebook.shell.Completer.completions(text, len(text)))
    return [text[: one.start] + one.text + text[one.end :] for one in found]


def kinds(notebook: Notebook, text: str) -> list[tuple[str, str]]:
    with provisionalcompleter():
        return [(one.text, one.type) for one in notebook.shell.Completer.completions(text, len(text))]


@contextmanager
def no_requests(notebook: Notebook) -> Iterator[None]:
    """Within, neither a session is made nor a request sent."""
    shared = runtime._shared
    before = shared.sandbox().requests if shared else []
    yield
    assert runtime._shared is shared
    assert (shared.sandbox().requests if shared else []) == before


@pytest.fixture
def warm(notebook: Notebook) -> Notebook:
    """A notebook that has listed the images and sizes of NephoScale."""
    notebook.value("%mist images NephoScale")
    notebook.value("%mist sizes NephoScale")
    return notebook


def test_commands_are_offered(notebook: Notebook) -> None:
    assert [text for text, _ in kinds(notebook, "%mist ")] == sorted([*COMMANDS, "help"])
    assert completed(notebook, "%mist lo") == ["%mist locations"]
    assert kinds(notebook, "%mist im") == [("images", "command")]
    assert completed(notebook, "%mist help im") == ["%mist help images"]


@pytest.mark.parametrize(
    "before",
    [
        "%mist images ",
        "df = %mist images ",
        "    %mist images ",
        "x = 1\ndf = %mist images ",
        "for n in names:\n    found = %mist images ",
        "%%mist images ",
        "%%mist\nimages ",
        "%%mist\nbackends\nimages ",
        "%%mist\nbackends\n  %mist images ",
        "%mist images EC2 ",
        "%mist refresh ",
    ],
)
def test_backends_are_offered_wherever_mist_stands(warm: Notebook, before: str) -> None:
    assert completed(warm, f"{before}Ne")[0] == f"{before}NephoScale"
    assert completed(warm, f"{before}nep") == [f"{before}NephoScale"]
    assert completed(warm, f'{before}"Nep') == [f"{before}NephoScale"]


def test_the_kind_of_a_backend_is_its_provider(warm: Notebook) -> None:
    assert kinds(warm, "%mist images ") == [(name, name.lower()) for name in BACKENDS]


@pytest.mark.parametrize("sign", ["--search ", "--search="])
@pytest.mark.parametrize("typed", ["Linux Ubuntu Server 12", "Linux_Ubuntu"])
def test_names_with_spaces_are_quoted(warm: Notebook, sign: str, typed: str) -> None:
    line = f"%mist images NephoScale {sign}"
    name = '"Linux Ubuntu Server 12.04 LTS 64-bit"'
    if "_" in typed:
        assert f"{line}{name}" in completed(warm, f"{line}Li")
        assert len(completed(warm, f"{line}Li")) == 14
    else:
        assert completed(warm, f'{line}"{typed}') == [f"{line}{name}"]
        assert completed(warm, f"{line}'{typed}") == [f"{line}{name}"]


def test_a_completed_line_runs(warm: Notebook) -> None:
    for line in completed(warm, "%mist images NephoScale --search=Linux"):
        assert len(warm.value(line)) == 1


def test_ids_and_sizes_are_offered(warm: Notebook) -> None:
    assert ("177", "image") in kinds(warm, "%mist images NephoScale --search 17")
    assert [kind for _, kind in kinds(warm, "%mist sizes NephoScale --search CS")] == ["size"] * 15


def test_options_and_their_values_are_offered(warm: Notebook) -> None:
    assert completed(warm, "%mist images NephoScale --se") == ["%mist images NephoScale --search"]
    assert [text for text, _ in kinds(warm, "%mist images --arch ")] == ["arm64", "i386", "x86_64"]
    assert completed(warm, "%mist images --arch=x") == ["%mist images --arch=x86_64"]
    assert [text for text, _ in kinds(warm, "%mist sizes --sort price_")] == ["price_hourly", "price_monthly"]
    assert completed(warm, "%mist images --columns id,na") == ["%mist images --columns id,name"]


def test_a_used_option_is_not_offered_again(warm: Notebook) -> None:
    offered = [text for text, _ in kinds(warm, "%mist images NephoScale --desc --search=x -")]
    assert "--sort" in offered
    assert not {"--desc", "--search"} & set(offered)


@pytest.mark.parametrize(
    "text",
    [
        "%mist images --se",
        "%mist images Ne",
        "%mist images i",
        "%mist images ",
        "%mist images --search=Li",
        "%mist sizes --sort ",
        "%mist nothing i",
        "df = %mist images --cl",
        "%%mist\nimages pr",
        "%mist images NephoScale --search no",
    ],
)
def test_a_cold_session_offers_only_ours_and_asks_nobody(notebook: Notebook, text: str) -> None:
    with no_requests(notebook):
        offered = kinds(notebook, text)
    known = {"image", *(name.lower() for name in BACKENDS)}
    assert {kind for _, kind in offered} <= {"option", "word", "column", *known}
    assert all(kind != "word" or text.endswith(word) for word, kind in offered)


def test_a_warm_session_asks_nobody_either(warm: Notebook) -> None:
    with no_requests(warm):
        for text in ("%mist images E", "%mist images EC2 --search u", "%mist locations S", "%mist sizes EC2 --sort p"):
            completed(warm, text)


@pytest.mark.parametrize("text", ["import o", "x = 'a'\nx.", "mist im", "%mistake im", "%timeit ra", "print('%mist"])
def test_other_lines_are_left_to_ipython(warm: Notebook, text: str) -> None:
    ours = [kind for _, kind in kinds(warm, text) if kind in {"command", "option", "nephoscale", "word"}]
    assert ours == []


def test_a_name_with_every_sign_survives_completion(warm: Notebook) -> None:
    from mist_notebook.magic.completion.completing import _as_word
    from mist_notebook.magic.line.reading import words_of

    for name in ("a b", 'say "x"', "it's", "{x}", "$x", "a\\b", "a\\", '50% {off}; $5 "it\'s"', "#1", "a;", "-x", "é"):
        assert words_of(f"images {_as_word(name)}", {}) == ["images", name]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=HOSTILE)
def test_nothing_typed_makes_it_raise(warm: Notebook, typed: str) -> None:
    matcher = warm.shell.Completer.custom_matchers[-1]
    for text in (f"%mist {typed}", f"df = %mist images {typed}", f"%%mist\n{typed}", f"%mist images --search={typed}"):
        lines = text.split("\n")
        context = CompletionContext(
            token="",
            full_text=text,
            cursor_position=len(lines[-1]),
            cursor_line=len(lines) - 1,
            limit=None,
        )
        answer = matcher(context)
        assert set(answer) <= {"completions", "suppress", "matched_fragment", "ordered"}
        assert lines[-1].endswith(answer.get("matched_fragment", ""))
