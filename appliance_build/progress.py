"""What the terminal shows while building: one line a step, with the elapsed time."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from .inputs.fetch import Tick
from .paths import LOGS

console = Console(stderr=True, highlight=False, soft_wrap=True)

DESCRIPTION = TextColumn("{task.description}")
_steps = Progress(SpinnerColumn(), DESCRIPTION, TimeElapsedColumn())
_bars = Progress(
    TextColumn("  "), DESCRIPTION, BarColumn(), DownloadColumn(), TimeRemainingColumn()
)
_live = Live(Group(_steps, _bars), console=console, transient=True)
_running = 0  # steps and downloads that are shown now
_lock = threading.Lock()


def elapsed(seconds: float) -> str:
    """Seconds as people write them: `0.4 s`, `52 s`, `3 min 05 s`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"


@contextmanager
def step(title: str, log: str | None = None) -> Iterator[Path]:
    """Show a step while it runs; yields the log file that its commands append to."""
    path = LOGS / f"{log or title.replace(' ', '-')}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    start = time.monotonic()
    if not console.is_terminal:
        console.print(f"   {title} …")
    try:
        with _shown():
            task = _steps.add_task(f"{title} …  (log: build/log/{path.name})", total=None)
            try:
                yield path
            finally:
                _steps.remove_task(task)
    except BaseException:
        console.print(f"[red]✗[/] {title}  [dim]{elapsed(time.monotonic() - start)}[/]")
        raise
    console.print(f"[green]✓[/] {title}  [dim]{elapsed(time.monotonic() - start)}[/]")


@contextmanager
def downloading(title: str) -> Iterator[Tick]:
    """A bar with bytes and remaining time, from the first byte that has to come from outside."""
    with _shown():
        task = _bars.add_task(title, visible=False)
        try:
            yield lambda have, want: _bars.update(task, completed=have, total=want, visible=True)
        finally:
            _bars.remove_task(task)


@contextmanager
def _shown() -> Iterator[None]:
    """Keep the one place at the end of the terminal that all running steps share."""
    global _running
    if not console.is_terminal:
        yield
        return
    with _lock:
        _running += 1
        _live.start(refresh=True)
    try:
        yield
    finally:
        with _lock:
            _running -= 1
            if not _running:
                _live.stop()


def reused(title: str) -> None:
    """Show a step whose result was kept from an earlier run."""
    console.print(f"[green]✓[/] {title}  [dim]unchanged[/]")


def warn(message: str) -> None:
    """Show a warning that does not stop the build."""
    console.print(f"[yellow]![/] {escape(message)}")


def fail(message: str) -> None:
    """Show the error that stops a command; its first line stands alone."""
    console.print(f"[red]error:[/] {escape(message)}")
