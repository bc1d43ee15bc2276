"""The image's file, unpacked: what is in its layers, and the tree that they make together."""

import json
import shutil
import tarfile
from pathlib import Path

GONE, OPAQUE = ".wh.", ".wh..wh..opq"


class Image:
    """A file of `make docker`, read as `docker load` reads it.

    Attributes:
        config: the image's configuration.
        tags: what it is called.
        layers: names of the layers' blobs, the lowest first.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with tarfile.open(path) as archive:
            [entry] = json.load(archive.extractfile("manifest.json"))
            self.config = json.load(archive.extractfile(entry["Config"]))
        self.tags, self.layers = entry["RepoTags"], entry["Layers"]

    def unpack(self, folder: Path) -> Path:
        """Lay all layers over each other in a new folder; needs root."""
        folder.mkdir()
        for layer in self.layers:
            with (
                tarfile.open(self.path) as archive,
                tarfile.open(fileobj=archive.extractfile(layer)) as tar,
            ):
                for member in tar:
                    _lay(tar, member, folder)
        return folder


def _lay(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    place = folder / member.name
    if place.name == OPAQUE:
        for path in place.parent.iterdir():
            _remove(path)
    elif place.name.startswith(GONE):
        _remove(place.with_name(place.name.removeprefix(GONE)))
    else:
        if not (member.isdir() and place.is_dir() and not place.is_symlink()):
            _remove(place)
        tar.extract(member, folder, numeric_owner=True, filter="fully_trusted")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
