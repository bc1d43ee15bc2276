"""A browser that saves one notebook over and over, each time as another version."""

import json
import threading

import requests

from .jupyter import Jupyter

# As large as a lesson with its pictures is once it was run.
_FILLING = "a line of an output that takes some room\n" * 10_000


class Saving:
    """Saves from a thread of its own until the machine answers no more.

    Attributes:
        begun: the version that was sent last.
        done: the last version that Jupyter said it has saved.
    """

    def __init__(self, browser: Jupyter, name: str) -> None:
        self.browser = browser
        self.path = f"/api/contents/{name}"
        self.begun = self.done = 0
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._thread.start()

    def wait_for(self, version: int, seconds: float) -> None:
        """Wait until a version is saved.

        Raises:
            TimeoutError: it was not within `seconds`.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self.done >= version, seconds):
                raise TimeoutError(f"version {version} was not saved within {seconds:.0f} s")

    def end(self) -> None:
        """Wait until the thread has noticed that the machine is gone."""
        self._thread.join()

    def _loop(self) -> None:
        while True:
            self.begun += 1
            try:
                saved = self.browser.put(
                    self.path,
                    json={"type": "notebook", "content": _notebook(self.begun)},
                    headers=self.browser.token,
                )
            except requests.RequestException:
                return
            assert saved.status_code == 200, saved.text
            with self._changed:
                self.done = self.begun
                self._changed.notify_all()


def version(text: str) -> int:
    """Which one a file is.

    Raises:
        ValueError: it is not JSON, or not one of ours from its beginning to its end.
    """
    notebook = json.loads(text)
    number = notebook["metadata"]["version"]
    [cell] = notebook["cells"]
    if "".join(cell["source"]) != _source(number):  # a file has it as a list of lines
        raise ValueError("the text is not the one that was saved")
    return number


def _notebook(number: int) -> dict:
    cell = {"cell_type": "markdown", "id": "filling", "metadata": {}, "source": _source(number)}
    return {"cells": [cell], "metadata": {"version": number}, "nbformat": 4, "nbformat_minor": 5}


def _source(number: int) -> str:
    return f"{number}\n{_FILLING}"
