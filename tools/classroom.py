"""A class at work: so many kernels run the quickstart at once, on this computer; how long each took, and their memory.

python tools/classroom.py 30
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).resolve().parent.parent / "notebooks" / "01-quickstart.ipynb"
MB = 1e6


class Seat:
    """One kernel of the class."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        self.client = NotebookClient(
            notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        )
        self.seconds = 0.0
        self.memory = 0.0
        self.error = ""

    async def sit(self) -> None:
        """Run the notebook to its end, and note what the kernel holds by then."""
        began = time.monotonic()
        own = {"MIST_DATA_DIR": str(self.folder / "data"), "MIST_CONFIG": str(self.folder / "settings.toml")}
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


async def lesson(count: int, folder: Path) -> list[Seat]:
    """All of them at once."""
    seats = []
    for number in range(count):
        place = folder / str(number)
        place.mkdir()
        seats.append(Seat(place))
    await asyncio.gather(*(seat.sit() for seat in seats))
    return seats


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    with tempfile.TemporaryDirectory() as folder:
        seats = asyncio.run(lesson(count, Path(folder)))
    times = sorted(seat.seconds for seat in seats)
    memory = sorted(seat.memory / MB for seat in seats)
    failed = [seat.error for seat in seats if seat.error]
    print(f"{count} kernels, {psutil.cpu_count()} cores, {NOTEBOOK.name}: {count - len(failed)} ran to the end")
    print(f"seconds: first {times[0]:.0f}, median {times[count // 2]:.0f}, last {times[-1]:.0f}")
    print(f"MB of its own for each kernel at its end: median {memory[count // 2]:.0f}, most {memory[-1]:.0f}")
    for error in failed[:3]:
        print(f"failed: {error}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
