"""Is there as much memory as the appliance was given?"""

from .. import cgroup
from ..check import Check
from ..context import Context
from ..notebook import memory_need
from ..result import Result, failed, passed, warned

# Of the machine's memory the kernel keeps some for itself before it counts MemTotal: 3 % of
# 2048 MB in Debian 12, and more in smaller machines.
KERNEL_SHARE = 0.10


class Memory(Check):
    id = "memory"
    title = "Memory"
    group = "Machine"
    proves = "The machine has the memory of the description, and enough is free for any lesson."
    matters = "A lesson that runs out of memory loses its kernel in the middle of a training run."
    remedy = (
        "Shut the appliance down and give it the memory back in VirtualBox (Settings, System, "
        "Base Memory)."
    )
    seconds = 0.1

    def run(self, context: Context) -> Result:
        info = {}
        for line in (context.proc / "meminfo").read_text().splitlines():
            name, value = line.split(":")
            info[name] = int(value.split()[0]) // 1024
        total, available = info["MemTotal"], info["MemAvailable"]
        if limits := cgroup.memory_mb(context):
            total, available = min(total, limits[0]), min(available, limits[1])
        described = context.description["machine"]["memory_mb"]
        evidence = {
            "total_mb": total,
            "available_mb": available,
            "described_mb": described,
            "limited": limits is not None,
        }
        if total < described * (1 - KERNEL_SHARE):
            text = f"{total} MB in all; the appliance needs {described} MB"
            return failed(text, _more(context, described), **evidence)
        need, lesson = max(
            ((memory_need(path), path.stem) for path in context.lessons), default=(0, "")
        )
        if available < need:
            return warned(
                f"{available} MB are free; {lesson} may need {need} MB",
                "Close notebooks that are not needed: in Jupyter, Running, Shut Down All.",
                **evidence,
            )
        return passed(f"{total} MB, {available} MB free", **evidence)


def _more(context: Context, described: int) -> str:
    """What to do where there is no VirtualBox; "" elsewhere."""
    if context.is_local:
        return "This computer has less memory than the lessons need: use another."
    if not context.in_container:
        return ""
    return (
        f"Start the container with more (--memory {described}m), or give Docker Desktop's own "
        "machine more (Settings, Resources)."
    )
