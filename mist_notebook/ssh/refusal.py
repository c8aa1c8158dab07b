"""Why a login came to nothing: what the library said, and what the host showed and said before, as one outcome."""

from __future__ import annotations

import base64

import asyncssh

from mist_notebook.ground.text import clean, is_pasteable

from .config import known
from .config.known import Trust
from .host_keys import fingerprint
from .keys.agent import AgentKeys, LoginKey
from .keys.several_keys import MOST_OFFERED
from .outcome import (
    AUTH,
    HUNG,
    KEY_CHANGED,
    KEY_UNKNOWN,
    NOT_SSH,
    NOT_THIS_ACCOUNT,
    SECOND_STEP,
    TIMEOUT,
    UNREACHABLE,
    DroppedError,
    OutcomeError,
    hint_for,
    is_booting,
)
from .target import Target

_SAID_LIMIT = 300


class Witness(asyncssh.SSHClient):
    """Holds the host's key against the pin, and remembers what the host showed, said, took and asked for."""

    def __init__(self, pinned: str | None, trust: Trust | None = None) -> None:
        self.pinned = pinned
        self.trust = trust
        self.verdict = ""
        self.offered = ""
        self.connection: asyncssh.SSHClientConnection | None = None
        self.key_was_taken = False
        self.keys_were_wanted = False
        self._wanted: list[str] = []
        self._banners: list[str] = []

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        self.connection = conn

    def validate_host_public_key(self, _host: str, _addr: str, _port: int, key: asyncssh.SSHKey) -> bool:
        self.offered = f"{key.get_algorithm()} {base64.b64encode(key.public_data).decode()}"
        if self.trust is None:
            return self.pinned in (None, self.offered)
        self.verdict = self.trust.verdict(key)
        if self.verdict != known.NEW:
            return self.verdict == known.TRUSTED
        if self.trust.forgets:
            return True
        return self.pinned == self.offered or (self.pinned is None and self.trust.takes_new)

    @property
    def is_known(self) -> bool:
        """Whether it needs no pin: the known hosts know it, or an authority that certifies it, or nothing is kept."""
        if self.trust is None:
            return False
        return self.verdict == known.TRUSTED or not self.offered or self.trust.forgets

    def auth_banner_received(self, msg: str, _lang: str) -> None:
        self._banners = [*self._banners, " ".join(msg[: 4 * _SAID_LIMIT].split())][-2:]

    def public_key_auth_requested(self) -> None:
        """Asked once our keys are used up, where keys are taken at all."""
        self.keys_were_wanted = True

    def password_auth_requested(self) -> None:
        """Asked where the host takes passwords; none is ever sent."""
        self._wanted.append("a password")

    def kbdint_auth_requested(self) -> None:
        """Asked where the host asks questions; none is ever answered."""
        self._wanted.append("a code or password (keyboard-interactive)")

    @property
    def has_spoken(self) -> bool:
        """Whether SSH greeted."""
        return self.connection is not None and bool(self.connection.get_extra_info("server_version"))

    @property
    def wanted(self) -> str:
        """What the host takes beside keys, in words."""
        return " or ".join(dict.fromkeys(self._wanted))

    @property
    def said(self) -> str:
        """The host's own sentence: the last one, as what greets everybody comes first."""
        spoken = [banner for banner in self._banners if banner]
        return clean(spoken[-1], _SAID_LIMIT) if spoken else ""

    def watched(self, pair: asyncssh.SSHKeyPair) -> asyncssh.SSHKeyPair:
        """The pair, whose signature we notice: a host asks for one only of a key that it takes."""
        for name in ("sign", "sign_async"):
            sign = getattr(pair, name, None)
            if sign is not None:
                setattr(pair, name, self._noticed(sign))
        return pair

    def _noticed(self, sign: object) -> object:
        def noticed(data: bytes) -> object:
            self.key_was_taken = True
            return sign(data)  # type: ignore[operator]

        return noticed


def translated(error: Exception, target: Target, key: LoginKey, witness: Witness) -> OutcomeError:
    """What asyncssh said, as one of the outcomes; the host's own sentence is in it."""
    why = clean(getattr(error, "reason", "") or str(error) or type(error).__name__, 200)
    certain = _on_the_way(error, target, witness, why)
    if certain is not None:
        return certain
    if isinstance(error, asyncssh.PermissionDenied) or "authentication failures" in why:
        return _not_let_in(target, key, witness)
    if isinstance(error, (asyncssh.ConnectionLost, asyncssh.ServiceNotAvailable, OSError)) or "oo many conn" in why:
        if witness.key_was_taken or witness.said:
            return _shown_out(target, witness)
        return DroppedError(f"It closed the connection in the handshake ({why}).", is_busy="oo many conn" in why)
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return OutcomeError(NOT_SSH, f"Its SSH has no algorithm in common with ours: {why}")
    if witness.key_was_taken:
        return _shown_out(target, witness, why)
    return OutcomeError(NOT_SSH, with_sentence(f"Its SSH can't be understood: {why}.", witness.said))


def _on_the_way(error: Exception, target: Target, witness: Witness, why: str) -> OutcomeError | None:
    """What ended before anything was offered: its host key, or the host before it."""
    if isinstance(error, asyncssh.ChannelOpenError):
        return OutcomeError(UNREACHABLE, f"{target.label} can't be reached from the host before it: {why}.")
    if target.is_tunnelled and not witness.has_spoken and not isinstance(error, asyncssh.HostKeyNotVerifiable):
        return _no_ssh_behind(target)
    if not isinstance(error, asyncssh.HostKeyNotVerifiable):
        return None
    if witness.trust is not None:
        return _not_trusted(target, witness, witness.trust, why)
    is_changed = witness.pinned and witness.offered
    return changed(target, witness.pinned or "", witness.offered) if is_changed else None


def _no_ssh_behind(target: Target) -> OutcomeError:
    """What a way that is no socket of ours ended in before SSH said a word."""
    if target.proxy_command:
        return OutcomeError(
            UNREACHABLE,
            f"The ProxyCommand of {target.label} ({clean(target.proxy_command.split()[0], 80)} …) ended without SSH.",
            "Run it by hand: it should show a line that begins with SSH-2.0.",
            is_certain=True,
        )
    return OutcomeError(NOT_SSH, f"What answers for {target.label}, behind the host before it, isn't SSH.")


def hung(target: Target, witness: Witness, seconds: float) -> OutcomeError:
    """A handshake that did not end in its time."""
    if target.is_tunnelled and not witness.has_spoken:
        return OutcomeError(TIMEOUT, f"The way to {target.label} is open, and nothing was said in {seconds:.3g} s.")
    if witness.key_was_taken or witness.said:
        detail = f"{target.label} took the login of user {target.user}, and did not finish it in {seconds:.3g} s."
    else:
        detail = f"SSH greeted, and did not finish the handshake in {seconds:.3g} s."
    return OutcomeError(HUNG, with_sentence(detail, witness.said), hint_for(HUNG, witness.said))


def changed(target: Target, pinned: str, offered: str) -> OutcomeError:
    """Another host key than the pinned one: nothing was offered to it."""
    name = target.name if is_pasteable(target.name) else "NAME"
    return OutcomeError(
        KEY_CHANGED,
        f"The host key of {target.label} changed. Pinned {fingerprint(pinned)}, offered {fingerprint(offered)}. "
        "Not connected.",
        f"Rebuilt it yourself? %mist probe {name} --new-host-key. Otherwise another machine answers in its place.",
        is_certain=True,
    )


def not_let_through(error: OutcomeError, target: Target, hop: Target) -> OutcomeError:
    """Why the host before it was as far as one came."""
    detail = f"On the way to {target.label}, at {hop.label}: {error.detail}"
    trouble = OutcomeError(error.outcome, detail, error.hint, is_certain=error.is_certain)
    trouble.host = error.host or hop.host
    return trouble


def _not_trusted(target: Target, witness: Witness, trust: Trust, why: str) -> OutcomeError:
    """A host key that the known hosts don't know, know otherwise, or warn of: nothing was offered to it."""
    kind, shown = witness.offered.partition(" ")[0], fingerprint(witness.offered)
    if witness.verdict == known.NEW and witness.pinned is None:
        name = target.name if is_pasteable(target.name) else "NAME"
        return OutcomeError(
            KEY_UNKNOWN,
            f"The host key of {target.label} ({trust.name}) is in no known_hosts: {shown} ({kind}). Not connected.",
            f"Compare it with what the server itself says; if it is the same: %mist probe {name} --new-host-key",
            is_certain=True,
        )
    if witness.verdict == known.NEW:
        return changed(target, witness.pinned or "", witness.offered)
    if witness.verdict == known.CHANGED:
        files = ", ".join(str(path) for path in trust.files if path.is_file())
        detail = f"The host key of {target.label} changed. It shows {shown} ({kind}), and {files} has another for it."
        hint = f"Rebuilt it yourself? ssh-keygen -R '{trust.name}', then probe it with --new-host-key."
        return OutcomeError(KEY_CHANGED, f"{detail} Not connected.", hint, is_certain=True)
    is_revoked = witness.verdict == known.REVOKED or "revoked" in why
    detail = "is revoked in known_hosts" if is_revoked else f"is not certified as known_hosts wants it ({why})"
    hint = "Do not log in there: ask whoever runs it." if is_revoked else "Its certificate is another's, or expired."
    return OutcomeError(KEY_CHANGED, f"The host key of {target.label} {detail}. Not connected.", hint, is_certain=True)


def with_sentence(detail: str, said: str) -> str:
    """The detail with what the machine itself said."""
    return f"{detail} It said: {said}" if said else detail


def _not_let_in(target: Target, key: LoginKey, witness: Witness) -> OutcomeError:
    user, said = f"user {target.user}", witness.said
    if witness.key_was_taken:
        more = witness.wanted or "a second key"
        detail = f"{target.label} took the key for {user}, and wants {more} too: a second factor."
        return OutcomeError(AUTH, with_sentence(detail, said), SECOND_STEP, is_certain=True)
    if witness.wanted and not witness.keys_were_wanted:
        detail = f"{target.label} takes no keys for {user}: it wants {witness.wanted}."
        return OutcomeError(AUTH, with_sentence(detail, said), hint_for(AUTH, said), is_users=not is_booting(said))
    shown = _shown(key)
    detail = f"{target.label} refused {shown} for {user}."
    return OutcomeError(AUTH, with_sentence(detail, said), hint_for(AUTH, said), is_users=not is_booting(said))


def _shown(key: LoginKey) -> str:
    if isinstance(key, AgentKeys):
        return "every key that the SSH agent holds for it"
    if isinstance(key, asyncssh.SSHKey) or len(key.offers) == 1:
        return "the key"
    return f"each of the {min(len(key.offers), MOST_OFFERED)} keys that were offered"


def _shown_out(target: Target, witness: Witness, why: str = "") -> OutcomeError:
    """The login was understood, and ended from there: by PAM, as a rule, which may have a sentence for it."""
    took = "took the key" if witness.key_was_taken else "heard the login"
    detail = f"{target.label} {took} for user {target.user}, and closed the connection" + (f" ({why})." if why else ".")
    return OutcomeError(AUTH, with_sentence(detail, witness.said), hint_for(AUTH, witness.said, usual=NOT_THIS_ACCOUNT))
