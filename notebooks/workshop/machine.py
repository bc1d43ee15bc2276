"""What this computer is, and how quick: for lesson 9."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

#: The largest error of rounding to a number of 32 bits, as a share of the number: half the step
#: from 1 to the next one.
ROUNDING = 2.0**-24


def processor(path: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's name, with the number of cores that this process may use."""
    names = [
        line.partition(":")[2].strip()
        for line in path.read_text().splitlines()
        if line.startswith("model name")
    ]
    return f"{names[0] if names else 'a processor without a name'}, {cores()} cores to use"


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


def memory_gb(path: Path = Path("/proc/meminfo")) -> float:
    """GB of main memory (1e9 bytes)."""
    fields = dict(line.split(":") for line in path.read_text().splitlines())
    return int(fields["MemTotal"].split()[0]) * 1024 / 1e9


def gpus() -> list[str]:
    """A line for each of NVIDIA's GPUs that is visible here; none without its driver."""
    ask = ["nvidia-smi", "--query-gpu=index,name,memory.total", "--format=csv,noheader"]
    try:
        said = subprocess.run(ask, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return said.stdout.splitlines()


def libraries() -> list[dict]:
    """The BLAS libraries in this process, as threadpoolctl describes them."""
    from threadpoolctl import threadpool_info

    return [pool for pool in threadpool_info() if pool["user_api"] == "blas"]


def limited(threads: int):
    """A context in which BLAS uses so many threads."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=threads, user_api="blas")


def best_seconds(
    function: Callable[[], object],
    budget: float = 0.2,
    least: int = 3,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """The shortest time of a call: what else the computer does can only make it longer.

    The first call is not counted: it fills caches and wakes threads.

    Args:
        budget: seconds after which it is not called again,
        least: once it has been called so often.
    """
    function()
    times, end = [], clock() + budget
    while len(times) < least or clock() < end:
        started = clock()
        function()
        times.append(clock() - started)
    return min(times)


def product_error(size: int, seed: int, multiply: Callable = np.matmul) -> tuple[float, float]:
    """How far a product of matrices in float32 is from float64, in roundings of its terms.

    Every number c of a product of (n, n) matrices is a sum of n terms. However they are added up,
    the error is at most n roundings of the sum of their absolute values.
    Source: N. Higham, "Accuracy and Stability of Numerical Algorithms" (2002), section 3.5.

    Returns:
        The largest error of all numbers, and the largest that is allowed; both as a multiple of
        `ROUNDING` times that sum.
    """
    rng = np.random.RandomState(seed)
    a, b = (rng.standard_normal((size, size)).astype(np.float32) for _ in range(2))
    exact = a.astype(np.float64) @ b.astype(np.float64)
    terms = np.abs(a).astype(np.float64) @ np.abs(b).astype(np.float64)
    error = np.abs(np.asarray(multiply(a, b), np.float64) - exact)
    return float((error / terms).max() / ROUNDING), size / (1 - size * ROUNDING)
