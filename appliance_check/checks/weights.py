"""Do the pretrained networks recognise anything?"""

from ..context import Context
from ..result import Result, failed, passed, warned
from ..theano_cache import NeedsTheano

# Of the two right classes together. GoogLeNet has 0.79; wrong weights have a few hundredths.
SURE = 0.3


class Weights(NeedsTheano):
    id = "weights"
    title = "Weights of the pretrained networks"
    group = "Lessons"
    proves = (
        "The weights of GoogLeNet and Inception v3 are whole, and with them each recognises a "
        "palace on a photo."
    )
    matters = "A network with wrong weights runs as well as a right one, and answers nonsense."
    remedy = "Import the appliance again: a file of its own is missing or damaged."
    seconds = 6
    limit = 120
    level = "standard"

    def run(self, context: Context) -> Result:
        return judge(context.probe("weights"))


def judge(facts: dict[str, dict]) -> Result:
    """What the facts of `probes/weights.py` amount to."""
    problems = [found["error"] for found in facts.values() if "error" in found]
    problems += [
        f"{name} takes a photo of a palace for {found['answer']}, so its weights are wrong"
        for name, found in facts.items()
        if "right" in found and found["right"] < SURE
    ]
    if problems:
        return failed("; ".join(problems), **facts)
    if standins := [found["standin"] for found in facts.values() if "standin" in found]:
        return warned(
            "; ".join(standins),
            "Build again where the internet or a mirror (APPLIANCE_MIRROR) can be reached.",
            **facts,
        )
    return passed(f"{' and '.join(facts)} recognise a palace on a photo", **facts)
