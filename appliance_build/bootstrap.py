"""Gets the host ready: Debian packages, then a Python environment by the lock.

usage: python3 -m appliance_build.bootstrap [PART...]    prints the environment's Python
       PART: of locks/host-packages.txt, whose first lines are for all, for example run, test

Runs on the standard library alone, before anything is installed. The environment
is kept in the cache under the hash of `locks/host.lock`: a second clone reuses it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LOCK = PROJECT / "locks" / "host.lock"
PACKAGES = PROJECT / "locks" / "host-packages.txt"
OLDEST = (3, 11)
COMMON = ""  # the part before the first [part]


def main() -> None:
    """Install what is missing; print the path of the environment's interpreter."""
    try:
        packages(COMMON, *sys.argv[1:])
        print(environment())
    except KeyboardInterrupt:
        print("stopped; run the command again to go on", file=sys.stderr)
        sys.exit(130)


def packages(*parts: str) -> None:
    """Install the Debian packages of some parts that are not there yet."""
    if sys.version_info < OLDEST:
        sys.exit(f"error: Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version}")
    if shutil.which("dpkg-query") is None:
        sys.exit("error: the build runs on Debian and Ubuntu; this machine has no dpkg")
    install(_missing([name for part in parts for name in listed(PACKAGES, part)]))


def listed(file: Path, part: str = "") -> list[str]:
    """The packages that a list names, below `[part]` where it has parts."""
    current, found = "", []
    for line in file.read_text().splitlines():
        word = line.partition("#")[0].strip()
        if word.startswith("["):
            current = word.strip("[]")
        elif word and current == part:
            found.append(word)
    return found


def _missing(wanted: list[str]) -> list[str]:
    query = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *wanted]
    output = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in output.splitlines() if line.endswith(" installed")}
    return [package for package in wanted if package not in installed]


def install(packages: list[str]) -> None:
    """Install Debian packages, if there are any to install."""
    if not packages:
        return
    names = " ".join(packages)
    if os.geteuid() != 0:
        sys.exit(f"error: these packages are missing; run: sudo apt-get install {names}")
    print(f"installing Debian packages: {names}", file=sys.stderr)
    command = ["apt-get", "install", "--yes", "--no-install-recommends", "-qq", *packages]
    settings = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], command):
        done = subprocess.run(step, env=settings, stdout=sys.stderr, check=False)
        if done.returncode:
            sys.exit(
                f"error: `{' '.join(step)}` failed; check the network connection and "
                "/etc/apt/sources.list, then run the command again"
            )


def environment() -> Path:
    """The environment's interpreter, after making the environment if the lock is new.

    It is whole or absent: a stamp written last says that it is whole.
    """
    default = Path.home() / ".cache" / "deep-learning-workshop"
    cache = Path(os.environ.get("APPLIANCE_CACHE") or default).expanduser().absolute()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    key = hashlib.sha256(LOCK.read_bytes() + sys.executable.encode()).hexdigest()[:16]
    folder = cache / "host" / f"python{version}-{key}"
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    print("installing the build's Python libraries (once)", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        sys.exit(
            f"error: cannot write to the cache {cache} ({error.strerror}); "
            "make it writable or set APPLIANCE_CACHE to another folder"
        )
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    for command in (
        [sys.executable, "-m", "venv", folder],
        [*pip, "--require-hashes", "--no-deps", "--requirement", LOCK],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = "\n".join(
                f"    {line}" for line in (done.stderr or done.stdout).splitlines()[-5:]
            )
            sys.exit(
                "error: the build's Python libraries could not be installed; check the network "
                f"connection and the room in {cache}, then run the command again\n{last}"
            )
    (folder / "complete").touch()
    return python


if __name__ == "__main__":
    main()
