"""Theano does not even import when it cannot write to its compile cache."""

import tempfile
from pathlib import Path

from .check import Check
from .context import Context


def unwritable(home: Path) -> tuple[Path, str] | None:
    """A folder of the cache that cannot be written to, and why."""
    base = home / ".theano"
    folders = [path for path in base.glob("*") if path.is_dir()]
    for folder in [base if base.exists() else home, *folders]:  # Theano makes what is missing
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            return folder, error.strerror
    return None


class NeedsTheano(Check):
    """A check that imports Theano: the check `cache` alone reports a cache that is shut."""

    level = "standard"
    needs = ("disk", "python", "imports", "theano")

    def excuse(self, context: Context) -> str | None:
        return "pointless before cache is mended" if unwritable(context.home) else None
