"""What the SSH configuration says of one host, whoever read it."""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mist_notebook.ground.errors import BadValueError, SettingsError
from mist_notebook.ground.files.home import at_home
from mist_notebook.ground.text import brief

USUAL_NAMES = ("id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_xmss", "id_dsa")
_SSH_PORT = 22
_KNOWN_HOSTS = ("known_hosts", "known_hosts2")
_JUMP = re.compile(r"(?:ssh://)?(?:(?P<user>[^@]+(?:@[^@]+)*)@)?(?P<host>\[[^\]]+\]|[^:@\[\]]+)(?::(?P<port>\d+))?/?")
_ESCAPE = re.compile(r"%(.)")
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True)
class Wish:
    """What is asked for: a host as one would give it to `ssh`, and what its line may say beside it."""

    host: str
    user: str | None = None
    port: int | None = None
    key_file: str | None = None


@dataclass(frozen=True)
class Said:
    """Where `ssh` would go for `host`, as whom, with which keys, and by which known hosts. `strict` as `ssh -G` has it.

    `proxy_jump` is the list of hosts on the way, the nearest first; `agent` the socket of the agent, "" for none.
    """

    host: str
    hostname: str
    port: int = 22
    user: str = ""
    identity_files: tuple[Path, ...] = ()
    identities_only: bool = False
    proxy_jump: str = ""
    proxy_command: str = ""
    host_key_alias: str = ""
    known_hosts: tuple[Path, ...] = ()
    strict: str = "ask"
    agent: str = ""

    @property
    def known_as(self) -> str:
        """The name by which its key stands among the known hosts."""
        return (self.host_key_alias or self.hostname).lower()

    @property
    def known_at(self) -> str:
        """That with the port, where it isn't the usual one."""
        return self.known_as if self.port == _SSH_PORT else f"[{self.known_as}]:{self.port}"

    @property
    def named_files(self) -> tuple[Path, ...]:
        """The keys that somebody named for it; the usual ones, which are offered to every host, are none."""
        usual = {home() / ".ssh" / name for name in USUAL_NAMES}
        return tuple(path for path in self.identity_files if path not in usual)


def home() -> Path:
    """The person's home folder."""
    return at_home("~")


def is_own_home() -> bool:
    """Whether it is the one that OpenSSH looks in, which heeds no HOME."""
    try:
        import pwd

        return Path(pwd.getpwuid(os.getuid()).pw_dir) == home()
    except ImportError:
        return True
    except KeyError:
        return False


def config_file() -> Path:
    """The person's own configuration."""
    return home() / ".ssh" / "config"


def usual_known_hosts() -> tuple[Path, ...]:
    """The files in which known host keys stand, where nothing else is said."""
    own = [home() / ".ssh" / name for name in _KNOWN_HOSTS]
    return (*own, Path("/etc/ssh/ssh_known_hosts"), Path("/etc/ssh/ssh_known_hosts2"))


def finished(said: Said, wish: Wish, files: Sequence[str]) -> Said:
    """With the key files' names as paths, the wished one first; tokens and `~` as OpenSSH has them."""
    said = replace(said, proxy_command=_expanded(said.proxy_command, said))
    named = [wish.key_file] if wish.key_file else []
    usual = [str(home() / ".ssh" / name) for name in USUAL_NAMES]
    paths = [_path(file, said) for file in [*named, *(files or usual)] if file.lower() != "none"]
    return replace(said, identity_files=tuple(dict.fromkeys(paths)), agent=_agent(said))


def local_user() -> str:
    """Who this is, which is who one logs in as where nobody says otherwise."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "root"


def jumps(text: str) -> list[Wish]:
    """The hosts of a ProxyJump, in their order. Raises SettingsError for one that can't be understood."""
    found = []
    for part in text.split(","):
        match = _JUMP.fullmatch(part.strip())
        if match is None or match["host"].startswith("-"):
            raise SettingsError(f"ProxyJump: '{brief(part)}' isn't a host.", "Such as user@bastion.example.org:22")
        port = int(match["port"]) if match["port"] else None
        found.append(Wish(match["host"].strip("[]"), match["user"], port))
    return found


def checked(wish: Wish) -> Wish:
    """The wish, unless `ssh` could take its host for something else. Raises BadValueError."""
    host = wish.host
    if not host or host.startswith("-") or not host.isprintable() or any(char.isspace() for char in host):
        raise BadValueError(f"'{brief(host)}' can't be a host.", "Give an address, a name, or a host of ~/.ssh/config.")
    return wish


def _path(text: str, said: Said) -> Path:
    text = _expanded(_VARIABLE.sub(lambda match: os.environ.get(match[1], ""), text), said)
    if text == "~" or text.startswith("~/"):
        return home() / text[2:]
    return at_home(text)


def _expanded(text: str, said: Said) -> str:
    """With what stands for the host, the user and so on put in."""
    here, own_id = socket.gethostname(), str(getattr(os, "getuid", int)())
    tokens = {
        "%": "%", "d": str(home()), "h": said.hostname, "i": own_id, "k": said.known_as, "l": here,
        "L": here.partition(".")[0], "n": said.host, "p": str(said.port), "r": said.user, "u": local_user(),
    }  # fmt: skip
    return _ESCAPE.sub(lambda match: tokens.get(match[1], match[0]), text)


def _agent(said: Said) -> str:
    """The socket of its agent."""
    if said.agent.lower() == "none":
        return ""
    if said.agent in ("", "SSH_AUTH_SOCK"):
        return os.environ.get("SSH_AUTH_SOCK", "")
    name = said.agent
    return os.environ.get(name[1:], "") if name.startswith("$") and "{" not in name else str(_path(name, said))
