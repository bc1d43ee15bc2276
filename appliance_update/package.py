"""The file that an update travels in: a tar of header, its signature, and the layer, in this order.

    update.json        for which release it is, what it makes of it, size and SHA-256 of the layer
    update.json.sig    of OpenSSH (`ssh-keygen -Y sign`), over the header
    layer.squashfs     what differs between the two releases, as a layer above those of the first

So a few kilobytes tell whether the rest is wanted, and they vouch for it.
"""

import hashlib
import json
import re
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from . import Refused

FORMAT = 1
NAMESPACE = "workshop-update"  # what a signature is for: no other that the key made will do
SIGNER = "organiser"
HEADER, SIGNATURE, LAYER = "update.json", "update.json.sig", "layer.squashfs"
MOST = 1 << 16  # bytes of header and signature
PIECE = 1 << 20  # bytes

AGAIN = "copy or download it again"


@dataclass(frozen=True)
class Header:
    """What an update says of itself.

    Attributes:
        name: of the appliance.
        base, base_version: the release that it is for; `base` is the SHA-256 of that release's
            last layer, which names the hashes of all others.
        version, date: of the release that it makes of it.
        size, sha256: of the layer.
        kernel_stays: the release that it makes would bring another kernel or boot script.
    """

    name: str
    base: str
    base_version: str
    version: str
    date: str
    size: int
    sha256: str
    kernel_stays: bool = False

    def to_bytes(self) -> bytes:
        """As it is signed."""
        return (json.dumps({"format": FORMAT} | asdict(self), indent=1) + "\n").encode()

    @classmethod
    def of(cls, content: bytes) -> "Header":
        """What `to_bytes` wrote; only for content whose signature was checked.

        Raises:
            Refused: it is of a later format, or damaged.
        """
        try:
            values = json.loads(content)
            if values.pop("format") != FORMAT:
                raise Refused(
                    "the update is of a form that this machine does not know; ask the organiser "
                    "for a new .ova"
                )
            return cls(**values)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refused(f"the update's header is damaged; {AGAIN}") from None

    @property
    def id(self) -> str:
        """A name for this very update."""
        return hashlib.sha256(self.to_bytes()).hexdigest()[:16]


class Package:
    """An update that is read from beginning to end, once.

    Raises:
        Refused: it is no update, or the key did not sign it.
    """

    def __init__(self, stream: IO[bytes], key: str) -> None:
        try:
            self._archive = tarfile.TarFile.open(fileobj=stream, mode="r|")
            content = self._small(HEADER)
            signature = self._small(SIGNATURE)
        except (tarfile.TarError, EOFError):
            raise Refused(f"this is no update, or a damaged one; {AGAIN}") from None
        check_signature(content, signature, key)
        self.header = Header.of(content)

    def layer(self) -> Iterator[bytes]:
        """The layer in pieces; the last one comes only if the whole is right.

        Raises:
            Refused: it is cut short, or damaged.
        """
        digest, size, last = hashlib.sha256(), 0, b""
        try:
            file = self._member(LAYER)
            while piece := file.read(PIECE):
                digest.update(piece)
                size += len(piece)
                if size > self.header.size:
                    break
                yield last
                last = piece
        except (tarfile.TarError, EOFError):
            pass
        if size < self.header.size:
            raise Refused(f"the update is cut short; {AGAIN}")
        if size != self.header.size or digest.hexdigest() != self.header.sha256:
            raise Refused(f"the update is damaged; {AGAIN}")
        yield last

    def _small(self, name: str) -> bytes:
        content = self._member(name).read(MOST + 1)
        if len(content) > MOST:
            raise tarfile.ReadError("too large")
        return content

    def _member(self, name: str) -> IO[bytes]:
        member = self._archive.next()
        if member is None or member.name != name or not member.isreg():
            raise tarfile.ReadError(f"{name} is missing")
        return self._archive.extractfile(member)


def check_signature(content: bytes, signature: bytes, key: str) -> None:
    """Let ssh-keygen(1) say whether a public key's owner signed this, as an update.

    Raises:
        Refused: no.
    """
    with TemporaryDirectory() as folder:
        signers, file = Path(folder, "signers"), Path(folder, "signature")
        kind, bits = key.split()[:2]
        signers.write_text(f"{SIGNER} {kind} {bits}\n")
        file.write_bytes(signature)
        command = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", SIGNER, "-n", NAMESPACE]
        done = subprocess.run([*command, "-s", file], input=content, capture_output=True)
    if done.returncode:
        raise Refused(
            "the update is not signed by the organiser of this workshop; use one that you got "
            "from the organiser"
        )


def public_key(text: str) -> str:
    """Kind and bits of a public key, without its comment: what makes two the same."""
    found = re.match(r"\s*(\S+\s+\S+)", text)
    return " ".join(found[1].split()) if found else ""
