"""The last layer: what the appliance is made of and where that comes from, inside it.

Both papers are about the other layers: the SBOM lists what they contain, the provenance
names them by hash. Beside the file that is handed out lies the same SBOM, and a provenance
of that file itself.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from .. import photos, tree
from ..description import Description
from ..inputs import assets, npm, wheels
from ..inputs.additions import ON
from ..inputs.debian import Deb
from ..inputs.fetch import digest
from ..store import work_folder

#: Where they are inside.
FOLDER = Path("usr/share/workshop")
SBOM, PROVENANCE = "sbom.spdx.json", "provenance.json"

#: The layers with Debian packages, whose copyright files tell the licences.
DEBIAN = ("system", "vm", "container", "cuda", *ON)


def write(
    description: Description,
    debs: Sequence[Deb],
    python: Path | None,
    standins: list[dict[str, str]],
    layers: Mapping[str, Path],
    upper: Path,
    log: Path,
) -> None:
    """Write the layer's tree.

    Args:
        debs: the Debian packages in the other layers.
        python: the lock of the Python packages that an organiser adds, if there is one.
        layers: the squashfs of each of them, by name.
        upper: a new folder, for the tree.
    """
    from . import provenance, sbom  # their libraries take long to import

    folder = upper / FOLDER
    folder.mkdir(parents=True)
    with work_folder("copyright-") as work:
        trees = []
        for name in filter(DEBIAN.__contains__, layers):
            trees.append(work / name)
            parts = ("usr/share/doc", "usr/lib/os-release")
            tree.unpack(layers[name], trees[-1], log, parts)
        folders = [wheels.python_wheels(), wheels.source_wheels()]
        folders += [wheels.added_wheels(python)] if python else []
        entries = [*assets.locked_assets(), *photos.listed(wheels.photos_wheel())]
        text = sbom.sbom(description, debs, folders, npm.libraries(), entries, standins, trees)
    (folder / SBOM).write_text(text, encoding="utf-8")
    hashes = {f"{name}.squashfs": digest(path) for name, path in layers.items()}
    statement = provenance.provenance(description, hashes, standins)
    (folder / PROVENANCE).write_text(statement, encoding="utf-8")
