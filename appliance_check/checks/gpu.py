"""Does Theano compute on a GPU?"""

import os

from ..context import Context
from ..result import Result, failed, passed, warned
from ..theano_cache import NeedsTheano
from . import theano

CUDA = "device=cuda"
DRIVER = "libcuda.so"  # as libgpuarray looks for it
TOLERANCE = 1e-4  # of the largest value: sums of up to 512 products of float32 numbers
# What a graph has to hold for each computation: how the names of Theano's GPU operations begin.
OPERATIONS = {
    "elementwise": ("GpuElemwise",),
    "gemm": ("GpuDot22", "GpuGemm"),
    "convolution": ("GpuCorrMM", "GpuDnnConv"),  # forward; CUDA's alone
}
# MB that a lesson needs with its driver's context: an estimate, twice what the largest needs on
# a CPU (docs/models.md).
LEAST_MEMORY_MB = 800
# Variables that make CUDA slow, with the values that do not.
LIMITING = {"CUDA_LAUNCH_BLOCKING": ("", "0"), "CUDA_FORCE_PTX_JIT": ("", "0")}

NEWER_DRIVER = "Install driver 520 or newer on the host."
TAKEN = "`nvidia-smi` on the host shows by whom: shut down other notebooks and programs."

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
        NEWER_DRIVER,
    ),
    (
        "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
        "the host's NVIDIA driver is too old for what CUDA 11.8 compiles",
        NEWER_DRIVER,
    ),
    (
        "CUDA_ERROR_OUT_OF_MEMORY",
        "the GPU's memory is taken",
        TAKEN,
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
        "Theano activates its GPU back end; elementwise operation, matrix product and convolution "
        "run there, agree with NumPy and are faster than on the CPU; the GPU has memory free, and "
        "driver and libraries fit."
    )
    matters = "Theano falls back to the CPU silently; the attendee would wait for hours."
    remedy = "`nvidia-smi` must work where this runs; see the reason above."
    seconds = 15
    limit = 120
    alone = True

    def excuse(self, context: Context) -> str | None:
        if reason := super().excuse(context):
            return reason
        if _flags().endswith(CUDA) and not _loads(DRIVER):
            return explain(DRIVER)[0]
        return None

    def run(self, context: Context) -> Result:
        facts = context.probe("gpu", THEANO_FLAGS=f"floatX=float32,{_flags()}")
        return judge(facts | {"variables": limiting()})


def _flags() -> str:
    """The settings that the caller has, with a GPU as the device if they name none."""
    given = [flag for flag in os.environ.get("THEANO_FLAGS", "").split(",") if flag]
    if not any(flag.startswith(("device=cuda", "device=opencl")) for flag in given):
        given.append(CUDA)
    return ",".join(given)


def _loads(library: str) -> bool:
    import ctypes  # late, as no other check needs it

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
        meaning, remedy = explain(error)
        return failed(meaning + _outdated(facts), remedy, **facts)
    for kind, names in OPERATIONS.items():
        if kind == "convolution" and not facts["cuda"]:
            continue
        found = facts[kind]
        if not any(op.startswith(names) for op in found["ops"]):
            return failed(
                f"the {kind} graph holds no GPU operation for it{_named(facts, ' ({})')}",
                f"`unset {' '.join(facts['variables'])}`" if facts["variables"] else "",
                **facts,
            )
        if found["difference"] is None or found["difference"] > TOLERANCE:
            off = "NaN" if found["difference"] is None else f"{found['difference']:.2g}"
            return failed(
                f"the {kind} result differs from NumPy's by {off} of its largest value",
                "Restart the container; if it stays so, use another GPU or driver.",
                **facts,
            )
    name = facts.get("name", facts["device"])
    if doubts := _doubts(facts):
        return warned(
            f"{name} computes and agrees with NumPy, but {'; '.join(text for text, _ in doubts)}",
            " ".join(remedy for _, remedy in doubts),
            **facts,
        )
    more = ""
    if facts["cuda"]:
        ratios = (f"{kind} {_ratio(each):.0f} times" for kind, each in facts["speed"].items())
        memory = facts["memory_mb"]
        more = (
            f"; {', '.join(ratios)} as fast as the CPU; "
            f"{memory['free']:,} of {memory['total']:,} MB free"
        )
    return passed(f"{name} computes and agrees with NumPy{more}", **facts)


def _doubts(facts: dict) -> list[tuple[str, str]]:
    """What someone should know though everything is right, each with what to do."""
    if not facts["cuda"]:
        return []
    found = [
        (
            f"its {kind} has {_ratio(each):.2g} of the CPU's speed",
            "`nvidia-smi` shows whether another program keeps the GPU busy.",
        )
        for kind, each in facts["speed"].items()
        if _ratio(each) < 1
    ]
    if (free := facts["memory_mb"]["free"]) < LEAST_MEMORY_MB:
        found.append((f"only {free} MB of its memory are free", TAKEN))
    if outdated := _outdated(facts):
        found.append((outdated.strip(" ()"), NEWER_DRIVER))
    if named := _named(facts, "{} slows it down"):
        found.append((named, f"`unset {' '.join(facts['variables'])}`"))
    return found


def _named(facts: dict, text: str) -> str:
    """The text with the variables that slow a GPU down, or '' where there is none."""
    named = ", ".join(f"{name}={value}" for name, value in facts["variables"].items())
    return text.format(named) if named else ""


def _ratio(seconds: dict[str, float]) -> float:
    return seconds["cpu"] / seconds["gpu"]


def _outdated(facts: dict) -> str:
    """Whether the driver is older than the compiler, whose code it then may refuse to read.

    A driver runs programs of an older minor version of CUDA, but what is compiled at run time
    needs one that knows the compiler's PTX. Source: NVIDIA, "CUDA Compatibility".
    """
    versions = facts.get("versions") or {}
    driver, compiler = versions.get("driver"), versions.get("compiler")
    if driver and compiler and driver < compiler:
        return f" (the driver knows CUDA {_cuda(driver)}, the compiler is of {_cuda(compiler)})"
    return ""


def _cuda(version: int) -> str:
    return f"{version // 1000}.{version % 1000 // 10}"


def limiting() -> dict[str, str]:
    """The variables that slow a GPU down, with their values here."""
    slow = {
        name: os.environ[name]
        for name, harmless in LIMITING.items()
        if os.environ.get(name, "") not in harmless
    }
    flags = ",".join(theano.limiting(os.environ.get("THEANO_FLAGS", "")))
    return slow | ({"THEANO_FLAGS": flags} if flags else {})
