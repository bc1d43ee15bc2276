"""One layer of an image: a compressed tar of one or more of the appliance's layers."""

import hashlib
import os
import stat
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from .. import tree
from ..run import BOUND, require, run
from ..store import work_folder

BLOB, DIFF_ID = "layer.tar.gz", "diff-id"

#: Always as many threads: what pigz writes must not depend on the machine.
COMPRESS = "pigz -6 --no-name --processes 4 --stdout".split()

#: How a layer says that a file below it is gone, and that a folder hides the one below it.
#: https://github.com/opencontainers/image-spec/blob/v1.0.2/layer.md#whiteouts
GONE, OPAQUE = ".wh.", ".wh..wh..opq"


def make(layers: Sequence[Path], folder: Path, log: Path) -> None:
    """Write `layer.tar.gz`, and `diff-id`: the SHA-256 of the tar before it was compressed.

    Args:
        layers: squashfs files; where two have the same file, the later one's is taken.
    """
    require(COMPRESS[0])
    with work_folder("image-tree-") as work:
        root = work / "root"
        for squashfs in layers:
            # Over what is there already, unlike tree.unpack.
            run(["unsquashfs", "-force", "-quiet", "-no-progress", "-dest", root, squashfs], log)
        with (folder / BLOB).open("wb") as packed:
            words = [*BOUND, *COMPRESS]
            pigz = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=packed)
            sink = _Hashing(pigz.stdin)
            _tar(root, sink)
            pigz.stdin.close()
            if code := pigz.wait():
                raise subprocess.CalledProcessError(code, COMPRESS)
    (folder / DIFF_ID).write_text(f"sha256:{sink.hash.hexdigest()}\n")


class _Hashing:
    """Passes bytes on and hashes them."""

    def __init__(self, target: BinaryIO) -> None:
        self.target, self.hash = target, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return self.target.write(data)


def _tar(root: Path, target: _Hashing) -> None:
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for path in _sorted(root):
            name = str(path.relative_to(root))
            status = path.lstat()
            if stat.S_ISCHR(status.st_mode) and status.st_rdev == 0:
                tar.addfile(_marker(f"{Path(name).parent}/{GONE}{path.name}", status))
                continue
            entry = tar.gettarinfo(path, name)
            entry.uname = entry.gname = ""
            entry.mtime = int(status.st_mtime)
            attributes = _attributes(path)
            hides = attributes.pop(tree.OPAQUE, None)
            entry.pax_headers = {f"SCHILY.xattr.{k}": v for k, v in sorted(attributes.items())}
            if entry.isreg():
                with path.open("rb") as content:
                    tar.addfile(entry, content)
            else:
                tar.addfile(entry)
            if hides:
                tar.addfile(_marker(f"{name}/{OPAQUE}", status))


def _sorted(folder: Path) -> Iterator[Path]:
    """All that is below a folder, each folder before what is in it."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        yield Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            yield from _sorted(Path(entry.path))


def _attributes(path: Path) -> dict[str, str]:
    names = os.listxattr(path, follow_symlinks=False)
    return {
        name: os.getxattr(path, name, follow_symlinks=False).decode("utf-8", "surrogateescape")
        for name in names
    }


def _marker(name: str, status: os.stat_result) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name.removeprefix("./"))
    entry.mtime = int(status.st_mtime)
    return entry
