"""The layers of the appliance: what goes into each, and building those that changed.

system ─┬─► science ─┬─► compiled
        │            ├─► content
        │            └─► web
        ├─► vm
        └─► container ─┬─► cuda
                       └─► opencl     for tests; FORMS says which are stacked, and how
"""

import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from . import lessons, parallel, photos, tree, weights
from .description import Description
from .errors import BuildError
from .inputs import archive, assets, debian, npm, wheels
from .inputs.debian import Lock
from .papers import about, source
from .paths import NOTEBOOKS, PROJECT
from .progress import downloading, reused, step, warn
from .store import Store, fingerprint, work_folder
from .tools import making

SQUASHFS = "layer.squashfs"
ANSIBLE = PROJECT / "ansible"
HERE = PROJECT / "appliance_build"

#: Code that shapes every layer, and the libraries that it runs with.
BUILDER = [HERE / name for name in ("layers.py", "tree.py", "provision.py", "excluded.txt")] + [
    PROJECT / "packer" / name for name in ("layer.pkr.hcl", "sources.pkr.hcl", "variables.pkr.hcl")
]
BUILDER += [ANSIBLE / "ansible.cfg", making.LOCK]

#: Sets of `locks/debian.lock` that a layer installs.
DEBS = {
    "system": ("base", "system"),
    "vm": ("vm",),
    "container": ("container",),
    "cuda": ("cuda",),
    "opencl": ("opencl",),
}


class Unobtainable(BuildError):
    """Locked Debian packages that no source has any more."""


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
    "science": Layer(
        ("system",), ("title", "user", "ports", "theano"), (PROJECT / "theano_onednn",)
    ),
    "compiled": Layer(("system", "science"), ("user", "lessons"), (NOTEBOOKS / "workshop",)),
    "content": Layer(
        ("system", "science"),
        tuple(Description.model_fields),
        (NOTEBOOKS / "workshop", PROJECT / "appliance_check"),
    ),
    "web": Layer(("system", "science"), (), (npm.WEB / "server" / "workshop_pages",)),
    "vm": Layer(("system",), ("title", "version", "user", "ports", "debian")),
    "container": Layer(("system",), ("user", "ports", "debian"), (PROJECT / "docker" / "inside",)),
    "cuda": Layer(("system", "container"), ("debian",)),
    "opencl": Layer(("system", "container"), ("debian",)),
}

#: Layers that are given lessons and data: `compiled` runs their code, `content` ships them.
WITH_LESSONS = ("compiled", "content")
LESSONS = NOTEBOOKS / "source"

#: What is handed out: layers in the order in which they are stacked, the lowest first.
FORMS = {
    "vm": ("system", "science", "web", "compiled", "content", "vm"),
    "cpu": ("system", "science", "container", "web", "compiled", "content"),
    "cuda": ("system", "science", "container", "cuda", "web", "compiled", "content"),
}

#: On top of each form a layer of what it is made of.
ABOUT = {form: f"about-{form}" for form in FORMS}
LAYERS |= {
    ABOUT[form]: Layer(layers, ("name", "title", "version", "date"))
    for form, layers in FORMS.items()
}


def stack(form: str) -> tuple[str, ...]:
    """All layers of a form, the lowest first."""
    return (*FORMS[form], ABOUT[form])


class Builder:
    """Builds the layers of one description, each from the store if nothing of it changed."""

    def __init__(
        self,
        description: Description,
        lock: Lock,
        assets: dict[str, Path],
        standins: list[dict[str, str]],
    ) -> None:
        self.description = description
        self.lock = lock
        self.assets = assets
        # Why an asset could not be had is the builder's own affair, and other bytes elsewhere.
        self.standins = [{key: entry[key] for key in ("asset", "standin")} for entry in standins]
        self.store = Store("layers")
        self.keys: dict[str, str] = {}
        self.built: dict[str, Path] = {}
        self.fetching = threading.Lock()  # two layers may want the same wheels

    def key(self, name: str) -> str:
        """The hash of everything that goes into a layer, the layers below included."""
        if name not in self.keys:
            layer = LAYERS[name]
            inputs = [self.key(below) for below in layer.below]
            self.keys[name] = fingerprint(
                inputs,
                self._settings(name),
                self._extra(name),
                self.description.epoch,
                files=[*BUILDER, *_playbook(name), *layer.files, *self._sources(name)],
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
        parallel.in_order({name: LAYERS[name].below for name in names}, self.build)
        return {name: self.built[name] for name in names}

    def _make(self, name: str) -> Path:
        below = {other: self.build(other) / SQUASHFS for other in LAYERS[name].below}
        with self.fetching:
            inputs = self._fetch(name)
        with (
            step(f"{name} layer") as log,
            self.store.make(name, self.key(name)) as result,
            work_folder(f"{name}-tree-") as work,
        ):
            upper = work / "upper"
            if name in ABOUT.values():
                debs = self.lock.of(*(part for layer in below for part in DEBS.get(layer, ())))
                about.write(self.description, debs, self.standins, below, upper, log)
                shutil.copy(upper / about.FOLDER / about.SBOM, result)
            else:
                self._provision(name, list(below.values()), inputs, upper, log)
            if name == "vm":
                _take_boot_files(upper, result)
            level = tree.SMALL if name in stack("vm") else tree.QUICK
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
        self._inputs(name, inputs, work / "inputs")
        settings = {
            "appliance": self._settings(name),
            "layer": name,
            "standins": self.standins,
            "sources": archive.sources(self.lock.suite),
        }
        try:
            epoch = self.description.epoch
            tree.provision(name, trees, upper, work / "inputs", settings, epoch, log)
        except BuildError as error:
            raise BuildError(
                f"the roles of ansible/{name}.yml failed; correct what stands at the end of "
                f"the log, then run the command again\n{error}"
            ) from None

    def _settings(self, name: str) -> dict:
        settings = self.description.model_dump(mode="json", include=set(LAYERS[name].settings))
        if name in DEBS and "debian" in settings:
            packages = settings["debian"]["packages"]
            settings["debian"]["packages"] = {name: packages[name]}
        return settings

    def _extra(self, name: str) -> object:
        """What goes into a layer and is neither a setting nor a file of the project."""
        tools_tree = [deb.sha256 for deb in self.lock.of("tools")]
        debs = [deb.sha256 for deb in self.lock.of(*DEBS.get(name, ()))]
        about_it = name in ABOUT.values()
        data = [sorted(self.assets), self.standins] if about_it or name in WITH_LESSONS else []
        commit = source.commit() if about_it else {}
        code = {}
        if name == "compiled":
            code = lessons.documents(LESSONS, self.description.lessons, lessons.Variant.CODE)
        return [tools_tree, self.lock.requested.get(name, []), debs, data, commit, code]

    def _sources(self, name: str) -> list[Path]:
        if name == "science":
            # The tools' lock has what builds the wheels, and jupytext for the layer above.
            locks = [wheels.LOCKS / f"{lock}.lock" for lock in ("python", "sources", "tools")]
            return [HERE / "inputs" / "wheels.py", *locks]
        if name == "web":
            return [HERE / "inputs" / "npm.py", *npm.sources()]
        if name in WITH_LESSONS:
            whole = self.description.lessons if name == "content" else []
            sources = [LESSONS / f"{lesson}.py" for lesson in whole]
            builders = [
                HERE / f"{name}.py"
                for name in ("lessons", "exercises", "weights", "checkpoint", "photos")
            ]
            data = (file for _, file in sorted(self.assets.items()))
            return [*builders, *sources, wheels.LOCKS / "photos.lock", *data]
        if name in ABOUT.values():
            papers = ("about", "sbom", "licences", "provenance", "source")
            return [
                assets.LOCK,
                debian.LOCK,
                *(HERE / "papers" / f"{paper}.py" for paper in papers),
            ]
        return []

    def _fetch(self, name: str) -> dict:
        """What must come from outside before the layer's own step begins."""
        if name == "science":
            return {"wheels": wheels.python_wheels(), "sources": wheels.source_wheels()}
        if name == "web":
            return {"pages": npm.pages() / npm.PAGES}
        if name in WITH_LESSONS:
            return {"photos": wheels.photos_wheel()}
        if name not in DEBS:
            return {}
        with downloading(f"Debian packages of the {name} layer") as tick:
            lock = self.lock
            found, reasons = archive.fetch(
                lock.of(*DEBS[name]), lock.suite, lock.resolved, warn, tick
            )
        if reasons:
            path, why = next(iter(reasons.items()))
            more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
            raise Unobtainable(f"{Path(path).name}{more} can be had from nowhere: {'; '.join(why)}")
        return {"debs": found}

    def _inputs(self, name: str, fetched: dict, folder: Path) -> None:
        """Lay out what the roles see as /run/inputs."""
        folder.mkdir()
        if debs := fetched.pop("debs", {}):
            seen_at = Path("/run/inputs/debs")
            line = archive.repository(debs, self.lock.suite, folder / "debs", seen_at)
            (folder / "sources.list").write_text(line)
        photos_wheel = fetched.pop("photos", None)
        for part, files in fetched.items():
            shutil.copytree(files, folder / part)
        if name == "science":
            shutil.copy(wheels.LOCKS / "python.lock", folder)
        ignore = shutil.ignore_patterns("__pycache__")
        for files in LAYERS[name].files:
            shutil.copytree(files, folder / files.name, ignore=ignore)
        if name in WITH_LESSONS:
            names, variant = self.description.lessons, lessons.Variant
            first = variant.CODE if name == "compiled" else variant.STUDENT
            lessons.generate(LESSONS, folder / "notebooks", names, first)
            if name == "content":
                lessons.generate(LESSONS, folder / "solutions", names, variant.SOLUTION)
            self._data(folder / "data", photos_wheel)

    def _data(self, folder: Path, photos_wheel: Path) -> None:
        """Lay out the lessons' data as they ship."""
        folder.mkdir()
        for path, file in self.assets.items():
            if path not in weights.CONVERTED:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, folder / path)
        weights.convert(self.assets, {entry["asset"] for entry in self.standins}, folder)
        photos.unpack(photos_wheel, folder)

    def _bootstrap(self, line: str, target: Path, log: Path) -> None:
        packages = self.lock.requested["system"]
        try:
            tree.bootstrap(self.lock.suite, packages, line, target, log)
        except BuildError as error:
            raise BuildError(
                "the locked Debian packages could not be installed; run `make lock` if you "
                f"changed locks/debian.lock by hand, else read the log\n{error}"
            ) from None


def _playbook(name: str) -> list[Path]:
    """A layer's playbook and its roles; the last layer has none."""
    playbook = ANSIBLE / f"{name}.yml"
    if not playbook.exists():
        return []
    roles = [str(role) for play in YAML(typ="safe").load(playbook) for role in play["roles"]]
    return [playbook, *(ANSIBLE / "roles" / role for role in roles)]


def _take_boot_files(upper: Path, result: Path) -> None:
    """Move kernel and initial RAM file system out: they go to the boot partition."""
    for kind, name in {"vmlinuz-*": "vmlinuz", "initrd.img-*": "initrd.img"}.items():
        files = sorted((upper / "boot").glob(kind))
        if len(files) != 1:
            raise BuildError(f"the vm layer has {len(files)} files /boot/{kind}, expected one")
        shutil.move(files[0], result / name)
