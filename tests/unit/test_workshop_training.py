"""Training takes every digit once an epoch, in shorter and shorter steps, and can be resumed."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from appliance_build.paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))
from workshop.data import Part
from workshop.training import fit

IMAGES = np.arange(10, dtype=np.float32)[:, None, None] * np.ones((1, 28, 28), np.float32)
DIGITS = Part(IMAGES, np.arange(10, dtype=np.int32))


@pytest.fixture(autouse=True)
def plots(monkeypatch):
    """Stands in for the figures, which need matplotlib."""
    figures = SimpleNamespace(
        Live=lambda alt: SimpleNamespace(show=lambda figure: None),
        learning_curves=lambda history, epochs, title: title,
    )
    monkeypatch.setitem(sys.modules, "workshop.plots", figures)


class Rate:
    def set_value(self, value):
        self.value = value


class Fake:
    """Stands in for a model: writes down what it is given, and stops at one of its steps."""

    def __init__(self, stops_at=None):
        self.name, self.first_rate, self.history, self.rate = "fake", 1.0, [], Rate()
        self.steps, self.stops_at = [], stops_at

    def step(self, images, labels):
        if len(self.steps) == self.stops_at:
            self.stops_at = None
            raise KeyboardInterrupt
        assert images.shape[1:] == (1, 28, 28)
        assert np.array_equal(images[:, 0, 0, 0], labels)
        self.steps.append((tuple(labels), float(self.rate.value)))

    def measure(self, part, limit=None):
        return 0.5, 0.9


def test_each_epoch_takes_every_digit_once_in_another_order():
    model = Fake()
    fit(model, DIGITS, DIGITS, epochs=2, batch=4)
    orders = [
        sum((labels for labels, _ in part), ()) for part in (model.steps[:3], model.steps[3:])
    ]
    assert [sorted(order) for order in orders] == [list(range(10))] * 2
    assert orders[0] != orders[1]
    assert len(model.history) == 2


def test_steps_get_shorter_until_the_end():
    model = Fake()
    fit(model, DIGITS, DIGITS, epochs=2, batch=4)
    assert [rate for _, rate in model.steps] == pytest.approx(
        [1, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6]
    )


def test_interrupted_and_run_again_it_goes_on_with_the_epoch_that_is_missing():
    whole, stopped = Fake(), Fake(stops_at=4)
    fit(whole, DIGITS, DIGITS, epochs=2, batch=4)
    fit(stopped, DIGITS, DIGITS, epochs=2, batch=4)
    assert len(stopped.history) == 1
    fit(stopped, DIGITS, DIGITS, epochs=2, batch=4)
    assert len(stopped.history) == 2
    assert stopped.steps[4:] == whole.steps[3:]


def test_a_model_with_all_its_epochs_says_so(capsys):
    model = Fake()
    for _ in range(2):
        fit(model, DIGITS, DIGITS, epochs=1)
    assert len(model.history) == 1 and "ask for more" in capsys.readouterr().out


def test_another_seed_takes_another_order():
    one, two = Fake(), Fake()
    fit(one, DIGITS, DIGITS, epochs=1, seed=1)
    fit(two, DIGITS, DIGITS, epochs=1, seed=2)
    assert one.steps != two.steps
