"""The network that `train` trained: it lies in `pretrained/`, with its log and its figures."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from ..errors import WorkshopError
from .deep import Network, Settings

FOLDER = Path(__file__).parent / "pretrained"
WEIGHTS, REPORT = "network.npz", "training.json"


class PretrainedError(WorkshopError):
    """The trained network is missing or is not what its report says."""


def save(folder: Path, network: Network, report: dict) -> None:
    """Write a network, its numbers as float16, and what there is to tell about its training."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / WEIGHTS, *[a.astype(np.float16) for a in network.arrays])
    report = {"settings": asdict(network.settings)} | report
    (folder / REPORT).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def report(folder: Path = FOLDER) -> dict:
    """What was written down when the network was trained: settings, figures, log.

    Raises:
        PretrainedError: the file is not there or is damaged.
    """
    path = folder / REPORT
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PretrainedError(f"{path} cannot be read: {error}") from None


def load(folder: Path = FOLDER) -> Network:
    """The trained network, ready to play.

    Raises:
        PretrainedError: a file is missing, damaged, or has other shapes.
    """
    settings = report(folder)["settings"]
    tuples = {name: tuple(v) for name, v in settings.items() if isinstance(v, list)}
    network = Network(Settings(**(settings | tuples)))
    path = folder / WEIGHTS
    try:
        with np.load(path) as file:
            arrays = [file[f"arr_{i}"].astype(np.float32) for i in range(len(file.files))]
    except Exception as error:  # NumPy and zipfile have many for a damaged file
        raise PretrainedError(f"{path} cannot be read: {error}") from None
    if [a.shape for a in arrays] != [a.shape for a in network.arrays]:
        raise PretrainedError(f"{path} has arrays of other shapes than {folder / REPORT} says")
    network.arrays = arrays
    return network
