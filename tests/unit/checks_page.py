"""Writes docs/checks.md: what each check proves, why, and what to do.

python3 -m tests.unit.checks_page
"""

import textwrap

from appliance_build.paths import PROJECT
from appliance_check.check import GROUPS
from appliance_check.checks import CHECKS
from appliance_check.reports.content import PAGE

HEAD = """\
# What each check of appliance-check means

For whoever reads a report. `appliance-check --explain ID` says the same in the appliance. This
page is made from the checks; [appliance-check](appliance-check.md) has how to run them.
"""
ROWS = (("Proves", "proves"), ("Why it matters", "matters"), ("What to do", "remedy"))


def page() -> str:
    """The whole page, with a section of its id for each check."""
    parts = [HEAD]
    for group in GROUPS:
        parts += [section(check) for check in CHECKS if check.group == group]
    return "\n".join(parts)


def section(check) -> str:
    takes = f"Level {check.level} and above, about {check.seconds:g} s."
    rows = [f"**{label}:** {getattr(check, name)}" for label, name in ROWS]
    texts = [wrapped(text) for text in (f"{check.title}. {takes}", *rows)]
    return "\n\n".join([f"## `{check.id}`", *texts]) + "\n"


def wrapped(text: str) -> str:
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False)


if __name__ == "__main__":
    (PROJECT / PAGE).write_text(page(), encoding="utf-8")
