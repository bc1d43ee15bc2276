"""Figures of peers beside each other."""

import statistics
from collections.abc import Mapping, Sequence

from rich.table import Table

OURS, PYTORCH, OPENCV = "ours", "PyTorch", "OpenCV"

#: By what was measured, by peer: one figure for each turn.
Figures = Mapping[str, Mapping[str, Sequence[float]]]
#: By peer: what starts it.
Commands = Mapping[str, Sequence[str]]


def by_peer(turns: Sequence[Mapping[str, Mapping]], part: str) -> dict[str, list[float]]:
    """One part of what the peers said, turn by turn."""
    return {name: [turn[name][part] for turn in turns] for name in turns[0]}


def table(title: str, figures: Figures) -> Table:
    """Medians with least and most; the ratio is the median of those within a turn."""
    result = Table(title, "", "median", "least", "most", f"{OURS} / it")
    for row, values_of in figures.items():
        for peer, values in values_of.items():
            ratios = [mine / its for mine, its in zip(values_of[OURS], values, strict=True)]
            numbers = (statistics.median(values), min(values), max(values))
            ratio = "" if peer == OURS else f"{statistics.median(ratios):.2f}"
            cells = (f"{number:.0f}" if number > 50 else f"{number:.3f}" for number in numbers)
            result.add_row("" if peer != OURS else row, peer, *cells, ratio)
        result.add_section()
    return result
