"""Killed at any moment, a stick has either what its list says or nothing under a final name; and
the next run goes on where this one stopped."""

import os
import signal
from pathlib import Path

import pytest

from appliance_build.stick import copying, filling
from appliance_build.stick.filling import fill
from appliance_build.stick.medium import Medium
from appliance_build.stick.pace import Pace

from .goods import OUTDATED, Goods, on

#: Moments of one update: each block that is written or read back, each name, each wait.
MOMENTS = 29


class Clock(Pace):
    """Counts moments, and kills the process at one of them."""

    def __init__(self, last: int = 0) -> None:
        super().__init__()
        self.now, self.final = 0, last

    def tick(self, *_: object) -> bool:
        self.now += 1
        if self.now == self.final:
            os.kill(os.getpid(), signal.SIGKILL)
        return False

    def read(self, count: int, seconds: float) -> None:
        super().read(count, seconds)
        self.tick()


def update(medium: Medium, goods: Goods, clock: Clock) -> None:
    """Fill, with moments before each name and after each wait."""
    replace, sync = Path.replace, Medium.sync

    def named(part: Path, target: Path) -> Path:
        clock.tick()
        return replace(part, target)

    def waited(medium: Medium) -> None:
        sync(medium)
        clock.tick()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", named)
        patch.setattr(Medium, "sync", waited)
        fill(medium, goods.items, OUTDATED, clock, clock.tick)


def killed(medium: Medium, goods: Goods, moment: int) -> None:
    """Let a process fill the stick and die at a moment."""
    child = os.fork()
    if child == 0:
        try:
            update(medium, goods, Clock(moment))
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, status


@pytest.fixture
def newer(tmp_path):
    return Goods(tmp_path / "newer", version=2)


def test_all_moments_are_tried(medium, goods, newer):
    fill(medium, goods.items, OUTDATED, Pace())
    clock = Clock()
    update(medium, newer, clock)
    assert clock.now == MOMENTS


@pytest.mark.parametrize("moment", range(1, MOMENTS + 1))
def test_killed_in_an_update_it_has_the_old_version_or_the_new(medium, goods, newer, moment):
    fill(medium, goods.items, OUTDATED, Pace())
    killed(medium, newer, moment)
    there, old, new = on(medium.root), goods.content(), newer.content()
    for name, content in there.items():
        if not name.endswith(copying.PART):
            assert content in (old.get(name), new.get(name)), f"{name} is neither old nor new"
    whole = old if there["SHA256SUMS"] == old["SHA256SUMS"] else new
    ova = next(name for name in whole if name.endswith(".ova"))
    assert there[ova] == whole[ova], "the appliance that the list names is not there"
    update(medium, newer, Clock())
    assert on(medium.root) == new


@pytest.mark.parametrize("moment", range(2, 6))
def test_killed_in_a_copy_the_next_run_writes_only_the_rest(medium, goods, moment):
    """The first moment is before the file, the others before each of its blocks."""
    killed(medium, goods, moment)
    part = medium.root / f"{goods.ova}{copying.PART}"
    begun = part.stat().st_size
    assert begun == (moment - 2) * copying.BLOCK and list(on(medium.root)) == [part.name]
    pace = Pace()
    fill(medium, goods.items, OUTDATED, pace)
    assert pace.writing.measured == sum(item.size for item in goods.items) - begun
    assert on(medium.root) == goods.content()


def test_asked_to_stop_it_stops_between_two_blocks_and_goes_on_later(medium, goods):
    asked = iter([False, False, False, True])
    with pytest.raises(filling.Stopped):
        fill(medium, goods.items, OUTDATED, Pace(), lambda: next(asked))
    begun = (medium.root / f"{goods.ova}{copying.PART}").stat().st_size
    assert begun == 2 * copying.BLOCK
    fill(medium, goods.items, OUTDATED, Pace())
    assert on(medium.root) == goods.content()
