"""`make ova` in small: built whole, done once, and only as much again as is needed."""

import hashlib
import subprocess

from appliance_build.layers import LAYERS, stack
from tests.make.tiny import edit_a_lesson
from tests.unit.make.copies import call, command, refusal


def ova(built, **changes: str):
    return call(
        command("ova"), built.project, built.cache, APPLIANCE_MIRROR=built.mirror, **changes
    )


def artefact(built):
    """The one OVA."""
    (found,) = (built.project / "build").glob("*.ova")
    return found


def made(said: str) -> list[str]:
    """The layers that a build made anew."""
    return [name for name in LAYERS if f"   {name} layer …" in said]


def nothing_is_left(built) -> None:
    """No work folder, no temporary name, no mount, no process."""
    assert not list((built.cache / "work").glob("*"))
    names = {path.name for path in (built.project / "build").iterdir()}
    assert not [name for name in names if name.endswith(".new")]
    mounts = subprocess.run(["findmnt", "-rno", "TARGET"], capture_output=True, text=True).stdout
    assert str(built.cache) not in mounts
    processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert str(built.cache) not in processes, processes


def unpacked(built, layer: str, name: str) -> subprocess.CompletedProcess:
    entry = max((built.cache / "layers").glob(f"{layer}-*"), key=lambda path: path.stat().st_mtime)
    words = ["unsquashfs", "-cat", entry / "layer.squashfs", name]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_the_first_build_makes_every_layer_and_one_ova(first):
    assert set(made(first.said)) == set(stack("vm"))
    file = artefact(first)
    digest, name = file.with_name(f"{file.name}.sha256").read_text().split()
    assert name == file.name
    assert digest == hashlib.sha256(file.read_bytes()).hexdigest()
    assert digest in first.said and file.name in first.said and "make up" in first.said
    nothing_is_left(first)
    told = unpacked(first, "system", "etc/tiny-name").stdout
    assert told.strip() == "deep-learning-workshop"
    assert "lasagne" in unpacked(first, "science", "usr/share/tiny-wheels").stdout
    assert unpacked(first, "science", "usr/share/tiny-net").stdout == "lo\n"
    lesson = unpacked(first, "content", "usr/share/tiny/notebooks/0-TheanoBasics.ipynb")
    assert '"cells"' in lesson.stdout


def test_a_layer_has_only_what_its_roles_changed(first):
    listed = {}
    for name in stack("vm"):
        (entry,) = (first.cache / "layers").glob(f"{name}-*")
        words = ["unsquashfs", "-lls", "-d", "", entry / "layer.squashfs"]
        listed[name] = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert "/usr/bin/less" in listed["system"] and "/etc/motd" not in listed["system"]
    assert "/usr/bin/less" not in listed["content"] + listed["science"] + listed["vm"]
    assert "/data/images/photos/cat.png" in listed["content"]
    removed = [line for line in listed["vm"].splitlines() if line.endswith("/etc/tiny-name")]
    assert removed and removed[0].startswith("c"), "a removed file is a whiteout of overlayfs"
    assert "vmlinuz" not in listed["vm"], "the kernel belongs to the boot partition"


def test_an_unchanged_build_touches_nothing(built):
    before = artefact(built).stat().st_mtime_ns
    ova(built)  # the copy's path differs; nothing depends on it
    done = ova(built)
    assert done.returncode == 0 and "unchanged" in done.stderr and not made(done.stderr)
    assert artefact(built).stat().st_mtime_ns == before


def test_an_edited_lesson_makes_content_papers_and_ova_again(built):
    old = artefact(built).read_bytes()
    edit_a_lesson(built.project)
    done = ova(built)
    assert done.returncode == 0 and made(done.stderr) == ["content", "about-vm"], done.stderr
    assert artefact(built).read_bytes() != old
    nothing_is_left(built)


def test_only_other_code_in_a_lesson_is_compiled_anew(built):
    edit_a_lesson(built.project, cell="# %%\nprint('one more cell')")
    done = ova(built)
    assert done.returncode == 0, done.stderr
    assert made(done.stderr) == ["compiled", "content", "about-vm"]
    code = unpacked(built, "compiled", "usr/share/tiny-code").stdout
    assert "one more cell" in code and "markdown" not in code


def test_a_lost_or_touched_file_is_packed_again(built):
    for lose in (
        lambda file: file.with_name(f"{file.name}.sha256").unlink(),
        lambda file: file.write_bytes(b"no OVA"),
        lambda file: file.unlink(),
    ):
        lose(artefact(built))
        done = ova(built)
        assert done.returncode == 0 and not made(done.stderr), done.stderr
        assert artefact(built).stat().st_size > 1_000_000


def test_a_damaged_layer_is_made_again(built):
    (entry,) = (built.cache / "layers").glob("content-*")
    with (entry / "layer.squashfs").open("r+b") as file:
        file.seek(1000)
        file.write(b"damage")
    artefact(built).unlink()
    done = ova(built)
    assert done.returncode == 0 and made(done.stderr) == ["content"]
    assert f"{entry / 'layer.squashfs'} was changed or damaged" in done.stderr


def test_a_damaged_download_is_fetched_again_or_serves_nothing(built, tmp_path):
    (asset,) = (path for path in (built.cache / "assets").rglob("*") if path.is_file())
    good = asset.read_bytes()
    asset.write_bytes(b"damage")
    done = ova(built)
    assert done.returncode == 0 and f"{asset} is damaged" in done.stderr
    assert asset.read_bytes() == good
    lying = tmp_path / "lying" / "tiny" / asset.name
    lying.parent.mkdir(parents=True)
    lying.write_bytes(b"lies")
    asset.unlink()
    mirror = str(tmp_path / "lying")
    done = call(command("release"), built.project, built.cache, APPLIANCE_MIRROR=mirror)
    assert refusal(done).startswith("a release takes no stand-ins")
    assert f"{lying} is refused: its SHA-256 is" in done.stderr
    assert not asset.exists()
