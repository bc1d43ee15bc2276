"""The pretrained networks in the appliance beside PyTorch and OpenCV, on the same two threads.

usage: make benchmark      (on an idle machine; prints seconds, MB and ratios)

The peers take turns, answer by answer, and a ratio is taken within a turn, since machines drift.
All have the same weights, and no figure counts unless they give the same probabilities.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from appliance_build import paths
from appliance_build.inputs import assets
from appliance_build.progress import console
from tests.image import caffe

from . import pytorch, shipped
from .comparison import OPENCV, OURS, PYTORCH, Commands, Figures, by_peer, table
from .peer import PROGRAMS, SETTINGS, THREADS, Peer

sys.path.insert(0, str(paths.NOTEBOOKS))
from workshop import weights

SIDES = {"googlenet": 224, "inception-v3": 299}
RANGES = {"googlenet": (-110, 140), "inception-v3": (-1, 1)}  # of the numbers in a picture
SESSIONS = 5
TURNS = {1: 15, 16: 5}  # by how many pictures are asked about together
TOLERANCE = 1e-4  # of probabilities
DATA = "usr/share/workshop/data"
INSIDE = "usr/share/benchmark"  # where the appliance finds its program and the pictures


def first_answers(commands: Commands) -> Figures:
    """New processes: their import, the first answer after it, and memory for it."""
    parts = {"import": "import, s", "answer": "first answer, s", "memory": "memory for it, MB"}
    turns = []
    for _ in range(SESSIONS):
        turn = {}
        for name, command in commands.items():
            with Peer(command) as peer:
                turn[name] = peer.first
        _check({name: first["probabilities"] for name, first in turn.items()})
        turns.append(turn)
    return {row: by_peer(turns, part) for part, row in parts.items()}


def forward(commands: Commands) -> Figures:
    """Answers of processes that have answered before, and the memory that these had in the end."""
    figures = {}
    with ExitStack() as stack:
        peers = {name: stack.enter_context(Peer(command)) for name, command in commands.items()}
        for count, turns in TURNS.items():
            for peer in peers.values():
                peer.ask(count)
            asked = [{n: peer.ask(count) for n, peer in peers.items()} for _ in range(turns)]
            pictures = "one picture" if count == 1 else f"{count} pictures"
            figures[f"{pictures}, s"] = by_peer(asked, "seconds")
        figures[f"memory for {pictures}, MB"] = by_peer(asked[-1:], "memory")
    return figures


#: What is measured of each network. Each function gives rows of its table.
MEASUREMENTS: Sequence[Callable[[Commands], Figures]] = (first_answers, forward)


def _check(probabilities: Mapping[str, Sequence[float]]) -> None:
    """A peer that computes something else is none."""
    for name, values in probabilities.items():
        difference = np.abs(np.subtract(values, probabilities[OURS])).max()
        if not difference < TOLERANCE:
            sys.exit(f"{name} and {OURS} differ by {difference:.1e} in a probability")


class Peers:
    """All that the peers need, in a folder and in the appliance's tree."""

    def __init__(self, tree, folder: Path) -> None:
        self.tree, self.folder = tree, folder
        self.inside = Path(tree.upper, INSIDE)
        self.inside.mkdir(parents=True)
        for program in ("protocol.py", "ask_ours.py"):
            (self.inside / program).write_text((PROGRAMS / program).read_text())

    def commands(self, network: str) -> tuple[Commands, bool]:
        """What starts each peer, and whether the weights are random ones."""
        standin = self._weights(network)
        batch = self._batch(network)
        files = self._files_of_opencv(network)
        ours = f"{' '.join(SETTINGS)} python3 -W ignore ask_ours.py {batch.name} {network}"
        theirs = [sys.executable, PROGRAMS / "ask_opencv.py", batch, files]
        return {
            OURS: self.tree.command(f"cd /{INSIDE} && {ours}"),
            PYTORCH: [*SETTINGS, *pytorch.command("ask_pytorch.py", batch, self.folder / network)],
            OPENCV: [*SETTINGS, *map(str, theirs)],
        }, standin

    def _weights(self, network: str) -> bool:
        """Put the shipped weights into the folder, or random ones there and into the tree."""
        copy = self.folder / network / weights.FILE
        copy.parent.mkdir()
        places = [Path(layer, DATA, network, weights.FILE) for layer in self.tree.layers]
        for place in places:
            if place.exists():
                copy.symlink_to(place)
                return False
        weights.write(copy, weights.random(network))
        place = Path(self.tree.upper, DATA, network)
        place.mkdir(parents=True)
        (place / weights.FILE).write_bytes(copy.read_bytes())
        return True

    def _batch(self, network: str) -> Path:
        shape = (max(TURNS), 3, SIDES[network], SIDES[network])
        batch = np.random.RandomState(0).uniform(*RANGES[network], shape).astype(np.float32)
        np.save(self.inside / f"{network}.npy", batch)
        return self.inside / f"{network}.npy"

    def _files_of_opencv(self, network: str) -> Path:
        """A folder with what OpenCV reads: GoogLeNet as Caffe has it, the other by PyTorch."""
        files = self.folder / f"{network}.opencv"
        files.mkdir()
        if network == "googlenet":
            published = _published()
            (files / "1.prototxt").symlink_to(published["googlenet/deploy.prototxt"])
            (files / "2.caffemodel").write_bytes(caffe.caffemodel(published))
        else:
            pytorch.write_onnx(self.folder / network, SIDES[network], files / "1.onnx")
        return files


def _published() -> Mapping[str, Path]:
    wanted = [entry for entry in assets.locked_assets() if entry.path.startswith("googlenet/")]
    found, missing = assets.fetch_all(wanted)
    if missing:
        sys.exit(f"GoogLeNet's files can be had from nowhere: {missing[0]['reason']}")
    return found


def main() -> None:
    """Measure, then print a table for each network."""
    with shipped.tree() as tree, tempfile.TemporaryDirectory(dir=paths.BUILD) as folder:
        peers = Peers(tree, Path(folder))
        for network in SIDES:
            commands, standin = peers.commands(network)
            figures = {}
            for measurement in MEASUREMENTS:
                figures |= measurement(commands)
            weights_are = ", random weights" if standin else ""
            console.print(table(f"{network}, {THREADS} threads{weights_are}", figures))


if __name__ == "__main__":
    main()
