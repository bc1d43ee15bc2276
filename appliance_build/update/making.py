"""`make update FROM=…`: the file that leads machines of an older release to the one in build/."""

import io
import tarfile
from pathlib import Path

from appliance_update.package import HEADER, LAYER, SIGNATURE, Header, public_key

from .. import tree
from ..description import Description
from ..errors import BuildError
from ..inputs.fetch import digest
from ..machine import ova
from ..paths import BUILD, PROJECT
from ..product import ENDINGS
from ..progress import console, step, warn
from ..store import work_folder
from . import key as keys
from .difference import difference, lay_out
from .release import Release, find, read

LEVEL = 22  # of zstd: the layer is small, and many people wait for it


def make(description: Description, older: Path, folder: Path) -> Path:
    """Make the update from an older release to the one in build/, and say what it does.

    Args:
        older: its OVA, or a folder with it.
        folder: where the organiser's key is, unless APPLIANCE_SIGNING_KEY names another.

    Raises:
        BuildError: there is no key, or none that the older release knows; the releases are of two
            appliances, or the same.
    """
    key = keys.private(folder)
    with work_folder("update-") as work, step("update", "update") as log:
        trees: dict[str, Path] = {}
        old, new = (
            read(path, _new(work / name), trees, log)
            for name, path in (("old", find(older)), ("new", ova.find(BUILD)))
        )
        _check(old, new, keys.public_of(key))
        found = difference(old.trees, new.trees)
        lay_out(found, new.trees, work / "tree")
        layer = work / LAYER
        tree.pack(work / "tree", layer, description.epoch, log, LEVEL)
        header = _header(old, new, layer)
        target = BUILD / f"{_stem(header, new)}.update"
        write(target, header, layer, key, description.epoch)
    _report(target, header, found, old)
    return target


def write(target: Path, header: Header, layer: Path, key: Path, epoch: int) -> None:
    """Write the file; the same releases and an Ed25519 key give the same bytes."""
    content = header.to_bytes()
    aside = target.with_name(f".{target.name}.new")
    with tarfile.open(aside, "w", format=tarfile.USTAR_FORMAT) as archive:
        small = {HEADER: content, SIGNATURE: keys.sign(content, key)}
        for name, part in small.items():
            archive.addfile(_member(name, len(part), epoch), io.BytesIO(part))
        with layer.open("rb") as file:
            archive.addfile(_member(LAYER, layer.stat().st_size, epoch), file)
    aside.replace(target)


def _stem(header: Header, new: Release) -> str:
    """The name, with what the new release's own says that it lacks (`-standins`)."""
    marks = new.path.stem.partition(f"{header.version}{ENDINGS['vm'][0]}")[2]
    return f"{header.name}-{header.base_version}-to-{header.version}{marks}"


def _member(name: str, size: int, epoch: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mtime = size, epoch
    return member


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _header(old: Release, new: Release, layer: Path) -> Header:
    return Header(
        name=new.description["name"],
        base=old.base,
        base_version=old.description["version"],
        version=new.description["version"],
        date=str(new.description["date"]),
        size=layer.stat().st_size,
        sha256=digest(layer),
        kernel_stays=old.boot != new.boot,
    )


def _check(old: Release, new: Release, public: str) -> None:
    names = [each.description["name"] for each in (old, new)]
    if names[0] != names[1]:
        raise BuildError(
            f"{old.path} is {names[0]}, and what was built is {names[1]}; name an older "
            "release of that"
        )
    if old.base == new.base:
        raise BuildError(f"{old.path} is what was built: there is nothing to update")
    known = old.description.get("update_key", "")
    if not known:
        raise BuildError(
            f"{old.path} was built without update_key in appliance.yml, so that its machines take "
            "no updates; hand out the new .ova, and set the key for next time: `make update-key`"
        )
    if public_key(known) != public:
        raise BuildError(
            f"machines made from {old.path} take updates of this key alone: {known}; name its "
            f"private half in {keys.sums.VARIABLE}"
        )


def _report(target: Path, header: Header, found: object, old: Release) -> None:
    console.print()
    console.print(f"[bold]{target.relative_to(PROJECT)}[/]  {target.stat().st_size:,} bytes")
    console.print(f"SHA-256 {digest(target)}")
    console.print(
        f"{len(found.changed)} files and folders are new or other, {len(found.gone)} are gone, "
        f"from {header.base_version} to {header.version}"
    )
    if header.kernel_stays:
        warn(
            "kernel or boot script differ: machines keep those of the older release; who needs the "
            "new ones imports the new .ova"
        )
    console.print("Next: in a machine, `workshop update FILE`, or the workshop's page, Update.")
