"""Maps become colours that can be compared; what a filter answered to is found and cut out."""

import sys

import numpy as np

from appliance_build.paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))
from workshop import feature_maps

MAPS = np.random.RandomState(0).rand(4, 3, 5, 6)


def test_each_map_is_a_colour_scaled_by_its_largest_value():
    maps = MAPS * np.array([1, 10, 0]).reshape(1, 3, 1, 1)
    colours = feature_maps.as_rgb(maps)
    assert colours.shape == (4, 5, 6, 3)
    assert np.allclose(colours[..., 0], MAPS[:, 0] / MAPS[:, 0].max())
    assert np.allclose(colours[..., 1], MAPS[:, 1] / MAPS[:, 1].max())
    assert not colours[..., 2].any()


def test_strongest_answers_come_first_one_for_each_picture():
    maps = np.zeros((4, 5, 6))
    maps[0, 1, 2], maps[2, 4, 5], maps[2, 0, 0], maps[3, 3, 0] = 1, 3, 2, 2.5
    assert feature_maps.strongest(maps, 3) == [(2, 4, 5), (3, 3, 0), (0, 1, 2)]


def test_windows_are_what_a_place_of_the_map_sees():
    images = np.arange(2 * 28 * 28).reshape(2, 28, 28)
    [first, last] = feature_maps.windows(images, [(0, 0, 0), (1, 7, 7)], 14, 2)
    assert first.shape == last.shape == (14, 14)
    assert first[0, 0] == 0
    assert last[-1, -1] == images[1, -1, -1]  # the last of 8 places ends at the picture's edge
