"""Covering a picture place by place: what is found, where, and that it can be taken up again."""

import sys

import numpy as np
import pytest

from appliance_build.paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))
from workshop.occlusion import BATCH, Occlusion

SIDE, EYE = 20, (13, 4)  # the one pixel that the network of these tests looks at


class Network:
    """Sure of class 1 as long as it sees the eye."""

    def __init__(self):
        self.sizes = []

    def __call__(self, batch):
        self.sizes.append(len(batch))
        seen = (batch[(slice(None), 0, *EYE)] != 0) * 0.8 + 0.1
        return np.stack([1 - seen, seen], axis=1)


@pytest.fixture
def network():
    return Network()


def covered(network, patch=6, stride=4) -> Occlusion:
    return Occlusion(network, np.ones((3, SIDE, SIDE), np.float32), 1, patch, stride)


def test_the_loss_is_where_the_network_looks_and_nowhere_else(network):
    cover = covered(network)
    while cover.step():
        pass
    assert cover.whole == pytest.approx(0.9) and cover.missing == 0
    loss = cover.loss()
    assert loss.shape == (SIDE, SIDE)
    assert loss[EYE] == loss.max() == pytest.approx(0.8)
    assert (loss[:, 12:] == 0).all() and (loss[:7] == 0).all()


def test_every_pixel_is_covered_once_at_least(network):
    cover = covered(network, patch=6, stride=5)
    untouched = np.ones((SIDE, SIDE), bool)
    for row, column in np.ndindex(cover.found.shape):
        untouched &= cover.covered(row, column)[0] == 1
    assert not untouched.any()
    assert (cover.picture == 1).all(), "the picture itself stays"


def test_places_are_asked_for_in_batches_and_taken_up_again(network):
    cover = covered(network, stride=2)
    assert cover.step() == BATCH and cover.missing == 64 - BATCH
    unknown = cover.loss()[-1, -1]
    assert unknown == 0 and np.isfinite(cover.loss()).all()
    while cover.step():
        pass
    assert network.sizes == [1, *[BATCH] * 8] and cover.step() == 0


@pytest.mark.parametrize(("patch", "stride"), [(4, 5), (21, 3), (4, 0)])
def test_a_cover_that_leaves_gaps_or_sticks_out_is_refused(network, patch, stride):
    with pytest.raises(ValueError, match="take 0 < stride <= patch <= side"):
        covered(network, patch, stride)
