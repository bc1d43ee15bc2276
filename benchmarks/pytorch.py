"""PyTorch of `locks/peers.lock`, in an environment of its own that stays until `make clean`."""

import subprocess
import sys
from pathlib import Path

from appliance_build import paths

from .peer import PROGRAMS

FOLDER = paths.BUILD / "pytorch"
LOCK = paths.PROJECT / "locks" / "peers.lock"
REFERENCE = paths.PROJECT / "tests" / "image" / "torchvision"


def environment() -> Path:
    """Its interpreter; installed at the first use."""
    python, complete = FOLDER / "bin" / "python", FOLDER / "complete"
    if not complete.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        subprocess.run([*pip, "--requirement", LOCK], check=True)
        complete.touch()
    return python


def command(program: str, *arguments: object) -> list[str]:
    """One of the programs in `peers/`, run by it."""
    path = f"PYTHONPATH={REFERENCE}:{paths.NOTEBOOKS}"
    return ["env", path, *map(str, (environment(), "-W", "ignore", PROGRAMS / program, *arguments))]


def write_onnx(weights: Path, side: int, target: Path) -> None:
    """Write the network that the folder of weights is named after as a file of OpenCV."""
    subprocess.run(command("make_onnx.py", weights, side, target), check=True)
