"""A class at work: so many kernels run a notebook at once, on this computer; how long each took, and their memory.

python tools/classroom.py 30                  # the quickstart, each person with a data folder of their own
python tools/classroom.py 6 --one-account     # all with one: what one person does who opens it six times
python tools/classroom.py 10 --notebook 05    # another notebook, by how its name begins

The memory is what a kernel alone holds (USS), beside that of one that has imported pandas and nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
import psutil
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
PLAIN = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import pandas")])
MB = 1e6


class Seat:
    """One kernel of the class."""

    def __init__(self, folder: Path, notebook: Any, *, data: Path) -> None:
        self.data = data
        self.client = NotebookClient(
            notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        )
        self.seconds = 0.0
        self.memory = 0.0
        self.error = ""

    async def sit(self) -> None:
        """Run the notebook to its end, and note what the kernel holds by then."""
        began = time.monotonic()
        own = {"MIST_DATA_DIR": str(self.data), "MIST_CONFIG": str(self.data / "settings.toml")}
        async with self.client.async_setup_kernel(env={**os.environ, **own}):
            for number, cell in enumerate(self.client.nb.cells):
                try:
                    await self.client.async_execute_cell(cell, number)
                except Exception as error:
                    self.error = str(error).strip().splitlines()[-1]
                    break
            self.seconds = time.monotonic() - began
            provisioner = self.client.km.provisioner  # type: ignore[union-attr]
            self.memory = psutil.Process(provisioner.pid).memory_full_info().uss


async def lesson(count: int, folder: Path, notebook: Path, *, one_account: bool) -> list[Seat]:
    """All of them at once."""
    seats = []
    for number in range(count):
        place = folder / str(number)
        place.mkdir()
        data = (folder if one_account else place) / "data"
        seats.append(Seat(place, nbformat.read(notebook, as_version=4), data=data))
    await asyncio.gather(*(seat.sit() for seat in seats))
    return seats


async def plain(folder: Path) -> float:
    """The memory of a kernel that has imported pandas and nothing else."""
    seat = Seat(folder, PLAIN, data=folder)
    await seat.sit()
    return seat.memory / MB


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run a notebook in many kernels at once.")
    parser.add_argument("count", nargs="?", type=int, default=30)
    parser.add_argument("--notebook", default="01", metavar="BEGINNING")
    parser.add_argument("--one-account", action="store_true", help="one data folder for all of them")
    return parser.parse_args()


def main() -> int:
    options = _arguments()
    count, notebook = options.count, next(iter(sorted(FOLDER.glob(f"{options.notebook}*.ipynb"))))
    with tempfile.TemporaryDirectory() as folder:
        base = asyncio.run(plain(Path(folder)))
        seats = asyncio.run(lesson(count, Path(folder), notebook, one_account=options.one_account))
    times = sorted(seat.seconds for seat in seats)
    memory = sorted(seat.memory / MB for seat in seats)
    failed = [seat.error for seat in seats if seat.error]
    print(f"{count} kernels, {psutil.cpu_count()} cores, {notebook.name}: {count - len(failed)} ran to the end")
    print(f"seconds: first {times[0]:.0f}, median {times[count // 2]:.0f}, last {times[-1]:.0f}")
    print(f"MB of its own for each kernel at its end: median {memory[count // 2]:.0f}, most {memory[-1]:.0f}")
    print(f"of these a kernel that has imported pandas and nothing else: {base:.0f}")
    for error in failed[:3]:
        print(f"failed: {error}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
