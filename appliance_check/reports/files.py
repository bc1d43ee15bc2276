"""Where reports go: files, which get their name only when they are whole, and standard output."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

STDOUT = "-"


def objection(targets: Mapping[str, str]) -> str | None:
    """Why reports cannot be written there, if so: a sentence, before anything has run.

    Args:
        targets: the file of each format.
    """
    seen: dict[str, str] = {}
    for name, where in targets.items():
        option, place = f"--{name} {where}", where if where == STDOUT else os.path.realpath(where)
        if place in seen:
            what = "standard output" if where == STDOUT else "one file"
            return f"{seen[place]} and {option}: {what} cannot hold two reports"
        seen[place] = option
        if where != STDOUT and (why := _unwritable(Path(where))):
            return f"{option}: {why}"
    return None


def _unwritable(path: Path) -> str | None:
    if path.is_dir():
        return "this is a folder; name a file in it"
    if _is_special(path):
        return None if os.access(path, os.W_OK) else "it cannot be written to"
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return f"{folder} is not a folder that can be written to"
    return None


def put(text: str, where: str) -> None:
    """Write to the file or standard output, in UTF-8 whatever the locale.

    Raises:
        OSError: nobody reads, or there is no room.
    """
    if where != STDOUT:
        write(Path(where), text)
        return
    # Not by way of sys.stdout, which would try again, and complain, when the program ends.
    with open(os.dup(sys.stdout.fileno()), "wb") as stream:  # noqa: PTH123  a descriptor
        stream.write(f"{text}\n".encode())


def keep(texts: Mapping[Path, str]) -> None:
    """Leave reports that belong together in one folder: all of them, or those of the last time.

    A full disk is no reason to fail, and has a check.
    """
    with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
        next(iter(texts)).parent.mkdir(parents=True, exist_ok=True)
        made = {path: stack.enter_context(_temporary(path, text)) for path, text in texts.items()}
        for path, temporary in made.items():
            temporary.replace(path)


def write(path: Path, text: str) -> None:
    """Put `text` under its name in one go, so that no reader ever sees half of it.

    Raises:
        OSError: the folder is missing, not writable or full.
    """
    if _is_special(path):
        path.write_text(text + "\n", encoding="utf-8")
        return
    path = Path(os.path.realpath(path))  # a link stays, and what it names is renewed
    with _temporary(path, text) as temporary:
        temporary.replace(path)


@contextlib.contextmanager
def _temporary(path: Path, text: str) -> Iterator[Path]:
    """A whole file beside `path`, gone afterwards if it was not renamed."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        temporary.chmod(0o644)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _is_special(path: Path) -> bool:
    """A pipe or a device: there is nothing to rename, and a file in its place would break it."""
    return path.exists() and not path.is_file()
