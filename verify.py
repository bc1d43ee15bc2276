#!/usr/bin/env python3
"""Is a download or a USB stick whole? Compares its files with the hashes in SHA256SUMS.

usage: python3 verify.py [--signer KEYFILE] [FOLDER | FILE ...]

It needs Python 3.8 or newer and nothing else, and travels beside what it checks. For a FOLDER
(if nothing is named, the one that this file lies in) it checks all that SHA256SUMS lists, or
each `*.sha256` where there is no SHA256SUMS, and names what lies there unlisted. For a FILE it
looks for these beside it. With the organiser's public key, or a file of allowed signers, it asks
ssh-keygen whether the list is theirs.

Exit status: 0 all is right, 1 something is wrong, 2 wrong use, no list, or a list that is damaged.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import stat
import subprocess
import sys
import unicodedata
from pathlib import Path, PureWindowsPath
from tempfile import TemporaryDirectory

SUMS = "SHA256SUMS"
NAMESPACE = "file"  # what ssh-keygen(1) suggests for files
BLOCK = 1024**2  # bytes read at a time
BIG = 64 * BLOCK  # from this size on a terminal shows how far it is
SHOWN = 20  # unlisted files that are named; in a folder of downloads there may be hundreds

#: What systems leave on a stick, beside names with a dot in front.
LEFT = {"System Volume Information", "$RECYCLE.BIN", "lost+found", "desktop.ini", "Thumbs.db"}
LEFT |= {"__pycache__", SUMS, SUMS + ".sig"}

#: What `sha256sum -c` reads: two spaces, space and star, or one blank before the name.
LINE = re.compile(r"([0-9a-fA-F]{64})[ \t](?:[ *]|(?![ *]))([^\0-\x1f\x7f-\x9f]+)")
PUBLIC_KEY = re.compile(r"(.*\s)?(ssh|ecdsa|sk)-\S+\s+AAAA")  # behind its principals, if any


class Refused(Exception):
    """Ends the program with one sentence and this exit status."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


def main(words: list[str]) -> int:
    """Check what the command line names; the exit status."""
    # A console that lacks a letter of a name shows its number instead.
    sys.stdout.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(
        prog="verify.py", description="Compare files with the hashes in SHA256SUMS."
    )
    parser.add_argument("places", nargs="*", type=Path, metavar="FOLDER | FILE")
    parser.add_argument(
        "--signer",
        type=Path,
        metavar="KEYFILE",
        help="who must have signed the list: a public key, or a file of allowed signers",
    )
    options = parser.parse_args(words)
    try:
        verdicts = []
        for place in options.places or [Path(__file__).absolute().parent]:
            for sums in lists(place):
                content = sums.read_bytes()
                check_signature(sums, content, options.signer)
                entries = parsed(sums, content)
                if not place.is_dir() and place != sums:
                    entries = only(place, entries, sums)
                verdicts += [check(sums.parent, name, digest) for name, digest in entries]
                if place.is_dir() and sums.name == SUMS:
                    name_unlisted(place, [name for name, _ in entries])
        return conclude(len(verdicts), verdicts.count(False))
    except Refused as refusal:
        print(f"error: {refusal}", file=sys.stderr)
        return refusal.status
    except OSError as error:
        place = error.filename or "a file"
        print(f"error: {place} cannot be used: {error.strerror}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130


def lists(place: Path) -> list[Path]:
    """The files with hashes that say how a folder or a file should be."""
    if place.is_dir():
        whole = place / SUMS
        # A Mac leaves ._NAME beside each NAME on a stick.
        found = [whole] if whole.is_file() else sorted(place.glob("[!.]*.sha256"))
        if not found:
            raise Refused(f"{place} has no {SUMS}: copy or download that file too", 2)
        return found
    if place.name == SUMS or place.suffix == ".sha256":
        return [place]
    for sums in (place.with_name(SUMS), place.with_name(f"{place.name}.sha256")):
        if sums.is_file():
            return [sums]
    raise Refused(
        f"there is neither {SUMS} nor {place.name}.sha256 beside {place}: "
        "copy or download one of them too, or correct the name",
        2,
    )


def parsed(sums: Path, content: bytes) -> list[tuple[str, str]]:
    """Names and hashes of a list, whatever line ends an editor gave it."""
    again = f"copy or download {sums.name} again"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{sums} is damaged: it is no text in UTF-8; {again}", 2) from None
    entries = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        said = LINE.fullmatch(line)
        if said is None:
            raise Refused(
                f"{sums} is damaged: line {number} is not a SHA-256 and a file name; {again}", 2
            )
        digest, name = said.groups()
        path = PureWindowsPath(name)  # knows drives and both kinds of slashes
        if path.drive or path.root or ".." in path.parts:
            raise Refused(f"{sums} is refused: line {number} leaves the folder: {name}; {again}", 2)
        entries.append((name, digest.lower()))
    if not entries:
        raise Refused(f"{sums} is damaged: it lists no file; {again}", 2)
    return entries


def only(file: Path, entries: list[tuple[str, str]], sums: Path) -> list[tuple[str, str]]:
    """What a list says about one file."""
    found = [entry for entry in entries if entry[0] == file.name]
    if not found:
        raise Refused(f"{sums} does not list {file.name}: is it renamed, or of another version?", 2)
    return found


def check(folder: Path, name: str, digest: str) -> bool:
    """Print how a file is; whether it is as it should be."""
    print(f"{name}: ", end="", flush=True)
    try:
        if stat.S_ISREG((folder / name).stat().st_mode):
            verdict = "OK" if sha256(folder / name) == digest else "CHANGED"
        else:
            verdict = "cannot be read: it is no ordinary file"
    except (FileNotFoundError, NotADirectoryError):
        verdict = "MISSING"
    except OSError as error:
        verdict = f"cannot be read: {error.strerror}"
    print(verdict, flush=True)
    return verdict == "OK"


def name_unlisted(folder: Path, names: list[str]) -> None:
    """Print what lies beside listed files and is not listed itself; it does no harm by that."""
    known = {same(PureWindowsPath(name).as_posix()) for name in names}
    folders = {parent.as_posix() for name in known for parent in PureWindowsPath(name).parents}
    found = []
    for place in sorted(folders):
        try:
            beside = sorted(path.name for path in (folder / place).iterdir())
        except OSError:  # missing or unreadable, which its listed files have told
            continue
        for name in (name for name in beside if name[0] != "." and name not in LEFT):
            path = name if place == "." else f"{place}/{name}"
            if same(path) not in known | folders:
                found.append(path)
    for path in found[:SHOWN]:
        print(f"{path}: unknown, {SUMS} does not list it")
    if found[SHOWN:]:
        print(f"{len(found) - SHOWN} more are unknown")


def same(name: str) -> str:
    """A name as it can be compared: Macs take letters with accents apart."""
    return unicodedata.normalize("NFC", name)


def sha256(path: Path) -> str:
    """The hash of a file, with a percentage on the way if it is big."""
    whole, done, shown = hashlib.sha256(), 0, -1
    size = path.stat().st_size
    show = size >= BIG and sys.stdout.isatty()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(BLOCK), b""):
            whole.update(block)
            done += len(block)
            if show and done * 100 // size != shown:
                shown = done * 100 // size
                print(f"{shown:3} %", end="\b" * 5, flush=True)
    if show:
        print(" " * 5, end="\b" * 5)
    return whole.hexdigest()


def check_signature(sums: Path, content: bytes, keyfile: Path | None) -> None:
    """Ask ssh-keygen whether a signer has signed this very list."""
    signature = sums.with_name(f"{sums.name}.sig")
    if keyfile is None:
        if signature.is_file():
            print(f"{signature.name}: not checked; --signer KEYFILE takes the organiser's key")
        return
    allowed, signer = signers(keyfile)
    if not signature.is_file():
        raise Refused(f"{sums} is not signed: {signature.name} is missing beside it; get it too", 1)
    program = shutil.which("ssh-keygen")
    if program is None:
        raise Refused(
            f"the signature of {sums} cannot be checked, for ssh-keygen is missing: install "
            "OpenSSH (on Windows under Optional features), or check without --signer",
            1,
        )
    with TemporaryDirectory() as folder:
        file = Path(folder, "allowed_signers")
        file.write_bytes(allowed.encode())
        both = ["-f", str(file), "-s", str(signature)]
        if signer is None:
            command = [program, "-Y", "find-principals", *both]
            found = subprocess.run(command, input=b"", capture_output=True, check=False)
            names = re.split(r"[,\r\n]", found.stdout.decode(errors="replace"))
            signer = names[0] or "nobody"
        command = [program, "-Y", "verify", "-n", NAMESPACE, "-I", signer, *both]
        done = subprocess.run(command, input=content, capture_output=True, check=False)
    if done.returncode:
        reasons = (done.stderr or done.stdout).decode(errors="replace").splitlines() or ["killed"]
        raise Refused(
            f"{signature} is no signature of this {sums.name} by {keyfile} ({reasons[0]}): "
            "do not trust these files; get them and the key from the organiser again",
            1,
        )
    print(f"{sums.name}: signed by {keyfile}")


def signers(keyfile: Path) -> tuple[str, str | None]:
    """A key file as one of allowed signers, and under which name (None: it has names itself)."""
    lines = keyfile.read_bytes().decode("utf-8-sig", errors="replace").splitlines()
    found = [said for said in map(PUBLIC_KEY.match, lines) if said and said.string[0] != "#"]
    if not found:
        raise Refused(
            f"{keyfile} has no public key of OpenSSH: --signer takes the .pub file that the "
            "organiser gave out, or a file of allowed signers",
            2,
        )
    plain = [f"organiser {said.string}\n" for said in found if not said[1]]
    if plain:
        return "".join(plain), "organiser"
    return "".join(f"{said.string}\n" for said in found), None


def conclude(total: int, wrong: int) -> int:
    """Say what to do; the exit status."""
    if not wrong:
        print("The file is whole." if total == 1 else f"All {total} files are whole.")
        return 0
    if wrong == 1:
        print(f"1 of {total} is not as it should be: copy or download that file again.")
    else:
        print(f"{wrong} of {total} are not as they should be: copy or download those files again.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
