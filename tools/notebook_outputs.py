"""What a committed notebook keeps of its outputs, and when those of another run are the same.

Kept is what a reader sees without a kernel: text, frames, charts, records; no widget, no script, no style sheet, and no
path or name of the computer that ran it. Compared are the words: ids, times, addresses, durations, ages aside. A cell
tagged `varies` shows what was measured: its figures are left aside too. One tagged `host` shows what this computer or
this day is like: of that only the kinds of outputs are compared.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from nbformat import NotebookNode

VARIES, HOST = "varies", "host"
WIDGET = "application/vnd.jupyter.widget-view+json"
LIMIT = 300_000  # bytes of a file
VEGA = "application/vnd.vegalite.v5+json"
_LARGEST_SPEC = 20_000  # of a chart that can be moved; of a larger one the drawing is kept

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_STYLE = re.compile(r"<style\b.*?</style>\s*", re.S)
_RECORD = re.compile(r" mist-record-[0-9a-f]{32}")
_NOISE = re.compile(
    r"isn't up|[Ww]aiting for|Not yet ok \(\w+\)|was in doubt|^\s*$"
)  # lines that come where a computer is slow
_MASKS = tuple(
    (re.compile(pattern, re.S), instead)
    for pattern, instead in (
        (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?( UTC)?", "TIME"),
        (r"\b\d\d:\d\d(:\d\d)? UTC", "TIME"),
        (r"\d+\.\d s\s+pending\s+\S+\s+isn't up:.*?longest\.", ""),
        (r"\d+\.\d s\s+running\s+Not\s+yet\s+ok\s+\(\w+\):.*?\.(?=\s)", ""),
        (r"Ages in days: [^.]*\.", ""),
        (r"(All )?[\d,]+( of [\d,]+)? prices are older than[^.]*\.", ""),
        (r"\b(127\.0\.0\.1|localhost)(:\d+)?", "HOST"),
        (r"ssh -p \d+", "ssh -p PORT"),
        (r"\b(192\.0\.2|198\.51\.100|203\.0\.113|10\.0)\.[\d.]+", "ADDRESS"),
        (r"\b(?=[a-f]*\d)[0-9a-f]{8,}(-[0-9a-f]{4,})*\b", "ID"),
        (r"\b\d+(\.\d+)? (s|ms|min|h)\b", "DURATION"),
        (r"[ \t]+", " "),
    )
)
_FIGURE = re.compile(r"[\w$]*\d[\w.,:/%]*|\b(s|ms|min|h|days?|DURATION|TIME)\b")


def kept(notebook: NotebookNode, places: Mapping[str, str]) -> NotebookNode:
    """The notebook as it is committed; `places` are folders of this computer, and what stands for each."""
    count = 0
    for cell in notebook.cells:
        cell.metadata = NotebookNode({"tags": cell.metadata.tags} if cell.metadata.get("tags") else {})
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = [*_kept_outputs(cell.outputs, places, count)]
    notebook.metadata = NotebookNode({name: notebook.metadata[name] for name in ("kernelspec", "language_info")})
    notebook.metadata.language_info = NotebookNode({"name": "python"})
    return notebook


def _kept_outputs(outputs: list[Any], places: Mapping[str, str], count: int) -> Iterator[NotebookNode]:
    for output in outputs:
        bundle = output.get("data", {})
        if WIDGET in bundle:
            continue  # its record stands beside it
        if len(str(bundle.get(VEGA, ""))) > _LARGEST_SPEC:
            del bundle[VEGA]
        for where in (bundle, output):
            where.update({name: _clean(text, places) for name, text in where.items() if isinstance(text, str)})
        changes = {"execution_count": count, "metadata": NotebookNode()}
        if output.output_type == "error":
            changes["traceback"] = [_clean(line, places) for line in output.traceback]
        output.update({name: value for name, value in changes.items() if name in output})
        yield output


def _clean(text: str, places: Mapping[str, str]) -> str:
    for place in sorted(places, key=len, reverse=True):
        text = text.replace(place, places[place])
    return _RECORD.sub("", _STYLE.sub("", _ANSI.sub("", text)))


def differences(saved: NotebookNode, run: NotebookNode) -> list[str]:
    """What another run, as it would be committed, says otherwise; nothing if it says the same."""
    if [cell.source for cell in saved.cells] != [cell.source for cell in run.cells]:
        return ["the cells are others"]
    found = []
    for before, after in zip(saved.cells, run.cells, strict=True):
        tags = before.metadata.get("tags", [])
        for one, other in _pairs(_said(before, tags), _said(after, tags)):
            if one != other:
                found.append(f"{before.id}\n{_apart(one, other)}")
                break
    return found


def _apart(one: str, other: str) -> str:
    """From a little before where they part."""
    same = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    begin = max(0, same - 80)
    return f"  saved: {one[begin : begin + 400]!r}\n  now:   {other[begin : begin + 400]!r}"


def _pairs(one: list[str], other: list[str]) -> Iterator[tuple[str, str]]:
    for number in range(max(len(one), len(other))):
        yield one[number] if number < len(one) else "", other[number] if number < len(other) else ""


def _said(cell: NotebookNode, tags: list[str]) -> list[str]:
    """What a cell says, output by output, without what may differ."""
    said: list[str] = []
    stream = ""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            stream += output.text
        elif HOST in tags:
            said.append(" ".join(sorted(output.get("data", {}))))
        elif output.output_type == "error":
            said.append(_plain(" ".join([output.ename, output.evalue]), tags))
        else:
            said += [f"{mime}: {_plain(_words(mime, content), tags)}" for mime, content in sorted(output.data.items())]
    lines = sorted(_plain(line, tags) for line in stream.splitlines() if not _NOISE.search(line))
    return said if HOST in tags else [*said, "\n".join(lines)]


def _words(mime: str, content: Any) -> str:
    """The text of an output; of a chart's drawing, too."""
    if mime == "application/pdf":
        return ""  # of the same drawing, packed by whatever packs it
    text = content if isinstance(content, str) else json.dumps(content, sort_keys=True, ensure_ascii=False)
    return html.unescape(re.sub(r"<[^>]*>", " ", text)) if mime in ("text/html", "image/svg+xml") else text


def _plain(text: str, tags: list[str]) -> str:
    for mask, instead in _MASKS:
        text = mask.sub(instead, text)
    if VARIES in tags:
        text = re.sub(r"[\s–…:-]+", " ", _FIGURE.sub(" ", text))
    return "\n".join(line.strip() for line in text.strip().splitlines())
