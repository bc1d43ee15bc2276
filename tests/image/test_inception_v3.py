"""Inception v3 is torchvision's, numerically, after every block.

The real weights cannot be had everywhere; seeded ones tell as much about the network. PyTorch
takes 5 GB, so what it said is kept: `torchvision/make_reference.py` made it, and a full test makes
it anew.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from appliance_build import weights as conversion
from appliance_build.paths import PROJECT
from benchmarks import pytorch

from . import seeded
from .tree import Tree

sys.path.insert(0, str(PROJECT / "notebooks"))
from workshop import weights

HERE = Path(__file__).parent
TOLERANCE = 1e-4  # of a block's largest value; of probabilities as they are
BLOCKS = """
    Conv2d_1a_3x3 Conv2d_2a_3x3 Conv2d_2b_3x3 maxpool1 Conv2d_3b_1x1 Conv2d_4a_3x3 maxpool2
    Mixed_5b Mixed_5c Mixed_5d Mixed_6a Mixed_6b Mixed_6c Mixed_6d Mixed_6e Mixed_7a Mixed_7b
    Mixed_7c avgpool fc prob
""".split()
RUNS = {
    "not counted": {},
    "counted": {"options": {"count_padding": True}},
    "flipped": {"mutation": "flipped filters", "count": 1},
}


@pytest.fixture(scope="module")
def ours(tree: Tree) -> dict[str, Mapping[str, np.ndarray]]:
    """The outputs of all blocks of the shipped network, for each of RUNS."""
    tree.ok("mkdir ~/proof")
    folder, outside = f"/home/{tree.user}/proof", Path(tree.upper, "home", tree.user, "proof")
    (outside / "forward.py").write_text((HERE / "forward.py").read_text())
    weights.write(outside / "weights.npz", seeded.arrays(weights.shapes("inception-v3")))
    np.save(outside / "batch.npy", seeded.batch())
    runs = [{"layers": BLOCKS, "to": f"{folder}/{name}.npz"} | run for name, run in RUNS.items()]
    job = {"network": "inception-v3", "weights": f"{folder}/weights.npz", "runs": runs}
    (outside / "job.json").write_text(json.dumps(job | {"batch": f"{folder}/batch.npy"}))
    tree.ok(f"python3 {folder}/forward.py {folder}/job.json")
    return {name: dict(np.load(outside / f"{name}.npz")) for name in RUNS}


@pytest.fixture(scope="module")
def reference() -> Mapping[str, np.ndarray]:
    return dict(np.load(HERE / "torchvision" / "inception-v3.npz"))


def disagreement(output: np.ndarray, expected: np.ndarray, block: str) -> float:
    unit = 1 if block == "prob" else np.abs(expected).max()
    return float(np.abs(output - expected).max() / unit)


@pytest.mark.parametrize("padding", ["not counted", "counted"])
@pytest.mark.parametrize("block", BLOCKS)
def test_every_block_is_torchvisions(ours, reference, block, padding):
    expected = reference[f"{padding}/{block}"]
    difference = disagreement(seeded.sample(ours[padding][block]), expected, block)
    print(f"{block}, padding {padding}: largest difference {difference:.1e}")
    assert difference < TOLERANCE


@pytest.mark.parametrize("block", ["Conv2d_1a_3x3", "Mixed_6b", "prob"])
def test_flipped_filters_are_noticed(ours, block):
    right, flipped = ours["not counted"][block][:1], ours["flipped"][block]
    assert disagreement(flipped, right, block) > TOLERANCE


def test_the_two_ways_of_pooling_are_told_apart(ours, reference):
    for block in ("Mixed_5b", "prob"):
        output = seeded.sample(ours["counted"][block])
        assert disagreement(output, reference[f"not counted/{block}"], block) > TOLERANCE


@pytest.fixture(scope="module")
def made_anew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What make_reference.py writes, by PyTorch itself."""
    folder = tmp_path_factory.mktemp("torchvision")
    made = [pytorch.environment(), HERE / "torchvision" / "make_reference.py", folder, "--whole"]
    subprocess.run(made, check=True)
    return folder


@pytest.mark.full
def test_what_is_kept_is_what_torchvision_says(made_anew, reference):
    anew = np.load(made_anew / "inception-v3.npz")
    assert sorted(anew.files) == sorted(reference)
    for name, expected in reference.items():
        assert disagreement(anew[name], expected, name.partition("/")[2]) < TOLERANCE / 10


@pytest.mark.full
def test_every_number_of_every_block_is_torchvisions(made_anew, ours):
    whole = np.load(made_anew / "whole.npz")
    for name in whole.files:
        padding, block = name.split("/")
        difference = disagreement(ours[padding][block], whole[name], block)
        print(f"{block}, padding {padding}: largest difference {difference:.1e}")
        assert difference < TOLERANCE, name


@pytest.mark.full
def test_torchvisions_own_checkpoint_is_converted(made_anew, tmp_path):
    checkpoint = {conversion.INCEPTION_V3: made_anew / "inception-v3.pth"}
    conversion.convert(checkpoint, set(), tmp_path)
    found = np.load(tmp_path / "inception-v3" / weights.FILE)
    expected = seeded.arrays(weights.shapes("inception-v3"))
    assert sorted(found.files) == sorted(expected)
    assert all(np.array_equal(found[name], array) for name, array in expected.items())
