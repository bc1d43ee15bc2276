"""From a finished OVA and a playbook to another OVA, whole or not at all."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.markup import escape

from ..build import CHECKERS
from ..description import Description
from ..errors import BuildError
from ..inputs.fetch import digest
from ..machine import ova as archive
from ..papers import sums
from ..paths import BUILD, PROJECT
from ..progress import console, elapsed, step
from .machine import Machine, check_playbook
from .parts import CUSTOMISED, take

FOLDER = BUILD / CUSTOMISED
_WORK = BUILD / ".customise"


def customise(playbook: str, ova: Path, seconds: int | None = None) -> Path:
    """Apply a playbook to the machine of an OVA and write an OVA with what has changed.

    Args:
        playbook: path of the organiser's playbook.
        ova: a finished OVA; it is only read.
        seconds: how long the machine may take until it answers; None: as long as it should.

    Returns:
        The new OVA, with its checksum beside it.

    Raises:
        BuildError: whatever stops it, in one sentence; nothing is left then but the log.
    """
    start = time.monotonic()
    file = _readable(playbook)
    signer = sums.signing_key()
    finished = archive.read(ova.absolute())
    with _work_folder() as work:
        with step("the OVA in pieces", "customise-parts") as log:
            parts = take(finished, work, log)
        # VirtualBox forgets it at the end: never one that somebody else gave that name.
        name = f"{parts.description.name}-customise-{os.getpid()}"
        machine = Machine(name, finished.path, parts, work, seconds)
        machine.write_inventory()
        check_playbook(file, machine.inventory, work)
        target = work / _name(finished.path, parts.description)
        job = {
            "description": parts.description.model_dump(mode="json"),
            "layers": {name: str(path) for name, path in parts.layers.items()},
            "boot": str(parts.boot),
            "changes": str(machine.changes),
            "target": str(target),
        }
        (work / "job.json").write_text(json.dumps(job))
        with step(f"{file.name}, applied to the machine", CUSTOMISED) as log:
            machine.change(file, work / "job.json", target, log)
        result = _hand_out(target, signer)
    size, seconds_taken = result.stat().st_size, elapsed(time.monotonic() - start)
    console.print()
    console.print(f"[bold]{escape(str(result))}[/]  [dim]{seconds_taken}[/]")
    console.print(f"   {size:,} bytes, SHA-256 {digest(result)}")
    console.print('   Try it: import it into VirtualBox, or `make up ARGS="--ova FILE"`.')
    return result


def _readable(playbook: str) -> Path:
    if not playbook:
        raise BuildError("no playbook is named; run: make customise PLAYBOOK=my.yml")
    file = Path(playbook).expanduser().absolute()
    try:
        file.open("rb").close()
    except OSError as error:
        raise BuildError(
            f"the playbook {file} cannot be read ({error.strerror}); correct the path after "
            "PLAYBOOK="
        ) from None
    if "'" in str(file):
        raise BuildError(f"{file} has a ' in its path, which Packer cannot hand on; rename it")
    return file


def _name(ova: Path, description: Description) -> str:
    """The new file's name, with the marks of the old one (`-standins`)."""
    head = f"{description.name}-{description.version}"
    marks = ova.stem.partition(f"{head}-amd64")[2]
    return f"{head}-{CUSTOMISED}-amd64{marks}.ova"


@contextmanager
def _work_folder() -> Iterator[Path]:
    """One folder in build/ for what is made on the way, removed at the end.

    Raises:
        BuildError: another command works in it.
    """
    BUILD.mkdir(exist_ok=True)
    with _WORK.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BuildError(
                f"another `make customise` is at work in {PROJECT}; wait until it has ended"
            ) from None
        shutil.rmtree(_WORK, ignore_errors=True)  # of one that was killed
        _WORK.mkdir(mode=0o700)
        try:
            yield _WORK
        finally:
            shutil.rmtree(_WORK, ignore_errors=True)


def _hand_out(made: Path, signer: Path | None) -> Path:
    """Move the OVA and its checksum to their folder, with what checks them."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob(f"*-{CUSTOMISED}-amd64*"):
        old.unlink()
    checksum = made.with_name(f"{made.name}.sha256")
    for file in (checksum, made):
        file.replace(FOLDER / file.name)
    for program in CHECKERS:
        shutil.copyfile(program, FOLDER / program.name)
    beside = [program.name for program in CHECKERS]
    sums.write(FOLDER, [made.name, checksum.name, *beside], signer)
    return FOLDER / made.name
