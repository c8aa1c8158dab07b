"""The machine's addresses, as `ip` and `ifconfig` show them."""

from __future__ import annotations

from .commands import Call, Output, command
from .host import Interface
from .line import NotEmulatedError

_LOOPBACK = Interface("lo", "127.0.0.1", 8, "00:00:00:00:00:00")
_ADDRESS = ("a", "addr", "address")
_LINK = ("l", "link")
_SHOW = ("show", "list", "ls")
_FORMS = ("-o", "-br", "-4")


@command("ip")
def ip(call: Call) -> Output:
    """`ip addr` and `ip link`, whole, in one line each (-o) or brief (-br)."""
    options = [word for word in call.arguments if word.startswith("-")]
    words = [word for word in call.arguments if not word.startswith("-") and word not in _SHOW]
    if set(options) - set(_FORMS) or len(words) != 1 or words[0] not in (*_ADDRESS, *_LINK):
        raise NotEmulatedError(" ".join(("ip", *call.arguments)))
    draw = _brief if "-br" in options else _one_line if "-o" in options else _block
    interfaces = enumerate((_LOOPBACK, *call.host.interfaces), 1)
    return Output("".join(draw(number, each, words[0] in _LINK) for number, each in interfaces))


@command("ifconfig")
def ifconfig(call: Call) -> Output:
    """Every interface, as net-tools draws it."""
    if call.arguments not in ((), ("-a",)):
        raise NotEmulatedError(" ".join(("ifconfig", *call.arguments)))
    blocks = (
        f"{each.name}: flags=4163<UP,RUNNING>  mtu 1500\n        inet {each.address}\n        ether {each.mac}\n"
        for each in (*call.host.interfaces, _LOOPBACK)
    )
    return Output("\n".join(blocks))


def _brief(_number: int, each: Interface, is_link: bool) -> str:
    state = "UNKNOWN" if each is _LOOPBACK else "UP"
    return f"{each.name:<16} {state:<14} {each.mac if is_link else f'{each.address}/{each.prefix}'} \n"


def _one_line(number: int, each: Interface, is_link: bool) -> str:
    if is_link:
        return f"{number}: {each.name}: {_flags(each)}\\    {_link(each)}\n"
    return f"{number}: {each.name}    inet {each.address}/{each.prefix} scope {_scope(each)} {each.name}\n"


def _block(number: int, each: Interface, is_link: bool) -> str:
    address = f"    inet {each.address}/{each.prefix} scope {_scope(each)} {each.name}\n"
    return f"{number}: {each.name}: {_flags(each)}\n    {_link(each)}\n{'' if is_link else address}"


def _flags(each: Interface) -> str:
    return "<LOOPBACK,UP> mtu 65536" if each is _LOOPBACK else "<BROADCAST,MULTICAST,UP> mtu 1500 state UP"


def _link(each: Interface) -> str:
    return f"link/{'loopback' if each is _LOOPBACK else 'ether'} {each.mac}"


def _scope(each: Interface) -> str:
    return "host" if each is _LOOPBACK else "global"
