"""`SHA256SUMS` over what is handed out, signed if the organiser has a key; see verify.py."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ..errors import BuildError
from ..inputs.fetch import digest

SUMS = "SHA256SUMS"
NAMESPACE = "file"  # what ssh-keygen(1) suggests for files; verify.py asks for the same
VARIABLE = "APPLIANCE_SIGNING_KEY"


def signing_key() -> Path | None:
    """The key that APPLIANCE_SIGNING_KEY names, or None. Signs once, to find out early.

    Raises:
        BuildError: nothing can be signed with it.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    key = Path(named).expanduser().absolute()
    signature(b"", key)
    return key


def write(folder: Path, names: list[str], key: Path | None) -> None:
    """Write `SHA256SUMS` over files of a folder, and `SHA256SUMS.sig` if there is a key.

    Raises:
        BuildError: it cannot be signed; list and signature are then as they were.
    """
    write_list(folder, {name: digest(folder / name) for name in names}, key)


def write_list(folder: Path, digests: Mapping[str, str], key: Path | None) -> None:
    """Write the list of files whose SHA-256 are known, and its signature if there is a key.

    The signature is in the form of `ssh-keygen -Y`. With an Ed25519 key the same files give
    the same signature. Without a key that of an earlier list goes away.

    Raises:
        BuildError: it cannot be signed; list and signature are then as they were.
    """
    content = "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()
    signed = signature(content, key) if key else None
    target = folder / f"{SUMS}.sig"
    target.unlink(missing_ok=True)  # first: a list is never beside the signature of another
    _replace(folder / SUMS, content)
    if signed:
        _replace(target, signed)


def _replace(target: Path, content: bytes) -> None:
    aside = target.with_name(f".{target.name}.new")
    aside.write_bytes(content)
    aside.replace(target)


def signature(content: bytes, key: Path, namespace: str = NAMESPACE) -> bytes:
    """What `ssh-keygen -Y sign` makes of it; -P stops it from asking for a passphrase.

    Raises:
        BuildError: it cannot sign.
    """
    try:
        key.open("rb").close()
    except OSError as error:
        raise BuildError(
            f"{VARIABLE} names {key}, which cannot be read ({error.strerror}); correct the path"
        ) from None
    command = ["ssh-keygen", "-Y", "sign", "-P", "", "-n", namespace, "-f", key]
    try:
        done = subprocess.run(command, input=content, capture_output=True, check=False)
    except FileNotFoundError:
        raise BuildError(
            f"{VARIABLE} is set, and ssh-keygen is missing; install it: "
            "apt-get install openssh-client"
        ) from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise BuildError(
            f"{VARIABLE} names {key}, which cannot sign ({reason}); name a private key of OpenSSH "
            "that only you can read (chmod 600), without a passphrase or loaded into ssh-agent"
        )
    return done.stdout
