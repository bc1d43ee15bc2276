"""Keeps a notebook as far as it ran, for whoever looks into why it failed."""

import contextlib
from html import escape
from pathlib import Path

import nbformat

# No script runs and nothing is asked for from anywhere, whatever the notebook shows.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
STYLE = """
body { font: 16px/1.5 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222 }
pre { overflow-x: auto; margin: 0; padding: 0.5em; white-space: pre-wrap }
.input_area pre { background: #f4f4f4 }
.prompt { color: #666; font-size: 0.8em }
.output_error pre, .output_stderr pre { background: #fdecea }
img { max-width: 100% }
table { border-collapse: collapse } td, th { border: 1px solid #ccc; padding: 0.2em 0.6em }
"""


def keep(notebook: nbformat.NotebookNode, name: str, problem: str, folder: Path) -> dict:
    """Write the executed notebook and a page of it; the newest replaces the one before.

    Returns:
        Where they are, for the evidence; or why not: what goes wrong here, be it a full disk or
        an output that cannot be shown, must not hide the problem.
    """
    makers = {
        "ipynb": lambda: nbformat.writes(notebook),
        "html": lambda: page(notebook, name, problem),
    }
    kept = {}
    for suffix, make in makers.items():
        path = folder / f"{name}.{suffix}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(path, make())
            kept[suffix] = str(path)
        except Exception as error:  # nbconvert, Jinja and nbformat have no class in common
            kept[suffix] = f"not kept: {error}"
    return kept


def forget(name: str, folder: Path) -> None:
    """Remove what was kept of this notebook before, and the folder when it was the last."""
    for path in (folder / f"{name}.ipynb", folder / f"{name}.html"):
        with contextlib.suppress(OSError):
            path.unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()


def page(notebook: nbformat.NotebookNode, name: str, problem: str) -> str:
    """One HTML page that has all it shows in itself."""
    from nbconvert import HTMLExporter  # takes its second: only when it is needed

    body, resources = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    styles = "\n".join([*resources.get("inlining", {}).get("css", []), STYLE])
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{escape(name)}</title>\n<style>{styles}</style>\n</head>\n<body>\n"
        f"<p><b>{escape(problem)}</b></p>\n{body}\n</body>\n</html>\n"
    )


def _write(path: Path, text: str) -> None:
    part = path.with_suffix(path.suffix + ".part")
    try:
        # What a kernel printed need not be valid text.
        part.write_bytes(text.encode("utf-8", "backslashreplace"))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
