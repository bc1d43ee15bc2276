"""Steps run two at a time, in the order of what they need; a failure stops what has not begun."""

import threading

import pytest

from appliance_build.parallel import LANES, in_order

NEEDS = {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")}


def test_each_is_made_once_after_what_it_needs():
    made = []
    in_order(NEEDS, made.append)
    assert sorted(made) == ["a", "b", "c", "d"]
    assert made[0] == "a" and made[-1] == "d"


def test_two_that_need_nothing_of_each_other_run_at_the_same_time():
    both = threading.Barrier(LANES, timeout=20)  # breaks where one waits alone
    in_order({"b": (), "c": ()}, lambda name: both.wait())


def test_a_failure_lets_the_other_end_and_begins_nothing_more():
    failed, made = threading.Event(), []

    def make(name: str) -> None:
        if name == "b":
            failed.set()
            raise ValueError("b is broken")
        if name == "c":
            assert failed.wait(20)
        made.append(name)

    with pytest.raises(ValueError, match="b is broken"):
        in_order(NEEDS, make)
    assert made == ["a", "c"]
