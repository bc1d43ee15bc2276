"""What each stick gets, and several at the same time."""

import hashlib
import shutil
import threading
import time
from pathlib import Path

import pytest

from appliance_build import product
from appliance_build.description import load
from appliance_build.errors import BuildError
from appliance_build.papers import sums
from appliance_build.stick import __main__ as command
from appliance_build.stick import contents, filling, jobs
from appliance_build.stick.installers import collected
from appliance_build.stick.medium import Medium

from ..keys import new_key, public
from ..test_verify import verify as run
from .goods import on
from .test_filling import verify
from .test_installers import LINUX, MAC, WINDOWS, listed

DESCRIPTION = load()
NAME = DESCRIPTION.name


def built(folder, form="vm", version="9.9.9", marks=""):
    """What a build leaves of a form; returns the name of its file."""
    kind, ending = product.ENDINGS[form]
    file = folder / f"{NAME}-{version}{kind}{marks}{ending}"
    content = f"{form} {version}".encode() * 100_000
    file.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    file.with_name(f"{file.name}.sha256").write_text(f"{digest}\t{file.name}\n")
    for paper in ("spdx", "provenance"):
        file.with_name(f"{file.name}.{paper}.json").write_text(f"{paper} of {file.name}")
    for compose in ("compose.yml", "compose.gpu.yml"):
        (folder / compose).write_text(compose)
    return file.name


@pytest.fixture
def build(tmp_path, monkeypatch):
    """A folder in place of build/."""
    folder = tmp_path / "build"
    folder.mkdir()
    monkeypatch.setattr(product, "BUILD", folder)
    monkeypatch.setattr(contents, "BUILD", folder)
    return folder


@pytest.fixture
def fill(tmp_path):
    """Fill sticks with what is in build/, without printing sheets; whether all went well."""

    def fill(media, forms=("vm",), installers=(), key=None):
        had = {form for medium in media for form in jobs.images_on(medium, DESCRIPTION)}
        had = {form for form in had if product.Product.in_build(form)}
        goods = command.taken({*forms, *had}, allow_standins=True)
        sheet = tmp_path / "sheet.pdf"
        sheet.write_bytes(b"%PDF")
        work = tmp_path / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        sheets = {"START-HERE-A4.pdf": sheet}
        order = jobs.Order(DESCRIPTION, goods, forms, sheets, installers, key, work)
        return jobs.fill_all(order, media)

    return fill


def sticks(tmp_path, *names):
    for name in names:
        (tmp_path / name).mkdir()
    return command.look_at([tmp_path / name for name in names])


def test_a_stick_has_all_that_is_handed_out(build, fill, medium):
    ova = built(build)
    assert fill([medium])
    there = on(medium.root)
    papers = {f"papers/{ova}.{paper}.json" for paper in ("spdx", "provenance")}
    assert set(there) == papers | {
        *(ova, f"{ova}.sha256", "START-HERE.html", "START-HERE-A4.pdf", "SHA256SUMS"),
        *("verify.py", "preflight.py", "virtualbox/README.txt"),
    }
    assert verify(medium.root)[-1] == f"All {len(there) - 1} files are whole."


def test_images_go_along_on_request_and_are_kept_up_to_date(build, fill, medium):
    built(build)
    names = {form: built(build, form) for form in ("cpu", "cuda")}
    assert fill([medium], ["vm", "cuda"])
    there = set(on(medium.root))
    assert {f"docker/{names['cuda']}", "docker/compose.yml", "docker/compose.gpu.yml"} <= there
    assert f"docker/{names['cpu']}" not in there
    for old in build.iterdir():
        old.unlink()
    newer = {form: built(build, form, "10.0.0") for form in ("vm", "cpu", "cuda")}
    assert fill([medium])
    there = set(on(medium.root))
    assert f"docker/{newer['cuda']}" in there and f"docker/{newer['cpu']}" not in there
    assert not [name for name in there if "9.9.9" in name]
    assert verify(medium.root)[-1].startswith("All ")


def test_an_image_that_build_has_not_stays_and_is_told(build, fill, medium, capsys):
    built(build)
    image = built(build, "cpu")
    assert fill([medium], ["vm", "cpu"])
    for old in build.iterdir():
        old.unlink()
    built(build, version="10.0.0")
    assert fill([medium])
    assert f"docker/{image}" in on(medium.root)
    assert "has a Docker image (cpu) from before and build/ has none" in capsys.readouterr().err
    assert f"docker/{image}: unknown, SHA256SUMS does not list it" not in verify(medium.root)


@pytest.mark.parametrize("name", ["{0}-1.0.0-amd64 (1).ova", "other-1.0.0-amd64.ova", "{0}.ova"])
def test_no_name_but_our_own_is_taken_for_an_older_version(build, fill, medium, name):
    built(build)
    mine = name.format(NAME)
    (medium.root / mine).write_bytes(b"mine")
    (medium.root / f"{NAME}-1.0.0-rc1-amd64-standins-unlocked.ova").write_bytes(b"ours")
    assert fill([medium])
    assert [n for n in on(medium.root) if n.endswith(".ova") and "9.9.9" not in n] == [mine]


def test_two_at_a_time_and_one_that_fails(build, fill, tmp_path, monkeypatch, capsys):
    """The other one is filled all the same, even if the first fails before it has begun."""
    ova = built(build)
    good, bad = sticks(tmp_path, "good", "bad")
    failed, real = threading.Event(), filling.write

    def write(item, part, pace, stopped):
        if bad.root in part.parents:
            failed.set()
            raise OSError(5, "Input/output error")
        assert failed.wait(60)
        real(item, part, pace, stopped)

    monkeypatch.setattr(filling, "write", write)
    assert not fill([good, bad])
    said = capsys.readouterr().err
    assert f"error: {bad.root}: it was unplugged, or it fails" in said
    assert f"✓ {good.root}: 10 files written" in said and f"✓ {bad.root}" not in said
    assert verify(good.root)[-1] == "All 9 files are whole."
    assert ova not in on(bad.root)


def test_ctrl_c_ends_all(build, fill, tmp_path, monkeypatch):
    """The interrupt reaches the thread that waits; the others end at their next block."""
    built(build)
    media = sticks(tmp_path, "one", "two")
    both, told = threading.Barrier(3), []

    def write(item, part, pace, stopped):
        both.wait(60)
        deadline = time.monotonic() + 20
        while not stopped() and time.monotonic() < deadline:
            pass
        told.append(stopped())
        raise filling.Stopped

    def interrupted(running):
        both.wait(60)
        raise KeyboardInterrupt

    monkeypatch.setattr(filling, "write", write)
    monkeypatch.setattr(jobs, "as_completed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fill(media)
    assert told == [True, True]


def test_the_list_is_signed_with_the_organisers_key(build, fill, medium, tmp_path):
    built(build)
    key = new_key(tmp_path / "key")
    assert fill([medium], key=key)
    assert run("--signer", public(key), medium.root)[0] == f"{sums.SUMS}: signed by {public(key)}"
    assert fill([medium])
    assert "SHA256SUMS.sig" not in on(medium.root)


def test_installers_on_a_stick_are_checked_listed_and_linked(build, fill, medium, capsys):
    built(build)
    place = medium.root / "virtualbox"
    place.mkdir()
    (place / "SHA256SUMS").write_text(listed(WINDOWS, MAC, LINUX))
    (place / WINDOWS).write_text(WINDOWS)
    (place / "setup.exe").write_text("?")
    assert fill([medium])
    said = capsys.readouterr().err
    assert "has no installer for macOS (Intel), Linux; see README.txt there" in said
    assert "whether these are whole (not in virtualbox/SHA256SUMS): setup.exe" in said
    assert f'<a href="virtualbox/{WINDOWS}">' in (medium.root / "START-HERE.html").read_text()
    lines = verify(medium.root)
    assert f"virtualbox/{WINDOWS}: OK" in lines and "virtualbox/SHA256SUMS: OK" in lines
    assert "virtualbox/setup.exe: unknown, SHA256SUMS does not list it" in lines
    (place / WINDOWS).write_text("damaged")
    assert not fill([medium])
    said = capsys.readouterr().err
    assert f"error: {place / WINDOWS} is not as VirtualBox published it; download it" in said


def test_installers_of_a_folder_are_copied_to_all(build, fill, tmp_path):
    built(build)
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "SHA256SUMS").write_text(listed(WINDOWS, MAC, LINUX))
    for name in (WINDOWS, MAC, LINUX):
        (folder / name).write_text(name)
    media = sticks(tmp_path, "one", "two")
    assert fill(media, installers=collected(folder))
    for medium in media:
        there = on(medium.root)
        assert there[f"virtualbox/{MAC}"] == MAC.encode()
        assert f'<a href="virtualbox/{MAC}">' in there["START-HERE.html"].decode()
        assert f"virtualbox/{LINUX}: OK" in verify(medium.root)
    assert fill(media[:1])
    assert verify(media[0].root)[-1] == verify(media[1].root)[-1]


def test_what_is_not_in_build_or_not_as_built_is_refused(build):
    with pytest.raises(
        BuildError, match=r"there is no OVA in .*build; build it first with `make o"
    ):
        command.taken({"vm"}, allow_standins=False)
    ova = built(build)
    with pytest.raises(BuildError, match=r"there is no Docker image cuda in .* `make docker`"):
        command.taken({"vm", "cuda"}, allow_standins=False)
    (build / ova).write_bytes(b"damaged")
    with pytest.raises(BuildError, match=r"is damaged: its SHA-256 is not that of .*ova.sha256; "):
        command.taken({"vm"}, allow_standins=False)
    built(build)
    (build / f"{ova}.spdx.json").unlink()
    with pytest.raises(BuildError, match=r"spdx.json cannot be read \(No such file .*`make ova`"):
        command.taken({"vm"}, allow_standins=False)


def test_standins_are_refused_unless_they_are_let(build):
    built(build, marks="-standins")
    with pytest.raises(BuildError, match=r"was built with stand-ins .* ALLOW_STANDINS=1 takes it"):
        command.taken({"vm"}, allow_standins=False)
    assert command.taken({"vm"}, allow_standins=True)["vm"].has_standins


def test_a_stick_that_cannot_be_read_is_told(build, fill, medium, monkeypatch):
    built(build)
    (medium.root / "docker").mkdir()

    def fails(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "iterdir", fails)
    with pytest.raises(BuildError, match=r"it was unplugged, or it fails \(Input/output error\)"):
        jobs.images_on(medium, DESCRIPTION)


def test_each_stick_is_named_once(tmp_path):
    (tmp_path / "usb").mkdir()
    with pytest.raises(BuildError, match=r"are the same folder; name each stick once"):
        command.look_at([tmp_path / "usb", tmp_path / "usb" / ".." / "usb"])
    with pytest.raises(BuildError, match=r"none cannot be used"):
        command.look_at([tmp_path / "usb", tmp_path / "none"])


def test_a_folder_on_the_own_disk_is_told(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(Medium, "is_on_this_computers_disk", True)
    (tmp_path / "usb").mkdir()
    command.look_at([tmp_path / "usb"])
    assert "own disk: no stick is mounted there" in capsys.readouterr().err
