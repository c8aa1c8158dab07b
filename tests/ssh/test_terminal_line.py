"""Output as a terminal would have left it: progress bars, colours, tabs, and pieces that come in any size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mist_notebook.ssh.scripts.terminal_line import TerminalLine

LEFT = {
    "a progress bar": ("10%\r50%\r100%\n", ["100%"]),
    "a shorter end": ("downloading\rdone\n", ["doneloading"]),
    "a shorter end, erased": ("downloading\r\x1b[Kdone\n", ["done"]),
    "erased whole": ("abc\x1b[2K\rx\n", ["x"]),
    "blanked by spaces": ("abcdef\r      \rx\n", ["x"]),
    "Windows' line ends": ("one\r\ntwo\r\n", ["one", "two"]),
    "colours": ("\x1b[1;31mred\x1b[0m and \x1b[38;5;12mblue\x1b[m\n", ["red and blue"]),
    "a title and a link": ("\x1b]0;title\x07\x1b]8;;http://x\x1b\\word\x1b]8;;\x1b\\\n", ["word"]),
    "tabs": ("a\tb\n\tc\n", ["a       b", "        c"]),
    "a tab over text": ("12345678\r\tx\n", ["12345678x"]),
    "backspaces": ("1%\b\b2%\b\b3%\n", ["3%"]),
    "a spinner": ("|\b/\b-\b\\\b done\n", [" done"]),
    "a hidden cursor": ("\x1b[?25lx\x1b[?25h\n", ["x"]),
    "columns": ("abc\x1b[1Gx\x1b[2Cy\n", ["xbcy"]),
    "wide letters": ("进度 10%\r进度 99%\n", ["进度 99%"]),
    "half of a wide letter": ("进\rx\n", ["x"]),
    "accents": ("e\u0301\rx\n", ["x"]),
    "bells": ("a\x07b\n", ["ab"]),
    "a charset": ("\x1b(Bx\x1b)0\n", ["x"]),
    "trailing spaces that were said": ("a  \n", ["a  "]),
    "an empty line": ("\n\na\n", ["", "", "a"]),
}


@pytest.mark.parametrize(("said", "left"), LEFT.values(), ids=LEFT)
def test_a_line_is_what_stands_there_in_the_end(said: str, left: list[str]) -> None:
    assert TerminalLine().write(said) == left


@pytest.mark.parametrize(("said", "left"), LEFT.values(), ids=LEFT)
def test_it_may_come_letter_by_letter(said: str, left: list[str]) -> None:
    line = TerminalLine()
    assert [text for letter in said for text in line.write(letter)] == left


def test_what_has_no_end_stands_there_too() -> None:
    line = TerminalLine()
    assert line.write("one\n99%\r100%") == ["one"]
    assert (line.end(), line.end()) == ("100%", "")


def test_a_sequence_that_never_ends_hides_no_more_than_it_may() -> None:
    line = TerminalLine()
    assert line.write("\x1b]" + "x" * 5000 + "\n")[0].endswith("x" * 100)


def test_a_column_far_away_takes_no_memory() -> None:
    line = TerminalLine()
    (left,) = line.write("\x1b[999999999Gx\x1b[999999C\n")
    assert len(left) <= 10_001


@given(st.text(alphabet="ab\r\n\b\t\x1b[]0123456789;KGCDPXm\x07进\u0301"))
def test_nothing_is_too_odd_to_be_read_in_pieces(said: str) -> None:
    whole, pieces = TerminalLine(), TerminalLine()
    lines = whole.write(said)
    assert [text for letter in said for text in pieces.write(letter)] == lines
    assert all("\x1b" not in text or "\x1b" in said for text in lines)
