"""Can this processor run what was compiled, and are there enough of them?"""

from .. import cgroup
from ..check import Check
from ..context import Context
from ..result import Result, failed, passed, skipped, warned

V2 = {"cx16", "lahf_lm", "pni", "popcnt", "sse4_1", "sse4_2", "ssse3"}
V3 = V2 | {"abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave"}
V4 = V3 | {"avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"}
# The levels of the x86-64 psABI, by the names of GCC's -march and in the words of /proc/cpuinfo.
LEVELS = {"x86-64": set(), "x86-64-v2": V2, "x86-64-v3": V3, "x86-64-v4": V4}


class Cpu(Check):
    id = "cpu"
    title = "Processor"
    group = "Machine"
    proves = (
        "The processor knows all instructions that Theano's code is compiled for, and there are "
        "as many as in the description."
    )
    matters = (
        "With an instruction missing kernels die without a word; with one processor each "
        "training run takes twice as long."
    )
    remedy = (
        "The appliance needs a 64-bit PC processor (Intel or AMD, 2009 or later), and "
        "VirtualBox's Settings, System, Processor as they came."
    )
    seconds = 0.1

    def run(self, context: Context) -> Result:
        march = context.description["theano"]["march"]
        if march not in LEVELS:
            return skipped(f"nobody told this check what {march} needs")
        text = (context.proc / "cpuinfo").read_text()
        lines = [line.partition(":") for line in text.splitlines() if ":" in line]
        found = [(key.strip(), value.strip()) for key, _, value in lines]
        flags = set(dict(found).get("flags", "").split())
        usable = _usable(context, sum(key == "processor" for key, _ in found))
        wanted = context.description["machine"]["cpus"]
        evidence = {
            "model": dict(found).get("model name", "unknown"),
            "march": march,
            "missing": (missing := sorted(LEVELS[march] - flags)),
            "processors": usable,
            "described": wanted,
        }
        if missing:
            return failed(f"this processor lacks {', '.join(missing)} of {march}", **evidence)
        if usable < wanted:
            return warned(
                f"{usable:g} of the {wanted} processors that it should have",
                _more(context),
                **evidence,
            )
        return passed(f"{march}, {usable:g} processors", **evidence)


def _more(context: Context) -> str:
    """What to do about too few processors."""
    if context.in_container:
        return "Start the container with more: leave --cpus and --cpuset-cpus out."
    if context.is_local:
        return "Lessons train longer here; nothing else is wrong with that."
    return (
        "Shut the appliance down and give it the processors back in VirtualBox "
        "(Settings, System, Processor)."
    )


def _usable(context: Context, present: int) -> float:
    """Processors that this process may run on, within its share of their time."""
    for line in (context.proc / "self" / "status").read_text().splitlines():
        if line.startswith("Cpus_allowed_list:"):
            ranges = (part.split("-") for part in line.split()[1].split(","))
            present = min(present, sum(int(r[-1]) - int(r[0]) + 1 for r in ranges))
    return min(present, cgroup.processors(context) or present)
