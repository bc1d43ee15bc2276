"""What convolutional layers make of digits: maps as colours, and what a filter looks for."""

from collections.abc import Sequence

import numpy as np


def as_rgb(maps: np.ndarray) -> np.ndarray:
    """Three maps as the red, green and blue of a picture.

    Args:
        maps: (n, 3, height, width), not below 0.

    Returns:
        (n, height, width, 3) from 0 to 1; each map by its own largest value over all n pictures,
        so that pictures can be compared. A map that is 0 everywhere stays black.
    """
    largest = maps.max(axis=(0, 2, 3), keepdims=True)
    return np.moveaxis(maps / np.where(largest > 0, largest, 1), 1, 3)


def strongest(maps: np.ndarray, count: int) -> list[tuple[int, int, int]]:
    """The `count` pictures that a filter answers most to, and where in each.

    Args:
        maps: (n, height, width), of one filter.

    Returns:
        For each the number of the picture, and row and column in the map; the strongest first.
    """
    flat = maps.reshape(len(maps), -1)
    order = np.argsort(-flat.max(axis=1), kind="stable")[:count]
    places = np.unravel_index(flat[order].argmax(axis=1), maps.shape[1:])
    return [tuple(map(int, place)) for place in zip(order, *places, strict=True)]


def windows(
    images: np.ndarray, places: Sequence[tuple[int, int, int]], size: int, step: int
) -> list[np.ndarray]:
    """What a filter saw of the pictures (n, height, width) at these places of its map.

    Args:
        size: side of what one place of the map sees, in pixels of the picture.
        step: pixels of the picture from one place of the map to the next.
    """
    corners = [(number, step * row, step * column) for number, row, column in places]
    return [images[n, top : top + size, left : left + size] for n, top, left in corners]
