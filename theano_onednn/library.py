"""Is oneDNN there, and on which processor?"""

import ctypes
import hashlib
from functools import cache
from pathlib import Path

NAME = "libdnnl.so.2"
HEADER = "oneapi/dnnl/dnnl.h"
CODE = Path(__file__).parent / "c_code"

#: By the number that `dnnl_get_effective_cpu_isa` gives, as oneDNN 2.6 has them.
INSTRUCTIONS = {
    0x0: "all",
    0x1: "SSE4.1",
    0x3: "AVX",
    0x7: "AVX2",
    0xF: "AVX2 with VNNI",
    0x27: "AVX-512",
    0x67: "AVX-512 with VNNI",
    0xE7: "AVX-512 with bfloat16",
    0x3E7: "AMX",
}


class Version(ctypes.Structure):
    """The first fields of oneDNN's `dnnl_version_t`."""

    _fields_ = [(name, ctypes.c_int) for name in ("major", "minor", "patch")]


@cache
def loaded():
    """The library as ctypes has it, or the sentence why not."""
    try:
        return ctypes.CDLL(NAME)
    except OSError as error:
        return f"oneDNN cannot be loaded ({error}); install libdnnl2"


def missing() -> str:
    """Why Theano's own operations compute, or '' where oneDNN does."""
    library = loaded()
    return library if isinstance(library, str) else ""


def version() -> str:
    """Of the library that is loaded, for example 2.6.3.

    Raises:
        RuntimeError: it is missing.
    """
    library = _present()
    library.dnnl_version.restype = ctypes.POINTER(Version)
    found = library.dnnl_version().contents
    return f"{found.major}.{found.minor}.{found.patch}"


def instructions() -> str:
    """The newest vector instructions that it takes of this processor.

    Raises:
        RuntimeError: it is missing.
    """
    number = _present().dnnl_get_effective_cpu_isa()
    return INSTRUCTIONS.get(number, f"a kind unknown here ({number:#x})")


def _present() -> ctypes.CDLL:
    if missing():
        raise RuntimeError(missing())
    return loaded()


def code(*names: str) -> str:
    """C++ code of files in `c_code/`, one after the other."""
    return "\n".join((CODE / name).read_text() for name in names)


def code_version(*names: str, text: str = "") -> tuple[str]:
    """Of such code, and of `text`: a compiled module is used again as long as both are the same."""
    return (hashlib.sha256((code(*names) + text).encode()).hexdigest(),)
