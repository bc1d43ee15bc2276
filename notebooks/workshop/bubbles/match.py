"""One game that somebody plays by hand, with undo and hints; what its page shows, as plain data."""

from .games import Games, Player

RULES = "Pop groups of two or more. Arrow keys move, Enter pops, U undoes, H gives a hint."


class Match:
    """A game at all its moments, so that every move can be undone.

    Args:
        seed: of the game; the same seed is the same game.
        size, colours: of the board.
        adviser: the player whose hints are given.

    Attributes:
        moments: the game at first, and after every move that was not undone.
        message: what is worth saying now.
        hint: the choice that the adviser would take, if it was asked on this board; or -1.
    """

    def __init__(self, seed: int, size: tuple[int, int], colours: int, adviser: Player):
        self.size, self.colours, self.adviser = size, colours, adviser
        self.begin(seed)

    @property
    def now(self) -> Games:
        """The game as it stands."""
        return self.moments[-1]

    def begin(self, seed: int) -> None:
        """Deal a new game."""
        self.seed, self.message, self.hint = seed, RULES, -1
        self.moments = [Games.deal([seed], self.size, self.colours)]

    def pop(self, row: int, column: int) -> None:
        """Pop the group at a place, if there is one."""
        choices = self.now.choices
        [found] = choices.cells[:, row, column].nonzero()
        if not len(found):
            self.message = "That bubble is alone: a group has two or more of one colour that touch."
            return
        self.message, self.hint = f"+{choices.gains[found[0]]}", -1
        self.moments.append(self.now.after(found))
        if self.now.over[0]:
            self.message += f". No group is left: the game is over with {self.now.scores[0]} points"

    def undo(self) -> None:
        """Go one move back."""
        if len(self.moments) == 1:
            self.message = "There is nothing to undo."
            return
        self.moments.pop()
        self.message, self.hint = "Undone.", -1

    def advise(self) -> None:
        """Mark the group that the adviser would pop."""
        if self.now.over[0]:
            self.message = "No group is left; undo, or begin a new game."
            return
        worth = self.adviser(self.now)
        self.hint = int(worth.argmax())
        bubbles = int(self.now.choices.cells[self.hint].sum())
        self.message = f"The network would pop the marked {bubbles}: its Q is {worth.max():.0f}."

    def page(self) -> dict:
        """What a page needs to draw the game.

        `cells` are the colours row by row, `groups` for each cell the index of its group or -1,
        `gains` the points of each group.
        """
        choices, [score], [moves] = self.now.choices, self.now.scores, self.now.moves
        group = choices.cells.cumsum(axis=0).argmax(axis=0) if len(choices.which) else 0
        groups = [
            [int(group[y, x]) if choices.cells[:, y, x].any() else -1 for x in range(self.size[1])]
            for y in range(self.size[0])
        ]
        return {
            "cells": self.now.boards[0].tolist(),
            "groups": groups,
            "gains": choices.gains.tolist(),
            "score": int(score),
            "moves": int(moves),
            "hint": self.hint,
            "message": self.message,
            "over": bool(self.now.over[0]),
        }
