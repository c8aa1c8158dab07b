"""What makes an image a machine: SSH that starts, and a public key that it lets in."""

from __future__ import annotations

import io
import tarfile

SSHD = ("/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/sbin/dropbear", "/usr/bin/dropbear", "/bin/dropbear")
COMMAND = [
    "/bin/sh",
    "-c",
    "mkdir -p /run/sshd /etc/dropbear; "
    "if command -v ssh-keygen >/dev/null 2>&1; then ssh-keygen -A >/dev/null; fi; "
    "for d in /usr/sbin/sshd /usr/local/sbin/sshd; do if [ -x $d ]; then exec $d -D -e; fi; done; "
    "exec dropbear -F -E -R",
]


def login_folder(public: str) -> bytes:
    """An archive of root's `.ssh`, with this key as the one that is let in."""
    content = (public.strip() + "\n").encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, mode, data in ((".ssh", 0o700, None), (".ssh/authorized_keys", 0o600, content)):
            entry = tarfile.TarInfo(name)
            entry.mode, entry.type = mode, tarfile.DIRTYPE if data is None else tarfile.REGTYPE
            entry.size = len(data or b"")
            archive.addfile(entry, io.BytesIO(data) if data else None)
    return packed.getvalue()
