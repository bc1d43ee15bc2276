"""Are matrix products fast?"""

from ..context import Context
from ..result import Result, failed, passed
from ..theano_cache import NeedsTheano

# Theano's speed as a share of NumPy's in the same process: about 1 with the same library; a
# substitute for a BLAS is ten times slower. The room between is for a busy machine.
FAIL_BELOW_RATIO = 0.5
TOLERANCE = 1e-3  # absolute, for sums of 512 products of float32 numbers around 1


class Blas(NeedsTheano):
    id = "blas"
    title = "Speed of matrix products"
    group = "Software"
    proves = (
        "NumPy and Theano both use OpenBLAS, on all cores, Theano's matrix product is as fast as "
        "NumPy's, and right."
    )
    matters = "Training is mostly matrix products: a slow BLAS makes minutes out of seconds."
    remedy = (
        "`sudo update-alternatives --auto libblas.so.3-x86_64-linux-gnu` brings OpenBLAS back; "
        "unset OMP_NUM_THREADS and OPENBLAS_NUM_THREADS; blas.ldflags in ~/.theanorc is "
        "-lopenblas."
    )
    seconds = 1
    limit = 60
    alone = True

    def run(self, context: Context) -> Result:
        return judge(context.probe("blas"))


def judge(facts: dict) -> Result:
    """What the facts of `probes/blas.py` amount to."""
    problems = []
    if not any("openblas" in path for path in facts["numpy_libraries"]):
        problems.append(f"NumPy uses {_names(facts['numpy_libraries'])}, not OpenBLAS")
    others = [path for path in facts["libraries"] if "openblas" not in path]
    if others and not problems:
        problems.append(f"Theano uses {_names(others)} beside OpenBLAS")
    if facts["threads"] < facts["cores"]:
        reason = "".join(f" ({name}={value})" for name, value in facts["variables"].items())
        problems.append(f"OpenBLAS uses {facts['threads']} of {facts['cores']} cores{reason}")
    if facts["ratio"] < FAIL_BELOW_RATIO:
        problems.append(
            f"Theano's matrix product runs at {facts['theano_gflops']} GFLOP/s, "
            f"NumPy's at {facts['numpy_gflops']}"
        )
    if facts["error"] is None or facts["error"] > TOLERANCE:
        problems.append(f"a matrix product is off by {facts['error'] or 'NaN'}")
    if problems:
        return failed("; ".join(problems), **facts)
    return passed(
        f"{facts['theano_gflops']} GFLOP/s on {facts['cores']} cores, {facts['ratio']} of NumPy's",
        **facts,
    )


def _names(paths: list[str]) -> str:
    return ", ".join(paths) or "a BLAS of its own"
