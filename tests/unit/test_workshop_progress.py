"""The progress line counts, estimates, and survives being interrupted."""

import sys

import pytest

from appliance_build.paths import PROJECT

sys.path.insert(0, str(PROJECT / "notebooks"))
from workshop.progress import Progress
from workshop.session import SettingsError, profile


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_line_tells_share_time_and_what_is_left() -> None:
    clock = Clock()
    with Progress(200, "Training", clock) as progress:
        assert progress.line() == "Training: 0 %, 0 s so far"
        clock.now += 10
        progress.advance(50, note="97 % right")
        assert progress.line() == "Training: 25 %, 10 s so far, about 30 s to go (97 % right)"
        clock.now += 20
        progress.advance(149)
        assert progress.line().startswith("Training: 99 %")
        progress.advance()
    assert progress.line() == "Training: 100 %, finished in 30.0 s (97 % right)"


def test_interrupt_ends_the_loop_without_an_error_and_says_how_to_go_on() -> None:
    with Progress(10, "Training", Clock()) as progress:
        progress.advance(3)
        raise KeyboardInterrupt
    assert progress.interrupted
    assert progress.line() == "Training: 30 %, 0 s so far, stopped; run this cell again to go on"


def test_other_errors_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), Progress(10, "Training"):
        raise ZeroDivisionError


def test_the_page_is_refreshed_a_few_times_a_second_only(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, clock = [], Clock()

    class Handle:
        def update(self, bundle: dict[str, str], raw: bool) -> None:
            shown.append(bundle)

    monkeypatch.setattr("workshop.progress.display", lambda *args, **options: Handle())
    with Progress(1000, "<b>", clock) as progress:
        for _ in range(1000):
            clock.now += 0.001
            progress.advance()
    assert 4 <= len(shown) <= 7
    assert shown[-1]["text/plain"].startswith("<b>: 100 %, finished")
    assert "&lt;b&gt;: 100 %" in shown[-1]["text/html"] and "<b>" not in shown[-1]["text/html"]


def test_a_loop_of_no_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="give at least 1"):
        Progress(0, "Training")


@pytest.mark.parametrize(("value", "expected"), [(None, "full"), ("", "full"), ("quick", "quick")])
def test_profile(monkeypatch: pytest.MonkeyPatch, value: str | None, expected: str) -> None:
    monkeypatch.delenv("WORKSHOP_PROFILE", raising=False)
    if value is not None:
        monkeypatch.setenv("WORKSHOP_PROFILE", value)
    assert profile() == expected


def test_an_unknown_profile_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKSHOP_PROFILE", "fast")
    with pytest.raises(SettingsError, match="WORKSHOP_PROFILE is 'fast'; set it to quick or full"):
        profile()
