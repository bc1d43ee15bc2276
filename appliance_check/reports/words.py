"""How a status is shown: a mark and a word, never a colour alone."""

from ..result import Status

# A mark, one for terminals that have ASCII alone, and the colour of a terminal.
MARKS = {
    Status.PASS: ("✓", "+", "32"),
    Status.WARN: ("!", "!", "33"),
    Status.FAIL: ("✗", "x", "31"),
    Status.ERROR: ("✗", "x", "31"),
    Status.SKIP: ("·", ".", "90"),
    Status.NOT_APPLICABLE: ("·", ".", "90"),
}
WORDS = {status: "N/A" if status == Status.NOT_APPLICABLE else status.value for status in Status}
