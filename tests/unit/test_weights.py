"""The published weights become ours, or the build stops with one sentence."""

import pickle
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from appliance_build import build, builder, checkpoint, description, ingredients, photos
from appliance_build import weights as conversion
from appliance_build.errors import BuildError
from appliance_build.inputs import assets, debian
from appliance_build.paths import PROJECT

sys.path.insert(0, str(PROJECT / "notebooks"))
from workshop import weights

TORCH = PROJECT / "tests" / "image" / "torchvision"  # made by PyTorch itself
CONV, DENSE, BIAS = "conv1/7x7_s2.W", "loss3/classifier.W", "inception_3a/1x1.b"


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    return weights.random("googlenet", seed=7)


@pytest.fixture
def published(tmp_path: Path, arrays: dict[str, np.ndarray]) -> dict[str, Path]:
    """GoogLeNet's 116 files in their own order of axes: (out, y, x, in)."""
    files = {}
    for (name, array), path in zip(
        arrays.items(), conversion.SOURCES["googlenet"].files, strict=True
    ):
        turned = array.transpose(0, 2, 3, 1) if array.ndim == 4 else array.T
        files[path] = tmp_path / path
        files[path].parent.mkdir(parents=True, exist_ok=True)
        files[path].write_bytes(turned.astype("<f4").tobytes())
        assert name.replace(".W", "_filter").replace(".b", "_bias") in path
    return files


def converted(files: dict[str, Path], folder: Path, missing: set[str] = frozenset()) -> list[str]:
    target = folder / "data"
    target.mkdir()
    conversion.convert(files, missing, target)
    return sorted(str(path.relative_to(target)) for path in target.rglob("*.npz"))


def test_the_lock_names_every_file_that_is_converted():
    assert {entry.path for entry in assets.locked_assets()} >= conversion.CONVERTED
    assert len(conversion.CONVERTED) == 117


def test_googlenets_files_become_ours(published, arrays, tmp_path):
    assert converted(published, tmp_path) == ["googlenet/weights.npz"]
    found = weights.load("googlenet", tmp_path / "data").arrays
    assert all(np.array_equal(found[name], array) for name, array in arrays.items())


def test_what_was_published_does_not_ship(published, wheel, tmp_path, monkeypatch):
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))
    labels = tmp_path / "labels"
    labels.write_text("n01440764 tench\n")
    files = published | {"googlenet/synset_words.txt": labels}
    standins = [{"asset": conversion.INCEPTION_V3, "standin": "random", "reason": "offline"}]
    data = tmp_path / "data"
    given = ingredients.Ingredients(description.load(), debian.load(), files, standins)
    given._data(data, wheel)
    shipped = {str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()}
    ours = {"googlenet/weights.npz", "googlenet/synset_words.txt"}
    assert shipped == ours | {photo.path for photo in photos.PHOTOS}


def test_the_order_in_which_files_were_found_does_not_matter(published, tmp_path, monkeypatch):
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))
    orders = (published, dict(reversed(published.items())))
    builders = [builder.Builder(description.load(), debian.load(), o, []) for o in orders]
    assert len({each.key("content") for each in builders}) == 1


def test_a_network_that_lacks_a_file_goes_without_weights(published, tmp_path):
    path, _ = published.popitem()
    assert converted(published, tmp_path, {path}) == []


def test_the_warning_names_each_stand_in_once(published):
    entries = [{"asset": path, "standin": "random", "reason": "no answer"} for path in published]
    other = {"asset": "mnist/labels.gz", "standin": "small ones", "reason": "404"}
    first = next(iter(published))
    expected = f"    {first} (and 115 more): no answer\n    mnist/labels.gz: 404"
    assert build._listed([*entries, other]) == expected


def test_a_lock_that_lacks_a_file_stops_the_build(published, tmp_path):
    path, _ = published.popitem()
    with pytest.raises(BuildError, match=f"{path} is missing in locks/assets.lock"):
        converted(published, tmp_path)


def file_of(parameter: str) -> str:
    return dict(
        zip(weights.shapes("googlenet"), conversion.SOURCES["googlenet"].files, strict=True)
    )[parameter]


@pytest.mark.parametrize(
    ("parameter", "content", "says"),
    [
        (CONV, bytes(100), "7x7_s2_filter.bin has 100 bytes, and .* 64 x 3 x 7 x 7 numbers"),
        (BIAS, bytes(4 * 65), "1x1_bias.bin has 260 bytes, and .* 64 numbers"),
        (BIAS, b"", "1x1_bias.bin has 0 bytes"),
        (BIAS, b"\xff" * 256, f"{BIAS} has values that are not finite"),
    ],
)
def test_a_wrong_file_stops_the_build(published, tmp_path, parameter, content, says):
    published[file_of(parameter)].write_bytes(content)
    with pytest.raises(BuildError, match=says) as error:
        converted(published, tmp_path)
    assert "\n" not in str(error.value)


def theirs(name: str, array: np.ndarray) -> tuple[str, np.ndarray]:
    """torchvision's name and axes of one of our parameters."""
    back = {ours: other for other, ours in conversion.TORCHVISION.items()}
    last = ".".join(name.split(".")[-2:])
    return name.removesuffix(last) + back[last], array.T if name == "fc.W" else array


@pytest.fixture
def inception(monkeypatch: pytest.MonkeyPatch) -> dict[str, np.ndarray]:
    """What a checkpoint of torchvision holds, the parts that are not ours included."""
    ours = weights.random("inception-v3", seed=7)
    content = dict(theirs(name, array) for name, array in ours.items())
    content["AuxLogits.conv0.conv.weight"] = np.ones((2, 2), np.float32)
    content["Mixed_5b.branch1x1.bn.num_batches_tracked"] = np.int64([3])
    monkeypatch.setattr(checkpoint, "read", lambda path: content)
    return content


CHECKPOINT = {conversion.INCEPTION_V3: Path("inception_v3_google-0cc3c7bd.pth")}


def test_torchvisions_tensors_become_ours(inception, tmp_path):
    assert converted(CHECKPOINT, tmp_path) == ["inception-v3/weights.npz"]
    found = weights.load("inception-v3", tmp_path / "data").arrays
    expected = weights.random("inception-v3", seed=7)
    assert all(np.array_equal(found[name], array) for name, array in expected.items())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"fc.bias": None}, "lacks 1 of the 472 arrays of inception-v3, the first is fc.b"),
        ({"fc.weight": np.zeros((1008, 2048), "f4")}, "fc.W is 2048 x 1008, not 2048 x 1000"),
        ({"fc.bias": np.full(1000, np.nan, "f4")}, "fc.b has values that are not finite"),
        ({"more.weight": np.zeros(1, "f4")}, "has an array more.weight"),
    ],
)
def test_another_checkpoint_stops_the_build(inception, tmp_path, change, says):
    inception |= change
    for name in [name for name, array in inception.items() if array is None]:
        del inception[name]
    with pytest.raises(BuildError, match=says):
        converted(CHECKPOINT, tmp_path)


def test_a_checkpoint_is_read_as_pytorch_wrote_it():
    found, expected = checkpoint.read(TORCH / "small.pth"), np.load(TORCH / "small.npz")
    assert sorted(found) == sorted(expected.files)
    for name, array in found.items():
        assert array.dtype == expected[name].dtype
        np.testing.assert_array_equal(array, expected[name], err_msg=name)


class Evil:
    def __reduce__(self):
        return (print, ("gotcha",))


def archive(path: Path, content: bytes, storages: dict[str, bytes] | None = None) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("model/data.pkl", content)
        for key, numbers in (storages or {}).items():
            made.writestr(f"model/data/{key}", numbers)
    return path


def test_a_checkpoint_that_names_a_function_is_refused(tmp_path, capsys):
    path = archive(tmp_path / "evil.pth", pickle.dumps({"a": Evil()}, protocol=2))
    with pytest.raises(BuildError, match=r"is refused: it names \w+\.print, which weights do not"):
        checkpoint.read(path)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (pickle.dumps([1, 2]), "is no dictionary of tensors"),
        (pickle.dumps({"a": 1}), "is no dictionary of tensors"),
        (pickle.dumps({"a": 1})[:-4], "is no whole checkpoint|is refused"),
        (b"", "is no whole checkpoint"),
    ],
)
def test_a_checkpoint_of_something_else_is_refused(tmp_path, content, says):
    with pytest.raises(BuildError, match=says):
        checkpoint.read(archive(tmp_path / "other.pth", content))


def rewritten(tmp_path: Path, change) -> Path:
    """The small checkpoint with changed storages."""
    path = tmp_path / "changed.pth"
    with zipfile.ZipFile(TORCH / "small.pth") as whole, zipfile.ZipFile(path, "w") as made:
        for name in whole.namelist():
            content = whole.read(name)
            made.writestr(name, change(content) if "/data/" in name else content)
    return path


def test_a_checkpoint_with_too_few_numbers_is_refused(tmp_path):
    with pytest.raises(BuildError, match="is no whole checkpoint of PyTorch"):
        checkpoint.read(rewritten(tmp_path, lambda content: content[:-8]))


@pytest.mark.parametrize("name", ["small.pth", "legacy.pth"])
def test_a_cut_or_old_checkpoint_is_one_sentence(tmp_path, name):
    path = tmp_path / name
    content = (TORCH / name).read_bytes()
    path.write_bytes(content if name == "legacy.pth" else content[: len(content) // 2])
    with pytest.raises(BuildError, match=f"{name} is no whole checkpoint of PyTorch") as error:
        checkpoint.read(path)
    assert "\n" not in str(error.value)
