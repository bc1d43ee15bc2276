"""A progress bar with the remaining time, for loops of more than three seconds."""

import time
from collections.abc import Callable
from html import escape
from types import TracebackType

from IPython.display import display

REFRESH = 0.2  # seconds between two updates of the page


class Progress:
    """Shows how far a loop is. Needs no terminal and no widget, only a notebook's display.

    The square "interrupt" button of Jupyter ends the loop without an error, and
    `interrupted` is then True: what was trained so far is kept.

        with Progress(100, "Training") as progress:
            for batch in batches:
                ...
                progress.advance(note="97.1 % right")

    Args:
        total: number of steps, at least 1.
        label: what is being done.
        clock: seconds that only grow.
    """

    def __init__(self, total: int, label: str, clock: Callable[[], float] = time.monotonic):
        if total < 1:
            raise ValueError(f"a loop of {total} steps has no progress to show; give at least 1")
        self.total, self.label, self.clock = total, label, clock
        self.done, self.note, self.interrupted = 0, "", False

    def __enter__(self) -> "Progress":
        self.start = self.shown = self.clock()
        self._handle = display(self._bundle(), raw=True, display_id=True)
        return self

    def advance(self, steps: int = 1, note: str | None = None) -> None:
        """Count finished steps; a note stays until the next one."""
        self.done += steps
        changed, self.note = note not in (None, self.note), self.note if note is None else note
        if changed or self.clock() - self.shown >= REFRESH:
            self._show()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self.interrupted = kind is KeyboardInterrupt
        self._show()
        return self.interrupted

    def line(self) -> str:
        """What is shown, as text."""
        spent = self.clock() - self.start
        parts = [f"{self.label}: {100 * self.done // self.total} %", f"{spent:.0f} s so far"]
        if self.interrupted:
            parts.append("stopped; run this cell again to go on")
        elif self.done == self.total:
            parts[1] = f"finished in {spent:.1f} s"
        elif self.done:
            parts.append(f"about {spent * (self.total - self.done) / self.done:.0f} s to go")
        return ", ".join(parts) + (f" ({self.note})" if self.note else "")

    def _show(self) -> None:
        self.shown = self.clock()
        if self._handle:  # None outside a notebook
            self._handle.update(self._bundle(), raw=True)

    def _bundle(self) -> dict[str, str]:
        text = self.line()
        bar = f'<progress value="{self.done}" max="{self.total}" aria-label="{escape(self.label)}">'
        return {"text/html": f"{bar}</progress> {escape(text)}", "text/plain": text}
