"""The organiser's key for updates: made once, kept by the organiser, never in the project."""

import subprocess
from pathlib import Path

from appliance_update.package import NAMESPACE, public_key

from ..description import Description
from ..errors import BuildError
from ..papers import sums
from ..progress import console

NAME = "update-key"


def make(folder: Path, description: Description) -> None:
    """`make update-key`: make a pair if there is none, and say where its public half goes."""
    key = folder / NAME
    if key.exists():
        console.print(f"{key} is there already")
    else:
        create(key, f"updates of {description.name}")
        console.print(f"made {key}: keep it to yourself, and a copy where it is safe")
    public = public_of(key)
    if public_key(description.update_key) == public:
        console.print("appliance.yml has its public half: machines take the updates it signs")
    else:
        console.print("put its public half into appliance.yml: machines then take what it signs")
        console.print(f'update_key: "{public}"', markup=False)


def create(key: Path, comment: str) -> None:
    """A new pair: the private key, and beside it the public one."""
    key.parent.mkdir(parents=True, exist_ok=True)
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", key]
    _call(command, f"{key} cannot be made")


def private(folder: Path) -> Path:
    """The key to sign with: what APPLIANCE_SIGNING_KEY names, else the one of `make`.

    Raises:
        BuildError: there is none, or nothing can be signed with it.
    """
    if key := sums.signing_key():
        return key
    if (folder / NAME).is_file():
        return folder / NAME
    raise BuildError(
        f"there is no key to sign with: neither {folder / NAME} nor one in {sums.VARIABLE}; "
        "`make update-key` makes one"
    )


def sign(content: bytes, key: Path) -> bytes:
    """An update's signature."""
    return sums.signature(content, key, NAMESPACE)


def public_of(key: Path) -> str:
    """Kind and bits of the public half."""
    beside = key.with_name(f"{key.name}.pub")
    if beside.is_file():  # one with a passphrase does not tell it
        return public_key(beside.read_text(encoding="utf-8"))
    return public_key(_call(["ssh-keygen", "-y", "-P", "", "-f", key], f"{key} is no private key"))


def _call(command: list, otherwise: str) -> str:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        reason = done.stderr.strip().rpartition("\n")[2]
        raise BuildError(f"{otherwise} ({reason}); name another one in {sums.VARIABLE}")
    return done.stdout
