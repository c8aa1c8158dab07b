"""The eight ways in which a look at a machine over SSH can end, and what to try next after each."""

from __future__ import annotations

OK = "ok"
REFUSED = "refused"
TIMEOUT = "timeout"
UNREACHABLE = "unreachable"
NOT_SSH = "not-ssh"
KEY_CHANGED = "key-changed"
AUTH = "auth"
HUNG = "hung"

HINTS = {
    OK: "",
    REFUSED: "Nothing listens there: it may still be booting, be stopped, or have SSH on another port.",
    TIMEOUT: "It may be booting or stopped, or a firewall (a security group) drops what comes to this port.",
    UNREACHABLE: "Check the address, and that this computer has a way to its network: a VPN, IPv6, a working DNS.",
    NOT_SSH: "Another service has this port, or an SSH too old for us: check the port.",
    KEY_CHANGED: "Rebuilt it yourself? Probe it with --new-host-key. Otherwise another machine answers in its place.",
    AUTH: "Check the user (root, ubuntu, debian, ec2-user …) and that this key is associated with the machine.",
    HUNG: "SSH is there, but busy or stuck: try again in a minute; reboot it if that lasts.",
}
OUTCOMES = tuple(HINTS)


class OutcomeError(Exception):
    """Why there is no answer: an outcome other than `ok`, in words, and what to try next."""

    def __init__(self, outcome: str, detail: str, hint: str = "") -> None:
        super().__init__(outcome, detail)
        self.outcome = outcome
        self.detail = detail
        self.hint = hint or HINTS[outcome]


class DroppedError(OutcomeError):
    """The machine took the connection and let it fall: a busy sshd does so (MaxStartups), and it says nothing more."""

    def __init__(self, detail: str) -> None:
        super().__init__(HUNG, detail)
