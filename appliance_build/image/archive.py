"""The file that is handed out: configuration, manifests and layers in one tar."""

import hashlib
import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path

from ..store import digest
from .blob import BLOB

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def write(target: Path, config: str, blobs: Sequence[Path], tag: str, epoch: int) -> None:
    """Write the archive.

    Args:
        blobs: the folder of each layer, the lowest first (`blob.make`).
        tag: what the image is called, as `name:tag`.
        epoch: time stamp of all that is in it.
    """
    layers = [_Blob.of_file(folder / BLOB) for folder in blobs]
    settings = _Blob.of_text(config)
    manifest = _Blob.of_text(
        _json(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": settings.descriptor(CONFIG),
                "layers": [layer.descriptor(LAYER) for layer in layers],
            }
        )
    )
    names = {"io.containerd.image.name": f"docker.io/library/{tag}"}
    names |= {"org.opencontainers.image.ref.name": tag.partition(":")[2]}
    index = {
        "schemaVersion": 2,
        "manifests": [manifest.descriptor(MANIFEST) | {"annotations": names}],
    }
    docker = {"Config": settings.name, "RepoTags": [tag], "Layers": [each.name for each in layers]}
    texts = {
        "oci-layout": _json({"imageLayoutVersion": "1.0.0"}),
        "index.json": _json(index),
        "manifest.json": _json([docker]),
    }
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, text in texts.items():
            _add(tar, name, _Blob.of_text(text), epoch)
        for each in sorted({each.name: each for each in (settings, manifest, *layers)}.values()):
            _add(tar, each.name, each, epoch)


class _Blob:
    """Bytes by their hash: a file, or a text that is not written yet."""

    def __init__(self, sha256: str, size: int, content: Path | bytes) -> None:
        self.sha256, self.size, self.content = sha256, size, content

    @classmethod
    def of_file(cls, path: Path) -> "_Blob":
        return cls(digest(path), path.stat().st_size, path)

    @classmethod
    def of_text(cls, text: str) -> "_Blob":
        content = text.encode()
        return cls(hashlib.sha256(content).hexdigest(), len(content), content)

    def __lt__(self, other: "_Blob") -> bool:
        return self.sha256 < other.sha256

    @property
    def name(self) -> str:
        """Where it is in the archive."""
        return f"blobs/sha256/{self.sha256}"

    def descriptor(self, kind: str) -> dict:
        """How a manifest names it."""
        return {"mediaType": kind, "digest": f"sha256:{self.sha256}", "size": self.size}


def _add(tar: tarfile.TarFile, name: str, blob: _Blob, epoch: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime = blob.size, epoch
    if isinstance(blob.content, bytes):
        tar.addfile(entry, io.BytesIO(blob.content))
    else:
        with blob.content.open("rb") as content:
            tar.addfile(entry, content)


def _json(content: object) -> str:
    return json.dumps(content, indent=1, sort_keys=True) + "\n"
