"""The nine ways in which a look at a machine over SSH can end, and what to try next after each."""

from __future__ import annotations

import re

OK = "ok"
REFUSED = "refused"
TIMEOUT = "timeout"
UNREACHABLE = "unreachable"
NOT_SSH = "not-ssh"
KEY_CHANGED = "key-changed"
KEY_UNKNOWN = "key-unknown"
AUTH = "auth"
HUNG = "hung"

HINTS = {
    OK: "",
    REFUSED: "Nothing listens there: it may still be booting, be stopped, or have SSH on another port.",
    TIMEOUT: "It may be booting or stopped, or a firewall (a security group) drops what comes to this port.",
    UNREACHABLE: "Check the address, and that this computer has a way to its network: a VPN, IPv6, a working DNS.",
    NOT_SSH: "Another service has this port, or an SSH too old for us: check the port.",
    KEY_CHANGED: "Rebuilt it yourself? Probe it with --new-host-key. Otherwise another machine answers in its place.",
    KEY_UNKNOWN: "Compare it with what the server itself says, then: --new-host-key. Nothing was offered to it.",
    AUTH: "Check the user (root, ubuntu, debian, ec2-user …) and that this key is associated with the machine.",
    HUNG: "SSH is there, but busy or stuck: try again in a minute; reboot it if that lasts.",
}
OUTCOMES = tuple(HINTS)

BOOTING = "It is still booting, by its own words: try again in a minute."
GOING_DOWN = "It is shutting down, by its own words: see %mist machines."
SECOND_STEP = (
    "Nobody can answer that here: let this user in by the key alone (AuthenticationMethods publickey), "
    "or take another user."
)
NOT_THIS_ACCOUNT = "The account itself is closed to logins (PAM, a lock, an expiry): look at the machine's own log."
CLOSES = (
    "Something there takes connections and closes them: a full or barring sshd (fail2ban, hosts.deny, "
    "MaxStartups), or a load balancer or firewall with nothing behind it. Try again in some minutes, or from elsewhere."
)

_BOOTING_WORDS = re.compile(r"\bboot(?:ing|s)?\b|starting up|not permitted to log in yet", re.I)
_GOING_DOWN_WORDS = re.compile(r"shut(?:ting)? ?down|going down|powering off|poweroff|rebooting now", re.I)


def hint_for(outcome: str, said: str = "", *, usual: str = "") -> str:
    """What to try next; what the machine itself said of its state goes before what is usual."""
    if _GOING_DOWN_WORDS.search(said):
        return GOING_DOWN
    return BOOTING if is_booting(said) else usual or HINTS[outcome]


def is_booting(said: str) -> bool:
    """Whether that is a machine's sentence for: not yet."""
    return _BOOTING_WORDS.search(said) is not None


class OutcomeError(Exception):
    """Why there is no answer: an outcome other than `ok`, in words, and what to try next.

    `is_certain`: looking again can't change it. `is_users`: another user may be let in. `host` is the address that it
    is about, `tried` what became of others.
    """

    def __init__(
        self, outcome: str, detail: str, hint: str = "", *, is_certain: bool = False, is_users: bool = False
    ) -> None:
        super().__init__(outcome, detail)
        self.outcome = outcome
        self.detail = detail
        self.hint = hint or HINTS[outcome]
        self.is_certain = is_certain
        self.is_users = is_users
        self.host = ""
        self.tried: tuple[str, ...] = ()


class DroppedError(OutcomeError):
    """The machine took the connection and let it fall.

    A busy sshd says so (MaxStartups), and is tried again often; one that says nothing is soon left alone.
    """

    def __init__(self, detail: str, *, is_busy: bool = False) -> None:
        super().__init__(HUNG if is_busy else REFUSED, detail, "" if is_busy else CLOSES)
        self.is_busy = is_busy
