"""Who and where one is: user, host, kernel, date, folder, variables."""

from __future__ import annotations

import time

from .commands import COMMANDS, Call, Output, command
from .line import NotEmulatedError

_ROOT, _OTHER = 0, 1000


@command("whoami")
def whoami(call: Call) -> Output:
    """The user's name."""
    call.options("")
    return Output(f"{call.host.user}\n")


@command("id")
def id_(call: Call) -> Output:
    """The user's numbers."""
    options = call.options("ugn")
    user, number = call.host.user, _ROOT if call.host.user == "root" else _OTHER
    if "u" in options or "g" in options:
        return Output(f"{user if 'n' in options else number}\n")
    return Output(f"uid={number}({user}) gid={number}({user}) groups={number}({user})\n")


@command("uname")
def uname(call: Call) -> Output:
    """The kernel; with -a all of it."""
    letters = call.options("asrnmvopi") or "s"
    machine = call.host.arch
    parts = {
        "s": "Linux",
        "n": call.host.name,
        "r": call.host.kernel,
        "v": "#1 SMP",
        "m": machine,
        "p": machine,
        "i": machine,
        "o": "GNU/Linux",
    }
    wanted = "snrvmo" if "a" in letters else letters
    return Output(" ".join(text for letter, text in parts.items() if letter in wanted) + "\n")


@command("hostname")
def hostname(call: Call) -> Output:
    """The machine's name, or its addresses."""
    options = call.options("sfI")
    if call.operands():
        raise NotEmulatedError("another host name")
    if "I" in options:
        return Output(" ".join(interface.address for interface in call.host.interfaces) + " \n")
    name = call.host.name
    return Output(f"{name.split('.')[0] if 's' in options else name}\n")


@command("date")
def date(call: Call) -> Output:
    """The machine's time, which is UTC."""
    call.options("u")
    formats = [operand for operand in call.operands() if operand.startswith("+")]
    if len(formats) != len(call.operands()) or len(formats) > 1:
        raise NotEmulatedError("setting the date")
    form = formats[0][1:].replace("%s", str(int(call.host.now))) if formats else "%a %b %e %H:%M:%S UTC %Y"
    return Output(time.strftime(form, time.gmtime(call.host.now)).replace("GMT", "UTC") + "\n")


@command("pwd")
def pwd(call: Call) -> Output:
    """The folder one is in."""
    return Output(f"{call.folder}\n")


@command("env", "printenv")
def env(call: Call) -> Output:
    """The variables, or one of them."""
    call.options("")
    if not call.operands():
        return Output("".join(f"{name}={value}\n" for name, value in call.variables.items()))
    if call.name == "env":
        raise NotEmulatedError("env with a command")
    values = [call.variables[name] for name in call.operands() if name in call.variables]
    return Output("".join(f"{value}\n" for value in values), status=0 if values else 1)


@command("getconf")
def getconf(call: Call) -> Output:
    """The few numbers that a script may want."""
    numbers = {
        "_NPROCESSORS_ONLN": call.host.cpus,
        "_NPROCESSORS_CONF": call.host.cpus,
        "PAGE_SIZE": 4096,
        "PAGESIZE": 4096,
        "LONG_BIT": 32 if call.host.arch == "i686" else 64,
        "_PHYS_PAGES": call.host.memory.total // 4,
    }
    if len(call.arguments) != 1 or call.arguments[0] not in numbers:
        raise NotEmulatedError(" ".join(("getconf", *call.arguments)))
    return Output(f"{numbers[call.arguments[0]]}\n")


@command("which")
def which(call: Call) -> Output:
    """Where a command would be."""
    call.options("")
    found = [name for name in call.operands() if name in COMMANDS]
    return Output("".join(f"/usr/bin/{name}\n" for name in found), status=0 if found == call.operands() else 1)
