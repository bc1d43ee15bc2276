"""Every input by its hash: from cache, mirror or archive, and what happens when it is nowhere."""

import json
import re

import pytest

from tests.unit.make.copies import call, command, refusal

from .test_build import artefact, made, ova
from .tiny import PACKAGE


def lock(built):
    return built.project / "locks" / "debian.lock"


def entry(text: str, name: str) -> str:
    """The stanza of a package."""
    return re.search(rf"(?ms)^Package: {name}\n.*?(?=\n\n|\Z)", text).group()


@pytest.fixture
def invented(built):
    """A lock that names a version which never was."""
    text = lock(built).read_text()
    old = entry(text, PACKAGE)
    version = re.search(r"(?m)^Version: (.*)$", old).group(1)
    sha = re.search(r"(?m)^SHA256: (.*)$", old).group(1)
    new = old.replace(version, "999-1").replace(sha, "0" * 64)
    lock(built).write_text(text.replace(old, new))
    return built


def test_a_version_that_is_nowhere_is_resolved_anew_and_the_file_says_so(invented):
    before = lock(invented).read_text()
    done = ova(invented)
    assert done.returncode == 0, done.stderr
    assert artefact(invented).name.endswith("-unlocked.ova")
    assert f"{PACKAGE}_999-1_amd64.deb can be had from nowhere" in done.stderr
    assert "not of the lock's packages" in done.stderr and "`make lock`" in done.stderr
    assert lock(invented).read_text() == before, "only `make lock` changes a lock"


def test_a_release_takes_no_version_that_is_not_the_locks(invented):
    old = artefact(invented).read_bytes()
    done = call(
        command("release"), invented.project, invented.cache, APPLIANCE_MIRROR=invented.mirror
    )
    message = refusal(done)
    assert message.startswith("a release takes only the packages of locks/debian.lock, and ")
    assert f"{PACKAGE}_999-1" in message and "run `make lock`" in message
    assert artefact(invented).read_bytes() == old


@pytest.fixture(scope="module")
def mirror(first, tmp_path_factory):
    """What `make mirror` collects for the small project."""
    folder = tmp_path_factory.mktemp("inputs")
    words = command("mirror", str(folder))
    done = call(words, first.project, first.cache, APPLIANCE_MIRROR=first.mirror)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_mirror_builds_the_same_without_a_network(built, mirror, tmp_path):
    words = ["unshare", "--net", *command("ova")]
    done = call(words, built.project, tmp_path / "empty", APPLIANCE_MIRROR=str(mirror))
    assert done.returncode == 0 and "unchanged" in done.stderr
    same = artefact(built).read_bytes()
    artefact(built).unlink()
    done = call(words, built.project, tmp_path / "empty", APPLIANCE_MIRROR=str(mirror))
    assert done.returncode == 0, done.stderr
    assert set(made(done.stderr)) >= {"system", "science", "content", "vm"}
    assert artefact(built).read_bytes() == same


def test_a_mirror_lists_its_hashes(mirror):
    listed = (mirror / "SHA256SUMS").read_text().splitlines()
    files = {str(path.relative_to(mirror)) for path in mirror.rglob("*") if path.is_file()}
    assert {line.split("  ")[1] for line in listed} == files - {"SHA256SUMS"}


def flip(file) -> None:
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        byte = opened.read(1)
        opened.seek(-1, 1)
        opened.write(bytes([byte[0] ^ 1]))


@pytest.mark.parametrize("pattern", [f"debs/**/{PACKAGE}_*.deb", "python/pip-*.whl"])
def test_a_flipped_byte_in_a_mirror_is_refused_by_name(built, mirror, tmp_path, pattern):
    (file,) = mirror.glob(pattern)
    artefact(built).unlink()
    flip(file)
    try:
        words = ["unshare", "--net", *command("release")]
        settings = {"APPLIANCE_MIRROR": str(mirror), "PIP_RETRIES": "0"}
        done = call(words, built.project, tmp_path / "empty", **settings)
    finally:
        flip(file)
    assert refusal(done)
    assert f"{file} is refused: its SHA-256 is" in done.stderr


def test_a_flipped_byte_in_the_cache_is_fetched_again(built, mirror):
    (file,) = (built.cache / "debs").glob(f"**/{PACKAGE}_*.deb")
    for layer in (built.cache / "layers").glob("system-*"):
        layer.rename(layer.with_name("gone"))
    artefact(built).unlink()
    flip(file)
    words = ["unshare", "--net", *command("ova")]
    done = call(words, built.project, built.cache, APPLIANCE_MIRROR=str(mirror))
    assert done.returncode == 0, done.stderr
    assert f"{file} is damaged" in done.stderr


def test_papers_lie_beside_the_file_and_are_about_it(first):
    file = artefact(first)
    bill = json.loads(file.with_name(f"{file.name}.spdx.json").read_text())
    assert PACKAGE in {package["name"] for package in bill["packages"]}
    statement = json.loads(file.with_name(f"{file.name}.provenance.json").read_text())
    [subject] = statement["subject"]
    assert subject["name"] == file.name
    digest = file.with_name(f"{file.name}.sha256").read_text().split()[0]
    assert subject["digest"]["sha256"] == digest
    done = call(["python3", "verify.py"], first.project / "build", first.cache)
    assert done.returncode == 0, done.stdout + done.stderr
