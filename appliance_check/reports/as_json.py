"""The report for programs; report.schema.json says what is in it."""

import json


def render(report: dict) -> str:
    """The object itself, as a text that says the same everywhere: no NaN, UTF-8."""
    return json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False)
