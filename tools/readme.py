"""The README's two commands, for CI and the tests: `--command demo|test` prints what a reader would copy."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def command(name: str) -> str:
    """One of the two commands of the first screen, as it stands there."""
    found = re.search(rf"<!-- {name} -->\s*```(?:sh|bash)\n(.+?)\n```", README.read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit(f"README.md has no command marked {name}.")
    return found[1]


def main() -> int:
    """Print the command that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", choices=("demo", "test"), required=True)
    print(command(parser.parse_args().command))
    return 0


if __name__ == "__main__":
    sys.exit(main())
