"""Are the trained networks whole, and do the pretrained ones see what they should?"""

import re

from .. import shipped
from ..context import Context
from ..result import Result, failed, passed, warned
from ..theano_cache import NeedsTheano

# The photo is scikit-learn's china.jpg. Probabilities of monastery, palace, castle, bell cote and
# boathouse, computed from Caffe's own definition and weights by OpenCV 4.14; docs/models.md.
CLASSES = (663, 698, 483, 442, 449)
GOLDEN = {"googlenet": (0.5188, 0.2756, 0.0859, 0.0684, 0.0229)}
# The same with a mistake made on purpose: what is wrong can be told by the answer.
MISTAKES = {
    "googlenet": (
        ("red and blue are swapped", (0.1016, 0.1030, 0.0322, 0.1122, 0.2993)),
        ("red and blue are swapped in the first filters", (0.2408, 0.2584, 0.0275, 0.1757, 0.1430)),
        ("the filters are flipped", (0.0022, 0.0041, 0.0024, 0.0018, 0.8294)),
        ("pooling rounds sizes down", (0.3495, 0.5060, 0.0373, 0.0863, 0.0115)),
        ("the mean colour is not subtracted", (0.2902, 0.4404, 0.0612, 0.0880, 0.0464)),
        ("the normalisation is five times too strong", (0.3101, 0.4362, 0.1086, 0.0757, 0.0103)),
    )
}
# Of a probability: another release of Pillow reads a photo a trace differently; the mistakes are
# 0.04 apart and more.
TOLERANCE = 0.01
# Of monastery and palace together, where no golden values are known: GoogLeNet has 0.79, wrong
# weights have a few hundredths.
SURE = 0.3
# What is left when a wrong answer comes with the right file.
LIBRARY = "its weights are as they shipped, so the library `workshop` was changed"


class Weights(NeedsTheano):
    id = "weights"
    title = "Weights of the trained networks"
    group = "Lessons"
    proves = (
        "All files of weights are as they shipped; those of GoogLeNet and Inception v3 have the "
        "right arrays, and with them each recognises a palace on a photo, GoogLeNet with the "
        "probabilities of the original."
    )
    matters = "A network with wrong weights runs as well as a right one, and answers nonsense."
    remedy = shipped.REMEDY
    seconds = 6
    limit = 120
    alone = True

    def run(self, context: Context) -> Result:
        try:
            faulty = shipped.faults(shipped.listed(context.share, belongs))
        except shipped.NoList:
            faulty = {}  # which the check `data` reports
        return judge(context.probe("weights", *map(str, CLASSES)), faulty)


def belongs(name: str) -> bool:
    """Whether a shipped file is this check's: those of the pretrained networks, and our own."""
    return name.endswith(".npz") and (name.startswith("data/") or "/workshop/" in name)


def judge(facts: dict[str, dict], faulty: dict[str, str] | None = None) -> Result:
    """What the facts of `probes/weights.py` amount to.

    Args:
        faulty: what is wrong with which file, by its path.
    """
    faulty = dict(faulty or {})
    problems = []
    for name, found in facts.items():
        path = next((path for path in faulty if f"/{name}/" in path), None)
        fault = faulty.pop(path, None)
        file = f"{path} {fault}" if fault else ""
        if "error" in found:
            problems.append(found["error"])
        elif "standin" in found:
            problems += [file] if file else []
        elif wrong := _wrong(name, found):
            problems.append(f"{wrong} ({file or LIBRARY})")
        elif file:
            problems.append(file)
    problems += [f"{path} {fault}" for path, fault in faulty.items()]
    evidence = facts | ({"files": faulty} if faulty else {})
    if problems:
        return failed(shipped.first(problems), **evidence)
    if standins := [found["standin"] for found in facts.values() if "standin" in found]:
        return warned(
            "; ".join(standins),
            "Build again where the internet or a mirror (APPLIANCE_MIRROR) can be reached.",
            **evidence,
        )
    return passed(f"{' and '.join(facts)} recognise a palace on a photo", **evidence)


def _wrong(name: str, found: dict) -> str:
    """What is wrong with a network's answers, or ''."""
    if None in found["probabilities"]:
        return f"{name} answers with what is no number"
    seen = found["probabilities"]
    if name in GOLDEN:
        if _near(seen, GOLDEN[name]):
            return ""
        for mistake, values in MISTAKES[name]:
            if _near(seen, values):
                return f"{name} answers as if {mistake}"
    elif sum(seen[:2]) >= SURE:
        return ""
    answer = re.sub(r",.*", "", found["answer"])
    return f"{name} takes a photo of a palace for {answer}, probabilities {seen}"


def _near(seen: list[float], expected: tuple[float, ...]) -> bool:
    pairs = zip(seen, expected, strict=True)
    return all(abs(one - other) <= TOLERANCE for one, other in pairs)
