"""Does Theano compute on a GPU?"""

import ctypes
import os

from ..context import Context
from ..result import Result, failed, passed
from ..theano_cache import NeedsTheano

CUDA = "device=cuda"
DRIVER = "libcuda.so"  # as libgpuarray looks for it
TOLERANCE = {"elementwise": 1e-4, "gemm": 2e-2}  # absolute; sums of 512 products of up to 1

# What libgpuarray says, and what it means (measured, state by state).
REASONS = (
    (
        "libcuda.so",
        "no NVIDIA driver is visible here",
        "Start the container with `--gpus all` on a machine with NVIDIA's driver and its "
        "container toolkit; `nvidia-smi` must work inside.",
    ),
    (
        "CUDA_ERROR_NO_DEVICE",
        "the driver is there but shows no GPU",
        "Check `nvidia-smi` on the host and NVIDIA_VISIBLE_DEVICES in the container.",
    ),
    (
        "libnvrtc.so",
        "CUDA's run-time compiler (libnvrtc.so) is missing",
        "Use the workshop's CUDA image, which brings it.",
    ),
    (
        "Missing Blas library",
        "cuBLAS (libcublas.so) is missing",
        "Use the workshop's CUDA image, which brings it.",
    ),
    (
        "driver version is too old",
        "the host's NVIDIA driver is too old for CUDA 11.8",
        "Install driver 520 or newer on the host.",
    ),
    (
        "NVRTC_ERROR_INVALID_OPTION",
        "the GPU is newer than CUDA 11.8 knows",
        "Use the workshop's CUDA image, whose shim compiles for an older architecture.",
    ),
)


class Gpu(NeedsTheano):
    id = "gpu"
    title = "Theano sees the GPU"
    group = "Software"
    proves = (
        "Theano activates its GPU back end, an elementwise operation and a matrix product run "
        "there, and both agree with NumPy."
    )
    matters = "Theano falls back to the CPU silently; the attendee would wait for hours."
    remedy = "`nvidia-smi` must work where this runs; see the reason above."
    seconds = 5
    limit = 120

    def excuse(self, context: Context) -> str | None:
        if reason := super().excuse(context):
            return reason
        if _flags().endswith(CUDA) and not _loads(DRIVER):
            return explain(DRIVER)[0]
        return None

    def run(self, context: Context) -> Result:
        return judge(context.probe("gpu", THEANO_FLAGS=f"floatX=float32,{_flags()}"))


def _flags() -> str:
    """The settings that the caller has, with a GPU as the device if they name none."""
    given = [flag for flag in os.environ.get("THEANO_FLAGS", "").split(",") if flag]
    if not any(flag.startswith(("device=cuda", "device=opencl")) for flag in given):
        given.append(CUDA)
    return ",".join(given)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def explain(error: str) -> tuple[str, str]:
    """What libgpuarray's message means, and what to do; "" where nobody knows."""
    for sign, meaning, remedy in REASONS:
        if sign in error:
            return meaning, remedy
    return f"the GPU cannot be used: {error.splitlines()[0]}", ""


def judge(facts: dict) -> Result:
    """What the facts of `probes/gpu.py` amount to."""
    if error := facts.get("error"):
        return failed(*explain(error), **facts)
    for kind, tolerance in TOLERANCE.items():
        found = facts[kind]
        if not found["on_gpu"]:
            return failed(f"the {kind} graph holds no GPU operation", **facts)
        if found["difference"] is None or found["difference"] > tolerance:
            return failed(
                f"the {kind} result differs from NumPy's by {found['difference'] or 'NaN'}", **facts
            )
    return passed(f"{facts['device']} computes and agrees with NumPy", **facts)
