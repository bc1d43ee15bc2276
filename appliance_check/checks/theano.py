"""Does Theano compile and compute?"""

import re

from ..context import Context, ProbeFailed
from ..result import Result, failed, passed, warned
from ..theano_cache import NeedsTheano

TOLERANCE = 1e-4  # absolute, for sums of 64 products of float32 numbers around 1
BLAS_OPS = ("Dot22", "Gemm")  # how the names of Theano's own BLAS operations begin
ONEDNN = "theano_onednn."  # how the names of operations on oneDNN begin, with their module
# Settings in THEANO_FLAGS that make every lesson slower, or turn what is measured here into
# something else; `~/.theanorc` has what was found to be quickest (docs/theano.md).
LIMITING = (
    "allow_gc",
    "blas.ldflags",
    "cxx",
    "gcc.cxxflags",
    "linker",
    "mode",
    "onednn.enabled",
    "openmp",
    "optimizer",
    "plugins",
    "profile",
)


class Theano(NeedsTheano):
    id = "theano"
    title = "Theano compiles and computes"
    group = "Software"
    proves = (
        "Theano and Lasagne import, the C++ compiler builds a new graph, it runs in C with "
        "float32 and a real BLAS, its numbers agree with NumPy's, no variable slows it down, and "
        "oneDNN computes convolutions."
    )
    matters = "Every lesson needs Theano; without its compiler all of it is a hundred times slower."
    remedy = (
        "Unset THEANO_FLAGS and undo what was changed in ~/.theanorc; if packages are "
        "damaged, import the appliance again."
    )
    seconds = 2
    limit = 60
    needs = ("disk", "python", "imports")

    def run(self, context: Context) -> Result:
        try:
            return judge(context.probe("theano"))
        except ProbeFailed as error:
            # Theano quotes the compiler's lines with ". " between them.
            if said := re.search(r"(fatal )?error: .+?(?=\.  |$)", error.output):
                return failed(f"the C++ compiler fails: {said[0]}", output=error.output)
            raise


def limiting(flags: str) -> list[str]:
    """The settings of a THEANO_FLAGS that override what was found to be quickest."""
    return [flag for flag in flags.split(",") if flag.partition("=")[0].strip() in LIMITING]


def judge(facts: dict) -> Result:
    """What the facts of `probes/theano.py` amount to."""
    problems = []
    if not facts["cxx"]:
        problems.append("Theano finds no C++ compiler and runs everything in Python")
    elif not facts["compiler_runs"] or not facts["in_c"]:
        problems.append(f"Theano did not use the compiler {facts['cxx']} for a new graph")
    if facts["floatX"] != "float32" or facts["dtype"] != "float32":
        problems.append(f"floatX is {facts['floatX']} and results are {facts['dtype']}")
    if not facts["ldflags"]:
        problems.append("blas.ldflags is empty, so that Theano uses a slow substitute for a BLAS")
    elif facts["cxx"] and not (facts["product_in_c"] and facts["product"].startswith(BLAS_OPS)):
        problems.append("Theano does not use the BLAS for a matrix product")
    if facts["error"] is None:
        problems.append("results are not finite numbers")
    elif facts["error"] > TOLERANCE:
        problems.append(f"results differ from NumPy's by {facts['error']:.3g}")
    if problems:
        named = f" (THEANO_FLAGS={facts['flags']})" if facts["flags"] else ""
        return failed("; ".join(problems) + named, **facts)
    if slow := limiting(facts["flags"]):
        return warned(
            f"THEANO_FLAGS overrides what was found to be quickest: {', '.join(slow)}",
            "`unset THEANO_FLAGS`, and restart the kernels.",
            **facts,
        )
    convolution = facts["convolution"]
    if convolution and not convolution["operation"].startswith(ONEDNN):
        why = convolution["reason"] or "plugins in ~/.theanorc does not name theano_onednn"
        return warned(
            "Theano's own operations compute convolutions, which takes two to three times as long "
            f"as oneDNN: {why}",
            "Undo what was changed in ~/.theanorc; if a package is gone, import the appliance "
            "again. Lessons work without it.",
            **facts,
        )
    by = f", convolutions by {convolution['library']}" if convolution else ""
    return passed(
        f"Theano {facts['theano']}, Lasagne {facts['lasagne']}: {facts['cxx']} compiles, "
        f"float32, agrees with NumPy{by}",
        **facts,
    )
