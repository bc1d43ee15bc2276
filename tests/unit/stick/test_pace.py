"""How long it takes is told from what was measured, and not before."""

from appliance_build.stick.pace import SAMPLE, Pace


def test_nothing_is_told_before_it_was_measured():
    pace = Pace()
    pace.expect(10 * SAMPLE, 10 * SAMPLE)
    assert pace.seconds_left() is None
    pace.wrote(SAMPLE - 1, 1.0)
    assert pace.seconds_left() is None


def test_reading_counts_like_writing_until_it_is_measured():
    pace = Pace()
    pace.expect(10 * SAMPLE, 10 * SAMPLE)
    pace.wrote(SAMPLE, 2.0)
    assert pace.seconds_left() == 9 * 2.0 + 10 * 2.0
    pace.read(SAMPLE, 0.5)
    assert pace.seconds_left() == 9 * 2.0 + 9 * 0.5
    assert (pace.done, pace.total) == (2 * SAMPLE, 20 * SAMPLE)


def test_what_was_there_before_tells_no_speed():
    pace = Pace()
    pace.expect(10 * SAMPLE, 0)
    pace.wrote(5 * SAMPLE, 0.0)
    assert pace.seconds_left() is None
    pace.wrote(SAMPLE, 2.0)
    assert pace.seconds_left() == 4 * 2.0


def test_where_nothing_is_to_be_written_reading_tells():
    pace = Pace()
    pace.expect(0, 4 * SAMPLE)
    assert pace.seconds_left() is None
    pace.read(SAMPLE, 1.0)
    assert pace.seconds_left() == 3.0
    pace.read(3 * SAMPLE, 3.0)
    assert pace.seconds_left() == 0.0 and pace.done == pace.total


def test_a_file_that_proves_wrong_makes_it_longer():
    pace = Pace()
    pace.expect(0, SAMPLE)
    pace.read(SAMPLE, 1.0)
    pace.expect(SAMPLE, SAMPLE)
    assert pace.total == 3 * SAMPLE and pace.seconds_left() is None
