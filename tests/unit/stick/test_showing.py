"""What is told while a stick is filled: once how long it takes, then how far it is."""

from pathlib import Path

import pytest

from appliance_build.stick import showing
from appliance_build.stick.pace import SAMPLE

ROOT = Path("/media/[usb]")


@pytest.fixture
def pace():
    pace = showing.ShownPace(ROOT)
    yield pace
    pace.end()


def said(capsys):
    return capsys.readouterr().err.splitlines()


def test_how_long_it_takes_is_told_once_from_the_measured_speed(pace, capsys):
    pace.expect(41 * SAMPLE, 41 * SAMPLE)
    pace.wrote(SAMPLE // 2, 0.5)
    assert said(capsys) == []
    pace.wrote(SAMPLE // 2, 0.5)
    assert said(capsys) == [
        "   /media/[usb]: 336 MB to write at 8.4 MB/s, 344 MB to read back: about 1 min 21 s"
    ]
    pace.wrote(SAMPLE, 1.0)
    assert said(capsys) == []


def test_without_a_terminal_a_line_now_and_then_says_how_far_it_is(pace, capsys, monkeypatch):
    pace.expect(4 * SAMPLE, 0)
    pace.wrote(SAMPLE, 1.0)
    said(capsys)
    pace.wrote(SAMPLE, 1.0)
    assert said(capsys) == []
    now = showing.time.monotonic()
    monkeypatch.setattr(showing.time, "monotonic", lambda: now + showing.EVERY + 1)
    pace.wrote(SAMPLE, 1.0)
    assert said(capsys) == ["   /media/[usb]: 75 %, about 1.0 s left"]
    pace.wrote(SAMPLE // 2, 1.0)
    assert said(capsys) == []


def test_where_all_is_right_already_reading_is_told(pace, capsys):
    pace.expect(0, 3 * SAMPLE)
    pace.read(SAMPLE, 0.5)
    assert said(capsys) == ["   /media/[usb]: 17 MB to read back at 17 MB/s: about 1.0 s"]
