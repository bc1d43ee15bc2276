"""A stick, or a folder: what it can take, and what its refusals mean in words."""

import errno
import os
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath

from ..errors import BuildError

FAT = {"vfat", "msdos"}  # the kernel's names
LARGEST_ON_FAT = 2**32 - 1  # bytes of a file
#: File systems to which `readme.txt` and `README.TXT` are the same name. NTFS and exFAT may also
#: come through FUSE.
CASELESS = FAT | {"exfat", "ntfs", "ntfs3", "fuseblk", "hfsplus"}
CLUSTER = 64 * 1024  # bytes that a file may take more than it has; a large stick's cluster

AGAIN = "plug it in again and repeat the command: it goes on where it stopped"
GONE = f"it was unplugged, or it fails ({{}}); {AGAIN}, and if this comes back take another one"

#: What a medium may say at any moment, and what to do.
MEANINGS = {
    **dict.fromkeys(
        (errno.EIO, errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.ENOTCONN), GONE
    ),
    **dict.fromkeys(
        (errno.ENOSPC, errno.EDQUOT),
        "it is full ({}); delete what is not needed on it, or take a larger one",
    ),
    errno.EROFS: "it is read-only ({}); move the switch on its side, or mount it for writing",
    **dict.fromkeys(
        (errno.EACCES, errno.EPERM),
        "it is not yours to write ({}); run the command as root, or mount it for your user",
    ),
    errno.EFBIG: "its file system takes no file as large as that ({}); format it as exFAT",
}


@dataclass(frozen=True)
class Medium:
    """Where a stick is mounted, or a folder.

    Attributes:
        root: as the organiser wrote it.
        device: number of the file system (`st_dev`): another one after it was unplugged.
        number: among those that are filled at the same time.
    """

    root: Path
    device: int
    number: int = 0

    @classmethod
    def at(cls, root: Path, number: int = 0) -> "Medium":
        """Look at a folder.

        Raises:
            BuildError: there is none, or nothing can be written there.
        """
        try:
            status = root.stat()
        except OSError as error:
            raise BuildError(
                f"{root} cannot be used ({error.strerror}); is the stick plugged in and mounted? "
                "Name the folder where it is"
            ) from None
        if not root.is_dir():
            raise BuildError(f"{root} is no folder; name the one where the stick is mounted")
        medium = cls(root, status.st_dev, number)
        trial = root / ".stick-trial.part"
        try:
            trial.touch()
            trial.unlink()
        except OSError as error:
            raise medium.refusal(error) from None
        return medium

    @cached_property
    def kind(self) -> str:
        """The file system's name, as the kernel mounts it; empty if it does not say."""
        wanted = f"{os.major(self.device)}:{os.minor(self.device)}"
        for line in Path("/proc/self/mountinfo").read_text().splitlines():
            before, _, after = line.partition(" - ")
            if before.split()[2] == wanted:
                return after.split()[0]
        return ""

    @property
    def is_on_this_computers_disk(self) -> bool:
        """Whether nothing is mounted there: an organiser may have forgotten to."""
        return self.device == Path("/").stat().st_dev

    def free(self) -> int:
        """Bytes that may still be written."""
        status = os.statvfs(self.root)
        return status.f_bavail * status.f_frsize

    def path(self, name: str) -> Path:
        """Where a file of the stick is.

        Raises:
            BuildError: the stick is gone; what is there now is the folder below it.
        """
        if self.root.stat().st_dev != self.device:
            raise BuildError(f"{self.root}: {GONE.format('another file system is there now')}")
        return self.root / name

    def check_names(self, names: list[str]) -> None:
        """Refuse what would overwrite somebody else's file, or cannot be written.

        Raises:
            BuildError: something is in the way.
        """
        for name in names:
            place = self.root / name
            for part in (place, *(p for p in place.parents if self.root in p.parents)):
                self._check_name(part, is_folder=part != place)

    def _check_name(self, place: Path, is_folder: bool) -> None:
        fits = place.is_dir() if is_folder else place.is_file()
        if place.is_symlink() or (place.exists() and not fits):
            wanted = "folder" if is_folder else "file"
            raise BuildError(f"{place} is in the way: it is no ordinary {wanted}; move it away")
        if self.kind not in CASELESS or not place.parent.is_dir():
            return
        for other in place.parent.iterdir():
            if other.name != place.name and other.name.casefold() == place.name.casefold():
                raise BuildError(
                    f"{other} is in the way: this file system ({self.kind}) takes "
                    f"it for {place.name}; rename it or move it away"
                )

    def check_size(self, name: str, size: int) -> None:
        """Refuse a file that the file system cannot hold.

        Raises:
            BuildError: it is too large for FAT.
        """
        if self.kind in FAT and size > LARGEST_ON_FAT:
            raise BuildError(
                f"{self.root} is formatted as FAT, which takes files of up to 4 GiB, and "
                f"{PurePath(name).name} has {in_words(size)}; format the stick as exFAT"
            )

    def check_room(self, needed: int, remedy: str) -> None:
        """Refuse to begin what cannot end.

        Raises:
            BuildError: there is less room than that.
        """
        free = self.free()
        if free < needed:
            raise BuildError(
                f"{self.root} has {in_words(free)} free and {in_words(needed)} are needed; {remedy}"
            )

    def sync(self) -> None:
        """Wait until everything is on the medium, names and folders too.

        Raises:
            BuildError: the medium says that it is not.
        """
        # coreutils' sync calls syncfs(2), which Python has not; os.sync would wait for all others.
        command = ["sync", "--file-system", self.root]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = done.stderr.strip().rpartition(": ")[2]
            raise BuildError(f"{self.root}: {GONE.format(reason)}")

    def refusal(self, error: OSError) -> BuildError:
        """What the system said about this medium, as a sentence."""
        meaning = MEANINGS.get(error.errno, f"{{}}; {AGAIN}")
        return BuildError(f"{self.root}: {meaning.format(error.strerror)}")


def in_words(size: int) -> str:
    """Bytes as sticks are sold: `12 kB`, `9.3 MB`, `363 MB`, `1.2 GB`."""
    if size < 10**6:
        return f"{-(-size // 1000)} kB"
    if size < 10**9:
        return f"{size / 1e6:.{1 if size < 10**7 else 0}f} MB"
    return f"{size / 1e9:.1f} GB"
