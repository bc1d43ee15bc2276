"""Resolves what an organiser adds, on top of the project's locks and without changing them.

Debian's packages: apt is told that those of the project are installed, in their locked versions.
Python's: uv is told the versions that are inside, and leaves these packages out of what it writes.
"""

import io
import re
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ..description import Description
from ..errors import BuildError
from ..progress import step, warn
from ..store import locked, work_folder
from . import archive, debian, resolve
from .additions import (
    DEBIAN,
    KEYBOARD,
    LOCKS,
    ON,
    PYTHON,
    Additions,
    ground,
    header,
    pins,
    requested,
)
from .locks import OPTIONS, resolved_by_uv, show
from .wheels import LOCKS as OURS

#: A folder or file that a Debian package of Python's installs beside its code.
METADATA = re.compile(r"/dist-packages/([^/]+?)-(\d[^/-]*)(?:-py3[^/]*)?\.(?:dist|egg)-info\b")


def renew(description: Description) -> None:
    """Write the locks of what is added, and show what changed; those of nothing go."""
    lock = debian.load()
    LOCKS.mkdir(exist_ok=True)
    _renew_debian(description, lock)
    _renew_python(description, lock)


def anew(added: Additions, lock: debian.Lock, log: Path) -> Additions:
    """The same additions on another lock of the project's, for one build alone."""
    if not any(added.debian.requested.values()):
        return added
    return replace(added, debian=packages(lock, added.debian.requested, log))


def _renew_debian(description: Description, lock: debian.Lock) -> None:
    before = debian.load(DEBIAN, ()).debs if DEBIAN.exists() else ()
    asked = requested(description)
    if not any(asked.values()):
        DEBIAN.unlink(missing_ok=True)
        return
    with locked(), step(f"locks/{DEBIAN.name}", "lock-extra-debian") as log:
        added = packages(lock, asked, log)
        _write(DEBIAN, debian.text(added))
    versions = [{deb.name: deb.version for deb in debs} for debs in (before, added.debs)]
    show(*versions, {deb.name: "security" for deb in added.debs if "security" in deb.archive})


def packages(lock: debian.Lock, asked: Mapping[str, Sequence[str]], log: Path) -> debian.Lock:
    """Resolve Debian packages that are added.

    Raises:
        BuildError: the archive lacks one, or one asks for another version than is locked.
    """
    with work_folder("resolve-") as work:
        apt = resolve.apt_root(lock.suite, work / "root", log)
        status = work / "root" / "var/lib/dpkg/status"
        stanzas = _stanzas(apt, lock, log)
        sets: dict[tuple[str, str], tuple[str, ...]] = {}
        for name, below in ON.items():
            installed = [stanzas[deb] for deb in lock.of(*below)]
            status.write_text("\n".join(installed), encoding="utf-8")
            for package in _additions(apt, asked[name]):
                sets[package] = (*sets.get(package, ()), name)
        status.write_text("")
        for package in resolve.candidates(apt, asked[KEYBOARD]):
            sets[package] = (*sets.get(package, ()), KEYBOARD)
        debs = tuple(resolve.described(apt, sets))
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        return debian.Lock(lock.suite, now, asked, debs, ground(lock))


def _stanzas(apt: Sequence[str], lock: debian.Lock, log: Path) -> dict[debian.Deb, str]:
    """What dpkg would say of each package of the project, were it installed."""
    debs = lock.of(*{name for sets in ON.values() for name in sets})
    names = [f"{deb.name}={deb.version}" for deb in debs]
    shown = resolve.apt_says(["apt-cache", *apt, "show", *names]).stdout
    known = {}
    for stanza in shown.strip().split("\n\n"):
        field = dict(re.findall(r"(?m)^([A-Za-z0-9-]+): (.*)$", stanza))
        known[field["Package"], field["Version"]] = stanza
    gone = [deb for deb in debs if (deb.name, deb.version) not in known]
    if gone:  # a newer one has taken its place in the archive
        found, reasons = archive.fetch(gone, lock.suite, lock.resolved, warn, lambda *_: None)
        for path, why in reasons.items():
            raise BuildError(f"{Path(path).name} can be had from nowhere: {'; '.join(why)}")
        for deb, path in found.items():
            words = ["dpkg-deb", "--field", str(path)]
            done = subprocess.run(words, capture_output=True, text=True, check=True)
            known[deb.name, deb.version] = done.stdout.strip()
    return {deb: _installed(known[deb.name, deb.version]) for deb in debs}


def _installed(stanza: str) -> str:
    name, _, rest = stanza.partition("\n")
    return f"{name}\nStatus: install ok installed\n{rest}\n"


def _additions(apt: Sequence[str], names: Sequence[str]) -> set[tuple[str, str]]:
    """Names and versions of what an installation adds to what is installed."""
    if not names:
        return set()
    done = resolve.apt_says(["apt-get", *apt, "--simulate", "--yes", "install", *names])
    if done.returncode:
        errors = [line[3:] for line in done.stderr.splitlines() if line.startswith("E: ")]
        raise BuildError(
            f"Debian's archive cannot give these packages ({'; '.join(errors)}); correct their "
            "names under extra.packages in appliance.yml"
        )
    changed = re.findall(r"(?m)^(?:Inst (\S+) \[|Remv (\S+))", done.stdout)
    if changed:
        raise BuildError(
            f"{', '.join(names)} would replace or remove what the machine is made of "
            f"({', '.join(sorted(a or b for a, b in changed))}); take other packages, or a newer "
            "version of this project"
        )
    return set(re.findall(r"(?m)^Inst (\S+) \((\S+) ", done.stdout))


def _renew_python(description: Description, lock: debian.Lock) -> None:
    before = pins(PYTHON) if PYTHON.exists() else {}
    wanted = description.extra.python
    if not wanted:
        PYTHON.unlink(missing_ok=True)
        return
    with locked(), step(f"locks/{PYTHON.name}", "lock-extra-python") as log:
        text = "\n".join([*header(ground(lock), wanted), requirements(wanted, lock, log)])
        _write(PYTHON, text)
    show(before, pins(PYTHON), {})


def requirements(wanted: Sequence[str], lock: debian.Lock, log: Path) -> str:
    """Resolve Python packages that are added; returns the text of a lock for pip.

    Raises:
        BuildError: they do not fit what is inside.
    """
    inside = {**_of_debian(lock), **pins(OURS / "sources.lock"), **pins(OURS / "python.lock")}
    with work_folder("resolve-") as work:
        (work / "wanted.in").write_text("".join(f"{line}\n" for line in wanted))
        fixed = "".join(f"{name}=={version}\n" for name, version in inside.items())
        (work / "inside.txt").write_text(fixed)
        options = [*OPTIONS["python"], f"--constraint={work / 'inside.txt'}"]
        options += ["--only-binary=:all:", *(f"--no-emit-package={name}" for name in inside)]
        try:
            return resolved_by_uv(work / "wanted.in", work / "wanted.lock", options, log)
        except BuildError as error:
            raise BuildError(
                "the Python packages under extra.python in appliance.yml cannot be had as wheels "
                "that fit what is inside; take other versions, or leave one out. The reason "
                f"stands below\n{error}"
            ) from None


def _of_debian(lock: debian.Lock) -> dict[str, str]:
    """Version by name of the Python packages that come with Debian's, read from their lists."""
    debs = [deb for deb in lock.of("system") if deb.name.startswith("python3-")]
    found, reasons = archive.fetch(debs, lock.suite, lock.resolved, warn, lambda *_: None)
    for path, why in reasons.items():
        raise BuildError(f"{Path(path).name} can be had from nowhere: {'; '.join(why)}")
    versions = {}
    for path in found.values():
        words = ["dpkg-deb", "--fsys-tarfile", str(path)]
        content = subprocess.run(words, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(content)) as files:
            for name in files.getnames():
                if match := METADATA.search(name):
                    versions[match[1]] = match[2]
    return versions


def _write(lock: Path, text: str) -> None:
    new = lock.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(lock)
