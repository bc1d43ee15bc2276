"""A sentence that nobody should overlook."""

from html import escape

from IPython.display import display

BOX = (
    "border-left: 6px solid #E69F00; background: #FFF6E0; color: #222; "
    "padding: 0.6em 1em; margin: 0.5em 0; max-width: 50em"
)


def notice(text: str) -> None:
    """Show `text` in a box, and as plain text where there is no HTML."""
    html = f'<div role="note" style="{BOX}"><b>Please note:</b> {escape(text)}</div>'
    display({"text/html": html, "text/plain": f"Please note: {text}"}, raw=True)
