"""Commands that list what backends have to make machines of: images, sizes, locations, networks."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.text import counted, is_pasteable
from mist_notebook.magic.commands.parts import searched
from mist_notebook.magic.commands.parts.arrange import ARRANGE, OUTPUT, REFRESH, arranged, notes_of
from mist_notebook.magic.commands.table import Answer, Argument, command

if TYPE_CHECKING:
    import pandas as pd

    from mist_notebook.client.backend import Backend
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.records.model import Listing

_ARCHITECTURES = {"amd64": "x86_64", "64-bit": "x86_64", "x64": "x86_64", "i686": "i386", "32-bit": "i386"}
_ARCHITECTURES |= {"aarch64": "arm64", "arm": "arm64"}


BACKENDS = Argument("backend", "one backend, or several", values="backend", many=True)
ANY_BACKENDS = Argument("backend", "one backend, or several; all without one", values="backend", many=True)
_SHORT = {"sizes", "locations"}


@command(
    "images",
    BACKENDS,
    searched.search("image"),
    Argument("--arch", "only this architecture", "ARCH", choices=("x86_64", "i386", "arm64")),
    Argument("--all", "also the images that the provider only finds by searching (EC2, Docker)", switch=True),
    *ARRANGE,
    REFRESH,
    OUTPUT,
    group="look",
    summary="the images of a backend",
    examples=(
        "%mist images NephoScale",
        "df = %mist images NephoScale --search debian --arch x86_64",
        "%mist images EC2 --search ubuntu --limit 10",
    ),
    returns="frame",
)
def images(session: Session, options: Namespace) -> Answer:
    words = searched.words_of(options.search)
    term = max(words, key=len, default="")  # the server looks for one text; which images hold all words is seen here
    frame, parts = _listed(session, "images", options, search=term, everything=options.all)
    frame, said = searched.containing(frame, options.search)
    if options.arch:
        wanted = {_ARCHITECTURES.get(options.arch.casefold(), options.arch.casefold())}
        wanted |= {"x86"} if wanted & {"x86_64"} else set()
        _check_architecture(options.arch, wanted, frame)
        frame = frame[frame["arch"].isin(wanted)]
    return Answer(arranged(frame, options, parts), (*said, *notes_of(parts)))


@command(
    "sizes",
    ANY_BACKENDS,
    searched.search("size"),
    Argument("--cpus", f"vCPUs: {quantity.COUNT_FORMS}", "AMOUNT", read=quantity.count),
    Argument("--ram", f"memory: {quantity.RAM_FORMS}", "AMOUNT", read=quantity.ram),
    Argument("--disk", f"disk: {quantity.DISK_FORMS}", "AMOUNT", read=quantity.disk),
    Argument("--max-price", "the most that an hour may cost, in the currency shown", "AMOUNT", read=quantity.price),
    *ARRANGE,
    REFRESH,
    OUTPUT,
    group="look",
    summary="the sizes of a backend, with prices where they are known",
    examples=(
        "%mist sizes NephoScale",
        "%mist sizes NephoScale --cpus 2+ --ram 4GB..16GB --sort price",
        "%mist sizes EC2 --ram 4x --limit 5",
    ),
    returns="frame",
)
def sizes(session: Session, options: Namespace) -> Answer:
    frame, parts = _listed(session, "sizes", options)
    frame, said = searched.containing(frame, options.search)
    notes = [*said, *notes_of(parts)]
    for column, inside in _wishes(frame, options):
        unknown = int(frame[column].isna().sum())
        if unknown:
            notes.append(f"{counted(unknown, 'row')} left out, because {column} is unknown there.")
        frame = frame[inside.reindex(frame.index)]
    return Answer(arranged(frame, options, parts), tuple(notes))


@command(
    "locations",
    ANY_BACKENDS,
    searched.search("location"),
    *ARRANGE,
    REFRESH,
    OUTPUT,
    group="look",
    summary="the regions or zones of a backend",
    examples=("%mist locations NephoScale",),
    returns="frame",
)
def locations(session: Session, options: Namespace) -> Answer:
    frame, parts = _listed(session, "locations", options)
    frame, said = searched.containing(frame, options.search)
    return Answer(arranged(frame, options, parts), (*said, *notes_of(parts)))


@command(
    "networks",
    BACKENDS,
    searched.search("network"),
    *ARRANGE,
    REFRESH,
    OUTPUT,
    group="look",
    summary="the networks of a backend",
    examples=("%mist networks EC2",),
    returns="frame",
)
def networks(session: Session, options: Namespace) -> Answer:
    frame, parts = _listed(session, "networks", options)
    frame, said = searched.containing(frame, options.search)
    return Answer(arranged(frame, options, parts), (*said, *notes_of(parts)))


def _listed(
    session: Session, kind: str, options: Namespace, *, search: str = "", everything: bool = False
) -> tuple[pd.DataFrame, list[Listing[Any]]]:
    """The frame of the backends named, and the listings it was made of."""
    from mist_notebook.frames import frames

    chosen = _chosen(session, kind, options.backend)
    parts = session.listings(kind, chosen, search=search, everything=everything, refresh=options.refresh, stored=True)
    return frames.listings(kind, parts), parts


def _chosen(session: Session, kind: str, words: list[str]) -> list[Backend]:
    """The backends named, each once; without a name the only one there is, or all, of what is short."""
    if words:
        return searched.backends(session, words, kind, may_be_all=kind in _SHORT)
    every = list(session.client.backends.values())
    if len(every) == 1 or (every and kind in _SHORT):
        return every
    if not every:
        raise MistUsageError("There is no backend yet.", "Add one on the server, or see %mist providers.")
    names = ", ".join(backend.name for backend in every)
    first = next((backend.name for backend in every if is_pasteable(backend.name)), "NAME")
    example = f'"{first}"' if " " in first else first
    raise MistUsageError(f"Which backend's {kind}? There are {names}.", f"For example: %mist {kind} {example}")


def _check_architecture(said: str, wanted: set[str], frame: pd.DataFrame) -> None:
    """Nothing if there is such an architecture, here or anywhere: then none of it is an answer, too."""
    there = {*_ARCHITECTURES.values(), "i386", *frame["arch"].dropna()}
    if not wanted & there:
        raise BadValueError(f"--arch: '{said}' isn't an architecture.", f"There are {', '.join(sorted(there))}.")


def _wishes(frame: pd.DataFrame, options: Namespace) -> list[tuple[str, pd.Series[bool]]]:
    """The column that each wish looks at, and the rows that it holds for."""
    wishes: list[tuple[str, pd.Series[bool]]] = []
    if options.cpus:
        wishes.append(("vcpus", options.cpus.holds(frame["vcpus"])))
    if options.ram:
        ram = frame["ram_gb"] / frame["vcpus"] if options.ram.per_vcpu else frame["ram_gb"]
        wishes.append(("vcpus" if options.ram.per_vcpu else "ram_gb", options.ram.gib.holds(ram)))
    if options.disk:
        wishes.append(("disk_gb", options.disk.holds(frame["disk_gb"])))
    if options.max_price:
        wishes.append(("price_hourly", frame["price_hourly"] <= options.max_price))
    return wishes
