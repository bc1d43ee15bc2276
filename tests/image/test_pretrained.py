"""The shipped networks recognise what is on photos; damaged weights are told, in one sentence."""

import json
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import skimage
import sklearn
from PIL import Image

from appliance_build.paths import PROJECT

from .lessons import executed
from .tree import Tree

sys.path.insert(0, str(PROJECT / "notebooks"))
from workshop import preprocessing
from workshop.photos import read_photo

SKIMAGE, SKLEARN = (Path(module.__file__).parent for module in (skimage, sklearn))
PHOTOS = (
    SKIMAGE / "data" / "chelsea.png",
    SKIMAGE / "data" / "coffee.png",
    SKLEARN / "datasets" / "images" / "china.jpg",
)
CATS = {"tabby, tabby cat", "tiger cat", "Persian cat", "Siamese cat, Siamese", "Egyptian cat"}
DATA = "/usr/share/workshop/data"
WEIGHTS = f"{DATA}/googlenet/weights.npz"
LIBRARY = "/usr/local/lib/python3.11/dist-packages/workshop"


@pytest.fixture(scope="module")
def photos(tree: Tree) -> str:
    """A folder of the attendee's with photos."""
    tree.ok("mkdir ~/photos")
    for path in PHOTOS:
        photo = Image.open(path).convert("RGB")
        photo.save(Path(tree.upper, "home", tree.user, "photos", f"{path.stem}.png"))
    Path(tree.upper, "home", tree.user, "photos", "text.jpg").write_text("no photo")
    return f"/home/{tree.user}/photos"


@pytest.fixture(scope="module")
def real(tree: Tree) -> None:
    """Skips where the build had no weights of GoogLeNet."""
    standins = {entry["asset"] for entry in json.loads(tree.ok(f"cat {DATA}/../standins.json"))}
    if tree.run(f"test -e {WEIGHTS}").returncode:
        assert any(asset.startswith("googlenet/weights") for asset in standins)
        pytest.skip("this build has a stand-in for GoogLeNet")


DEFINED = """
import json
from lasagne.layers import get_all_params
from workshop import weights
from workshop.classifier import NETWORKS
for name, network in NETWORKS.items():
    parameters = get_all_params(network.define()["prob"])
    defined = {each.name: each.get_value().shape for each in parameters}
    print(name, len(parameters), list(defined.items()) == list(weights.shapes(name).items()))
"""
ANY_SIZE = """
import numpy as np, theano
from workshop.classifier import Classifier
compiled, function = [], theano.function
theano.function = lambda *given, **named: compiled.append(1) or function(*given, **named)
network = Classifier("{network}")
batch = np.random.RandomState(0).uniform(-1, 1, (5, 3, {side}, {side})).astype("float32")
one_by_one = np.concatenate([network.probabilities(picture[None]) for picture in batch])
print(abs(network.probabilities(batch) - one_by_one).max() < 1e-6)
wide = network.probabilities(np.ones((2, 3, {side} - 21, {side} + 50), "float32"))
print(wide.shape, np.isfinite(wide).all(), len(compiled))
"""
#: Lessons ask for outputs and for gradients.
TWO_WAYS = """
import numpy as np, theano
from lasagne.layers import get_output
from workshop import compiling, weights
from workshop.classifier import NETWORKS, set_weights
layers = NETWORKS["googlenet"].define()
set_weights(layers, weights.random("googlenet"))
given, names = layers["data"].input_var, ["inception_3a/output", "prob"]
middle, end = get_output([layers[name] for name in names], deterministic=True)
wanted = [end, theano.grad((middle ** 2).mean(), given)]
batch = np.random.RandomState(0).uniform(-99, 99, (2, 3, 224, 224)).astype("float32")
ours, theirs = (way([given], wanted)(batch) for way in (compiling.function, theano.function))
print([np.array_equal(*pair) and np.ptp(pair[0]) > 0 for pair in zip(ours, theirs)])
"""


#: An old Pillow is in the appliance, and a new one here.
PREPARED = """
import sys, numpy as np
from workshop import preprocessing
from workshop.photos import read_photo
steps = preprocessing.GOOGLENET
np.savez("{folder}/prepared.npz", **{{
    name: preprocessing.prepare(steps, read_photo("{folder}/" + name)) for name in {names}
}})
"""


UPLOAD = """
import io
from PIL import Image
from workshop import own
red = io.BytesIO()
Image.new("RGB", (4, 4), (255, 0, 0)).save(red, "png")
def show():
    photos, problems = own.read_folder()
    print("shown:", list(photos), problems)
button = own.upload_button(show).children[0]
sent = {"name": "red.png", "type": "image/png", "size": 1, "last_modified": 0}
button.set_state({"value": [sent | {"content": memoryview(red.getvalue())}]})
"""


def python(tree: Tree, code: str) -> list[str]:
    """What Python code prints in the tree."""
    return tree.ok(f"python3 -c {shlex.quote(code)}").splitlines()


def test_definitions_have_the_parameters_of_the_list_in_its_order(tree):
    assert python(tree, DEFINED) == ["googlenet 116 True", "inception-v3 472 True"]


@pytest.mark.parametrize(("network", "side"), [("googlenet", 224), ("inception-v3", 299)])
def test_one_function_takes_any_number_and_size_of_pictures(tree, network, side):
    *_, same, other = python(tree, ANY_SIZE.format(network=network, side=side))
    assert (same, other) == ("True", "(2, 1000) True 1")


def test_compiled_in_half_of_the_time_is_the_same_bits(tree):
    assert python(tree, TWO_WAYS) == ["[True, True]"]


def odd_photos(folder: Path) -> list[str]:
    """A photo in the forms that people bring; returns the files' names."""
    photo = Image.open(PHOTOS[-1]).convert("RGB").resize((160, 120))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    forms = {
        "alpha.png": (photo.convert("RGBA"), {}),
        "grey.jpg": (photo.convert("L"), {}),
        "16-bit.png": (Image.fromarray(np.asarray(photo.convert("L"), np.uint16) * 257), {}),
        "cmyk.jpg": (photo.convert("CMYK"), {}),
        "palette.gif": (photo.convert("P"), {"transparency": 3}),
        "upright.jpg": (photo, {"exif": exif}),
        "narrow.png": (photo.resize((1, 500)), {}),
    }
    for name, (picture, options) in forms.items():
        picture.save(folder / name, **options)
    return list(forms)


def test_odd_photos_become_the_same_numbers_as_here(tree):
    tree.ok("mkdir ~/odd")
    folder = Path(tree.upper, "home", tree.user, "odd")
    names = odd_photos(folder)
    python(tree, PREPARED.format(folder=f"/home/{tree.user}/odd", names=names))
    prepared = np.load(folder / "prepared.npz")
    for name in names:
        here = preprocessing.prepare(preprocessing.GOOGLENET, read_photo(folder / name))
        assert np.abs(prepared[name] - here).max() <= 2, name  # decoders of JPEG round


def classify(tree: Tree, arguments: str, model: str = "googlenet"):
    return tree.run(f"python3 -m workshop.classify --model {model} {arguments}")


def test_golden_predictions(tree, photos, real):
    names = [f"{photos}/{name}.png" for name in ("chelsea", "coffee", "china")]
    done = classify(tree, f"--json --top 3 {' '.join(names)}")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [each["file"] for each in report] == names
    cat, coffee, china = ([answer["label"] for answer in each["top"]] for each in report)
    assert cat[0] == "Egyptian cat" and set(cat) <= CATS
    assert coffee[0] == "espresso"
    assert china[0] in ("monastery", "palace")
    for each in report:
        probabilities = [answer["probability"] for answer in each["top"]]
        assert len(probabilities) == 3 and sorted(probabilities, reverse=True) == probabilities
    assert report[0]["top"][0]["class"] == 285  # of ILSVRC 2012, from 0


def test_the_command_tells_of_a_photo_that_is_none_and_goes_on(tree, photos):
    done = classify(tree, f"{photos}/text.jpg {photos}/china.png {photos}/not-there.png")
    assert done.returncode == 1
    first, second = (line for line in done.stderr.splitlines() if not line.startswith("STAND-IN"))
    assert first.startswith(f"error: {photos}/text.jpg is no picture")
    assert second.startswith(f"error: {photos}/not-there.png is not there")
    assert done.stdout.splitlines()[0] == f"{photos}/china.png"
    assert len(done.stdout.splitlines()) == 6


@pytest.mark.parametrize("arguments", ["", "--top 0 a.png", "--top x a.png", "--model other a.png"])
def test_wrong_use_is_told_with_status_2(tree, arguments):
    done = classify(tree, arguments)
    assert done.returncode == 2 and "usage: python3 -m workshop.classify" in done.stderr


def test_a_stand_in_announces_itself_and_leaves_json_alone(tree, photos):
    done = tree.run(
        f"WORKSHOP_DATA=/nowhere python3 -m workshop.classify --json --model inception-v3 "
        f"{photos}/china.png"
    )
    assert done.returncode == 0, done.stderr
    assert "STAND-IN: inception-v3 has random weights" in done.stderr
    [answer] = json.loads(done.stdout)
    assert max(each["probability"] for each in answer["top"]) < 0.2


@pytest.fixture
def damaged(tree: Tree, real: None) -> Iterator[Callable]:
    """Replaces the shipped weights by what a function makes of their arrays, or of their bytes."""
    shipped = next(
        file for layer in reversed(tree.layers) if (file := Path(f"{layer}{WEIGHTS}")).exists()
    )

    def replace(change: Callable[[dict], dict] | None = None, cut: int | None = None) -> None:
        tree.ok(f"cp {WEIGHTS} /var/tmp/kept.npz", user="root")  # makes the folders in the upper
        copy = Path(f"{tree.upper}/var/tmp/changed.npz")
        if change:
            np.savez(copy, **change(dict(np.load(shipped))))
        else:
            copy.write_bytes(shipped.read_bytes()[:cut])
        tree.ok(f"cp /var/tmp/changed.npz {WEIGHTS}", user="root")

    yield replace
    tree.ok(f"cp /var/tmp/kept.npz {WEIGHTS}", user="root")


def with_nan(arrays: dict) -> dict:
    arrays["inception_4c/3x3.b"][7] = np.nan
    return arrays


def flipped(arrays: dict) -> dict:
    return {n: a[:, :, ::-1, ::-1] if a.ndim == 4 else a for n, a in arrays.items()}


def first_reversed(arrays: dict) -> dict:
    first = "conv1/7x7_s2.W"
    return arrays | {first: arrays[first][:, ::-1]}


def one_value(arrays: dict) -> dict:
    arrays["conv1/7x7_s2.W"][0, 0, 0, 0] += 1e-6
    return arrays


def without(arrays: dict) -> dict:
    return {n: a for n, a in arrays.items() if n != "conv1/7x7_s2.W"}


@pytest.mark.parametrize("lesson", ["3-ImageNet-googlenet", "6-Visual-Art"])
def test_a_lesson_tells_of_damaged_weights_in_one_sentence(tree, damaged, lesson):
    damaged(cut=20_000_000)
    *_, error = executed(tree, lesson, "Classifier(")
    assert error["ename"] == "WeightsError"
    [shown] = error["traceback"]
    assert shown.startswith(f"WeightsError: {WEIGHTS} is cut short or damaged")
    assert "\n" not in shown


def test_an_upload_lands_in_the_folder_and_is_shown(tree):
    said = tree.ok(f"cd /tmp && /opt/jupyter/bin/python3 -c {shlex.quote(UPLOAD)}").splitlines()
    assert said[-1].endswith("shown: ['red.png'] []")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"change": with_nan}, "inception_4c/3x3.b has values that are not finite"),
        ({"change": without}, "lacks 1 of the 116 arrays of googlenet"),
        ({"change": flipped}, "answers as if the filters are flipped"),
        ({"change": first_reversed}, "as if red and blue are swapped in the first filters"),
        ({"change": one_value}, f"{WEIGHTS} has "),
        ({"cut": 20_000_000}, "is cut short or damaged"),
    ],
    ids=["NaN", "lacking", "flipped", "first reversed", "one value", "cut"],
)
def test_the_doctor_and_the_command_tell_of_damaged_weights(tree, photos, damaged, fault, words):
    damaged(**fault)
    done = tree.run("appliance-check --only weights --profile tree --json -")
    assert done.returncode == 1, done.stderr
    [check] = json.loads(done.stdout)["checks"]
    assert check["status"] == "FAIL" and words in check["message"]
    if fault.get("change") not in (flipped, first_reversed, one_value):  # for answers to show
        done = classify(tree, f"{photos}/china.png")
        assert done.returncode == 1 and done.stdout == ""
        assert words in done.stderr and "Traceback" not in done.stderr


#: Mistakes in the library: where, the edit, and what the doctor then says.
MISTAKES = {
    "pooling": ("layers.py", "s/ignore_border=False/ignore_border=True/", "rounds sizes down"),
    "filters": ("layers.py", "s/filter_flip=False/filter_flip=True/", "filters are flipped"),
    "colours": ("preprocessing.py", r"s/pixels\[:, :, ::-1\]/pixels/", "red and blue are swapped"),
    "mean": (
        "preprocessing.py",
        "s/^CAFFE_MEAN = .*/CAFFE_MEAN = (0, 0, 0)/",
        "mean colour is not",
    ),
    "norm": ("googlenet.py", "s:1e-4 / 5:1e-4:", "normalisation is five times too strong"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_doctor_tells_mistakes_in_the_library_apart(tree, real, mistake):
    name, edit, words = MISTAKES[mistake]
    file = f"{LIBRARY}/{name}"
    tree.ok(f"cp -a {file} /var/tmp/kept.py && sed -i {shlex.quote(edit)} {file}", user="root")
    tree.ok(f"! cmp -s {file} /var/tmp/kept.py && touch {file}", user="root")  # for byte code
    try:
        done = tree.run("appliance-check --only weights --profile tree --json -")
    finally:
        tree.ok(f"cp -a /var/tmp/kept.py {file}", user="root")
    [check] = json.loads(done.stdout)["checks"]
    assert check["status"] == "FAIL" and words in check["message"]
    assert "the library `workshop` was changed" in check["message"]


def test_the_doctor_knows_the_shipped_weights(tree, real):
    done = tree.run("appliance-check --only weights --profile tree --json -")
    assert done.returncode == 0, done.stderr
    [check] = json.loads(done.stdout)["checks"]
    assert check["evidence"]["googlenet"]["answer"] in ("monastery", "palace")
    standin = "standin" in check["evidence"]["inception-v3"]
    assert check["status"] == ("WARN" if standin else "PASS")
