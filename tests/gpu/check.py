"""usage: python3 check.py        inside the image, on a machine with a GPU (tests/gpu/run)

Computes what values.py has on the CPU and on the GPU, compares, and prints how long a training
step takes on each. Exit status 1 if they disagree, or if nothing ran on the GPU.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy

TOLERANCE = 1e-4
LEAST_OPS = 10


def values(device: str, folder: Path) -> tuple[dict[str, numpy.ndarray], dict]:
    """The values, and what values.py prints."""
    file = folder / f"{device}.npz"
    words = [sys.executable, str(Path(__file__).with_name("values.py")), str(file), "--convolution"]
    flags = os.environ | {"THEANO_FLAGS": f"device={device}"}
    done = subprocess.run(words, env=flags, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"on {device}: {done.stderr[-2000:]}")
    with numpy.load(file) as data:
        return dict(data), json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        (cpu, slow), (gpu, fast) = (values(device, Path(folder)) for device in ("cpu", "cuda"))
    wrong = 0
    for name, expected in cpu.items():
        off = float(numpy.abs(gpu[name] - expected).max())
        # Relative to the size of the numbers, as sums of many products need.
        allowed = TOLERANCE * max(1.0, float(numpy.abs(expected).max()))
        wrong += (bad := not off <= allowed)
        print(f"{'WRONG' if bad else 'ok':5}  {name:30} differs by {off:.1e}")
    print(f"{len(fast['ops'])} kinds of GPU operations: {', '.join(fast['ops'])}")
    for name, seconds in slow["step"].items():
        quick = fast["step"][name]
        print(f"{name} step: CPU {seconds * 1e3:.1f} ms, GPU {quick * 1e3:.1f} ms")
    return 1 if wrong or len(fast["ops"]) < LEAST_OPS else 0


if __name__ == "__main__":
    sys.exit(main())
