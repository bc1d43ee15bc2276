"""MNIST's files are read as they are, refused when damaged, and stood in for when absent."""

import gzip
import shutil
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from appliance_build.paths import PROJECT

sys.path.insert(0, str(PROJECT / "notebooks"))
from workshop import data


def idx(shape: tuple[int, ...], content: bytes | None = None, magic: int | None = None) -> bytes:
    """An IDX file: zeros unless `content` is given."""
    header = struct.pack(f">{1 + len(shape)}I", magic or 0x800 + len(shape), *shape)
    return gzip.compress(
        header + (bytes(np.prod(shape)) if content is None else content), 1, mtime=0
    )


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All four files in full size: digit n has n % 256 in its first pixel and label n % 10."""
    folder = tmp_path_factory.mktemp("pristine")
    (folder / "mnist").mkdir()
    for name, shape in data.MNIST.values():
        number = np.arange(shape[0])
        if len(shape) == 1:
            content = (number % 10).astype(np.uint8)
        else:
            content = np.zeros(shape, np.uint8)
            content[:, 0, 0] = number % 256
        (folder / "mnist" / name).write_bytes(idx(shape, content.tobytes()))
    return folder


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    return shutil.copytree(pristine, tmp_path / "data")


def test_parts_are_cut_in_order_and_scaled(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORKSHOP_DATA", str(folder))
    digits = data.load_mnist()
    assert not digits.is_standin and capsys.readouterr().out == ""
    for part, first, count in (
        (digits.train, 0, 50_000),
        (digits.validation, 50_000, 10_000),
        (digits.test, 0, 10_000),
    ):
        number = np.arange(first, first + count)
        assert part.images.shape == (count, 28, 28) and part.images.dtype == np.float32
        assert part.labels.dtype == np.int32 and (part.labels == number % 10).all()
        np.testing.assert_allclose(part.images[:, 0, 0], number % 256 / 255, rtol=1e-6)
        assert np.shares_memory(part.rows, part.images) and part.rows.shape == (count, 784)


IMAGES, LABELS = "train-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        (LABELS, idx((10_000,))[:-20], "cut short or damaged"),
        (LABELS, b"<html>not found</html>", "cut short or damaged"),
        (LABELS, b"", "starts with nothing where"),
        (LABELS, idx((10_000,))[:40] + b"\xff" * 9 + idx((10_000,))[49:], "cut short or damaged"),
        (LABELS, idx((10_000,), bytes(9_999)), "promises 10000 bytes and holds 9999"),
        (LABELS, idx((10_000,), bytes(10_001)), "promises 10000 bytes and holds 10001"),
        (LABELS, gzip.compress(bytes([0, 0, 8, 1, 0, 0]), mtime=0), "ends within its header"),
        (LABELS, gzip.compress(b"", mtime=0), "starts with nothing where"),
        (LABELS, idx((9_000,)), "promises 9000 bytes, not 10000"),
        (LABELS, idx((10_000,), magic=0x901), "starts with 00000901 where .* 00000801"),
        (LABELS, idx((10_000,), bytes(9_999) + b"\x0a"), "has a label 10"),
        (IMAGES, idx((60_000,)), "starts with 00000801 where .* 00000803"),
        (IMAGES, idx((60_000, 20, 28), b""), "promises 60000 x 20 x 28 bytes"),
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else value,
)
def test_damage_is_one_sentence(folder: Path, name: str, content: bytes, says: str) -> None:
    (folder / "mnist" / name).write_bytes(content)
    with pytest.raises(data.DataError, match=says) as error:
        data.load_mnist(folder)
    sentence = str(error.value)
    assert name in sentence and "put the original file back" in sentence and "\n" not in sentence
    assert error.value._render_traceback_() == [f"DataError: {sentence}"]


def test_a_folder_in_place_of_a_file_is_one_sentence(folder: Path) -> None:
    (folder / "mnist" / LABELS).unlink()
    (folder / "mnist" / LABELS).mkdir()
    with pytest.raises(data.DataError, match="cannot be read: Is a directory"):
        data.load_mnist(folder)


def test_an_absent_file_gives_real_digits_that_say_what_they_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "mnist" / LABELS).unlink()
    digits = data.load_mnist(folder)
    assert digits.is_standin
    assert LABELS in digits.standin and IMAGES not in digits.standin
    assert capsys.readouterr().out == f"STAND-IN: {digits.standin}\n"
    assert [len(p) for p in (digits.train, digits.validation, digits.test)] == [1197, 300, 300]
    for part in (digits.train, digits.validation, digits.test):
        assert part.images.shape[1:] == (28, 28) and part.images.dtype == np.float32
        assert part.images.min() == 0 and 0.9 < part.images.max() <= 1
        assert part.labels.dtype == np.int32 and set(part.labels) == set(range(10))
        assert (part.images[:, :4] == 0).all() and part.images[:, 4:24, 4:24].mean() > 0.2


def test_stand_in_digits_are_told_apart_by_their_pixels() -> None:
    """Labels belong to their images: the nearest class mean is right far above chance."""
    digits = data._standin("test")
    means = np.array([digits.train.rows[digits.train.labels == d].mean(axis=0) for d in range(10)])
    distance = ((digits.test.rows[:, None] - means) ** 2).sum(axis=2)
    assert (distance.argmin(axis=1) == digits.test.labels).mean() > 0.8


def test_stand_in_parts_share_no_digit() -> None:
    digits = data._standin("test")
    parts = [
        {row.tobytes() for row in p.rows} for p in (digits.train, digits.validation, digits.test)
    ]
    assert not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])
