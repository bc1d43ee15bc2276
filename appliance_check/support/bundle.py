"""Writes the bundle."""

import errno
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from ..context import Context
from .parts import parts
from .redact import Redactor

MOST_BYTES = 200_000  # of a part; of a longer one the end counts
ABOUT = """What `appliance-check --support-bundle` found on one machine.

Taken out were names of users and of the machine, home folders, addresses (IP, MAC, e-mail), tokens,
passwords, keys and ids; what stands in <> is in their place. Names of your own files can still be
in here: have a look before you hand it on.

"""


class BundleError(Exception):
    """The bundle cannot be written; the text says why and what to do."""


def check_place(path: Path) -> None:
    """Look before the checks run.

    Raises:
        BundleError: there is something at `path`, or it cannot be written.
    """
    if os.path.lexists(path):
        raise BundleError(
            f"--support-bundle {path} is there already; remove it or give another name"
        )
    if not os.access(path.parent, os.W_OK):
        raise BundleError(f"--support-bundle: {path.parent} is not a folder that can be written to")


def write(path: Path, context: Context, report: dict, say: Callable[[str], None]) -> None:
    """Collect all parts and leave them at `path`, whole or not at all.

    Args:
        report: what reports.compose made.
        say: writes a line for whoever sits there.

    Raises:
        BundleError: it cannot be written.
    """
    redactor = Redactor(context)
    told = json.dumps(redactor.value(report), indent=2, ensure_ascii=False)
    texts = {"report.json": told}
    for name, make in parts(context).items():
        texts[name] = redactor.text(_end(_made(make)))
    texts = {"ABOUT.txt": ABOUT + "\n".join(texts) + "\n"} | texts
    try:
        _zip(path, texts.items())
    except OSError as error:
        raise BundleError(f"--support-bundle {path}: {error.strerror}") from None
    port, user = context.description["ports"]["ssh"]["host"], context.description["user"]["name"]
    say(f"\n{path} has, with names, addresses and secrets taken out:")
    for name, text in texts.items():
        say(f"  {name:<20} {len(text.encode()):>8,} bytes")
    say(
        "It stays on this machine: nothing was sent. Have a look inside, then give it to your "
        "organiser.\nFrom your own computer: "
        f"`scp -P {port} {user}@localhost:{path.resolve()} .`"
    )


def _made(make: Callable[[], str]) -> str:
    try:
        return make()
    except Exception as error:  # a broken machine is what the bundle is for: the others go on
        return f"could not be had: {type(error).__name__}: {error}"


def _end(text: str) -> str:
    content = text.encode("utf-8", "replace")
    if len(content) <= MOST_BYTES:
        return text
    # From the next line on: half a secret would not be known for one.
    rest = content[-MOST_BYTES:].partition(b"\n")[2]
    left = len(content) - len(rest)
    return f"(the first {left} bytes are left out)\n{rest.decode('utf-8', 'replace')}"


def _zip(path: Path, texts: Iterable[tuple[str, str]]) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for part, text in texts:
                entry = zipfile.ZipInfo(part)  # without a time: the oldest that there is
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, text.encode("utf-8", "replace"), zipfile.ZIP_DEFLATED)
        temporary.chmod(0o644)
        if os.path.lexists(path):
            raise FileExistsError(
                errno.EEXIST, "something has come there meanwhile; give another name"
            )
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
