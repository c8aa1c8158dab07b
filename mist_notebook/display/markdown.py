"""The Markdown of a notebook as lines for a terminal: headings, lists, emphasis, code and links; nothing more."""

from __future__ import annotations

import re
import textwrap

_BOLD, _QUIET, _ITALIC, _END = "\x1b[1m", "\x1b[36m", "\x1b[3m", "\x1b[0m"
_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"(?<!\w)(\*\*|__)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=\S)([^*_]+?)(?<=\S)\1(?![\w*])")
_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]*)\)")
_BULLET = re.compile(r"(\s*)(?:[-*+]|\d+\.)\s+")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")


def rendered(source: str, *, width: int = 80, styled: bool = False) -> str:
    """The text without its marks, wrapped; with `styled` in bold and colour, as a terminal shows them."""
    lines: list[str] = []
    is_code = False
    for line in source.splitlines():
        if line.lstrip().startswith("```"):
            is_code = not is_code
        elif is_code:
            lines.append(f"    {line}")
        else:
            lines += _block(line, width, styled)
    return "\n".join(lines)


def _block(line: str, width: int, styled: bool) -> list[str]:
    if heading := _HEADING.match(line):
        text = _inline(heading[2], styled=False)
        if styled:
            return [f"{_BOLD}{text}{_END}"]
        return [text, ("=" if len(heading[1]) == 1 else "-") * len(text)]
    if bullet := _BULLET.match(line):
        body = _inline(line[bullet.end() :], styled=False)
        wrapped = textwrap.wrap(body, width, initial_indent=f"{bullet[1]}- ", subsequent_indent=f"{bullet[1]}  ")
    else:
        wrapped = textwrap.wrap(_inline(line, styled=False), width) or [""]
    return wrapped if not styled else [_inline(line, styled=True)]


def _inline(text: str, *, styled: bool) -> str:
    """The text with its marks taken away, or turned into a terminal's; what is code stays as it is."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(f"{_QUIET}{found[1]}{_END}" if styled else found[1])
        return f"\0{len(kept) - 1}\0"

    text = _CODE.sub(keep, text)
    text = _LINK.sub(lambda found: found[1] or found[2], text)
    text = _STRONG.sub(f"{_BOLD}\\2{_END}" if styled else r"\2", text)
    text = _EMPHASIS.sub(f"{_ITALIC}\\2{_END}" if styled else r"\2", text)
    return re.sub("\0(\\d+)\0", lambda found: kept[int(found[1])], text)
