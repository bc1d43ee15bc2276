"""Becomes a command inside the tools tree; runs in a mount name space of its own.

The tree stays as it was made: changes go to memory and end with the command. Project,
organiser's folder, cache and mirrors are where they are on the host, so that messages name real
paths.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ..papers import source
from ..paths import OWN, PROJECT, WORKSHOP, cache, mirrors

#: What of the host's environment a command gets: nothing that could shape bytes.
KEPT = (
    "APPLIANCE_",
    "PIP_",
    "npm_config_",
    "SSH_AUTH_SOCK",
    "TERM",
    "COLUMNS",
    "NO_COLOR",
    "FORCE_COLOR",
    "CI",
    "PYTHONDONT",
)
KEPT += ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")

#: A file that a command may be told to sign with (see sums.py).
SIGNING_KEY = "APPLIANCE_SIGNING_KEY"

#: How the host reaches the network; each where it exists.
NETWORK = ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt")
NETWORK += ("/etc/pip.conf", "/etc/xdg/pip", "/etc/npmrc")


def command(tree: Path, words: Sequence[str]) -> list[str]:
    """What runs `words` inside the tree."""
    alone = ["unshare", "--mount", "--propagation", "private", "--"]
    return [*alone, sys.executable, "-m", "appliance_build.tools.enter", str(tree), *words]


def mount(*words: object) -> None:
    """Call mount(8); the name space ends with the process, and the mount with it."""
    subprocess.run(["mount", *map(str, words)], check=True)


def bind(source: Path, root: Path) -> None:
    """Show a file or folder of the host at the same place inside.

    The place must be the tree's: making it would change what another bind shows there.
    """
    target = root / source.relative_to("/")
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)  # a link would lead elsewhere
        target.touch()
    mount("--rbind", source, target)


def shown(words: Sequence[str]) -> list[Path]:
    """The host's files and folders that are there inside too; none of them lies in another."""
    named = [*mirrors(), *filter(None, [signing_key(), os.environ.get("SSH_AUTH_SOCK")])]
    named += [word for word in words[1:] if word.startswith("/")]
    paths = {
        PROJECT,
        WORKSHOP,
        cache(),
        *map(Path, NETWORK),
        *(Path(name).absolute() for name in named),
    }
    # A part of the cache may have been moved to another disk, with a link in its place.
    paths |= {path.resolve() for path in cache().glob("*") if path.is_symlink()}
    paths |= {folder for own in (PROJECT, WORKSHOP) for folder in repository(own)}
    there = {path for path in paths if path.exists()}
    return sorted(path for path in there if not there & set(path.parents))


def repository(folder: Path) -> set[Path]:
    """Where git keeps a folder's history: in one above it, or in another work tree."""
    link = source.root(folder) / ".git"
    if not link.is_file():
        return {link}
    kept = link.parent / link.read_text().removeprefix("gitdir:").strip()
    return {link, kept.resolve().parent.parent}  # of .git/worktrees/name or .git/modules/name


def signing_key() -> str:
    """The key's path, whose `~` is the caller's home and not that of the tree."""
    named = os.environ.get(SIGNING_KEY, "")
    return str(Path(named).expanduser()) if named else ""


def main(tree: Path, words: Sequence[str]) -> None:
    """Mount, enter, become the command."""
    scratch = cache() / "tools" / "root"
    scratch.mkdir(parents=True, exist_ok=True)
    mount("-t", "tmpfs", "-o", "mode=755", "tools", scratch)
    root, upper, work = (scratch / name for name in ("merged", "upper", "work"))
    for folder in (root, upper, work):
        folder.mkdir()
    layers = f"lowerdir={tree.resolve()},upperdir={upper},workdir={work}"
    mount("-t", "overlay", "overlay", "-o", layers, root)
    for name in ("proc", "sys", "dev"):
        bind(Path("/", name), root)
    for name in ("tmp", "run"):
        mount(
            "-t", "tmpfs", "-o", "mode=1777" if name == "tmp" else "mode=755", "tmpfs", root / name
        )
    for path in shown(words):
        bind(path, root)
    settings = subprocess.run(
        ["apt-config", "dump", "--format", '%F "%v";%n', "Acquire"], capture_output=True, check=True
    )
    (root / "etc/apt/apt.conf.d/host").write_bytes(settings.stdout)
    os.chroot(root)
    os.chdir(PROJECT)
    environment = {key: value for key, value in os.environ.items() if key.startswith(KEPT)}
    environment |= {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    environment |= {"HOME": "/root", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    environment |= {"APPLIANCE_CACHE": str(cache()), SIGNING_KEY: signing_key()}
    if OWN in environment:
        environment[OWN] = str(WORKSHOP)
    os.umask(0o022)
    os.execvpe(words[0], words, environment)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
