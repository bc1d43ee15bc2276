"""One cell of a lesson's source gives both: the exercise as attendees find it, and its solution.

The marks are those of otter-grader. Three dots take the place of what stands between
`# BEGIN SOLUTION` and `# END SOLUTION`, and of what follows the `=` or the `return` in a line
that ends with `# SOLUTION`.
"""

import re

TAG = "exercise"
BEGIN, END, INLINE = "# BEGIN SOLUTION", "# END SOLUTION", "# SOLUTION"
MARK = re.compile(r"#.*\bSOLUTION\b")
LINE = re.compile(rf"^((\s*[^=]+? =|\s*return) .*?)\s*{INLINE}$")
LAST_CELL = "from workshop.exercises import everything_solved\n\neverything_solved()"


class Unclear(Exception):
    """What is wrong with the marks of a solution, without a full stop."""


def marked(source: str) -> bool:
    """True when some of it is a solution, which nobody may see by mistake."""
    return bool(MARK.search(source))


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
        elif not inside and (match := LINE.match(line)):
            opened.append(f"{match[2]} ...")
            solved.append(match[1])
        elif inside and marked(line):
            raise Unclear(f"{BEGIN!r} without {END!r} before {mark!r}")
        elif marked(line):
            raise Unclear(f"{mark!r} does not say what of it is the solution")
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
