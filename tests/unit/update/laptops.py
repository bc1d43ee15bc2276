"""A machine that people took home, in folders: what is mounted there is copied here.

Its start does what the boot script does (ansible/roles/vm/files/layers), which has its own tests.
"""

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path

from appliance_build.update import key as keys
from appliance_build.update import making
from appliance_update.finish import finish
from appliance_update.machine import Machine
from appliance_update.package import Header
from appliance_update.view import view

NAME, USER = "tiny", "somebody"
HOME = f"home/{USER}/notebooks"
APPLIANCE = "usr/share/workshop/appliance.json"


def notebook(*cells: str, ran: bool = False) -> str:
    """A notebook of code cells."""
    made = [
        {
            "cell_type": "code",
            "id": hashlib.sha256(source.encode()).hexdigest()[:8],
            "metadata": {},
            "source": [source],
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["ran"]}] * ran,
            "execution_count": 1 if ran else None,
        }
        for source in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def sources(text: str) -> list[str]:
    """What stands in a notebook's cells."""
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"]]


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Files below a folder, by path."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def texts(folder: Path) -> dict[str, str]:
    """The same, read."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Laptop:
    """A machine.

    Args:
        folder: an empty one.
        shipped: the notebooks of its release.
        key: the public key that it takes updates of.
    """

    def __init__(self, folder: Path, shipped: Mapping[str, str], key: str, uid: int) -> None:
        self.folder, self.key, self.uid = folder, key, uid
        self.layers, self.root = folder / "layers", folder / "root"
        release = self.layers / "10-content"
        write(release, {APPLIANCE: self.description("1.0.0")})
        write(release / HOME, shipped)
        write(self.layers / "store", {"70-about.squashfs": f"about {sorted(shipped)}"})
        (self.layers / "state" / "upper" / HOME).mkdir(parents=True)
        self.root.mkdir()
        self.boot()

    def description(self, version: str) -> str:
        user = {"name": USER, "uid": self.uid}
        return json.dumps({"name": NAME, "version": version, "user": user, "update_key": self.key})

    @property
    def machine(self) -> Machine:
        return Machine(self.layers, self.root / "usr/share/workshop", self.root)

    @property
    def notebooks(self) -> dict[str, str]:
        return texts(self.root / HOME)

    @property
    def version(self) -> str:
        return self.machine.description["version"]

    def power_off(self) -> None:
        """What the attendee changed goes where overlayfs keeps it."""
        upper, shown = self.layers / "state" / "upper" / HOME, self.notebooks
        shutil.rmtree(upper)
        upper.mkdir()
        below = {name: path.read_text() for name, path in view(self.lower, HOME) if path.is_file()}
        write(upper, {name: text for name, text in shown.items() if below.get(name) != text})
        (upper.parents[2] / "gone").write_text("\n".join(below.keys() - shown.keys()))

    @property
    def lower(self) -> list[Path]:
        return Machine(self.layers).stack

    def boot(self, finishes: bool = True) -> None:
        """Stack what is to be stacked, then let the service finish."""
        for name in ("99-update", "running", "damaged"):
            path = self.layers / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        current = self.layers / "state" / "update" / "current"
        if current.exists():
            self._stack(current)
        shutil.rmtree(self.root)
        for name, path in view(self.lower):
            target = self.root / name
            target.mkdir(parents=True) if path.is_dir() else shutil.copy(path, target)
        upper = self.layers / "state" / "upper"
        write(self.root / HOME, texts(upper / HOME))
        if (gone := upper / "gone").exists():
            for name in gone.read_text().split("\n"):
                if name and name not in texts(upper / HOME):
                    (self.root / HOME / name).unlink(missing_ok=True)
        if finishes and (self.layers / "state" / "update").exists():
            finish(self.machine)

    def _stack(self, current: Path) -> None:
        sha, _, name = current.read_text().strip().partition("  ")
        layer = current.parent / name
        if layer.exists() and hashlib.sha256(layer.read_bytes()).hexdigest() == sha:
            with tarfile.open(layer) as archive:
                archive.extractall(self.layers / "99-update", filter="fully_trusted")
            shutil.copy(current, self.layers / "running")
        else:
            (self.layers / "damaged").touch()

    def restart(self) -> None:
        """As people do."""
        self.power_off()
        self.boot()

    def update_to(
        self, version: str, changed: Mapping[str, str], key: Path, **header: object
    ) -> bytes:
        """The file of an update that gives some notebooks other contents."""
        folder = self.folder / "made"
        shutil.rmtree(folder, ignore_errors=True)
        write(folder / "tree", {APPLIANCE: self.description(version)})
        write(folder / "tree" / HOME, changed)
        layer = folder / "layer"
        with tarfile.open(layer, "w") as archive:
            archive.add(folder / "tree", ".")
        content = layer.read_bytes()
        values = {
            "name": NAME,
            "base": self.machine.base,
            "base_version": "1.0.0",
            "version": version,
            "date": f"2027-01-0{version[0]}",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        target = folder / "an.update"
        making.write(target, Header(**values | header), layer, key, 0)
        return target.read_bytes()


def made_key(folder: Path, name: str = "key") -> tuple[Path, str]:
    """A pair of keys: the private one's file, and the public one."""
    folder.mkdir(exist_ok=True)
    keys.create(folder / name, "a test")
    return folder / name, keys.public_of(folder / name)


def stream(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)
