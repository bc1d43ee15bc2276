"""Runs a kernel without a network: its environment, and what it asked for all the same."""

import os
from pathlib import Path

from .kernel_site.sitecustomize import LOG

SITE = Path(__file__).parent / "kernel_site"


class NoNetwork:
    """environment: what a kernel must be started with; `folder` is for this class alone."""

    def __init__(self, folder: Path):
        self._log = folder / "network"
        paths = [str(SITE), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(paths),
            LOG: str(self._log),
        }

    def violation(self) -> str | None:
        """What was asked for so far, as a sentence; None when nothing was."""
        try:
            text = self._log.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None
        asked = ", ".join(dict.fromkeys(text.splitlines()))
        return f"it asked the network for {asked}, and a lesson must do without"
