"""Bubble Breaker in the notebook, by mouse or keyboard."""

from pathlib import Path

import anywidget
import traitlets

from .match import Match

HERE = Path(__file__).parent


class Playing(anywidget.AnyWidget):
    """The board of a match on the page. Rules and hints are Python's; the page draws and asks.

    Every move is one message to the kernel and one back, with the whole board.
    """

    _esm = HERE / "playing.js"
    _css = HERE / "playing.css"
    page = traitlets.Dict().tag(sync=True)

    def __init__(self, match: Match):
        super().__init__()
        self.match = match
        self.on_msg(self._asked)
        self.page = match.page()

    def _asked(self, _widget: object, asked: dict, _buffers: object) -> None:
        match asked:
            case {"do": "pop", "row": int(row), "column": int(column)}:
                self.match.pop(row, column)
            case {"do": "undo"}:
                self.match.undo()
            case {"do": "hint"}:
                self.match.advise()
            case {"do": "new"}:
                self.match.begin(self.match.seed + 1)
        self.page = self.match.page()
