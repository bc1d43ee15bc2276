"""One cell of a lesson's source gives both: the exercise as attendees find it, and its solution.

The marks are those of otter-grader: what stands between `# BEGIN SOLUTION` and `# END SOLUTION`,
or after the `=` of a line that ends with `# SOLUTION`, is replaced by three dots.
"""

import re

TAG = "exercise"
BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
LINE = re.compile(r"^(\s*[^=]+?=) .*?\s*# SOLUTION$")
LAST_CELL = "from workshop.exercises import everything_solved\n\neverything_solved()"


class Unclear(Exception):
    """What is wrong with the marks of a solution, without a full stop."""


def split(source: str) -> tuple[str, str]:
    """The exercise and its solution.

    Raises:
        Unclear: the marks do not say what the solution is.
    """
    opened: list[str] = []
    solved: list[str] = []
    inside = False
    for line in source.splitlines():
        mark = line.strip()
        if mark == (END if inside else BEGIN):
            inside = not inside
            if inside:
                opened.append(line.replace(BEGIN, "..."))
        elif mark in (BEGIN, END):
            raise Unclear(f"{mark!r} stands where its counterpart was expected")
        elif match := LINE.match(line):
            opened.append(f"{match[1]} ...")
            solved.append(line.rpartition("# SOLUTION")[0].rstrip())
        else:
            solved.append(line)
            if not inside:
                opened.append(line)
    if inside:
        raise Unclear(f"{BEGIN!r} without {END!r}")
    if opened == solved:
        raise Unclear(f"no solution is marked; put it between {BEGIN!r} and {END!r}")
    return "\n".join(opened), "\n".join(solved)


def folded(solution: str) -> str:
    """Markdown that shows a solution to whoever asks for it."""
    return f"<details><summary>Solution</summary>\n\n```python\n{solution}\n```\n\n</details>"
