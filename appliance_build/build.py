"""`make ova`, `make docker`: from the description to files in build/, doing only what is needed."""

import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from .builder import Builder
from .description import Description
from .errors import BuildError
from .image import blobs, compose
from .ingredients import Unobtainable
from .inputs import adding, additions, assets, debian, resolve
from .inputs.fetch import check_mirrors
from .layers import ABOUT, FORMS, HERE, LAYERS, SQUASHFS
from .papers import about, sums
from .paths import BUILD, PROJECT, check_room, shown
from .product import Product
from .progress import console, elapsed, reused, step, warn
from .run import run
from .store import fingerprint, locked, work_folder
from .tools import making
from .tree import NAMESPACE

OVA, IMAGES = ("vm",), ("cuda", "cpu")

#: Code that shapes each form's file, beside the layers.
PACKERS = {
    "vm": [*HERE.glob("templates/*.j2")]
    + [HERE / f"{name}.py" for name in ("package", "disk", "vmdk", "ova")]
} | {form: [HERE / "image", *compose.TEMPLATES] for form in IMAGES}
COMMON = [*(PROJECT / "packer").glob("*.hcl"), HERE / "product.py"]
COMMON += [HERE / "papers" / "provenance.py"]

#: What to do with each form.
NEXT = {"vm": "`make up` starts it here; or import the file into VirtualBox."}
NEXT |= dict.fromkeys(IMAGES, "`docker load --input FILE`, then as docs/docker.md says.")

#: Let whoever gets a file check it, and the computer that it is for; handed out beside it.
CHECKERS = (PROJECT / "verify.py", PROJECT / "preflight.py")


def build(description: Description, forms: Sequence[str], release: bool = False) -> None:
    """Build forms of the appliance and their checksums, or find that they are as they must be.

    Args:
        forms: of `layers.FORMS`.
        release: refuse stand-ins, and packages that are not the lock's.

    Raises:
        BuildError: whatever stops the build, in one sentence.
    """
    start = time.monotonic()
    check_mirrors()
    signer = sums.signing_key()
    lock = debian.load()
    _check_requested(description, lock)
    added = additions.load(description, lock)
    unlocked = os.environ.get(making.UNLOCKED, "")
    if release and unlocked:
        raise BuildError(_not_the_locks(unlocked))
    with locked():
        found, standins = assets.fetch_all(assets.locked_assets())
        if release and standins:
            raise BuildError(_release_refused(standins))
        builder = Builder(description, lock, found, standins, added)
        try:
            made = _build(builder, forms, unlocked, release, signer)
        except Unobtainable as gone:
            if release:
                raise BuildError(_not_the_locks(str(gone))) from None
            unlocked = str(gone)
            warn(f"{unlocked}; resolving Debian's packages anew for this build alone")
            with step("Debian packages, resolved anew", "resolve") as log:
                lock = resolve.lock(lock.suite, lock.requested, log)
                added = adding.anew(added, lock, log)
            builder = Builder(description, lock, found, standins, added)
            made = _build(builder, forms, unlocked, release, signer)
    if made:
        _report(made, standins, unlocked, time.monotonic() - start)


def layer(description: Description, name: str) -> Path:
    """Build one layer, and those that it stands on; returns its folder.

    Raises:
        BuildError: there is none of that name, or whatever stops the build.
    """
    if name not in LAYERS:
        raise BuildError(f"there is no layer {name!r}; there are {', '.join(LAYERS)}")
    check_mirrors()
    with locked():
        found, standins = assets.fetch_all(assets.locked_assets())
        return Builder(description, debian.load(), found, standins).build(name)


def _build(
    builder: Builder, forms: Sequence[str], unlocked: str, release: bool, signer: Path | None
) -> list[Product]:
    """Build what is not there yet, and return that."""
    marks = ("-standins" if builder.standins else "") + ("-unlocked" if unlocked else "")
    products = [Product.of(builder.description, form, marks) for form in forms]
    keys = {product.form: _key(builder, product, release, signer) for product in products}
    changed = [each for each in products if not each.is_unchanged(keys[each.form])]
    for product in products:
        if product not in changed:
            reused(product.path.name)
    if not changed:
        return []
    check_room()
    for product in changed:
        entries = builder.build_all(builder.stack(product.form))
        if product.form == "vm":
            _pack_ova(builder, product, entries)
        else:
            _pack_image(builder, product, entries)
        _papers(builder, entries[ABOUT[product.form]], product, release)
    _sum(builder.description, signer)
    for product in changed:
        product.stamp(keys[product.form])
    return changed


def _key(builder: Builder, product: Product, release: bool, signer: Path | None) -> str:
    layers = [builder.key(name) for name in builder.stack(product.form)]
    settings = [
        builder.description.model_dump(mode="json"),
        product.path.name,
        release,
        str(signer),
    ]
    return fingerprint(layers, settings, files=[*PACKERS[product.form], *COMMON, *CHECKERS])


def _check_requested(description: Description, lock: debian.Lock) -> None:
    """Refuse a lock that was resolved for other packages."""
    asked = description.debian.packages.model_dump() | {"tools": making.requested()}
    for name, packages in asked.items():
        if difference := sorted(set(packages) ^ set(lock.requested[name])):
            raise BuildError(
                f"locks/debian.lock was resolved for other {name} packages than are asked for now "
                f"(difference: {', '.join(difference)}); run `make lock`"
            )


def _pack_ova(builder: Builder, product: Product, entries: dict[str, Path]) -> None:
    # On the disk the last layer has the same name in every version.
    layers = {("about" if name == ABOUT["vm"] else name): e for name, e in entries.items()}
    with step("disk, VMDK, OVF, OVA", "ova") as log:
        job = {
            "layers": {name: str(entry / SQUASHFS) for name, entry in layers.items()},
            "boot": str(entries["vm"]),
            "log": str(log),
        }
        _pack(builder.description, product, "ova", job, log)


def _pack_image(builder: Builder, product: Product, entries: dict[str, Path]) -> None:
    layers = {name: str(folder) for name, folder in blobs.compressed(builder, entries).items()}
    with step(product.path.name, "image") as log:
        job = {"form": product.form, "layers": layers}
        _pack(builder.description, product, "image", job, log)


def _pack(description: Description, product: Product, kind: str, job: dict, log: Path) -> None:
    """Let Packer write file, checksum and manifest aside, then move them to their names."""
    with work_folder(f"{kind}-") as work:
        output = work / "output"
        output.mkdir()
        target = output / product.path.name
        (work / "job.json").write_text(json.dumps(job | {"target": str(target)}))
        variables = {
            "python": sys.executable,
            "job": work / "job.json",
            "output": output,
            "artifact": product.path.name,
            "name": description.name,
            "version": description.version,
        }
        arguments = [f"-var={name}={value}" for name, value in variables.items()]
        environment = os.environ | {"CHECKPOINT_DISABLE": "1", "PACKER_NO_COLOR": "1"}
        command = ["packer", "build", f"-only=null.{kind}", *arguments, PROJECT / "packer"]
        run([*NAMESPACE, *command], log, env=environment, cwd=PROJECT)
        BUILD.mkdir(exist_ok=True)
        product.remove_old()
        for path in (product.checksum, product.beside("manifest.json"), product.path):
            _move(output / path.name, path)


def _papers(builder: Builder, entry: Path, product: Product, release: bool) -> None:
    """Lay beside the file what it is made of and where it comes from."""
    from .papers import provenance  # its library takes long to import

    bill, statement = product.papers
    shutil.copyfile(entry / about.SBOM, bill)
    subject = {product.path.name: product.sha256()}
    text = provenance.provenance(builder.description, subject, builder.standins, release)
    statement.write_text(text, encoding="utf-8")


def _sum(description: Description, signer: Path | None) -> None:
    """List the checksums of all that is in build/ to be handed out, of earlier builds too."""
    for program in CHECKERS:
        shutil.copyfile(program, BUILD / program.name)
    beside = [program.name for program in CHECKERS]
    for old in BUILD.glob(f"{sums.SUMS}*"):
        old.unlink()
    products = [product for form in FORMS if (product := Product.in_build(form))]
    names = [path.name for product in products for path in product.handed_out]
    if any(product.form in IMAGES for product in products):
        beside += compose.write(description, BUILD)
    sums.write(BUILD, [*names, *beside], signer)


def _move(source: Path, target: Path) -> None:
    """Move a file to its final name, whole even if that is on another disk."""
    aside = target.with_name(f".{target.name}.new")
    shutil.move(source, aside)
    aside.replace(target)


def _not_the_locks(reason: str) -> str:
    return (
        f"a release takes only the packages of locks/debian.lock, and {reason}; name a mirror that "
        "has it in APPLIANCE_MIRROR, or run `make lock`, test, commit, and release again"
    )


def _release_refused(standins: list[dict[str, str]]) -> str:
    return (
        "a release takes no stand-ins, and these files could be had from nowhere:\n"
        + _listed(standins)
        + "\nconnect to the internet, or name a folder or URL that has them in APPLIANCE_MIRROR"
    )


def _listed(standins: list[dict[str, str]]) -> str:
    """A line for what each stand-in replaces: GoogLeNet alone has 116 files."""
    by_standin: dict[str, list[dict[str, str]]] = {}
    for entry in standins:
        by_standin.setdefault(entry["standin"], []).append(entry)
    lines = []
    for first, *others in by_standin.values():
        more = f" (and {len(others)} more)" if others else ""
        lines.append(f"    {first['asset']}{more}: {first['reason']}")
    return "\n".join(lines)


def _report(
    products: Sequence[Product], standins: list[dict[str, str]], unlocked: str, seconds: float
) -> None:
    """What was made and what to do with it."""
    console.print()
    for product in products:
        size = product.path.stat().st_size
        console.print(f"[bold]{shown(product.path)}[/]  {size:,} bytes")
        console.print(f"SHA-256 {product.sha256()}")
    console.print(f"[dim]{elapsed(seconds)}[/]")
    if standins:
        warn("these assets could be had from nowhere, and stand-ins serve in their place:")
        console.print(_listed(standins), markup=False)
        console.print(
            "  To get the real ones: connect to the internet, or set APPLIANCE_MIRROR to a folder"
            "\n  or URL that has them, and build again. `make release` refuses stand-ins."
        )
    if unlocked:
        warn(f"not of the lock's packages: {unlocked}")
        console.print(
            "  This file has Debian's packages as they are today. To get those of the lock: name a"
            "\n  mirror that has them in APPLIANCE_MIRROR. To move the lock on: `make lock`."
        )
    for line in dict.fromkeys(NEXT[product.form] for product in products):
        console.print(f"Next: {line}")
