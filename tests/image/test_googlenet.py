"""GoogLeNet is Caffe's, numerically, with the published weights on photos as people have them.

The reference is Caffe's own definition and weights, run by OpenCV: neither our definition nor our
conversion of the weights has a part in it. Both sides are given files and prepare them by
themselves.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import skimage
import sklearn
from PIL import Image

from appliance_build import paths
from appliance_build.inputs import assets
from appliance_check.checks import weights

from .caffe import Caffe
from .tree import Tree

TOLERANCE = 1e-4  # of probabilities, and elsewhere of a layer's largest value
SKIMAGE = "chelsea.png coffee.png astronaut.png rocket.jpg retina.jpg hubble_deep_field.jpg".split()
SKLEARN = "china.jpg flower.jpg".split()
MUTATIONS = (
    "flipped filters",
    "swapped BGR",
    "floor pooling",
    "wrong mean",
    "wrong concat order",
    "LRN alpha not divided by 5",
    "LRN with Lasagne's k",
)
LAYERS = """
    conv1/7x7_s2 pool1/3x3_s2 pool1/norm1 conv2/3x3_reduce conv2/3x3 conv2/norm2 pool2/3x3_s2
    inception_3a/1x1 inception_3a/3x3_reduce inception_3a/3x3 inception_3a/5x5_reduce
    inception_3a/5x5 inception_3a/pool inception_3a/pool_proj inception_3a/output
    inception_3b/output pool3/3x3_s2 inception_4a/output inception_4b/output inception_4c/output
    inception_4d/output inception_4e/output pool4/3x3_s2 inception_5a/output inception_5b/output
    pool5 loss3/classifier prob
""".split()
IN_DETAIL = 2  # photos whose layers are compared one by one


def disagreement(ours: np.ndarray, reference: np.ndarray, unit: float = 1) -> float:
    """The largest difference; infinite where the shapes differ."""
    if ours.shape[:2] != reference.shape[:2] or ours.size != reference.size:
        return np.inf
    return float(np.abs(ours - reference.reshape(ours.shape)).max() / unit)


@pytest.fixture(scope="module")
def published() -> Mapping[str, Path]:
    """The files of GoogLeNet as they were published."""
    wanted = [entry for entry in assets.locked_assets() if entry.path.startswith("googlenet/")]
    found, missing = assets.fetch_all(wanted)
    if missing:
        pytest.skip(f"GoogLeNet's files can be had from nowhere: {missing[0]['reason']}")
    return found


@pytest.fixture(scope="module")
def photos() -> list[Path]:
    """Eight photos that come with Python packages, and what the mirrors have."""
    found = [Path(skimage.__file__).parent / "data" / name for name in SKIMAGE]
    found += [Path(sklearn.__file__).parent / "datasets" / "images" / name for name in SKLEARN]
    for mirror in paths.mirrors():
        found += sorted(Path(mirror, "images").rglob("*.jpg"))
    return found


@pytest.fixture(scope="module")
def reference(published: Mapping[str, Path], photos: list[Path]) -> dict[str, np.ndarray]:
    """What Caffe's network says: probabilities for all photos, layers for the first."""
    caffe = Caffe(published)
    prepared = []
    for path in photos:
        photo = Image.open(path).convert("RGB")
        side = min(photo.size)
        left, top = ((size - side) // 2 for size in photo.size)
        square = photo.crop((left, top, left + side, top + side))
        prepared.append(np.asarray(square.resize((224, 224), Image.Resampling.BILINEAR)))
    detail = caffe.outputs(prepared[:IN_DETAIL], LAYERS)
    [probabilities] = caffe.outputs(prepared, ["prob"])
    return dict(zip(LAYERS, detail, strict=True)) | {"prob": probabilities}


@pytest.fixture(scope="module")
def ours(tree: Tree, photos: list[Path]) -> dict[str | None, Mapping[str, np.ndarray]]:
    """What the shipped network says; for each mutation what it would say then."""
    tree.ok("mkdir ~/proof")
    folder = f"/home/{tree.user}/proof"
    outside = Path(tree.upper, "home", tree.user, "proof")
    (outside / "forward.py").write_text((Path(__file__).parent / "forward.py").read_text())
    names = []
    for number, path in enumerate(photos):
        name = f"{number}.png"  # without loss: libraries that read JPEG differ in their last bit
        Image.open(path).convert("RGB").save(outside / name, compress_level=1)
        names.append(f"{folder}/{name}")
    runs = {None: {"layers": ["prob"]}, "detail": {"layers": LAYERS, "count": IN_DETAIL}}
    runs |= {each: {"layers": ["prob"], "mutation": each, "count": IN_DETAIL} for each in MUTATIONS}
    for number, run in enumerate(runs.values()):
        run["to"] = f"{folder}/{number}.npz"
    job = {"network": "googlenet", "photos": names, "runs": list(runs.values())}
    (outside / "job.json").write_text(json.dumps(job))
    tree.ok(f"python3 {folder}/forward.py {folder}/job.json")
    return {name: dict(np.load(outside / f"{number}.npz")) for number, name in enumerate(runs)}


def test_every_probability_is_caffes(ours, reference, photos):
    difference = disagreement(ours[None]["prob"], reference["prob"])
    print(f"largest difference of a probability: {difference:.1e}")
    assert len(photos) >= 8 and reference["prob"].shape == (len(photos), 1000)
    assert difference < TOLERANCE


def test_the_doctors_golden_values_are_caffes(reference, photos):
    china = [path.name for path in photos].index("china.jpg")
    expected = reference["prob"][china].reshape(-1)[list(weights.CLASSES)]
    assert np.abs(expected - weights.GOLDEN["googlenet"]).max() < TOLERANCE


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_is_caffes(ours, reference, layer):
    theirs = reference[layer][:IN_DETAIL]
    largest = np.abs(theirs).max()
    difference = disagreement(ours["detail"][layer], theirs, largest)
    print(f"{layer}: largest difference {difference:.1e} of {largest:.4g}")
    assert difference < TOLERANCE


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_each_mistake_is_noticed(ours, reference, mutation):
    """Were this comparison blind, the ones above would prove nothing."""
    assert disagreement(ours[mutation]["prob"], reference["prob"][:IN_DETAIL]) > TOLERANCE
