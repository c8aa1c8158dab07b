"""Reading the SSH configuration for one host: by `ssh -G` where that command is, else by asyncssh's reader."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncssh
from asyncssh.config import SSHClientConfig

from mist_notebook.ground.errors import SettingsError
from mist_notebook.ground.files.home import at_home
from mist_notebook.ground.text import clean

from . import hosts
from .said import Said, Wish, checked, config_file, finished, home, is_own_home, local_user, usual_known_hosts

_LONGEST_S = 20.0
_SYSTEM = Path("/etc/ssh/ssh_config")
_LONGEST_LINE = 240
_HINT = "ssh -G HOST says the same: correct that line."


def said_of(wish: Wish) -> Said:
    """What `ssh` would do for that host. Raises SettingsError where the configuration can't be understood."""
    command = shutil.which("ssh")
    if command is None or not (is_own_home() or hosts.is_plain(config_file())):
        return by_reader(wish)
    return by_ssh(wish, command)


def by_ssh(wish: Wish, command: str = "ssh") -> Said:
    """As `ssh -G` has it. OpenSSH looks into its own idea of a home: another one's file is named to it."""
    checked(wish)
    own = [] if is_own_home() else ["-F", str(config_file()) if config_file().is_file() else "none"]
    beside = [*(["-l", wish.user] if wish.user else []), *(["-p", str(wish.port)] if wish.port else [])]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and nothing after -- is an option
            [command, "-G", *own, *beside, "--", wish.host],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LONGEST_S,
            env={**os.environ, "LC_ALL": "C"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SettingsError(
            f"ssh -G {wish.host} did not end in {_LONGEST_S:g} s.", "A 'Match exec' in ~/.ssh/config may hang."
        ) from None
    except OSError as error:
        raise SettingsError(f"{command} can't be run ({error.strerror}).", "Correct or remove it.") from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("Pseudo-terminal")]
        why = clean(lines[0] if lines else f"ssh ended with {done.returncode}", _LONGEST_LINE)
        raise SettingsError(f"The SSH configuration can't be used for {wish.host}: {why}", _HINT)
    return _of_lines(wish, done.stdout)


def by_reader(wish: Wish) -> Said:
    """As asyncssh reads the same files."""
    checked(wish)
    paths = [str(path) for path in (config_file(), _SYSTEM) if path.is_file()]
    try:
        found = _loaded(None, paths, wish, is_final=False)
        if found.has_match_final():
            found = _loaded(found, paths, wish, is_final=True)
    except (ValueError, OSError, RuntimeError, asyncssh.Error) as error:
        why = clean(str(error), _LONGEST_LINE)
        raise SettingsError(f"The SSH configuration can't be used for {wish.host}: {why}", _HINT) from None
    return _of_reader(wish, found)


def _loaded(last: Any, paths: list[str], wish: Wish, *, is_final: bool) -> Any:
    user, port = wish.user or (), wish.port or ()
    return SSHClientConfig.load(last, paths, is_final, False, is_final, local_user(), user, wish.host, port)


def _of_lines(wish: Wish, text: str) -> Said:
    words: dict[str, list[str]] = defaultdict(list)
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        words[name].append(value)

    def one(name: str, usual: str = "") -> str:
        value = next(iter(words[name]), usual)
        return usual if value.lower() == "none" and name != "identityagent" else value

    known = [*one("userknownhostsfile").split(), *one("globalknownhostsfile").split()]
    said = Said(
        host=wish.host,
        hostname=one("hostname", wish.host),
        port=int(one("port", "22")),
        user=one("user", local_user()),
        identities_only=one("identitiesonly") in ("yes", "true"),
        proxy_jump=one("proxyjump"),
        proxy_command=one("proxycommand"),
        host_key_alias=one("hostkeyalias"),
        known_hosts=tuple(_own(path) for path in known),
        strict={"true": "yes", "false": "no", "off": "no"}.get(value := one("stricthostkeychecking", "ask"), value),
        agent=one("identityagent"),
    )
    return finished(said, wish, words["identityfile"])


def _own(text: str) -> Path:
    """A path that OpenSSH completed, in the home that counts here."""
    theirs = at_home(f"~{local_user()}") / ".ssh"
    path = at_home(text)
    return path if is_own_home() or theirs not in path.parents else home() / ".ssh" / path.relative_to(theirs)


def _of_reader(wish: Wish, found: Any) -> Said:
    def one(name: str, usual: str = "") -> str:
        value = found.get(name)
        return usual if value is None else str(value)

    def several(name: str) -> Sequence[str]:
        value = found.get(name)
        return [str(one) for one in value] if isinstance(value, list) else []

    own = [at_home(path) for path in several("UserKnownHostsFile")]
    system = [Path(path) for path in several("GlobalKnownHostsFile")]
    usual = usual_known_hosts()
    jump = one("ProxyJump")
    said = Said(
        host=wish.host,
        hostname=one("Hostname", wish.host).lower(),
        port=int(one("Port", "22")),
        user=one("User", local_user()),
        identities_only=found.get("IdentitiesOnly") is True,
        proxy_jump=jump,
        proxy_command="" if jump else one("ProxyCommand"),
        host_key_alias=one("HostKeyAlias"),
        known_hosts=(*(own or usual[:2]), *(system or usual[2:])),
        agent=one("IdentityAgent"),
    )
    return finished(said, wish, several("IdentityFile"))
