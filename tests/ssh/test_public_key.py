"""A public key as people paste it: read whole, or refused in words; a private half is never quoted or taken for one."""

from __future__ import annotations

from itertools import count

import asyncssh
import pytest

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ssh.keys import public_key

ED = asyncssh.generate_private_key("ssh-ed25519", comment="anna@laptop")
RSA = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
SMALL = asyncssh.generate_private_key("ssh-rsa", key_size=1024)
EC = asyncssh.generate_private_key("ecdsa-sha2-nistp384")
DSA = "ssh-dss AAAAB3NzaC1kc3MAAACBAP"


def line_of(key: asyncssh.SSHKey) -> str:
    kind, text = key.export_public_key().decode().split()[:2]
    return f"{kind} {text}"


LINE = line_of(ED)
CERTIFICATE = ED.generate_user_certificate(ED, "anna").export_certificate().decode().strip()
PPK = "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: anna\nPublic-Lines: 2\nAAAA\nPrivate-Lines: 1\nx"
_PEM = RSA.export_private_key("pkcs8-pem").decode()
SECRETS = {
    "OpenSSH": ED.export_private_key("openssh").decode(),
    "PEM": RSA.export_private_key("pkcs1-pem").decode(),
    "PKCS#8": _PEM,
    "encrypted": RSA.export_private_key("pkcs8-pem", "secret").decode(),
    "in one line": ED.export_private_key("openssh").decode().replace("\n", ""),
    "with CRLF": ED.export_private_key("openssh").decode().replace("\n", "\r\n"),
    "its middle": "\n".join(_PEM.splitlines()[3:9]),
    "one line of its middle": _PEM.splitlines()[3],
    "without its first line": "\n".join(ED.export_private_key("openssh").decode().splitlines()[1:-1]),
    "PuTTY's": PPK,
    "ssh.com's": "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nabc",
    "behind a public one": f"{LINE}\n{_PEM}",
}


@pytest.mark.parametrize(
    ("pasted", "comment", "called"),
    [
        (LINE, "", None),
        (f"{LINE} anna@laptop", "anna@laptop", "anna-laptop"),
        (f"{LINE} Anna's new laptop, at home \r\n", "Anna's new laptop, at home", "Anna-s-new-laptop-at-home"),
        (f"\ufeff\n\n  {LINE}\tanna\n\n", "anna", "anna"),
        (f"# mine\n{LINE} żółw", "żółw", "w"),
        (f"{LINE}   my   PRIVATE laptop", "my PRIVATE laptop", "my-PRIVATE-laptop"),
        (f"{LINE} \u202eevil\x1b[31m", None, None),
    ],
    ids=count(),  # the same in every worker: keys are not
)
def test_a_line_is_read_with_its_comment_whatever_stands_around_it(
    pasted: str, comment: str | None, called: str | None
) -> None:
    found = public_key.read(pasted)
    assert found.line == LINE and found.fingerprint == ED.get_fingerprint()
    assert comment is None or found.comment == comment
    assert called is None or found.called == called
    assert not set("\u202e\x1b") & set(found.comment) and found.called


@pytest.mark.parametrize(("key", "said"), [(ED, "ED25519"), (RSA, "RSA 2048"), (EC, "ECDSA 384")])
def test_a_key_says_its_kind_and_its_fingerprint(key: asyncssh.SSHKey, said: str) -> None:
    assert str(public_key.read(f"{line_of(key)} anna")) == f"{said} · anna · {key.get_fingerprint()}"


@pytest.mark.parametrize(
    ("pasted", "why"),
    [
        ("", "There is no key in it."),
        (" \r\n # nothing\n", "There is no key in it."),
        (LINE[:-9], "The key is broken"),
        (LINE[:40], "The key is broken"),
        (f"{LINE[:30]}*{LINE[31:]}", "The key is broken"),
        ("ssh-ed25519", "The key itself is missing"),
        (LINE.split()[1], "The first word is missing"),
        (LINE.replace("ssh-ed25519", "ssh-rsa"), "In front stands ssh-rsa, and the key itself is ssh-ed25519."),
        (line_of(SMALL), "It is an RSA key of 1024 bits"),
        (DSA, "It is a DSA key"),
        (CERTIFICATE, "That is a certificate of a key."),
        ("ssh-ed448 AAAACXNzaC1lZDQ0OA", "Keys of the kind 'ssh-ed448' aren't taken."),
        (f"{LINE} a\n{line_of(RSA)} b", "That is 2 keys: one at a time."),
        (f"{LINE[:40]}\n{LINE[40:]}", "That is 2 lines: a public key is one."),
        (f'command="ls",no-pty {LINE} anna', "Options stand in front of the key: 'command=\"ls\",no-pty'."),
        (f'from="10.0.0.0/8, 1.2.3.4" {LINE}', "Options stand in front of the key"),
        (RSA.export_public_key("pkcs8-pem").decode(), "That is a public key in PEM format."),
        (RSA.export_public_key("pkcs1-pem").decode(), "That is a public key in PEM format."),
        (RSA.export_public_key("rfc4716").decode(), "That is a public key in ssh.com's format."),
        ("https://github.com/anna.keys", "'https://github.com/anna.keys' is an address, and nothing is fetched"),
        ("github.com/anna.keys", "'github.com/anna.keys' is an address"),
        ("gh:anna", "'gh:…' is an address"),
        ("~/.ssh/id_ed25519.pub", "'~/.ssh/id_ed25519.pub' is the name of a file"),
        ("id_rsa.pub", "'id_rsa.pub' is the name of a file"),
        (ED.get_fingerprint(), "That is a fingerprint"),
        ("hello world", "'hello' isn't a kind of key."),
        ("x" * (1 << 17) + "-", "That is 131,073 letters: no public key."),
    ],
    ids=count(),
)
def test_what_is_no_public_key_is_refused_in_words_that_say_what_to_do(pasted: str, why: str) -> None:
    with pytest.raises(BadValueError) as refused:
        public_key.read(pasted)
    assert refused.value.message.startswith(why) and refused.value.hint


@pytest.mark.parametrize("kind", SECRETS)
def test_a_private_half_or_a_part_of_one_is_known_and_never_quoted(kind: str) -> None:
    text = SECRETS[kind]
    assert public_key.is_secret(text)
    with pytest.raises(BadValueError) as refused:
        public_key.read(text)
    said = f"{refused.value.message} {refused.value.hint}"
    assert said.startswith("That is, or may be, a private key: it was removed")
    assert not [line for line in text.split() if len(line) > 12 and line in said]


@pytest.mark.parametrize(
    "text", [LINE, f"{LINE} my private key", CERTIFICATE, DSA, "https://github.com/anna.keys", ""], ids=count()
)
def test_a_public_half_is_not_taken_for_a_private_one(text: str) -> None:
    assert not public_key.is_secret(text)
