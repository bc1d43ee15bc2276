"""The memory that a network learns from."""

import numpy as np


class Replay:
    """The last moves: after-states, and the boards that new columns made of them."""

    def __init__(self, room: int, size: tuple[int, int]):
        self.afters = np.zeros((room, *size), np.uint8)
        self.boards = np.zeros((room, *size), np.uint8)
        self.count = 0  # of all that were ever added

    def __len__(self) -> int:
        return min(self.count, len(self.afters))

    def add(self, afters: np.ndarray, boards: np.ndarray) -> None:
        """Remember moves; the oldest are forgotten."""
        places = (self.count + np.arange(len(afters))) % len(self.afters)
        self.afters[places], self.boards[places] = afters, boards
        self.count += len(afters)

    def sample(self, count: int, rng: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
        """Some of them, drawn at random: (count, height, width) each."""
        places = rng.randint(len(self), size=count)
        return self.afters[places], self.boards[places]
