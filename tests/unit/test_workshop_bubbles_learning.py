"""Around the game: by hand, with undo; by a table, against the truth; compared, and seen."""

import sys

import numpy as np
import pytest

from appliance_build.paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))
from workshop.bubbles import arena, board, players, sight, tiny
from workshop.bubbles.games import Games, play
from workshop.bubbles.match import RULES, Match
from workshop.bubbles.replay import Replay


@pytest.fixture
def match() -> Match:
    return Match(3, (6, 5), 3, players.ahead)


def group(match: Match, choice: int = 0) -> tuple[int, int]:
    """A cell of a group."""
    return tuple(int(at) for at in np.argwhere(match.now.choices.cells[choice])[-1])


def lonely(match: Match) -> tuple[int, int]:
    return next(
        (y, x) for y, row in enumerate(match.page()["groups"]) for x, n in enumerate(row) if n < 0
    )


def test_a_move_by_hand_is_the_move_of_the_rules(match):
    before = match.now
    match.pop(*group(match, 2))
    expected = before.after(np.array([2]))
    assert np.array_equal(match.now.boards, expected.boards)
    assert match.page()["score"] == before.choices.gains[2]
    assert match.message == f"+{before.choices.gains[2]}"


def test_undo_brings_back_everything_and_the_future_comes_again_as_it_was(match):
    pages = [match.page()]
    for _ in range(12):
        match.pop(*group(match))
        pages.append(match.page())
    for page in reversed(pages[:-1]):
        match.undo()
        assert match.page() | {"message": ""} == page | {"message": ""}
    for page in pages[1:]:
        match.pop(*group(match))
        assert match.page() == page


def test_what_cannot_be_done_is_told_and_changes_nothing(match):
    match.undo()
    assert match.message == "There is nothing to undo." and len(match.moments) == 1
    match.pop(*lonely(match))
    assert "alone" in match.message and len(match.moments) == 1


def test_a_hint_is_the_adviser_s_choice_and_is_gone_after_the_move(match):
    match.advise()
    worth = players.ahead(match.now)
    page = match.page()
    assert page["hint"] == worth.argmax() and f"Q is {worth.max():.0f}" in page["message"]
    match.pop(*group(match))
    assert match.page()["hint"] == -1


def test_the_page_has_each_group_and_its_points(match):
    page = match.page()
    for index, (cells, gain) in enumerate(
        zip(match.now.choices.cells, match.now.choices.gains, strict=True)
    ):
        assert np.array_equal(np.array(page["groups"]) == index, cells)
        assert page["gains"][index] == gain
    assert page["message"] == RULES and not page["over"]


def test_the_end_is_told_with_the_score_and_a_new_game_is_another_one(match):
    while not match.now.over[0]:
        match.pop(*group(match))
    page = match.page()
    assert page["over"] and f"the game is over with {page['score']} points" in page["message"]
    assert {group for row in page["groups"] for group in row} == {-1} and page["gains"] == []
    match.advise()
    assert "No group is left" in match.message
    first = match.moments[0]
    match.begin(match.seed + 1)
    assert len(match.moments) == 1
    assert not np.array_equal(match.now.boards, first.boards)


@pytest.fixture(scope="module")
def solved() -> tiny.Solved:
    return tiny.Solved((2, 3), 3, 0.9)


def returns(player, games: Games, gamma: float) -> np.ndarray:
    """Discounted points of each game."""
    total, index = np.zeros(len(games)), np.arange(len(games))
    for move in range(200):
        if games.over.all():
            break
        chosen = games.choices.best(player(games))
        index = index[games.choices.which[chosen]]
        total[index] += gamma**move * games.choices.gains[chosen]
        games = games.after(chosen)
    return total


def test_worth_of_a_board_is_what_best_play_gets_from_it(solved):
    games = Games.deal(np.arange(20_000), (2, 3), 3)
    got = returns(solved.q, games, 0.9)
    worth = np.zeros(len(games))
    np.maximum.at(worth, games.choices.which, solved.q(games))
    error = (got - worth).std() / np.sqrt(len(games))
    assert abs((got - worth).mean()) < 4 * error < 0.5


def test_nobody_gets_more_than_best_play(solved):
    games = Games.deal(np.arange(4_000), (2, 3), 3)
    best = returns(solved.q, games, 0.9)
    for player in (players.random(0), players.greedy, players.ahead):
        assert arena.chance(best, returns(player, games, 0.9)) < 0.01
        assert best.mean() > returns(player, games, 0.9).mean()


def test_every_board_that_games_reach_is_listed(solved):
    listed = {one.tobytes() for one in solved.boards}
    games = Games.deal(np.arange(300), (2, 3), 3)
    while not games.over.all():
        assert {one.tobytes() for one in games.boards} <= listed
        games = games.after(games.choices.best(players.random(1)(games)))


def test_a_table_comes_near_the_true_q_and_two_learn_the_same(solved):
    tables = [tiny.Table(0.9, rate=0.3, explore=0.3, seed=1) for _ in range(2)]
    games = Games.deal(np.arange(500), (2, 3), 3)
    errors = []
    for first in range(0, 1_500, 50):
        for table in tables:
            table.learn(Games.deal(10_000 + first + np.arange(50), (2, 3), 3))
        errors.append(np.abs(tables[0].q(games) - solved.q(games)).mean())
    assert errors[-1] < 0.4 * errors[0]
    assert np.array_equal(tables[0].q(games), tables[1].q(games))


def test_a_step_of_the_table_by_hand():
    table = tiny.Table(gamma=0.5, rate=0.25, explore=0, seed=1)
    games = Games.deal([4], (4, 4), 3)
    later = games.after(np.array([0]))  # of equals the first is taken
    before, after = (tiny.renamed(each.boards)[0].tobytes() for each in (games, later))
    table.rows[before] = np.full(len(games.choices.which), 8.0)
    table.rows[after] = np.arange(len(later.choices.which)) + 40.0
    best = table.rows[after].max()
    table.learn(games)
    expected = 8 + 0.25 * (games.choices.gains[0] + 0.5 * best - 8)
    assert table.rows[before][0] == expected and set(table.rows[before][1:]) == {8}


def colours_swapped(boards: np.ndarray, colours: int) -> np.ndarray:
    names = np.append(0, np.roll(np.arange(colours) + 1, 1))
    return names[boards].astype(np.uint8)


def some_boards(colours: int) -> np.ndarray:
    rng = np.random.RandomState(2)
    return board.settle(rng.randint(0, colours + 1, (40, 5, 6)).astype(np.uint8))


@pytest.mark.parametrize("colours", [2, 3, 5])
def test_other_names_of_the_colours_change_nothing(colours):
    boards = some_boards(colours)
    swapped = colours_swapped(boards, colours)
    assert not np.array_equal(boards, swapped)
    assert np.array_equal(tiny.renamed(boards), tiny.renamed(swapped))
    assert np.array_equal(sight.planes(boards, colours), sight.planes(swapped, colours))


def test_renamed_boards_have_the_same_groups():
    boards = some_boards(3)
    again = tiny.renamed(boards)
    assert np.array_equal(board.labels(boards), board.labels(again))
    assert np.array_equal(tiny.renamed(again), again)


def test_planes_of_a_board_by_hand():
    one = np.array([[[0, 0, 0], [1, 0, 0], [1, 2, 0], [2, 1, 1]]], np.uint8)
    seen = sight.planes(one, 3)[0].astype(int)
    full, right, below = seen[0], seen[1], seen[2]
    assert full.tolist() == (one[0] > 0).astype(int).tolist()
    assert right.tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 1, 0]]
    assert below.tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0]]
    ranks = seen[1 + len(sight.NEIGHBOURS) :]
    assert [rank.tolist() for rank in ranks[:2]] == [
        (one[0] == 1).astype(int).tolist(),
        (one[0] == 2).astype(int).tolist(),
    ]
    assert not ranks[2].any() and len(seen) == sight.count(3)


def test_replay_keeps_the_last_moves_and_draws_pairs():
    replay, rng = Replay(10, (1, 1)), np.random.RandomState(0)
    for number in range(25):
        replay.add(np.full((1, 1, 1), number), np.full((1, 1, 1), 100 + number))
    assert len(replay) == 10
    afters, boards = replay.sample(500, rng)
    assert set(afters.ravel()) == set(range(15, 25))
    assert np.array_equal(boards, afters + 100)


def test_an_interval_has_the_mean_in_nineteen_of_twenty_samples():
    rng = np.random.RandomState(0)
    hits = 0
    for _ in range(200):
        low, high = arena.interval(rng.exponential(100, 50))
        hits += low < 100 < high
    assert 0.88 < hits / 200 < 0.99


def test_chance_is_small_for_a_difference_and_even_for_none():
    rng = np.random.RandomState(0)
    luck = rng.normal(0, 100, 200)
    assert arena.chance(luck + 10 + rng.normal(0, 5, 200), luck) < 0.001
    assert arena.chance(luck, luck) == 1
    null = [arena.chance(rng.normal(size=30), rng.normal(size=30), seed) for seed in range(100)]
    assert 0.25 < np.mean(null) < 0.75 and min(null) > 0


def test_compete_gives_every_player_the_same_games():
    games = Games.deal(np.arange(20), (5, 5), 3)
    found = arena.compete(games, {"a": players.greedy, "b": players.greedy})
    assert np.array_equal(found["a"].scores, found["b"].scores)
    assert np.array_equal(found["a"].scores, play(games, players.greedy).scores)
