"""`make reproduce`: builds again where everything differs that must not matter, and compares.

usage: python3 -m appliance_build.reproduce [--report FOLDER] [--only FORM] [VARIATION...]

The peer is the build in the project itself: the OVA and the images, as far as they are there.
Each variation builds a clone of it in an unlike place, from downloads alone: no layer is taken
over. On a difference diffoscope shows the lowest layer that differs, as an HTML page. Runs on the
host, since the host varies.
"""

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import BuildError
from .inputs.fetch import digest
from .layers import FORMS, LAYERS
from .papers import source
from .paths import BUILD, OWN, PROJECT, WORKSHOP, cache, lock_file
from .product import Product
from .run import BOUND
from .tools import enter

#: Folders of the cache that hold inputs, not results.
INPUTS = ("assets", "debs", "tools")

#: What the folders that it builds in begin with.
WORK = "work-"


@dataclass(frozen=True)
class Variation:
    """One unlike place to build in.

    Attributes:
        folder: what the project's path ends in.
        settings: environment variables.
        before: words before the command: other host name, fewer processors.
        memory: whether all is kept in a tmpfs, which lists files in another order than ext4.
        tools: whether the tools tree is made anew, too.
        suite: the Debian release whose programs serve as the host's; none for the host's own.
    """

    folder: str
    settings: dict[str, str]
    before: tuple[str, ...] = ()
    umask: int = 0o022
    memory: bool = False
    tools: bool = False
    suite: str = ""


OTHER_HOST = 'hostname elsewhere && exec "$@"'

VARIATIONS = {
    "place": Variation(
        "ein Ort/mit Leerzeichen/projekt",
        {"TZ": "Asia/Singapore", "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8"},
        umask=0o077,
        memory=True,
    ),
    "person": Variation(
        "p",
        {"TZ": "America/Caracas", "LC_ALL": "tr_TR.UTF-8", "USER": "somebody", "HOME": "/tmp"},
        before=(*"taskset --cpu-list 0 unshare --uts sh -c".split(), OTHER_HOST, "sh"),
        umask=0o002,
        tools=True,
    ),
    "debian-13": Variation("trixie", {"TZ": "Pacific/Apia"}, tools=True, suite="trixie"),
}

#: What a host must have: the rest is in the tools tree.
HOST = "python3,mmdebstrap,debian-archive-keyring,mount,ca-certificates"


def build(variation: Variation, work: Path, targets: Sequence[str]) -> tuple[Path, Path]:
    """Build in a variation's place; returns the folder of what was built, and its cache.

    Args:
        targets: commands of the build: `ova`, `docker`.
    """
    if variation.memory:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", work], check=True)
    project, own = work / variation.folder, work / "cache"
    own.mkdir()
    for name in INPUTS:
        if (cache() / name).is_dir() and not (name == "tools" and variation.tools):
            (own / name).symlink_to(cache() / name)
    settings = os.environ | variation.settings | {"APPLIANCE_CACHE": str(own)}
    words = [sys.executable, "-m", "appliance_build.tools"]
    if variation.suite:
        host = work / "host"
        make = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={HOST}"]
        subprocess.run([*make, variation.suite, host], check=True)
        words = enter.command(host, ["python3", *words[1:]])
    words = [*BOUND, *variation.before, *words]
    old = os.umask(variation.umask)
    try:
        built = _clone(PROJECT, project)
        if WORKSHOP != PROJECT:
            built = _clone(WORKSHOP, work / "own")
            settings[OWN] = str(built)
        for target in targets:
            done = subprocess.run([*words, target], cwd=project, env=settings, check=False)
            if done.returncode:
                raise BuildError(f"the build in {project} failed; what it says stands above")
    finally:
        os.umask(old)
    return built / "build", own


def _clone(folder: Path, target: Path) -> Path:
    """Clone the repository that a folder is in; what is in no commit yet is copied, too.

    Returns:
        The folder in the clone.
    """
    root = source.root(folder)
    git = ["git", "-c", "advice.detachedHead=false"]
    subprocess.run([*git, "clone", "--quiet", root, target], check=True)
    changed = ["git", "ls-files", "--modified", "--others", "--exclude-standard", "-z"]
    changed += ["--", ".", ":(exclude,top,glob)**/build/**"]
    listed = subprocess.run(changed, cwd=root, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        (target / name).unlink(missing_ok=True)
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, target / name)
    return target / folder.relative_to(root)


def compare(first: Path, second: Path, caches: Sequence[Path], report: Path) -> bool:
    """Whether two files are the same; if not, shows where they differ."""
    hashes = digest(first), digest(second)
    for path, sha in zip((first, second), hashes, strict=True):
        print(f"{sha}  {path}", flush=True)
    if hashes[0] == hashes[1]:
        return True
    pair = _first_difference(caches) or (first, second)
    report.mkdir(parents=True, exist_ok=True)
    page = report / "diffoscope.html"
    words = [sys.executable, "-m", "diffoscope.main", "--html", str(page), "--text", "-"]
    words += ["--max-text-report-size", "4000", *map(str, pair)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    print(done.stdout[:4000] or done.stderr[-2000:])
    print(f"error: the two builds differ; {page} shows where")
    return False


def _first_difference(caches: Sequence[Path]) -> tuple[Path, Path] | None:
    """The lowest layer that differs, as a pair of files."""
    for layer in LAYERS:
        pair = []
        for folder in caches:
            entries = sorted(
                (folder / "layers").glob(f"{layer}-*"), key=lambda p: p.stat().st_mtime
            )
            pair += [entry / "layer.squashfs" for entry in entries[-1:]]
        if len(pair) == len(caches) and digest(pair[0]) != digest(pair[1]):
            return pair[0], pair[1]
    return None


def main() -> int:
    """Build each variation and compare; returns 1 on the first difference."""
    parser = argparse.ArgumentParser(prog="make reproduce", description=__doc__.splitlines()[0])
    parser.add_argument("variation", nargs="*", help=f"of {', '.join(VARIATIONS)}; default: all")
    parser.add_argument("--only", choices=FORMS, help="compare this form alone")
    parser.add_argument("--report", type=Path, default=BUILD / "reproduce", help="folder")
    arguments = parser.parse_args()
    for name in arguments.variation:
        if name not in VARIATIONS:
            parser.error(f"there is no variation {name!r}; choose from {', '.join(VARIATIONS)}")
    try:
        with lock_file("reproduce/lock") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            names = arguments.variation or list(VARIATIONS)
            return _all_the_same(names, arguments.only, arguments.report)
    except BuildError as error:
        print(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        print("stopped; nothing is kept of the build that was under way", file=sys.stderr)
        return 130


def _all_the_same(names: Sequence[str], only: str | None, report: Path) -> int:
    products = [each for form in FORMS if (each := Product.in_build(form))]
    compared = [each for each in products if only in (None, each.form)]
    targets = sorted({"ova" if each.form == "vm" else "docker" for each in compared}, reverse=True)
    for leftover in (cache() / "reproduce").glob(f"{WORK}*"):  # of a run that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    for name in names:
        print(f"variation {name}", flush=True)
        work = Path(tempfile.mkdtemp(prefix=WORK, dir=cache() / "reproduce"))
        try:
            built, own = build(VARIATIONS[name], work, targets)
            for each in compared:
                if not compare(each.path, built / each.path.name, (cache(), own), report):
                    return 1
        finally:
            if VARIATIONS[name].memory:
                subprocess.run(["umount", "--lazy", work], check=False)
            shutil.rmtree(work, ignore_errors=True)
    print("the same bytes everywhere")
    return 0


if __name__ == "__main__":
    sys.exit(main())
