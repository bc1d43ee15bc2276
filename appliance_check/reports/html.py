"""The report as one page that asks for nothing: to read, to print, to send.

It is well-formed XML, too, so that tests can read it strictly.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from ..result import TROUBLE, Status
from .content import commands, ordered
from .words import MARKS, WORDS

STYLE = Path(__file__).with_name("report.css")


def render(report: dict) -> str:
    """The page: the closing sentence, what to do about each problem, all checks."""
    style = STYLE.read_text(encoding="utf-8")
    # A browser lets the page do nothing but look as it does, wherever it is opened.
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    troubles = [check for check in report["checks"] if check["status"] in TROUBLE]
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="{policy}" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>{escape(report["summary"])} (appliance-check)</title>
<link rel="icon" href="data:," />
<style>{style}</style>
</head>
<body>
<header>
<h1>{escape(report["summary"])}</h1>
{_about(report)}
</header>
<main>
{_problems(troubles)}
<section aria-labelledby="all">
<h2 id="all">All checks</h2>
<div class="wide" tabindex="0" role="region" aria-labelledby="all">
<table>
<thead><tr><th scope="col">Check</th><th scope="col">Result</th><th scope="col">Seconds</th>
<th scope="col">Found</th></tr></thead>
{_groups(report["checks"])}
</table>
</div>
</section>
</main>
</body>
</html>"""


def _about(report: dict) -> str:
    whole = "" if report["complete"] else '<p class="partial">This report is incomplete.</p>\n'
    strict = ", warnings count as problems" if report["strict"] else ""
    ended = report["time"].replace("T", " ").replace("Z", " UTC")
    return (
        f"{whole}<p>{escape(report['title'])} {escape(report['version'])}, profile "
        f"{escape(report['profile'])}, level {escape(report['level'])}{strict}. Checked "
        f'<time datetime="{escape(report["time"])}">{escape(ended)}</time>.</p>'
    )


def _problems(checks: Iterable[dict]) -> str:
    articles = "\n".join(map(_problem, checks))
    if not articles:
        return ""
    return (
        f'<section aria-labelledby="todo">\n<h2 id="todo">What to do</h2>\n{articles}\n</section>'
    )


def _problem(check: dict) -> str:
    name = escape(check["id"])
    typed = "".join(f"<pre><code>{escape(each)}</code></pre>" for each in commands(check["remedy"]))
    return f"""<article class="{_class(check)}" aria-labelledby="problem-{name}">
<h3 id="problem-{name}">{_badge(check)} {name}: {escape(check["message"])}</h3>
<p><strong>What to do:</strong> {_code(check["remedy"])}</p>
{typed}<p><strong>Why it matters:</strong> {_code(check["matters"])}</p>
{_evidence(check)}
<p class="small">More: <code>appliance-check --explain {name}</code>, or {escape(check["page"])}</p>
</article>"""


def _groups(checks: Iterable[dict]) -> str:
    rows: dict[str, list[str]] = {}
    for check in checks:
        rows.setdefault(check["group"], []).append(_row(check))
    return "\n".join(
        f'<tbody>\n<tr><th colspan="4" scope="rowgroup">{escape(group)}</th></tr>\n'
        + "\n".join(each)
        + "\n</tbody>"
        for group, each in rows.items()
    )


def _row(check: dict) -> str:
    evidence = _evidence(check)
    if evidence:
        label = f'Evidence<span class="hidden"> of {escape(check["id"])}</span>'
        evidence = f"<details><summary>{label}</summary>{evidence}</details>"
    return (
        f'<tr><th scope="row">{escape(check["id"])}<br />'
        f'<span class="small">{escape(check["title"])}</span></th>'
        f'<td>{_badge(check)}</td><td class="number">{check["seconds"]:.1f}</td>'
        f"<td>{escape(check['message'])}{evidence}</td></tr>"
    )


def _evidence(check: dict) -> str:
    entries = [
        f"<dt>{escape(key)}</dt><dd>{escape(text)}</dd>"
        for key, value in ordered(check["evidence"])
        for text in [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)]
    ]
    return f"<dl>{''.join(entries)}</dl>" if entries else ""


def _badge(check: dict) -> str:
    status = Status(check["status"])
    mark = f'<span aria-hidden="true">{MARKS[status][0]}</span>'
    return f'<span class="badge {_class(check)}">{mark} {WORDS[status]}</span>'


def _class(check: dict) -> str:
    return check["status"].lower().replace("_", "-")


def _code(text: str) -> str:
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))
