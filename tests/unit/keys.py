"""Keys of OpenSSH for the tests of signatures."""

import subprocess
from pathlib import Path


def new_key(path: Path, passphrase: str = "") -> Path:
    """Make an Ed25519 key pair, the public one beside it, and return the private one's path."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-C", "", "-N", passphrase, "-f", path]
    subprocess.run(command, check=True)
    return path


def public(key: Path) -> Path:
    """The public key of a private one."""
    return key.with_name(f"{key.name}.pub")
