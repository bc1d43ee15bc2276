"""What `make local`, `make local-stop`, `make local-check` and `make local-clean` do."""

import os
import subprocess
import sys
from pathlib import Path

from .. import bootstrap
from ..errors import BuildError
from ..paths import PROJECT
from ..run import BOUND
from . import person as people
from . import running, sandbox, work
from .folder import KEY, Folder


def up(folder: Path, port: int | None = None, system: Path | None = None) -> None:
    """Start it, if it does not run, and wait until Jupyter answers.

    Args:
        port: another than that of the description.
        system: the folder of another local mode, whose system is used.

    Raises:
        BuildError: whatever keeps it from starting, in one sentence.
    """
    place = Folder(folder)
    place.claim()
    with place.busy():
        if place.is_running():
            print("Local mode is up already.")
        else:
            _start(place, port, system)
        listening = place.started()["ports"]["jupyter"]["host"]
        print(f"Jupyter answers ({running.wait(place, listening):.1f} s).")
        print(_told(place, listening))


def stop(folder: Path) -> None:
    """Stop it; the work stays."""
    place = Folder(folder)
    place.require_ours()
    with place.busy():
        if not place.is_running():
            print("Local mode does not run.")
            return
        running.stop(place)
    print(f"Local mode is stopped; your work is in {place.notebooks}.")


def check(folder: Path, arguments: list[str]) -> int:
    """Run the doctor beside Jupyter; returns its exit status."""
    place = Folder(folder)
    place.require_ours()
    first = running.first_process(place)
    if first is None:
        raise BuildError("local mode does not run; start it with `make local`")
    facts = place.started()
    person = people.choose(place.home, facts["user"]["uid"])
    home = f"/home/{facts['user']['name']}"
    users = sandbox.owner(first)
    words = sandbox.entering(first, users, person, home, ["appliance-check", *arguments])
    environment = sandbox.environment(facts)
    return subprocess.run(words, env=environment, pass_fds=[users], check=False).returncode


def clean(folder: Path, save: Path | None = None, force: bool = False) -> None:
    """Stop it, and remove all that it made.

    Args:
        save: takes the attendee's work before.
        force: remove the work, too.

    Raises:
        BuildError: work would be lost, or it is not this user's to remove.
    """
    place = Folder(folder)
    if not place.path.exists():
        print(f"There is no {place.path}: nothing to remove.")
        return
    place.require_ours()
    with place.busy():
        _check_removable(place)
        if place.is_running():
            running.stop(place)
        files = work.changed(place)
        if files and save:
            work.save(place, files, save)
            print(f"Your work ({_counted(files)}) is in {save.absolute()}.")
        elif files and not force:
            raise BuildError(_would_be_lost(place, files))
        place.remove()
    print(f"Local mode is gone: {place.path} is removed.")


def _start(place: Folder, port: int | None, system: Path | None) -> None:
    bootstrap.packages("local")
    if system:
        _link(place, Folder(system))
    elif os.geteuid() == 0 and not place.system.is_symlink():
        _make_system(place)
    elif not (place.system / KEY).exists():
        raise BuildError(
            "the first start needs root, to unpack the system: run `sudo make local`, or take "
            "that of another folder of local mode: make local LOCAL=FOLDER SYSTEM=FOLDER"
        )
    facts = place.built()
    person = people.choose(place.home, facts["user"]["uid"])
    place.hand_over(person)
    with place.seen_by(person) as seen:
        work.give(seen, facts["user"]["name"])
    running.start(place, person, port or facts["ports"]["jupyter"]["host"])


def _make_system(place: Folder) -> None:
    """Let the build unpack the layers, if they are others than those that are there."""
    words = [sys.executable, "-m", "appliance_build.tools", "local-system", str(place.path)]
    if code := subprocess.run([*BOUND, *words], cwd=PROJECT, check=False).returncode:
        raise BuildError(f"the system of local mode could not be made (exit {code}); see above")


def _link(place: Folder, other: Folder) -> None:
    """Use another's system, as it is there."""
    if not (other.system / KEY).exists():
        raise BuildError(f"there is no system of local mode in {other.path}; name another folder")
    if place.system.is_symlink():
        place.system.unlink()
    elif place.system.exists():
        raise BuildError(f"{place.path} has a system of its own; leave SYSTEM=… out")
    place.system.symlink_to(other.system)


def _check_removable(place: Folder) -> None:
    """Find out before anything is removed."""
    owned = [path for path in (place.system, place.making, place.home) if os.path.lexists(path)]
    if os.geteuid() != 0 and any(path.lstat().st_uid != os.geteuid() for path in owned):
        raise BuildError(f"{place.path} has files of other users or of root; use sudo")


def _would_be_lost(place: Folder, files: list[Path]) -> str:
    return (
        f"{place.path} has work that is not as it was given ({_counted(files)}: "
        f"{', '.join(str(path.relative_to(place.path)) for path in files[:3])}"
        f"{', …' if len(files) > 3 else ''}); `make local-clean SAVE=FOLDER` keeps it there, "
        "`make local-clean FORCE=1` removes it for ever"
    )


def _counted(files: list[Path]) -> str:
    return f"{len(files)} file{'' if len(files) == 1 else 's'}"


def _told(place: Folder, port: int) -> str:
    token = (place.run / "token").read_text()
    named = "" if place.path == PROJECT / "build" / "local" else f" LOCAL={place.path}"
    return (
        f"  Lessons  http://{running.LOOPBACK}:{port}/?token={token}\n"
        f"  Work     {place.notebooks}\n"
        f"  Check    make local-check{named}\n"
        f"  Stop     make local-stop{named}\n"
        f"  Remove   make local-clean{named}"
    )
