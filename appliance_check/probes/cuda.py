"""Versions of NVIDIA's driver and libraries, asked of them by themselves.

Versions are CUDA's: 11080 is 11.8. Sources: CUDA Driver API (cuDriverGetVersion), NVRTC
(nvrtcVersion), cuBLAS (cublasGetProperty).
"""

import ctypes
from collections.abc import Callable
from pathlib import Path

KERNEL_MODULE = Path("/proc/driver/nvidia/version")


def versions() -> dict:
    """What there is of driver, compiler and cuBLAS; None for what cannot be asked."""
    return {
        "driver": _asked("libcuda.so", _driver),
        "compiler": _asked("libnvrtc.so", _compiler),
        "cublas": _asked("libcublas.so", _cublas),
        "kernel_module": KERNEL_MODULE.read_text().splitlines()[0]
        if KERNEL_MODULE.exists()
        else None,
    }


def _asked(library: str, ask: Callable[[ctypes.CDLL], object]) -> object:
    try:
        return ask(ctypes.CDLL(library))
    except (OSError, AttributeError):  # no such library, or no such function in it
        return None


def _driver(library: ctypes.CDLL) -> int | None:
    version = ctypes.c_int()
    return None if library.cuDriverGetVersion(ctypes.byref(version)) else version.value


def _compiler(library: ctypes.CDLL) -> int | None:
    major, minor = ctypes.c_int(), ctypes.c_int()
    if library.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor)):
        return None
    return 1000 * major.value + 10 * minor.value


def _cublas(library: ctypes.CDLL) -> str | None:
    parts = [ctypes.c_int() for _ in range(3)]  # major, minor, patch: 0, 1, 2
    for kind, part in enumerate(parts):
        if library.cublasGetProperty(kind, ctypes.byref(part)):
            return None
    return ".".join(str(part.value) for part in parts)
