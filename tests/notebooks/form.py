"""What every lesson must look like: rules that tell what is missing, one sentence each.

A rule takes a notebook as a dict (nbformat 4) and yields its findings.
"""

import ast
import re
from collections.abc import Iterator

from appliance_check.declared import Unclear, declared, expects

OFFLINE = {"urllib", "requests", "http", "socket", "ftplib", "httpx", "aiohttp", "pooch", "wget"}
PROFILES = {"quick", "full"}
MAX_CODE_LINES = 25


def prose(notebook: dict) -> str:
    return "\n".join(text(c) for c in notebook["cells"] if c["cell_type"] == "markdown")


def code(notebook: dict) -> list[dict]:
    return [c for c in notebook["cells"] if c["cell_type"] == "code"]


def text(cell: dict) -> str:
    return "".join(cell["source"])


def tagged(notebook: dict, tag: str) -> list[dict]:
    return [c for c in code(notebook) if tag in c["metadata"].get("tags", [])]


def trees(notebook: dict) -> Iterator[tuple[str, ast.Module]]:
    for cell in code(notebook):
        yield text(cell).splitlines()[0], ast.parse(text(cell))


def opening(notebook: dict) -> Iterator[str]:
    first = text(notebook["cells"][0])
    if not re.match(r"# \d - \S", first):
        yield "the first cell has no title like '# 1 - Name'"
    goals = len(re.findall(r"^- ", first, re.M))
    if "**Goals.**" not in first or not 3 <= goals <= 5:
        yield f"the first cell needs **Goals.** with 3 to 5 bullets, not {goals}"
    if "**You need**" not in first:
        yield "the first cell does not tell prerequisites (**You need**)"
    if not re.search(r"\*\*Time:\*\* about\s+\d+\s+minutes", first):
        yield "the first cell does not say '**Time:** about N minutes', for the landing page"


def limits(notebook: dict) -> Iterator[str]:
    workshop = notebook["metadata"].get("workshop", {})
    seconds, memory = workshop.get("seconds", {}), workshop.get("memory_mb")
    if set(seconds) != PROFILES or not all(isinstance(s, int) for s in seconds.values()):
        yield "metadata workshop.seconds needs whole numbers for quick and full"
    elif not 0 < seconds["quick"] <= seconds["full"]:
        yield "metadata workshop.seconds: quick must be above 0 and not above full"
    if not isinstance(memory, int) or not 0 < memory <= 1200:
        yield "metadata workshop.memory_mb must be a whole number up to 1200"


def parameters(notebook: dict) -> Iterator[str]:
    cells = tagged(notebook, "parameters")
    if len(cells) != 1:
        yield f"there must be one cell tagged parameters, not {len(cells)}"
    elif "profile()" not in text(cells[0]):
        yield "the parameters cell does not ask profile() for quick or full"


def declarations(notebook: dict) -> Iterator[str]:
    """What cells declare can be understood, and fits into the limits of the whole."""
    whole = notebook["metadata"].get("workshop", {})
    for cell in code(notebook):
        where = text(cell).partition("\n")[0]
        for profile in sorted(PROFILES):
            try:
                own = declared(cell, profile)
            except Unclear as error:
                yield f"{error}, in the cell {where!r}"
                break
            if (own.seconds or 0) > whole.get("seconds", {}).get(profile, 0):
                yield f"more seconds for {profile} than the whole lesson has, in the cell {where!r}"
            if (own.memory_mb or 0) > whole.get("memory_mb", 0):
                yield f"more memory than the whole lesson has, in the cell {where!r}"


def expectations(notebook: dict) -> Iterator[str]:
    if not any(map(expects, code(notebook))):
        yield "no cell is tagged expect, and none declares what to expect"
    for cell in tagged(notebook, "expect"):
        if "expect" in cell["metadata"].get("workshop", {}):
            continue  # the doctor looks at its output
        asserts = [n for n in ast.walk(ast.parse(text(cell))) if isinstance(n, ast.Assert)]
        if not asserts:
            yield "an expect cell asserts nothing"
        for node in asserts:
            if isinstance(node.test, ast.Constant):
                yield f"an assertion that cannot fail: {ast.unparse(node)}"
            if node.msg is None or ast.unparse(node.msg) == "''":
                yield f"an assertion without a message: {ast.unparse(node)}"


def teaching(notebook: dict) -> Iterator[str]:
    words = prose(notebook)
    questions = words.count("*Predict first:*")
    if questions < 3:
        yield f"{questions} questions to predict first (*Predict first:*); 3 at least"
    for heading in ("## Recap", "**At home.**", "**References.**"):
        if heading not in words:
            yield f"{heading} is missing"


def exercises(notebook: dict) -> Iterator[str]:
    """Three exercises, each between its text with two hints and its folded solution."""
    cells, found = notebook["cells"], 0
    for before, cell, after in zip(cells, cells[1:], cells[2:], strict=False):
        if "exercise" not in cell["metadata"].get("tags", []):
            continue
        found += 1
        if not re.search(rf"^\*\*Exercise {found}: .*\*\*", text(before), re.M):
            yield f"the text above an exercise does not begin with **Exercise {found}: …**"
        hints = re.findall(r"<summary>Hint \d</summary>", text(before))
        if len(hints) != 2:
            yield f"exercise {found} has {len(hints)} hidden hints, not 2"
        if "..." not in text(cell) or not re.search(r"^check\.\w+\(.*\)\Z", text(cell), re.M):
            yield f"exercise {found} is not open (...) with a check in its last line"
        if "<summary>Solution</summary>" not in text(after):
            yield f"exercise {found} has no folded solution below it"
    if found < 3:
        yield f"{found} exercises; 3 at least"


def beginning(notebook: dict) -> Iterator[str]:
    sources = "\n".join(text(c) for c in code(notebook))
    if "device_line()" not in text(code(notebook)[0]):
        yield "the first code cell does not print device_line()"
    if not re.search(r"^SEED = \d+", sources, re.M):
        yield "no SEED is set"


def offline(notebook: dict) -> Iterator[str]:
    for where, tree in trees(notebook):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            for name in names:
                if name.partition(".")[0] in OFFLINE:
                    yield f"imports {name}, which asks the network, in the cell {where!r}"


def pictures(notebook: dict) -> Iterator[str]:
    """Every figure has a text for those who cannot see it, and axes have names."""
    for where, tree in trees(notebook):
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
        names = [ast.unparse(call.func) for call in calls]
        for call, name in zip(calls, names, strict=True):
            alts = [k.value for k in call.keywords if k.arg == "alt"]
            if name in ("plots.show", "plots.Live") and not (alts and ast.unparse(alts[0])[3:]):
                yield f"{name} without an alt text in the cell {where!r}"
            if name.startswith("plt.") or "pyplot" in name:
                yield f"{name} shows a figure that has no alt text, in the cell {where!r}"
        for call, name in zip(calls, names, strict=True):
            if name == "plots.panels":
                count = call.args[0].value if call.args else 1
                if names.count("plots.label") < count:
                    yield f"{count} axes, {names.count('plots.label')} labelled, in {where!r}"
    for alt, target in re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", prose(notebook)):
        if not alt.strip():
            yield f"the picture {target} has no alt text"


def size(notebook: dict) -> Iterator[str]:
    for cell in code(notebook):
        lines = text(cell).count("\n") + 1
        if lines > MAX_CODE_LINES:
            yield f"{lines} lines, over {MAX_CODE_LINES}, in {text(cell).splitlines()[0]!r}"


RULES = (
    opening,
    limits,
    parameters,
    declarations,
    expectations,
    teaching,
    exercises,
    beginning,
    offline,
    pictures,
    size,
)
