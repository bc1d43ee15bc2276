"""The layers of the appliance: what goes into each, and building those that changed.

system ──► science ──► content
     └───► vm                     stacked in the order of LAYERS at boot
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from . import lessons, tree, wheels
from .description import Description
from .errors import BuildError
from .paths import NOTEBOOKS, PROJECT
from .progress import reused, step
from .store import Store, fingerprint, work_folder

ANSIBLE = PROJECT / "ansible"
HERE = PROJECT / "appliance_build"

#: Code that shapes every layer.
BUILDER = [HERE / name for name in ("layers.py", "tree.py", "provision.py", "excluded.txt")] + [
    PROJECT / "packer" / name for name in ("layer.pkr.hcl", "sources.pkr.hcl", "variables.pkr.hcl")
]
BUILDER += [ANSIBLE / "ansible.cfg"]


@dataclass(frozen=True)
class Layer:
    """What makes a layer.

    Attributes:
        below: layers that it is built on, the lowest first.
        settings: keys of appliance.yml that its roles may read.
        files: sources beside its roles that it takes in.
    """

    below: tuple[str, ...]
    settings: tuple[str, ...]
    files: tuple[Path, ...] = ()


LAYERS = {
    "system": Layer((), ("name", "title", "user", "ports")),
    "science": Layer(("system",), ("title", "user", "ports", "theano")),
    "content": Layer(
        ("system", "science"),
        tuple(Description.model_fields),
        (NOTEBOOKS / "workshop", PROJECT / "appliance_check"),
    ),
    "vm": Layer(("system",), ("title", "version", "user", "ports", "debian")),
}


class Builder:
    """Builds the layers of one description, each from the store if nothing of it changed."""

    def __init__(
        self, description: Description, assets: dict[str, Path], standins: list[dict[str, str]]
    ) -> None:
        self.description = description
        self.assets = assets
        self.standins = standins
        self.store = Store("layers")
        self.keys: dict[str, str] = {}
        self.built: dict[str, Path] = {}

    def key(self, name: str) -> str:
        """The hash of everything that goes into a layer, the layers below included."""
        if name not in self.keys:
            layer = LAYERS[name]
            playbook = ANSIBLE / f"{name}.yml"
            roles = [ANSIBLE / "roles" / role for role in _roles(playbook)]
            inputs = [self.key(below) for below in layer.below]
            self.keys[name] = fingerprint(
                inputs,
                self._settings(name),
                self._extra(name),
                self.description.epoch,
                files=[*BUILDER, playbook, *roles, *layer.files, *self._sources(name)],
            )
        return self.keys[name]

    def build(self, name: str) -> Path:
        """The folder with the layer's `layer.squashfs` (and the vm's kernel and initrd)."""
        if name not in self.built:
            if entry := self.store.find(name, self.key(name)):
                reused(f"{name} layer")
            else:
                entry = self._make(name)
            self.built[name] = entry
        return self.built[name]

    def _make(self, name: str) -> Path:
        below = [self.build(other) for other in LAYERS[name].below]
        inputs = self._fetch(name)
        with (
            step(f"{name} layer") as log,
            self.store.make(name, self.key(name)) as result,
            work_folder(f"{name}-tree-") as work,
        ):
            trees = []
            for number, entry in enumerate(below):
                trees.append(work / f"below-{number}")
                tree.unpack(entry / "layer.squashfs", trees[-1], log)
            upper = work / "upper"
            self._inputs(name, inputs, work / "inputs")
            if name == "system":
                self._bootstrap(upper, log)
            settings = {"appliance": self._settings(name), "standins": self.standins}
            try:
                epoch = self.description.epoch
                tree.provision(name, trees, upper, work / "inputs", settings, epoch, log)
            except BuildError as error:
                raise BuildError(
                    f"the roles of ansible/{name}.yml failed; correct what stands at the end of "
                    f"the log, then run the command again\n{error}"
                ) from None
            if name == "vm":
                _take_boot_files(upper, result)
            tree.pack(upper, result / "layer.squashfs", self.description.epoch, log)
        return self.store.path(name, self.key(name))

    def _settings(self, name: str) -> dict:
        return self.description.model_dump(mode="json", include=set(LAYERS[name].settings))

    def _extra(self, name: str) -> object:
        """What goes into a layer and is neither a setting nor a file of the project."""
        return {
            "system": [self.description.debian.suite, *self.description.debian.packages.system],
            "content": [sorted(self.assets), self.standins],
        }.get(name, [])

    def _sources(self, name: str) -> list[Path]:
        if name == "science":
            # The tools' lock has what builds the wheels, and jupytext for the layer above.
            locks = [wheels.LOCKS / f"{lock}.lock" for lock in ("python", "sources", "tools")]
            return [HERE / "wheels.py", *locks]
        if name == "content":
            sources = [NOTEBOOKS / "source" / f"{name}.py" for name in self.description.lessons]
            return [HERE / "lessons.py", *sources, *self.assets.values()]
        return []

    def _fetch(self, name: str) -> dict[str, Path]:
        """What must come from outside before the layer's own step begins."""
        if name != "science":
            return {}
        return {"wheels": wheels.python_wheels(), "sources": wheels.source_wheels()}

    def _inputs(self, name: str, fetched: dict[str, Path], folder: Path) -> None:
        """Lay out what the roles see as /run/inputs."""
        folder.mkdir()
        for part, source in fetched.items():
            shutil.copytree(source, folder / part)
        if name == "science":
            shutil.copy(wheels.LOCKS / "python.lock", folder)
        if name == "content":
            lessons.generate(NOTEBOOKS / "source", folder / "notebooks", self.description.lessons)
            for package in LAYERS[name].files:
                ignore = shutil.ignore_patterns("__pycache__")
                shutil.copytree(package, folder / package.name, ignore=ignore)
            (folder / "data").mkdir()
            for path, file in self.assets.items():
                (folder / "data" / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, folder / "data" / path)

    def _bootstrap(self, target: Path, log: Path) -> None:
        debian = self.description.debian
        try:
            tree.bootstrap(debian.suite, debian.packages.system, target, log)
        except BuildError as error:
            raise BuildError(
                "the Debian packages could not be fetched or installed; check the network "
                f"connection and the names under debian.packages in appliance.yml\n{error}"
            ) from None


def _roles(playbook: Path) -> list[str]:
    return [str(role) for play in YAML(typ="safe").load(playbook) for role in play["roles"]]


def _take_boot_files(upper: Path, result: Path) -> None:
    """Move kernel and initial RAM file system out: they go to the boot partition."""
    for kind, name in {"vmlinuz-*": "vmlinuz", "initrd.img-*": "initrd.img"}.items():
        files = sorted((upper / "boot").glob(kind))
        if len(files) != 1:
            raise BuildError(f"the vm layer has {len(files)} files /boot/{kind}, expected one")
        shutil.move(files[0], result / name)
