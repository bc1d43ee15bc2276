"""What the terminal shows while sticks are filled: how long it will take, and how far each is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn

from ..progress import console, elapsed
from .medium import in_words
from .pace import Pace

EVERY = 30  # seconds between two lines where there is no terminal to draw on

_bars = Progress(
    TextColumn("   {task.description}"),
    BarColumn(),
    TextColumn("{task.percentage:>3.0f} %  {task.fields[left]}"),
    console=console,
    transient=True,
)


class ShownPace(Pace):
    """Tells how long a stick will take as soon as that is known, then how far it is."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root, self.told, self.last = root, False, time.monotonic()
        self.task = _bars.add_task(escape(str(root)), total=None, left="")

    def changed(self) -> None:
        left = self.seconds_left()
        words = f"about {elapsed(left)} left" if left is not None else ""
        _bars.update(self.task, completed=self.done, total=self.total, left=words)
        if left is None:
            return
        if not self.told:
            self.told = True
            self._tell(left)
        elif not console.is_terminal and time.monotonic() - self.last > EVERY:
            self.last = time.monotonic()
            console.print(
                f"   {escape(str(self.root))}: {100 * self.done // self.total} %, {words}"
            )

    def end(self) -> None:
        """Take its bar away."""
        _bars.remove_task(self.task)

    def _tell(self, left: float) -> None:
        """What is to be done, how fast the stick is, and so how long that takes."""
        writing, reading = self.writing, self.reading
        parts = []
        if writing.left:
            parts.append(f"{in_words(writing.left)} to write at {in_words(int(writing.rate))}/s")
        if reading.left:
            rate = f" at {in_words(int(reading.rate))}/s" if reading.rate else ""
            parts.append(f"{in_words(reading.left)} to read back{rate}")
        if parts:
            console.print(f"   {escape(str(self.root))}: {', '.join(parts)}: about {elapsed(left)}")


@contextmanager
def shown() -> Iterator[None]:
    """Draw the bars at the end of the terminal."""
    if not console.is_terminal:
        yield
        return
    with _bars:
        yield
