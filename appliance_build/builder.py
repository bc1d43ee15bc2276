"""Building the layers that changed, each on those that it stands on."""

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

from . import parallel, tree
from .description import Description
from .errors import BuildError
from .ingredients import Ingredients
from .inputs import archive
from .inputs.additions import Additions
from .inputs.debian import Lock
from .layers import ABOUT, BUILDER, LAYERS, SQUASHFS, playbook, stack
from .papers import about
from .progress import reused, step
from .store import Store, fingerprint, work_folder


class Builder:
    """Builds the layers of one description, each from the store if nothing of it changed."""

    def __init__(
        self,
        description: Description,
        lock: Lock,
        assets: dict[str, Path],
        standins: list[dict[str, str]],
        added: Additions | None = None,
    ) -> None:
        self.description = description
        self.lock = lock
        self.ingredients = Ingredients(description, lock, assets, standins, added)
        self.standins = self.ingredients.standins
        self.store = Store("layers")
        self.keys: dict[str, str] = {}
        self.built: dict[str, Path] = {}
        self.fetching = threading.Lock()  # two layers may want the same wheels

    def stack(self, form: str) -> tuple[str, ...]:
        """All layers of a form, the lowest first."""
        return stack(form, self.ingredients.has_extra(form))

    def below(self, name: str) -> tuple[str, ...]:
        """The layers that a layer is built on, the lowest first."""
        form = next((form for form, last in ABOUT.items() if last == name), None)
        return self.stack(form)[:-1] if form else LAYERS[name].below

    def key(self, name: str) -> str:
        """The hash of everything that goes into a layer, the layers below included."""
        if name not in self.keys:
            inputs = [self.key(below) for below in self.below(name)]
            given = self.ingredients
            self.keys[name] = fingerprint(
                inputs,
                given.settings(name),
                given.values(name),
                self.description.epoch,
                files=[*BUILDER, *playbook(name), *LAYERS[name].files, *given.sources(name)],
            )
        return self.keys[name]

    def build(self, name: str) -> Path:
        """The folder with the layer's squashfs (and the vm's kernel and initrd)."""
        if name not in self.built:
            if entry := self.store.find(name, self.key(name)):
                reused(f"{name} layer")
            else:
                entry = self._make(name)
            self.built[name] = entry
        return self.built[name]

    def build_all(self, names: Sequence[str]) -> dict[str, Path]:
        """The folders of some layers that stand on no others, in the order of the names."""
        parallel.in_order({name: self.below(name) for name in names}, self.build)
        return {name: self.built[name] for name in names}

    def _make(self, name: str) -> Path:
        below = {other: self.build(other) / SQUASHFS for other in self.below(name)}
        with self.fetching:
            inputs = self.ingredients.fetch(name)
        with (
            step(f"{name} layer") as log,
            self.store.make(name, self.key(name)) as result,
            work_folder(f"{name}-tree-") as work,
        ):
            upper = work / "upper"
            if name in ABOUT.values():
                debs = [deb for layer in below for deb in self.ingredients.debs(layer)]
                python = self.ingredients.added.python
                about.write(self.description, debs, python, self.standins, below, upper, log)
                shutil.copy(upper / about.FOLDER / about.SBOM, result)
            else:
                self._provision(name, list(below.values()), inputs, upper, log)
            if name == "vm":
                _take_boot_files(upper, result)
            level = tree.SMALL if name in stack("vm", extra=True) else tree.QUICK
            tree.pack(upper, result / SQUASHFS, self.description.epoch, log, level)
        return self.store.path(name, self.key(name))

    def _provision(
        self, name: str, below: list[Path], inputs: dict, upper: Path, log: Path
    ) -> None:
        """Let the layer's roles change the stack of the layers below it."""
        work, trees = upper.parent, []
        for number, squashfs in enumerate(below):
            trees.append(work / f"below-{number}")
            tree.unpack(squashfs, trees[-1], log)
        if name == "system":
            debs = inputs.pop("debs")
            line = archive.repository(debs, self.lock.suite, work / "debs")
            self._bootstrap(line, upper, log)
        self.ingredients.lay_out(name, inputs, work / "inputs")
        roles = LAYERS[name].playbook or name
        settings = {
            "appliance": self.ingredients.settings(name),
            "layer": roles,
            "standins": self.standins,
            "sources": archive.sources(self.lock.suite),
        }
        try:
            epoch = self.description.epoch
            tree.provision(roles, trees, upper, work / "inputs", settings, epoch, log)
        except BuildError as error:
            raise BuildError(
                f"the roles of ansible/{roles}.yml failed; correct what stands at the end of "
                f"the log, then run the command again\n{error}"
            ) from None

    def _bootstrap(self, line: str, target: Path, log: Path) -> None:
        packages = self.lock.requested["system"]
        try:
            tree.bootstrap(self.lock.suite, packages, line, target, log)
        except BuildError as error:
            raise BuildError(
                "the locked Debian packages could not be installed; run `make lock` if you "
                f"changed locks/debian.lock by hand, else read the log\n{error}"
            ) from None


def _take_boot_files(upper: Path, result: Path) -> None:
    """Move kernel and initial RAM file system out: they go to the boot partition."""
    for kind, name in {"vmlinuz-*": "vmlinuz", "initrd.img-*": "initrd.img"}.items():
        files = sorted((upper / "boot").glob(kind))
        if len(files) != 1:
            raise BuildError(f"the vm layer has {len(files)} files /boot/{kind}, expected one")
        shutil.move(files[0], result / name)
