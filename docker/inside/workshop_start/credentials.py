"""Jupyter's token and the SSH password: given from outside, else random and printed once."""

import crypt
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from . import STATE, Refusal

SHORTEST = 12  # characters; a user's flag may publish the ports to the world

#: pam_pwdfile reads this one (docker/inside/sshd.pam).
PASSWORDS = STATE / "passwords"


@dataclass(frozen=True)
class Secrets:
    """Both, and whether they were made here and so have to be shown."""

    token: str
    made_token: bool
    password: str
    made_password: bool


def both(known: str) -> Secrets:
    """Take what is given, make what is not.

    Args:
        known: the virtual machine's password, which everybody knows.

    Raises:
        Refusal: one is given and too weak, or cannot be read.
    """
    token, password = (_given(name, known) for name in ("JUPYTER_TOKEN", "SSH_PASSWORD"))
    return Secrets(
        token or secrets.token_hex(24), token is None, password or _words(), password is None
    )


def write(given: Secrets, home: Path) -> None:
    """Let sshd know the password, by its hash, and give it a key of its own."""
    hashed = crypt.crypt(given.password, crypt.mksalt(crypt.METHOD_SHA512))
    _private(PASSWORDS, f"{os.environ['USER']}:{hashed}\n")
    # In the home folder, which may be a volume: the next container then has the same key.
    key = home / ".config" / "workshop" / "ssh_host_ed25519_key"
    if not key.exists():
        key.parent.mkdir(parents=True, exist_ok=True)
        code = os.spawnlp(
            os.P_WAIT,
            "ssh-keygen",
            *("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "workshop", "-f", str(key)),
        )
        if code:
            raise Refusal(f"ssh-keygen cannot write {key}; make room there")
    link = STATE / "host-key"
    link.unlink(missing_ok=True)
    link.symlink_to(key)


def _given(name: str, known: str) -> str | None:
    """The value of a variable, or of the file that NAME_FILE names."""
    value, file = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value is not None and file:
        raise Refusal(f"{name} and {name}_FILE are both set; give one of them")
    if file:
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise Refusal(f"{name}_FILE names {file}, which cannot be read: {reason}") from None
    if value is None:
        return None
    if value == known or len(value) < SHORTEST or len(set(value)) < SHORTEST // 2:
        what = "empty" if not value else "too easy to guess"
        raise Refusal(
            f"{name} is {what}; give {SHORTEST} characters or more of your own, or none at all, "
            "and a random one is made and printed"
        )
    return value


def _words() -> str:
    """A random password that can be typed: 80 bits in four groups."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def _private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
