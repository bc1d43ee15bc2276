"""VirtualBox's user space in a chroot, so that an import can be tried without its kernel driver.

VirtualBox is in Debian sid (contrib) only. Its package insists on the source of its kernel
modules; an empty package that provides `virtualbox-modules` stands in for them.
"""

import fcntl
import shutil
import subprocess
import tempfile
from pathlib import Path

from appliance_build import paths
from appliance_build.errors import BuildError

_STUB = """Package: virtualbox-modules-none
Version: 1
Architecture: all
Maintainer: nobody <nobody@localhost>
Provides: virtualbox-modules
Description: stands in for the kernel modules that an import does not need
"""
_INSTALL = (
    'chroot "$1" apt-get install -y --no-install-recommends '
    "./stub.deb systemd-standalone-sysusers virtualbox"
)


def ready() -> Path:
    """The chroot's folder in the cache; made on first use, complete or not at all.

    Raises:
        BuildError: it cannot be made; with the last lines of what mmdebstrap said.
    """
    home = paths.cache() / "virtualbox"
    home.mkdir(parents=True, exist_ok=True)
    chroot = home / "chroot"
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not chroot.exists():
            for leftover in home.glob("making.*"):
                shutil.rmtree(leftover)
            making = Path(tempfile.mkdtemp(prefix="making.", dir=home))
            _make(making)
            (making / "root").rename(chroot)
            shutil.rmtree(making)
    return chroot


def _make(folder: Path) -> None:
    control = folder / "stub" / "DEBIAN" / "control"
    control.parent.mkdir(parents=True)
    control.write_text(_STUB)
    package = folder / "stub.deb"
    _run(["dpkg-deb", "--root-owner-group", "--build", str(folder / "stub"), str(package)])
    command = ["mmdebstrap", "--mode=root", "--variant=minbase", "--components=main,contrib"]
    command += ["--aptopt=Acquire::Check-Valid-Until false"]  # sid's Release may be an old snapshot
    for unread in ("doc", "man", "locale"):
        command += [f"--dpkgopt=path-exclude=/usr/share/{unread}/*"]
    command += [f"--customize-hook=copy-in {package} /"]
    command += [f"--customize-hook={_INSTALL}", '--customize-hook=rm "$1/stub.deb"']
    _run([*command, "sid", str(folder / "root")])


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise BuildError(f"{command[0]} is not installed; install it with apt") from None
    except subprocess.CalledProcessError as error:
        last = "\n".join(error.stderr.splitlines()[-5:])
        raise BuildError(f"VirtualBox's chroot cannot be made with {command[0]}:\n{last}") from None
