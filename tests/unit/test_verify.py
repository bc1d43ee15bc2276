"""verify.py as people run it: what is whole passes, what is not is named, with what to do."""

import ast
import hashlib
import os
import pty
import shutil
import subprocess
import sys
import unicodedata

import pytest

from appliance_build.papers import sums
from appliance_build.paths import PROJECT

from .keys import new_key, public

PROGRAM = PROJECT / "verify.py"
#: Who runs it; that of the oldest Python that people may have, if somebody has it at hand.
PYTHON = os.environ.get("VERIFY_PYTHON", sys.executable)
OVA = "workshop.ova"
CONTENT = {OVA: b"x" * 3_000_000, "notes on it.json": b"{}\n", "Übung ✓.txt": b"", "z/deep": b"\n"}


@pytest.fixture
def stick(tmp_path):
    """A folder with files and their SHA256SUMS, as the build writes it."""
    folder = tmp_path / "stick"
    for name, content in CONTENT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    sums.write(folder, list(CONTENT), None)
    return folder


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """Two keys: the organiser's and somebody else's."""
    folder = tmp_path_factory.mktemp("keys")
    return new_key(folder / "organiser"), new_key(folder / "other")


@pytest.fixture
def signed(stick, keys):
    """The same folder with a signature by the organiser's key."""
    sums.write(stick, list(CONTENT), keys[0])
    return stick


def verify(*words, status=0, program=PROGRAM, **changes):
    """Run it and return the lines that it prints; after wrong use and bad signatures the error."""
    command = [PYTHON, program, *words]
    done = subprocess.run(
        command,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"} | changes,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    if not done.stderr:
        return done.stdout.splitlines()
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1, done.stderr
    assert "whole" not in done.stdout
    return done.stderr


def hashed(content):
    return hashlib.sha256(content).hexdigest()


def without(lines, name):
    """The other lines of files must say OK; the one of this file, and the last line."""
    assert [line for line in lines[:-1] if not line.startswith(f"{name}: ")] == [
        f"{other}: OK" for other in sorted(CONTENT) if other != name
    ]
    return next(line for line in lines if line.startswith(f"{name}: ")), lines[-1]


def test_a_whole_folder_passes(stick):
    lines = verify(stick)
    assert lines == [*(f"{name}: OK" for name in sorted(CONTENT)), "All 4 files are whole."]


def test_it_looks_where_it_lies(stick, tmp_path):
    lines = verify(program=shutil.copy(PROGRAM, stick))
    assert lines[-1] == "All 4 files are whole."
    (stick / sums.SUMS).unlink()
    assert f"{stick} has no SHA256SUMS" in verify(program=stick / PROGRAM.name, status=2)


def test_several_folders_add_up(stick, tmp_path):
    copied = shutil.copytree(stick, tmp_path / "copied")
    (copied / OVA).unlink()
    lines = verify(stick, copied, status=1)
    assert lines.count(f"{OVA}: OK") == lines.count(f"{OVA}: MISSING") == 1
    assert lines[-1] == "1 of 8 is not as it should be: copy or download that file again."


def test_a_flipped_bit_is_found(stick):
    content = bytearray(CONTENT[OVA])
    content[1_500_000] ^= 1
    (stick / OVA).write_bytes(content)
    assert without(verify(stick, status=1), OVA) == (
        f"{OVA}: CHANGED",
        "1 of 4 is not as it should be: copy or download that file again.",
    )


@pytest.mark.parametrize("size", [0, 2_999_999])
def test_a_truncated_file_is_found(stick, size):
    os.truncate(stick / OVA, size)
    assert without(verify(stick, status=1), OVA)[0] == f"{OVA}: CHANGED"


@pytest.mark.parametrize("name", [OVA, "z/deep"])
def test_a_missing_file_is_named(stick, name):
    (stick / name).unlink()
    assert without(verify(stick, status=1), name)[0] == f"{name}: MISSING"


def test_a_missing_folder_is_a_missing_file(stick):
    shutil.rmtree(stick / "z")
    (stick / "z").write_bytes(b"")
    assert without(verify(stick, status=1), "z/deep")[0] == "z/deep: MISSING"


def test_what_cannot_be_read_says_why(stick):
    (stick / OVA).unlink()
    (stick / OVA).mkdir()
    line = without(verify(stick, status=1), OVA)[0]
    assert line == f"{OVA}: cannot be read: it is no ordinary file"


def test_a_fault_of_the_disk_is_reported(stick):
    (stick / OVA).unlink()
    (stick / OVA).symlink_to(OVA)  # the least that makes the system refuse root as well
    line = without(verify(stick, status=1), OVA)[0]
    assert line == f"{OVA}: cannot be read: Too many levels of symbolic links"


def test_several_faults_are_counted(stick):
    (stick / OVA).unlink()
    (stick / "Übung ✓.txt").write_text("more")
    lines = verify(stick, status=1)
    assert f"{OVA}: MISSING" in lines and "Übung ✓.txt: CHANGED" in lines
    assert lines[-1] == "2 of 4 are not as they should be: copy or download those files again."


def test_unlisted_files_are_named_and_harmless(stick):
    (stick / "worm.exe").write_bytes(b"")
    (stick / "z" / "more").write_bytes(b"")
    (stick / "folder").mkdir()
    (stick / "folder" / "deep").write_bytes(b"")
    lines = verify(stick)
    assert lines[4:] == [
        f"{name}: unknown, SHA256SUMS does not list it" for name in ("folder", "worm.exe", "z/more")
    ] + ["All 4 files are whole."]
    assert verify(stick / OVA) == [f"{OVA}: OK", "The file is whole."]


def test_an_unlisted_file_does_not_hide_a_changed_one(stick):
    (stick / "worm.exe").write_bytes(b"")
    os.truncate(stick / OVA, 5)
    lines = verify(stick, status=1)
    assert f"{OVA}: CHANGED" in lines
    assert "worm.exe: unknown, SHA256SUMS does not list it" in lines


def test_what_systems_leave_on_a_stick_is_not_named(stick):
    for name in ("System Volume Information", "$RECYCLE.BIN", ".Trashes", "lost+found"):
        (stick / name).mkdir()
    for name in ("._workshop.ova", ".DS_Store", "Thumbs.db", "SHA256SUMS.sig"):
        (stick / name).write_bytes(b"")
    said, *lines = verify(stick)
    assert said.startswith("SHA256SUMS.sig: not checked; ")
    assert lines == [*(f"{name}: OK" for name in sorted(CONTENT)), "All 4 files are whole."]


def test_a_letter_that_a_mac_takes_apart_is_the_same(stick):
    (stick / "Übung ✓.txt").rename(stick / unicodedata.normalize("NFD", "Übung ✓.txt"))
    lines = verify(stick, status=1)  # here, not on a Mac, another name is another file
    assert "Übung ✓.txt: MISSING" in lines and not [line for line in lines if "unknown" in line]


def test_a_folder_of_downloads_does_not_flood(stick):
    for number in range(30):
        (stick / f"download-{number:02}").write_bytes(b"")
    lines = verify(stick)
    assert len([line for line in lines if "unknown, " in line]) == 20
    assert lines[-2:] == ["10 more are unknown", "All 4 files are whole."]


def test_one_file_alone_is_looked_up_in_the_list(stick):
    (stick / "notes on it.json").unlink()
    assert verify(stick / OVA) == [f"{OVA}: OK", "The file is whole."]


@pytest.mark.parametrize("words", [[OVA], [f"{OVA}.sha256"], ["."]])
@pytest.mark.parametrize("blank", ["\t", "  ", " *"])
def test_a_checksum_beside_the_file_does_too(tmp_path, monkeypatch, words, blank):
    """A tab stands in Packer's, the star for a program that hashes files as binary."""
    (tmp_path / OVA).write_bytes(CONTENT[OVA])
    (tmp_path / f"{OVA}.sha256").write_text(f"{hashed(CONTENT[OVA])}{blank}{OVA}\n")
    (tmp_path / f"._{OVA}.sha256").write_bytes(b"\0what a Mac leaves on a stick")
    monkeypatch.chdir(tmp_path)
    assert verify(*words) == [f"{OVA}: OK", "The file is whole."]
    os.truncate(OVA, 5)
    assert verify(*words, status=1)[0] == f"{OVA}: CHANGED"
    (tmp_path / OVA).unlink()
    assert verify(*words, status=1)[0] == f"{OVA}: MISSING"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.rstrip("\n"),
        lambda text: f"# made today\n\n{text}\n\n",
        lambda text: "\n".join(line[:64].upper() + line[64:] for line in text.split("\n")),
    ],
    ids=["CRLF", "byte order mark", "no last line end", "comments and empty lines", "capitals"],
)
def test_what_an_editor_does_to_the_list_is_harmless(stick, change):
    text = (stick / sums.SUMS).read_text(encoding="utf-8")
    (stick / sums.SUMS).write_bytes(change(text).encode())
    assert verify(stick)[-1] == "All 4 files are whole."


@pytest.mark.parametrize(
    "line",
    [
        "no hash",
        f"{hashed(b'')}",
        f"{hashed(b'')}  ",
        f"{hashed(b'')[1:]}  {OVA}",
        f"{hashed(b'')}0  {OVA}",
        f"{hashed(b'')}  a\x1b[2Jb",
        f"{hashed(b'')}  a\0b",
        f"\\{hashed(b'')}  a\\nb",
    ],
)
def test_a_damaged_line_is_named_by_its_number(stick, line):
    with (stick / sums.SUMS).open("a") as file:
        file.write(f"{line}\n")
    error = verify(stick, status=2)
    assert f"{stick / sums.SUMS} is damaged: line 5 is not a SHA-256 and a file name" in error
    assert error.endswith("copy or download SHA256SUMS again\n")


@pytest.mark.parametrize(
    "name",
    ["../x", "z/../../x", "..", "/etc/hostname", "..\\x", "C:\\x", "c:x", "\\\\host\\x", "\\x"],
)
def test_a_name_that_leaves_the_folder_is_refused(stick, name):
    (stick.parent / "x").write_bytes(b"")
    with (stick / sums.SUMS).open("a") as file:
        file.write(f"{hashed(b'')}  {name}\n")
    error = verify(stick, status=2)
    assert f"{stick / sums.SUMS} is refused: line 5 leaves the folder: {name}; " in error


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "it lists no file"),
        (b"# nothing\n\n", "it lists no file"),
        (f"{hashed(b'')}  {OVA}\n".encode("utf-16"), "it is no text in UTF-8"),
    ],
)
def test_a_list_that_lists_nothing_passes_nothing(stick, content, sentence):
    (stick / sums.SUMS).write_bytes(content)
    assert f"{stick / sums.SUMS} is damaged: {sentence}; " in verify(stick, status=2)


def test_wrong_use_is_told(stick, tmp_path):
    assert f"{tmp_path} has no SHA256SUMS" in verify(tmp_path, status=2)
    error = verify(tmp_path / "workshop (1).ova", status=2)
    assert "neither SHA256SUMS nor workshop (1).ova.sha256 beside" in error
    (stick / "workshop (1).ova").write_bytes(b"")
    assert "does not list workshop (1).ova: is it renamed" in verify(
        stick / "workshop (1).ova", status=2
    )
    error = verify(tmp_path / "no.sha256", status=2)
    assert error == f"error: {tmp_path / 'no.sha256'} cannot be used: No such file or directory\n"


def test_an_unknown_option_is_wrong_use():
    command = [PYTHON, PROGRAM, "--nonsense"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "unrecognized arguments: --nonsense" in done.stderr


def test_a_console_without_the_letters_is_served(stick):
    assert "\\xdcbung \\u2713.txt: OK" in verify(stick, PYTHONIOENCODING="ascii")


def test_a_terminal_sees_how_far_it_is(tmp_path):
    (tmp_path / OVA).touch()
    os.truncate(tmp_path / OVA, 128 * 1024**2)
    sums.write(tmp_path, [OVA], None)
    outer, inner = pty.openpty()
    with subprocess.Popen([PYTHON, PROGRAM, tmp_path], stdout=inner) as running:
        os.close(inner)
        shown = b""
        try:
            while block := os.read(outer, 4096):
                shown += block
        except OSError:  # how Linux says that the other side has closed
            pass
        os.close(outer)
    assert running.returncode == 0
    assert b"workshop.ova:   0 %\b\b\b\b\b  1 %" in shown and b"100 %\b\b\b\b\b     \b" in shown
    assert b"\bOK\r\n" in shown
    assert verify(tmp_path)[0] == f"{OVA}: OK"


def test_a_signature_by_the_signer_passes(signed, keys):
    key = public(keys[0])
    lines = verify("--signer", key, signed)
    assert lines[0] == f"SHA256SUMS: signed by {key}" and lines[-1] == "All 4 files are whole."


@pytest.mark.parametrize("names", ["me@example.org", "you,me", "*", 'me namespaces="file"'])
def test_a_file_of_allowed_signers_does_too(signed, keys, tmp_path, names):
    allowed = tmp_path / "allowed"
    lines = [f"other {public(keys[1]).read_text()}", f"{names} {public(keys[0]).read_text()}"]
    allowed.write_text("# who may sign\n\n" + "".join(lines))
    assert verify("--signer", allowed, signed)[0] == f"SHA256SUMS: signed by {allowed}"
    allowed.write_text(lines[0])
    assert "is no signature of this SHA256SUMS" in verify("--signer", allowed, signed, status=1)
    allowed.write_text(f'me namespaces="git" {public(keys[0]).read_text()}')
    assert "is no signature of this SHA256SUMS" in verify("--signer", allowed, signed, status=1)


def test_a_signature_nobody_asks_about_is_said_to_be_unchecked(signed):
    lines = verify(signed)
    assert lines[0].startswith("SHA256SUMS.sig: not checked; --signer ")
    assert lines[-1] == "All 4 files are whole."


def test_another_signer_is_refused(signed, keys):
    error = verify("--signer", public(keys[1]), signed, status=1)
    assert f"SHA256SUMS.sig is no signature of this SHA256SUMS by {public(keys[1])} (" in error
    assert "do not trust these files" in error


def test_a_list_changed_after_signing_is_refused(signed, keys):
    (signed / OVA).write_bytes(b"a worm")
    text = (signed / sums.SUMS).read_text(encoding="utf-8")
    forged = text.replace(hashed(CONTENT[OVA]), hashed(b"a worm"))
    (signed / sums.SUMS).write_text(forged, encoding="utf-8")
    assert f"{OVA}: OK" in verify(signed)
    error = verify("--signer", public(keys[0]), signed, status=1)
    assert "is no signature of this SHA256SUMS" in error and "incorrect signature" in error


def test_a_signature_for_another_purpose_is_refused(signed, keys):
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", keys[0], signed / sums.SUMS]
    (signed / f"{sums.SUMS}.sig").unlink()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    assert "is no signature" in verify("--signer", public(keys[0]), signed, status=1)


def test_a_damaged_signature_is_refused(signed, keys):
    (signed / f"{sums.SUMS}.sig").write_text("damaged")
    assert "is no signature" in verify("--signer", public(keys[0]), signed, status=1)


def test_a_missing_signature_is_refused_where_a_signer_is_named(stick, keys):
    error = verify("--signer", public(keys[0]), stick, status=1)
    assert f"{stick / sums.SUMS} is not signed: SHA256SUMS.sig is missing" in error


def test_a_good_signature_does_not_hide_a_changed_file(signed, keys):
    os.truncate(signed / OVA, 5)
    assert f"{OVA}: CHANGED" in verify("--signer", public(keys[0]), signed, status=1)


@pytest.mark.parametrize("content", [b"", b"hello\n", b"# ssh-ed25519 AAAA\n", b"\xff\xfes\0s\0"])
def test_what_is_no_public_key_is_wrong_use(signed, tmp_path, content):
    (tmp_path / "key").write_bytes(content)
    error = verify("--signer", tmp_path / "key", signed, status=2)
    assert f"{tmp_path / 'key'} has no public key of OpenSSH: --signer takes the .pub" in error


def test_the_private_key_or_none_is_wrong_use(signed, keys, tmp_path):
    assert "has no public key" in verify("--signer", keys[0], signed, status=2)
    error = verify("--signer", tmp_path / "none", signed, status=2)
    assert error == f"error: {tmp_path / 'none'} cannot be used: No such file or directory\n"


def test_a_missing_ssh_keygen_is_told(signed, keys, tmp_path):
    error = verify("--signer", public(keys[0]), signed, status=1, PATH=str(tmp_path))
    assert "cannot be checked, for ssh-keygen is missing: install OpenSSH" in error


def test_it_needs_no_more_than_python_3_8():
    """Grammar and imports; a newer function would show only where it is called."""
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"), feature_version=(3, 8))
    nodes = list(ast.walk(tree))
    plain = {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
    modules = plain | {n.module for n in nodes if isinstance(n, ast.ImportFrom)}
    assert modules and {name.partition(".")[0] for name in modules} <= sys.stdlib_module_names
