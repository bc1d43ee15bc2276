"""Weights and labels are read as they are, refused when damaged, stood in for when absent."""

import sys
from pathlib import Path

import numpy as np
import pytest

from appliance_build.paths import PROJECT

sys.path.insert(0, str(PROJECT / "notebooks"))
from workshop import labels, weights


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    return weights.random("googlenet", seed=7)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "googlenet" / weights.FILE
    path.parent.mkdir()
    return path


def test_networks_have_as_many_parameters_as_published():
    counted = {
        network: (len(shapes), sum(int(np.prod(shape)) for shape in shapes.values()))
        for network in weights.NETWORKS
        if (shapes := weights.shapes(network))
    }
    assert counted == {"googlenet": (116, 6_998_552), "inception-v3": (472, 23_869_000)}


def test_what_is_written_is_read(file, arrays, monkeypatch, capsys):
    weights.write(file, arrays)
    monkeypatch.setenv("WORKSHOP_DATA", str(file.parents[1]))
    loaded = weights.load("googlenet")
    assert not loaded.is_standin and capsys.readouterr().out == ""
    assert loaded.arrays.keys() == arrays.keys()
    assert all(np.array_equal(loaded.arrays[name], array) for name, array in arrays.items())
    assert np.load(file)["conv1/7x7_s2.W"].shape == (64, 3, 7, 7), "NumPy reads it, too"


def test_the_same_arrays_give_the_same_bytes(file, arrays):
    weights.write(file, arrays)
    first = file.read_bytes()
    weights.write(file, dict(reversed(arrays.items())))
    assert file.read_bytes() == first


CONV, BIAS = "conv1/7x7_s2.W", "inception_3a/1x1.b"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({CONV: None}, f"lacks 1 of the 116 arrays of googlenet, the first is {CONV}"),
        ({"extra.W": np.zeros(1, "f4")}, "has an array extra.W, which googlenet has not"),
        ({BIAS: np.zeros(63, "f4")}, f"{BIAS} is 63, not 64"),
        ({CONV: np.zeros((7, 7, 3, 64), "f4")}, f"{CONV} is 7 x 7 x 3 x 64, not 64 x 3 x 7 x 7"),
        ({BIAS: np.zeros(64)}, f"{BIAS} is float64, not float32"),
        ({BIAS: np.full(64, np.nan, "f4")}, f"{BIAS} has values that are not finite"),
        ({BIAS: np.full(64, np.inf, "f4")}, f"{BIAS} has values that are not finite"),
    ],
)
def test_wrong_arrays_are_one_sentence(file, arrays, change, says):
    changed = {n: a for n, a in (arrays | change).items() if a is not None}
    weights.write(file, changed)
    refused(file, says)


def flip_a_bit(content: bytes) -> bytes:
    place = len(content) // 2
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.mark.parametrize(
    "damage",
    [lambda c: c[: len(c) // 2], lambda c: b"", lambda c: b"<html>", flip_a_bit, lambda c: c[1:]],
    ids=["cut", "empty", "page", "bit", "start"],
)
def test_damage_is_one_sentence(file, arrays, damage):
    weights.write(file, arrays)
    file.write_bytes(damage(file.read_bytes()))
    refused(file, "is cut short or damaged|cannot be read")


def test_objects_are_not_unpickled(file, arrays):
    np.savez(file, **arrays | {BIAS: np.array([{}], object)})
    refused(file, "is cut short or damaged .*pickle")


def test_a_folder_in_place_of_the_file_is_one_sentence(file):
    file.mkdir()
    refused(file, "cannot be read: Is a directory")


def refused(file: Path, says: str) -> None:
    with pytest.raises(weights.WeightsError, match=says) as error:
        weights.load("googlenet", file.parents[1])
    sentence = str(error.value)
    assert str(file) in sentence and "put the original file back" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("network", weights.NETWORKS)
def test_absent_weights_are_stood_in_for_aloud(tmp_path, network, capsys):
    loaded = weights.load(network, tmp_path)
    assert loaded.is_standin
    assert f"weights.npz not found in {tmp_path / network}" in loaded.standin
    assert capsys.readouterr().out == f"STAND-IN: {loaded.standin}\n"
    weights.check(loaded.arrays, network, "the stand-in")
    again = weights.load(network, tmp_path)
    assert all(np.array_equal(again.arrays[n], a) for n, a in loaded.arrays.items())
    assert {n.rsplit(".")[-1] for n, a in loaded.arrays.items() if a.std() > 0} == {"W"}


def test_labels_are_read_in_order(tmp_path):
    (tmp_path / "googlenet").mkdir()
    path = tmp_path / labels.FILE
    path.write_text("".join(f"n{number:08} thing {number}, other\n" for number in range(1000)))
    found = labels.load_labels(tmp_path)
    assert found[0] == "thing 0, other" and found[999] == "thing 999, other"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"n01440764 tench\n", "has 1 labels, not 1000"),
        (b"n01440764\n" * 1000, "has 0 labels, not 1000"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_damaged_labels_are_one_sentence(tmp_path, content, says):
    (tmp_path / "googlenet").mkdir()
    (tmp_path / labels.FILE).write_bytes(content)
    with pytest.raises(labels.LabelsError, match=says):
        labels.load_labels(tmp_path)


def test_without_labels_classes_have_numbers(tmp_path, capsys):
    assert labels.load_labels(tmp_path)[:2] == ["class 0", "class 1"]
    assert capsys.readouterr().out.startswith("STAND-IN: classes have numbers")
