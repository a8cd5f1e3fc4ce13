"""What a process takes is read of the real one, and a slope is told as one would draw it."""

from __future__ import annotations

import os
import threading

import pytest

from tml_ros.bench.soak_figures import KEPT, Series, process_figures, slope_per_hour

HOUR = 3_600_000_000_000


def test_the_figures_of_this_process_change_with_what_it_takes(tmp_path):
    before = process_figures(os.getpid())
    held = bytearray(64_000_000)
    held[:: os.sysconf("SC_PAGE_SIZE")] = b"\1" * len(held[:: os.sysconf("SC_PAGE_SIZE")])
    ending = threading.Event()
    threads = [threading.Thread(target=ending.wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    files = [(tmp_path / str(i)).open("w") for i in range(4)]
    after = process_figures(os.getpid())
    ending.set()
    for thread in threads:
        thread.join()
    for file in files:
        file.close()
    assert before is not None
    assert after is not None
    assert after.resident - before.resident > 50_000_000
    assert after.descriptors - before.descriptors == 4
    assert after.threads - before.threads == 3


def test_of_a_process_that_is_gone_there_is_nothing_to_tell():
    assert process_figures(2**22 + 1) is None


def test_a_steady_rise_has_its_slope_and_a_level_has_none():
    times = [i * HOUR // 60 for i in range(61)]
    assert slope_per_hour(times, [5 + 2 * i / 60 for i in range(61)]) == pytest.approx(2.0)
    assert slope_per_hour(times, [7.0] * 61) == 0.0
    assert slope_per_hour([5, 5], [1.0, 2.0]) == 0.0


def test_the_warming_up_is_left_out_of_growth():
    series = Series()
    for i in range(100):
        series.add(i * HOUR // 100, min(i, 25))
    growth = series.growth()
    assert growth is not None
    assert (growth.first, growth.last, growth.most, growth.halfway) == (25, 25, 25, 25)
    assert growth.per_hour == 0.0


def test_however_long_it_lasts_only_so_much_is_kept_and_the_slope_stays():
    series = Series()
    for i in range(20 * KEPT):
        series.add(i * 1_000_000_000, i)
    growth = series.growth()
    assert growth is not None
    assert growth.per_hour == pytest.approx(3_600, rel=0.01)
    assert len(series) <= KEPT


def test_too_few_figures_tell_no_growth():
    assert Series().growth() is None
