"""Does Jupyter start a kernel, and does it run a cell?"""

from ..check import Check
from ..context import Context
from ..programs import token
from ..result import Result, failed, passed

SECONDS = 60  # for all of it, at native speed


class Kernel(Check):
    id = "kernel"
    title = "A kernel runs a cell"
    group = "Services"
    proves = (
        "Jupyter starts a kernel in the lessons' Python, takes a cell over its websocket, and "
        "gives the right answer."
    )
    matters = "The page may open and still no cell run: that is the workshop."
    remedy = (
        "`sudo systemctl restart jupyter.service`, then `journalctl -b -u jupyter` says why "
        "kernels end; a container tells in its log, `docker logs`. In local mode, "
        "`make local-stop`, then `make local`."
    )
    seconds = 2
    limit = 90
    level = "standard"
    needs = ("disk", "users", "services")

    def excuse(self, context: Context) -> str | None:
        return "Jupyter's token is not to be found" if token(context) is None else None

    def run(self, context: Context) -> Result:
        port, seconds = context.ports["jupyter"], SECONDS * context.slowdown
        return judge(
            context.probe("kernel", str(port), str(seconds), WORKSHOP_TOKEN=token(context) or "")
        )


def judge(facts: dict) -> Result:
    """What the facts of `probes/kernel.py` amount to."""
    if facts["printed"] != facts["expected"]:
        return failed(f"the cell printed {facts['printed']!r}, not {facts['expected']!r}", **facts)
    if facts["kernel_prefix"] != facts["prefix"]:
        return failed(
            f"kernels run in {facts['kernel_prefix']}, the lessons need {facts['prefix']}",
            "`jupyter kernelspec remove python3` removes your own kernel of that name.",
            **facts,
        )
    return passed(f"a kernel answered {facts['seconds']:.1f} s after it was asked for", **facts)
