"""What the terminal shows while building: one line a step, with the elapsed time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from .inputs.fetch import Tick
from .paths import LOGS

console = Console(stderr=True, highlight=False, soft_wrap=True)


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
        with console.status(f"{title} …  (log: build/log/{path.name})"):
            yield path
    except BaseException:
        console.print(f"[red]✗[/] {title}  [dim]{elapsed(time.monotonic() - start)}[/]")
        raise
    console.print(f"[green]✓[/] {title}  [dim]{elapsed(time.monotonic() - start)}[/]")


@contextmanager
def downloading(title: str) -> Iterator[Tick]:
    """A bar with bytes and remaining time, from the first byte that has to come from outside."""
    columns = (TextColumn("   {task.description}"), BarColumn(), DownloadColumn())
    options = {"console": console, "transient": True, "disable": not console.is_terminal}
    with Progress(*columns, TimeRemainingColumn(), **options) as bars:
        task = bars.add_task(title, visible=False)
        yield lambda have, want: bars.update(task, completed=have, total=want, visible=True)


def reused(title: str) -> None:
    """Show a step whose result was kept from an earlier run."""
    console.print(f"[green]✓[/] {title}  [dim]unchanged[/]")


def warn(message: str) -> None:
    """Show a warning that does not stop the build."""
    console.print(f"[yellow]![/] {escape(message)}")


def fail(message: str) -> None:
    """Show the error that stops a command; its first line stands alone."""
    console.print(f"[red]error:[/] {escape(message)}")
