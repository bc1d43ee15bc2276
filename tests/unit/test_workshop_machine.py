"""What a computer is and how quick: read from the system, measured, and compared with float64."""

import sys

import numpy as np
import pytest

from appliance_build.paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))
from workshop import machine


def test_processor_and_memory_are_read(tmp_path):
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Old Laptop @ 2 GHz\n" * 2)
    (tmp_path / "meminfo").write_text("MemTotal:        2000000 kB\nMemFree:  10 kB\n")
    assert machine.processor(tmp_path / "cpuinfo").startswith("Old Laptop @ 2 GHz, ")
    assert machine.memory_gb(tmp_path / "meminfo") == pytest.approx(2.048)


def test_a_processor_without_a_name_is_told(tmp_path):
    (tmp_path / "cpuinfo").write_text("processor\t: 0\n")
    assert "without a name" in machine.processor(tmp_path / "cpuinfo")


def test_the_shortest_time_counts_and_the_first_call_does_not():
    lasts = iter([0, 5, 3, 4, 9])
    now = 100.0
    calls = []

    def work():
        nonlocal now
        calls.append(next(lasts))
        now += calls[-1]

    assert machine.best_seconds(work, budget=10, least=1, clock=lambda: now) == 3
    assert calls == [0, 5, 3, 4]  # at 12 seconds the budget is spent


def test_a_call_longer_than_the_budget_is_timed_three_times():
    lasts = iter([50, 8, 9, 7])
    now = 0.0

    def work():
        nonlocal now
        now += next(lasts)

    assert machine.best_seconds(work, budget=1, clock=lambda: now) == 7


@pytest.mark.parametrize("size", [8, 64, 256])
def test_a_right_product_is_within_the_bound(size):
    error, allowed = machine.product_error(size, seed=0)
    assert 0 < error <= allowed
    assert allowed == pytest.approx(size, rel=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda a, b: a @ b + 1e-3,
        lambda a, b: a.astype(np.float16) @ b.astype(np.float16),
        lambda a, b: (a @ b).T,
        lambda a, b: a[:, :-1] @ b[:-1],
    ],
    ids=["shifted", "half precision", "turned", "last term missing"],
)
def test_a_wrong_product_is_beyond_the_bound(wrong):
    error, allowed = machine.product_error(64, 0, wrong)
    assert error > allowed


def test_without_a_driver_there_are_no_gpus(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.gpus() == []


@pytest.mark.parametrize(
    ("status", "lines"), [(0, ["0, A GPU, 6 MiB", "1, Another, 8 MiB"]), (9, [])]
)
def test_gpus_are_the_drivers(monkeypatch, tmp_path, status, lines):
    program = tmp_path / "nvidia-smi"
    program.write_text(
        f"#!/bin/sh\necho '0, A GPU, 6 MiB'; echo '1, Another, 8 MiB'; exit {status}\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert machine.gpus() == lines
