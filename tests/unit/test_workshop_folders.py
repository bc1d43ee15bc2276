"""Own folders are read, or told about in sentences that a beginner understands."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appliance_build.paths import NOTEBOOKS

sys.path.insert(0, str(NOTEBOOKS))
from workshop import folders
from workshop.folders import LEAST, MOST, FolderError, Report, examine


def picture(seed: int, size: tuple[int, int] = (40, 30)) -> Image.Image:
    pixels = np.random.RandomState(seed).randint(0, 256, (*size[::-1], 3), np.uint8)
    return Image.fromarray(pixels)


@pytest.fixture
def pianos(tmp_path: Path) -> Path:
    """A good folder: 5 grand, 6 upright, 2 of no class."""
    folder = tmp_path / "my-classes"
    for name, count, start in (("upright", 6, 0), ("grand", 5, 100), (".", 2, 200)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            picture(start + i).save(folder / name / f"{start + i}.png")
    return folder


def texts(report: Report, stops: bool) -> list[str]:
    return [finding.text for finding in report.findings if finding.stops == stops]


def test_a_good_folder_has_no_findings(pianos):
    report = examine(pianos)
    assert report.findings == []
    pictures = report.pictures
    assert pictures.classes == ["grand", "upright"] and pictures.sizes.tolist() == [5, 6]
    assert pictures.labels.tolist() == [0] * 5 + [1] * 6
    assert pictures.images.shape == (11, 224, 224, 3) and pictures.images.dtype == np.uint8
    assert pictures.names[0] == "100.png" and pictures.names[5] == "0.png"
    assert pictures.unseen.shape == (2, 224, 224, 3) and pictures.unseen.dtype == np.uint8
    assert pictures.unseen_names == ["200.png", "201.png"]
    assert "grand 5, upright 6; of no class: 2" in report._repr_mimebundle_()["text/plain"]


def test_pictures_are_what_the_network_sees(pianos):
    picture(100, (300, 260)).save(pianos / "grand" / "100.png")
    expected = picture(100, (300, 260)).crop((20, 0, 280, 260))
    expected = expected.resize((224, 224), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(examine(pianos).pictures.images[0], expected)


def test_nothing_of_no_class_is_fine(pianos):
    for path in pianos.glob("*.png"):
        path.unlink()
    assert examine(pianos).pictures.unseen.shape == (0, 224, 224, 3)


def test_three_classes(pianos):
    (pianos / "toy").mkdir()
    for i in range(5):
        picture(300 + i).save(pianos / "toy" / f"{i}.jpg")
    pictures = examine(pianos).pictures
    assert pictures.classes == ["grand", "toy", "upright"]
    assert pictures.sizes.tolist() == [5, 5, 6]


def name(value: object) -> str:
    return getattr(value, "__name__", "")


def stray(folder):
    (folder / "grand" / "prices.txt").write_text("a lot")


def heic(folder):
    (folder / "grand" / "IMG_1.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))


def cut(folder):
    path = folder / "grand" / "cut.png"
    picture(7, (100, 100)).save(path)
    path.write_bytes(path.read_bytes()[:5000])


def hidden(folder):
    (folder / "grand" / ".DS_Store").write_text("of a Mac")


def windows(folder):
    (folder / "grand" / "Thumbs.db").write_text("of Windows")


def hidden_folder(folder):
    (folder / ".ipynb_checkpoints").mkdir()


def archive(folder):
    (folder / "__MACOSX").mkdir()


def deeper(folder):
    (folder / "grand" / "old").mkdir()
    picture(8).save(folder / "grand" / "old" / "a.png")


def twice(folder):
    picture(100).save(folder / "grand" / "zz.png", compress_level=0)  # other bytes, same pixels


def not_unseen(folder):
    picture(0).save(folder / "who-knows.png")


SKIPPED = {
    stray: "grand/prices.txt is no picture of a kind that can be read; save it as JPEG or PNG",
    heic: "grand/IMG_1.HEIC is no picture of a kind that can be read; save it as JPEG or PNG",
    cut: "grand/cut.png is damaged or cut short",
    hidden: "grand/.DS_Store is hidden; programs leave such files, they are no pictures",
    windows: "grand/Thumbs.db is hidden; programs leave such files",
    hidden_folder: "my-classes/.ipynb_checkpoints is hidden",
    archive: "my-classes/__MACOSX is hidden",
    deeper: "grand/old is a folder within a class; move its pictures up into grand",
    twice: "grand/100.png and {}/grand/zz.png are the same picture; it counts once",
    not_unseen: "upright/0.png and {}/who-knows.png are the same picture, so that the second",
}


@pytest.mark.parametrize(("make", "says"), SKIPPED.items(), ids=name)
def test_what_does_not_belong_is_told_and_skipped(pianos, make, says):
    make(pianos)
    report = examine(pianos)
    assert texts(report, stops=True) == []
    (text,) = texts(report, stops=False)
    assert says.format(pianos) in text and not text.endswith(".") and "\n" not in text
    assert report.pictures.sizes.tolist() == [5, 6] and len(report.pictures.unseen) == 2


def both(folder):
    (folder / "grand" / "wrong.png").write_bytes((folder / "upright" / "3.png").read_bytes())


def renamed(folder):
    picture(100).save(folder / "upright" / "zz.bmp")


def too_few(folder):
    (folder / "grand" / "100.png").unlink()


def only_copies(folder):
    for i in range(101, 105):
        picture(100).save(folder / "grand" / f"{i}.png")


def one_class(folder):
    for path in sorted((folder / "grand").iterdir()):
        path.unlink()
    (folder / "grand").rmdir()


def no_class(folder):
    one_class(folder)
    (folder / "upright").rename(folder / ".upright")


def empty_class(folder):
    (folder / "toy").mkdir()


STOPS = {
    both: "grand/wrong.png and {}/upright/3.png are the same picture in two classes; delete the",
    renamed: "grand/100.png and {}/upright/zz.bmp are the same picture in two classes",
    too_few: "grand has 4 different pictures that can be read; a class needs at least 5, add some",
    only_copies: "grand has 1 different picture that can be read; a class needs",
    one_class: "my-classes has one class, upright; at least two classes are needed",
    no_class: "my-classes has no sub-folder; at least two classes are needed",
    empty_class: "toy has 0 different pictures that can be read",
}


@pytest.mark.parametrize(("make", "says"), STOPS.items(), ids=name)
def test_what_must_be_put_right_stops(pianos, make, says):
    make(pianos)
    report = examine(pianos)
    (text,) = texts(report, stops=True)
    assert says.format(pianos) in text and "\n" not in text
    assert f"- Put right: {text}." in report._repr_mimebundle_()["text/plain"]
    with pytest.raises(FolderError) as error:
        _ = report.pictures
    assert str(error.value) == f"{text}; then run this cell again"


def test_the_error_names_the_first_and_counts_the_rest(pianos):
    both(pianos)
    empty_class(pianos)
    (pianos / "upright" / "0.png").unlink()
    (pianos / "upright" / "1.png").unlink()
    with pytest.raises(FolderError, match=r"same picture in .* \(and 2 more, see the list\)"):
        _ = examine(pianos).pictures


def test_a_folder_that_is_not_there(tmp_path):
    for path in (tmp_path / "my-classes", tmp_path / "file"):
        (tmp_path / "file").touch()
        (text,) = texts(examine(path), stops=True)
        assert "is no folder; make it beside this notebook, with one sub-folder for each" in text


def test_a_folder_that_cannot_be_opened(pianos, monkeypatch):
    listed = Path.iterdir

    def refuse(path):
        if path.name == "grand":
            raise PermissionError(13, "Permission denied")  # root may open anything
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    said = texts(examine(pianos), stops=True)
    assert said[0].endswith("grand cannot be opened (Permission denied)")


def test_a_class_has_an_end(pianos):
    for i in range(MOST):
        picture(1000 + i).save(pianos / "grand" / f"more-{i:02}.png")
    report = examine(pianos)
    assert report.pictures.sizes.tolist() == [MOST, 6]
    (text,) = texts(report, stops=False)
    assert f"has {MOST + LEAST} files, and the first {MOST} in order of name" in text


def test_names_that_are_not_utf8_and_names_like_markup(pianos):
    (pianos / "grand" / "caf\udce9.txt").write_text("from an old archive")
    (pianos / "<b>").mkdir()
    shown = examine(pianos)._repr_mimebundle_()
    for text in shown.values():
        text.encode("utf-8")
    assert "caf?.txt is no picture" in shown["text/plain"]
    assert "<b>" not in shown["text/html"].replace('<div role="status"><b>', "")


def test_reading_that_was_stopped_gives_no_half_classes(pianos, monkeypatch):
    def interrupt(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(folders, "read_photo", interrupt)
    with pytest.raises(FolderError, match="was stopped; then run this cell again"):
        _ = examine(pianos).pictures
