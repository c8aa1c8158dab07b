"""`python -m mist_notebook.sandbox`: a sandbox in the foreground, for any program on this computer."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import threading
from pathlib import Path
from typing import NoReturn

from . import BOOT_S, Sandbox, SandboxError
from .ground.store import write_private

_DESCRIPTION = "A small Mist server on 127.0.0.1 with real, dated catalogues. Runs until Ctrl-C."
_REFUSED = 2
_LONGEST_BOOT_S = 86_400
_LARGEST_SCALE = 100
_MOST_FILES = 10_240


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM; 0 after that, 2 if it couldn't start."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _allow_many_machines()
    try:
        _serve(options)
    except KeyboardInterrupt:
        return 0
    except SandboxError as error:
        _say(str(error))
    except OSError as error:
        _say(f"The two lines can't be handed over: {error}.")
    return _REFUSED


def _serve(options: argparse.Namespace) -> None:
    with Sandbox.start(
        port=options.port,
        state_dir=options.state,
        big_images=options.images,
        seed=options.seed,
        boot_seconds=options.boot_seconds,
        faults=options.faults or (),
        like_mist=options.like_mist,
        time_scale=options.time_scale,
    ) as sandbox:
        _announce(sandbox, options.state)
        threading.Event().wait()


def _allow_many_machines() -> None:
    """Open as many files as machines may need: each has a port."""
    try:
        import resource
    except ImportError:
        return
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if most == resource.RLIM_INFINITY else min(most, _MOST_FILES)
    if now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _announce(sandbox: Sandbox, state_dir: Path | None) -> None:
    """Write the two lines that a shell understands to stdout, and what a person wants to know to stderr."""
    lines = f"MIST_URL={sandbox.url}\nMIST_API_TOKEN={sandbox.token}\n"
    kept = "Nothing is kept when it stops; --state DIR keeps everything, and the two lines in DIR/env."
    # The file first: who has read the lines may look for it.
    if state_dir:
        env = state_dir.resolve() / "env"
        write_private(env, lines)
        kept = f"To have the two lines in a shell: set -a; . {shlex.quote(str(env))}; set +a"
    sys.stdout.write(lines)
    sys.stdout.flush()
    _say(f"A Mist sandbox listens on {sandbox.url}: examples only, nothing here costs anything. Ctrl-C stops it.")
    _say(kept)
    _say('Try, with both exported: curl -H "Authorization: $MIST_API_TOKEN" "$MIST_URL/api/v1/clouds"')


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line for a person, no usage page."""
        self.exit(_REFUSED, f"{message[:1].upper()}{message[1:]}. Options: {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m mist_notebook.sandbox", description=_DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="listen there; by default where it is free")
    parser.add_argument("--state", type=_folder, metavar="DIR", help="keep everything in DIR, over restarts")
    parser.add_argument(
        "--images", type=_count, default=0, metavar="N", help="add a cloud 'Big' with N seeded images, for load tests"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="n",
        help="machines have the same ids, addresses and readings for the same n, and Big the same images",
    )
    parser.add_argument(
        "--boot-seconds", type=_seconds, default=BOOT_S, metavar="S", help="how long a machine takes to answer SSH"
    )
    parser.add_argument(
        "--faults",
        type=Path,
        metavar="FILE",
        help="what shall go wrong, in TOML or JSON; docs/sandbox.md lists what can",
    )
    parser.add_argument(
        "--like-mist",
        action="store_true",
        help="be as slow as a real Mist server: late lists, creates of 10 s and more",
    )
    parser.add_argument(
        "--time-scale",
        type=_scale,
        default=1.0,
        metavar="X",
        help="make every time of machines, faults and --like-mist X times as long; 0.01 for tests",
    )
    return parser


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("it needs a folder")
    return Path(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 0 to 65535 are")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _LONGEST_BOOT_S:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = -1.0
    if not 0 <= scale <= _LARGEST_SCALE:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a factor: 0 to {_LARGEST_SCALE} are")
    return scale


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of images")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
