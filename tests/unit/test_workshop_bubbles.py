"""Bubble Breaker keeps its rules on every board, and does what a slow, plain player would do."""

import sys
from itertools import pairwise

import numpy as np
import pytest

from appliance_build.paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))
from workshop.bubbles import board, players
from workshop.bubbles.games import Games, play

#: Of seeds 0, 0, 1 and the last, the columns 0, 1, 0 and 9, of 6 bubbles in 4 colours.
COLUMNS = [[4, 1, 4, 1, 4, 3], [2, 2, 4, 3, 4, 2], [3, 1, 3, 2, 4, 2], [4, 3, 1, 4, 3, 3]]
SHAPES = [(1, 1), (1, 6), (6, 1), (3, 3), (5, 7), (8, 8), (10, 10)]
CASES = [(size, colours) for size in SHAPES for colours in (1, 2, 4)]


def boards(size: tuple[int, int], colours: int, count: int = 20) -> np.ndarray:
    """Boards at any moment: bubbles at random, some of them missing, all fallen down."""
    rng = np.random.RandomState(sum(size) + 31 * colours)
    full = rng.randint(1, colours + 1, (count, *size)).astype(np.uint8)
    missing = rng.rand(count, *size) < rng.rand(count, 1, 1)
    return board.settle(np.where(missing, 0, full))


def flood(one: np.ndarray, start: tuple[int, int]) -> set[tuple[int, int]]:
    """The cells of a group, found by walking."""
    found, todo = {start}, [start]
    while todo:
        y, x = todo.pop()
        for cell in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            inside = 0 <= cell[0] < one.shape[0] and 0 <= cell[1] < one.shape[1]
            if inside and cell not in found and one[cell] == one[start]:
                found.add(cell)
                todo.append(cell)
    return found


def plain_groups(one: np.ndarray) -> list[set[tuple[int, int]]]:
    found = []
    for y, x in np.argwhere(one):
        if not any((y, x) in group for group in found):
            found.append(flood(one, (y, x)))
    return [group for group in found if len(group) >= 2]


def plain_pop(one: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Column by column, with lists."""
    height, width = one.shape
    columns = [
        [one[y, x] for y in range(height) if one[y, x] and not cells[y, x]] for x in range(width)
    ]
    columns = [column for column in columns if column]
    after = np.zeros_like(one)
    for x, column in enumerate(columns):
        after[height - len(column) :, x] = column
    return after


@pytest.mark.parametrize(("size", "colours"), CASES)
def test_groups_are_those_that_walking_finds(size, colours):
    several = boards(size, colours)
    which, cells = board.groups(several)
    for index, one in enumerate(several):
        found = [set(map(tuple, np.argwhere(each))) for each in cells[which == index]]
        assert found == plain_groups(one)


@pytest.mark.parametrize(("size", "colours"), CASES)
def test_a_cell_s_group_does_not_depend_on_the_other_boards(size, colours):
    several = boards(size, colours)
    together = board.labels(several)
    cells = size[0] * size[1]
    for index, one in enumerate(several):
        alone = board.labels(one[None])[0]
        assert np.array_equal(np.where(alone < 0, -1, alone + index * cells), together[index])


@pytest.mark.parametrize(("size", "colours"), CASES)
def test_popping_is_what_the_plain_player_does(size, colours):
    several = boards(size, colours)
    which, cells = board.groups(several)
    for one, group, after in zip(
        several[which], cells, board.pop(several[which], cells), strict=True
    ):
        assert np.array_equal(after, plain_pop(one, group))


@pytest.mark.parametrize(("size", "colours"), CASES)
def test_popping_keeps_every_other_bubble(size, colours):
    several = boards(size, colours)
    which, cells = board.groups(several)
    afters = board.pop(several[which], cells)
    for one, group, after in zip(several[which], cells, afters, strict=True):
        [colour] = set(one[group])
        counts = [np.bincount(each.ravel(), minlength=colours + 1) for each in (one, after)]
        expected = counts[0].copy()
        expected[colour] -= group.sum()
        expected[0] += group.sum()
        assert np.array_equal(counts[1], expected)


@pytest.mark.parametrize(("size", "colours"), CASES)
def test_nothing_floats_no_gap_stays_and_what_has_fallen_falls_no_more(size, colours):
    rng = np.random.RandomState(7)
    scattered = rng.randint(0, colours + 1, (30, *size)).astype(np.uint8)
    fallen = board.settle(scattered)
    full = fallen != 0
    assert not (full[:, :-1] & ~full[:, 1:]).any()
    assert not (~full.any(axis=1)[:, :-1] & full.any(axis=1)[:, 1:]).any()
    assert np.array_equal(board.settle(fallen), fallen)
    assert np.array_equal(np.sort(fallen.reshape(30, -1)), np.sort(scattered.reshape(30, -1)))


def test_points_are_n_times_n_less_one():
    cells = np.zeros((3, 4, 4), bool)
    for each, count in zip(cells, (2, 3, 10), strict=True):
        each.flat[:count] = True
    assert board.points(cells).tolist() == [2, 6, 90]


def test_a_board_by_hand():
    before = np.array([[[1, 2, 3], [1, 1, 2], [3, 1, 2]]], np.uint8)
    which, cells = board.groups(before)
    assert which.tolist() == [0, 0]
    assert cells[0].astype(int).tolist() == [[1, 0, 0], [1, 1, 0], [0, 1, 0]]
    assert board.pop(before, cells[:1])[0].tolist() == [[0, 0, 3], [0, 0, 2], [3, 2, 2]]
    assert board.points(cells).tolist() == [12, 2]


def test_empty_columns_close_up_and_new_ones_come_from_the_right():
    before = np.array([[[0, 1, 0], [2, 1, 3]]], np.uint8)
    after = board.pop(before, before == 1)
    assert after[0].tolist() == [[0, 0, 0], [2, 3, 0]]
    seeds, drawn = np.array([5]), np.array([3])
    new, count = board.refill(after, seeds, drawn, 3)
    assert new[0, :, :2].tolist() == [[0, 0], [2, 3]] and count.tolist() == [4]
    assert np.array_equal(new[0, :, 2], board.columns(seeds, drawn, 2, 3)[0])


def test_several_new_columns_come_in_order():
    seeds, drawn = np.array([5, 9]), np.array([3, 0])
    empty = np.zeros((2, 4, 3), np.uint8)
    empty[0, -1, 0] = 1
    new, count = board.refill(empty, seeds, drawn, 4)
    assert count.tolist() == [5, 3]
    assert np.array_equal(new[0, :, 1:].T, board.columns(np.array([5, 5]), np.array([3, 4]), 4, 4))
    assert np.array_equal(new[1].T, board.columns(np.full(3, 9), np.arange(3), 4, 4))


def test_columns_are_the_same_for_ever():
    seeds, numbers = np.array([0, 0, 1, 2**24 - 1]), np.array([0, 1, 0, 9])
    assert board.columns(seeds, numbers, 6, 4).tolist() == COLUMNS


def test_every_colour_comes_equally_often_whatever_came_before():
    seeds = np.repeat(np.arange(400), 25)
    found = board.columns(seeds, np.tile(np.arange(25), 400), 8, 4)
    pairs = np.bincount((4 * found[:, :-1] + found[:, 1:] - 5).ravel(), minlength=16)
    games = found.reshape(400, 25 * 8)
    pairs = np.vstack(
        [
            pairs / pairs.sum(),
            np.bincount((4 * games[:-1] + games[1:] - 5).ravel(), minlength=16) / games[:-1].size,
            np.bincount((4 * found[:-1] + found[1:] - 5).ravel(), minlength=16) / found[:-1].size,
        ]
    )
    assert np.abs(pairs - 1 / 16).max() < 0.004  # 4 standard deviations of 70,000


@pytest.mark.parametrize(("colours", "seed"), [(0, 1), (10, 1), (4, -1), (4, 2**24)])
def test_what_no_game_can_be_is_told(colours, seed):
    with pytest.raises(ValueError, match=r"colours; 1 to 9|seed of a game"):
        Games.deal([seed], (3, 3), colours)


def history(player, seeds, size=(6, 5), colours=3):
    games = [Games.deal(seeds, size, colours)]
    while not games[-1].over.all():
        now = games[-1]
        games.append(now.after(now.choices.best(player(now))))
    return games


def test_games_go_on_their_own_way_whoever_plays_beside_them():
    alone = play(Games.deal([3], (6, 5), 3), players.greedy)
    among = play(Games.deal([1, 2, 3, 4], (6, 5), 3), players.greedy)
    assert np.array_equal(among.boards[2], alone.boards[0])
    assert (among.scores[2], among.moves[2]) == (alone.scores[0], alone.moves[0])


def test_scores_add_up_and_earlier_moments_stay_as_they_were():
    games = history(players.greedy, [11])
    again = history(players.greedy, [11])
    for now, later in pairwise(games):
        gain = later.scores[0] - now.scores[0]
        assert gain in now.choices.gains and gain == now.choices.gains.max()
    for one, other in zip(games, again, strict=True):
        assert np.array_equal(one.boards, other.boards)
    assert games[-1].moves[0] == len(games) - 1


def test_a_game_ends_without_a_group_or_after_its_moves():
    games = Games.deal(np.arange(20), (6, 5), 3)
    ended = play(games, players.random(0))
    assert ended.over.all() and not len(board.groups(ended.boards)[0])
    short = play(games, players.random(0), moves=4)
    assert set(short.moves) <= {0, 1, 2, 3, 4} and not short.over.all()
    assert not games.moves.any()


def test_the_best_choice_is_found_in_each_game_that_has_one():
    games = Games.deal(np.arange(30), (3, 2), 4)
    worth = np.random.RandomState(0).rand(len(games.choices.which))
    chosen = games.choices.best(worth)
    for index in range(30):
        mine = np.flatnonzero(games.choices.which == index)
        assert (
            chosen[games.choices.which[chosen] == index] == mine[worth[mine].argmax()][None]
            if len(mine)
            else True
        )
        assert (index in games.choices.which[chosen]) == bool(len(mine)) == (not games.over[index])


def test_greedy_takes_the_largest_group():
    games = Games.deal(np.arange(10), (8, 8), 4)
    for chosen in games.choices.best(players.greedy(games)):
        same = games.choices.which == games.choices.which[chosen]
        sizes = games.choices.cells[same].sum(axis=(1, 2))
        assert games.choices.cells[chosen].sum() == sizes.max()


def test_saver_leaves_the_commonest_colour_while_it_can():
    games = Games.deal(np.arange(50), (8, 8), 4)
    for chosen in games.choices.best(players.saver(games)):
        one = games.boards[games.choices.which[chosen]]
        commonest = np.bincount(one.ravel()).argmax()
        [colour] = set(one[games.choices.cells[chosen]])
        others = games.choices.cells[games.choices.which == games.choices.which[chosen]]
        assert colour != commonest or all(one[each].max() == commonest for each in others)


def test_ahead_adds_the_best_move_that_follows():
    games = Games.deal(np.arange(5), (6, 6), 3)
    choices, worth = games.choices, players.ahead(games)
    for gain, after, value in zip(choices.gains, choices.afters, worth, strict=True):
        sizes = [len(group) for group in plain_groups(after)]
        assert value == gain + max((n * (n - 1) for n in sizes), default=0)
