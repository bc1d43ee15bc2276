"""Judging classifiers with few pictures: fair rounds, intervals, distances."""

import sys

import numpy as np
import pytest

from appliance_build.paths import NOTEBOOKS

sys.path.insert(0, str(NOTEBOOKS))
from workshop import transfer
from workshop.transfer import Linear, wilson

LABELS = np.repeat([0, 1, 2], [5, 7, 6])


def points(count: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.RandomState(seed).normal(size=(count, width))


def means(rows: np.ndarray, labels: np.ndarray) -> Linear:
    """The class whose mean is nearest: a linear classifier without training."""
    centres = np.array([rows[labels == c].mean(axis=0) for c in range(labels.max() + 1)])
    return Linear(2 * centres.T, -(centres**2).sum(axis=1))


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_s_interval_is_that_of_the_literature(right, total, low, high):
    """R. G. Newcombe, "Two-sided confidence intervals for the single proportion" (1998)."""
    assert wilson(right, total) == pytest.approx((low, high), abs=6e-5)
    assert wilson(total - right, total) == pytest.approx((1 - high, 1 - low), abs=6e-5)


@pytest.mark.parametrize("right", [0, 1, 10, 19, 20])
def test_a_truth_at_the_ends_of_the_interval_is_1_96_deviations_away(right):
    for end in wilson(right, 20):
        if 1e-9 < end < 1 - 1e-9:
            assert abs(right / 20 - end) / np.sqrt(end * (1 - end) / 20) == pytest.approx(1.96)


def test_wilson_s_interval_covers_the_truth_as_often_as_it_promises():
    rng = np.random.RandomState(0)
    for truth in (0.5, 0.75, 0.95):
        ends = np.array([wilson(right, 20) for right in rng.binomial(20, truth, 4000)])
        covered = ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()
        assert 0.92 < covered < 0.98, f"{covered:.1%} of the intervals have {truth:.0%}"


@pytest.mark.parametrize(("right", "total"), [(3, 2), (-1, 2), (0, 0)])
def test_a_count_that_cannot_be_is_refused(right, total):
    with pytest.raises(ValueError, match="cannot be"):
        wilson(right, total)


def test_every_picture_is_left_out_once_and_every_class_loses_one():
    tested = []
    for known, away in transfer.one_of_each_class(LABELS, np.random.RandomState(1)):
        assert not set(known) & set(away)
        assert np.bincount(LABELS[known]).tolist() == [4, 6, 5]
        tested += away.tolist()
    assert sorted(tested) == list(range(len(LABELS)))


def test_one_at_a_time_leaves_out_one():
    for i, (known, away) in enumerate(transfer.one_at_a_time(LABELS, None)):
        assert away.tolist() == [i] and sorted([*known, i]) == list(range(len(LABELS)))


def test_leaving_out_never_shows_what_it_asks_about():
    """A classifier that knows its pictures by heart is right about no other."""
    rows, labels = np.eye(12), np.repeat([0, 1], 6)

    def by_heart(known, its):
        return Linear(known.T @ np.eye(2)[its] - 0.5 * known.sum(axis=0)[:, None], np.zeros(2))

    alone = transfer.fitted(by_heart, rows, labels).distances(rows)
    assert transfer.share_right(alone, labels) == 1
    judged = transfer.leave_out(by_heart, rows, labels)
    assert transfer.share_right(judged, labels) <= 0.5


def test_shuffled_labels_are_at_chance():
    rows, labels, shares = points(20, 40), np.repeat([0, 1], 10), []
    for seed in range(150):
        mixed = np.random.RandomState(seed).permutation(labels)
        judged = transfer.leave_out(means, rows, mixed, seed=seed)
        shares.append(transfer.share_right(judged, mixed))
    low, high = transfer.mean_interval(shares, z=3.3)
    assert low < 0.5 < high


def test_counting_labels_helps_only_if_one_is_left_out_alone():
    rows, labels = points(20, 40), np.repeat([0, 1], 10)

    def rarest(known, its):
        return Linear(np.zeros((known.shape[1], 2)), -np.bincount(its))

    for way, share in ((transfer.one_at_a_time, 1), (transfer.one_of_each_class, 0.5)):
        judged = transfer.leave_out(rarest, rows, labels, way)
        assert transfer.share_right(judged, labels) == share


def test_the_same_seed_gives_the_same_judgement():
    rows = points(18, 5)
    one, two, other = (transfer.leave_out(means, rows, LABELS, seed=s) for s in (3, 3, 4))
    assert np.array_equal(one, two) and not np.array_equal(one, other)
    assert one.shape == (18, 3)


def test_compact_rows_keep_all_distances_and_judgements():
    rows = points(15, 400).astype(np.float32)
    few = transfer.compact(rows)
    assert few.shape == (15, 14)

    def between(r):
        return np.linalg.norm(r[:, None] - r[None], axis=2)

    np.testing.assert_allclose(between(few), between(rows.astype(float)), atol=1e-4)
    spread = few.var(axis=0)
    assert (np.diff(spread) <= 1e-9).all(), "the first axis is that of the largest spread"
    labels = np.repeat([0, 1, 2], 5)
    np.testing.assert_allclose(
        transfer.leave_out(means, few, labels), transfer.leave_out(means, rows, labels), atol=1e-3
    )


def test_distances_with_two_classes():
    linear = Linear(np.array([[0.0, 3.0], [0.0, 4.0]]), np.array([0.0, -5.0]))
    rows = np.array([[3.0, 4.0], [0.0, 0.0], [1.0, 0.5]])
    np.testing.assert_allclose(linear.distances(rows)[:, 1], [4, -1, 0])
    np.testing.assert_allclose(linear.distances(rows)[:, 0], [-4, 1, 0])


def test_distances_with_three_classes_lead_to_the_nearest_boundary():
    centres = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    linear = means(centres, np.arange(3))
    inside, left, right = linear.distances(np.array([[1.0, 2.0]]))[0]
    assert inside == pytest.approx(3), "5 - 2 up to the boundary with the third class"
    assert left == pytest.approx(-4) and right < 0
    assert linear.distances(points(50, 2)).argmax(axis=1).shape == (50,)


def test_of_scikit_learn_with_one_sum_or_several():
    class Machine:
        def __init__(self, coef, intercept):
            self.coef_, self.intercept_ = np.array(coef), np.array(intercept)

    two = Linear.of(Machine([[3.0, 4.0]], [-5.0]))
    assert two.distances(np.array([[3.0, 4.0]]))[0].tolist() == [-4, 4]
    three = Linear.of(Machine([[1.0, 0], [0, 1], [-1, -1]], [0.0, 0, 0]))
    assert three.distances(np.array([[2.0, 1.0]]))[0].argmax() == 0


def test_training_sees_scaled_rows_and_the_answer_takes_them_as_they_are():
    rows, labels = 7 + 50 * points(20, 6), np.repeat([0, 1], 10)
    seen = []

    def spy(scaled, its):
        seen.append(scaled)
        return means(scaled, its)

    linear = transfer.fitted(spy, rows, labels)
    (scaled,) = seen
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose((scaled**2).sum(axis=1).mean(), 1, rtol=1e-5)
    np.testing.assert_allclose(
        linear.distances(rows), means(rows, labels).distances(rows), rtol=1e-3, atol=1e-3
    )


def test_a_draw_has_so_many_of_each_class():
    known, away = transfer.draw(LABELS, 3, np.random.RandomState(0))
    assert np.bincount(LABELS[known]).tolist() == [3, 3, 3]
    assert sorted([*known, *away]) == list(range(len(LABELS)))


def test_the_mean_s_interval():
    values = np.tile([0.4, 0.6], 200)
    low, high = transfer.mean_interval(values)
    assert (low, high) == pytest.approx((0.5 - 0.0098, 0.5 + 0.0098), abs=1e-4)
