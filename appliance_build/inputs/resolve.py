"""Resolves Debian packages: from the names that were asked for to a whole lock.

apt decides, in a root folder of its own, by the signed index of the archive as it is now.
"""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ..errors import BuildError
from ..run import run
from ..store import work_folder
from .archive import SOURCES_ONLY
from .debian import SETS, Deb, Lock

#: What mmdebstrap's variant minbase asks for.
MINBASE = ("?essential", "?priority(required)", "apt")

#: The sets that a set adds to; a package of theirs may not change with it.
BELOW = {
    "base": (),
    "system": ("base",),
    "vm": ("base", "system"),
    "container": ("base", "system"),
    "cuda": ("base", "system", "container"),
    "opencl": ("base", "system", "container"),
    "tools": (),
}

#: NVIDIA's libraries are in Debian's non-free part.
COMPONENTS = "--components=main,contrib,non-free"

#: Where the keys of the host's archives are, of which the tools tree has Debian's.
KEYS = {
    "Dir::Etc::Trusted": "/etc/apt/trusted.gpg",
    "Dir::Etc::TrustedParts": "/etc/apt/trusted.gpg.d",
}


def lock(suite: str, requested: Mapping[str, Sequence[str]], log: Path) -> Lock:
    """Resolve each set of packages, without recommended ones.

    Args:
        requested: the names that are asked for, by set.

    Raises:
        BuildError: the archive cannot be reached, is not signed, or lacks a package.
    """
    with work_folder("resolve-") as work:
        apt = apt_root(suite, work / "root", log)
        asked = {"base": ()} | dict(requested)
        resolved = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        whole = {
            name: _closure(apt, [*MINBASE, *(p for s in (*BELOW[name], name) for p in asked[s])])
            for name in SETS
        }
        parts = {}
        for name, below in BELOW.items():
            under = set().union(*(whole[other] for other in below))
            if not under <= whole[name]:
                raise BuildError(
                    f"the packages of the {name} layer change those of a layer below: "
                    f"{', '.join(sorted(package for package, _ in under - whole[name]))}"
                )
            parts[name] = whole[name] - under
        every = set().union(*parts.values())
        sets = {key: tuple(name for name in SETS if key in parts[name]) for key in every}
        wanted = {name: tuple(requested[name]) for name in SETS[1:]}
        return Lock(suite, resolved, wanted, tuple(described(apt, sets)))


def apt_root(suite: str, root: Path, log: Path) -> list[str]:
    """Make apt's root folder; returns the options that every call of apt takes."""
    run([*SOURCES_ONLY, COMPONENTS, suite, root], log)
    settings = {
        "Dir": str(root),
        "Dir::State::status": str(root / "var/lib/dpkg/status"),
        "APT::Architecture": "amd64",
        "APT::Architectures": "amd64",
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        **KEYS,
    }
    options = [f"-o{key}={value}" for key, value in settings.items()]
    try:
        run(["apt-get", *options, "--error-on=any", "update"], log)
    except BuildError as error:
        raise BuildError(
            "Debian's archive cannot be reached or is not signed; check the network connection, or "
            f"name a mirror that has the locked packages in APPLIANCE_MIRROR\n{error}"
        ) from None
    return options


def _closure(apt: Sequence[str], names: Sequence[str]) -> set[tuple[str, str]]:
    """Names and versions of all packages that an installation into nothing brings."""
    words = ["apt-get", *apt, "--simulate", "--yes", "install", *names]
    done = apt_says(words)
    if done.returncode:
        errors = [line[3:] for line in done.stderr.splitlines() if line.startswith("E: ")]
        raise BuildError(
            f"Debian's archive cannot give these packages ({'; '.join(errors)}); correct their "
            "names under debian.packages in appliance.yml or in locks/tools-packages.txt"
        )
    return set(re.findall(r"(?m)^Inst (\S+) \((\S+) ", done.stdout))


def candidates(apt: Sequence[str], names: Sequence[str]) -> set[tuple[str, str]]:
    """Names and versions of packages as the archive has them now, without what they depend on."""
    if not names:
        return set()
    shown = apt_says(["apt-cache", *apt, "show", "--no-all-versions", *names]).stdout
    found = dict(re.findall(r"(?ms)^Package: (\S+)$.*?^Version: (\S+)$", shown))
    if missing := set(names) - found.keys():
        raise BuildError(f"Debian's archive has no {min(missing)}; run the command again")
    return set(found.items())


def described(apt: Sequence[str], sets: Mapping[tuple[str, str], tuple[str, ...]]) -> list[Deb]:
    """What the index says of each package."""
    names = [f"{name}={version}" for name, version in sorted(sets)]
    shown = apt_says(["apt-cache", *apt, "show", *names]).stdout
    debs = {}
    for stanza in shown.strip().split("\n\n"):
        field = dict(re.findall(r"(?m)^([A-Za-z0-9-]+): (.*)$", stanza))
        name, version = field["Package"], field["Version"]
        source = re.fullmatch(r"(\S+)(?: \((\S+)\))?", field.get("Source", name))
        # The security archive's pool is pool/updates; both archives may have the same file.
        security = field["Filename"].startswith("pool/updates/")
        debs[name, version] = Deb(
            name,
            version,
            field["Architecture"],
            field["Priority"],
            source.group(1),
            source.group(2) or version,
            "debian-security" if security else "debian",
            field["Filename"],
            int(field["Size"]),
            field["SHA256"],
            sets[name, version],
        )
    if missing := sets.keys() - debs.keys():
        raise BuildError(f"apt-cache shows nothing of {min(missing)}; run the command again")
    return list(debs.values())


def apt_says(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    settings = os.environ | {"LC_ALL": "C.UTF-8"}
    return subprocess.run(words, capture_output=True, text=True, env=settings, check=False)
