"""A picture laid out as text for the width that there is: words are cut first, then columns go, figures last.

Ids stay whole. What a listing loses first is what stands last in the order of reading.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import caption
from .frame_picture import Picture
from .view import Table


def text(picture: Picture) -> tuple[str, tuple[str, ...]]:
    """The table as text, and the names of the columns that found no room."""
    table, room = picture.table, picture.wanted.width
    if room is None:
        return table.plain(table.width), ()
    if picture.wanted.are_columns_asked:
        return "\n\n".join(block.plain(room) for block in _blocks(table, room)), ()
    places = list(range(len(table.header)))
    for place in _going(picture):
        if table.of(places).least_width <= room:
            break
        places.remove(place)
    lost = [picture.names[place - table.keys] for place in range(len(table.header)) if place not in places]
    return table.of(places).plain(room), tuple(lost)


def _going(picture: Picture) -> Iterator[int]:
    """The columns in the order in which they may go; one of ids, and the last one left, never do."""
    table = picture.table
    places = [place for place in range(len(table.header) - 1, table.keys - 1, -1) if not table.whole[place]]
    if picture.is_listing:
        wanted = {place for place in places if picture.names[place - table.keys] in picture.added}
        yield from (place for place in places if place not in wanted)
        yield from (place for place in places if place in wanted)
    else:
        yield from (place for place in places if table.left[place])
        yield from (place for place in places if not table.left[place] and place != table.keys)


def _blocks(table: Table, room: int) -> Iterator[Table]:
    """The table in pieces as wide as the room, each with the index, as pandas wraps a frame."""
    keys = list(range(table.keys))
    block: list[int] = []
    for place in range(table.keys, len(table.header)):
        if block and table.of([*keys, *block, place]).least_width > room:
            yield table.of([*keys, *block])
            block = []
        block.append(place)
    yield table.of([*keys, *block])


def lines_below(picture: Picture, lost: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The lines below the table, the one of the columns that it hasn't among them."""
    more = (*lost, *picture.more)
    if not more or not picture.table.rows:
        return picture.below
    is_of_a_line = picture.is_listing and not picture.is_worked_on
    return (caption.more_columns(more, is_of_a_line=is_of_a_line), *picture.below)
