"""Work in several processes ends when it is to end, and takes its processes with it."""

from __future__ import annotations

import math
import multiprocessing
import os
import threading
import time
from concurrent.futures.process import BrokenProcessPool

import pytest

from tml_ros.bench.evaluation.work_pool import spread

# What other processes are to do must be found by them, which no function of a test is.


@pytest.fixture
def run(tmp_path):
    def start(work, items, *, ending=None):
        return spread(
            work,
            items,
            workers=2,
            begin=os.chdir,
            begin_with=(tmp_path,),
            ending=ending or threading.Event(),
        )

    return start


def test_every_item_comes_with_what_came_of_it(run, tmp_path):
    names = [f"file_{number}" for number in range(7)]
    assert dict(run(os.path.abspath, names)) == {name: str(tmp_path / name) for name in names}
    assert not multiprocessing.active_children()


def test_what_is_under_way_is_given_up_at_the_end(run):
    ending = threading.Event()
    threading.Timer(0.3, ending.set).start()
    began = time.monotonic()
    assert list(run(time.sleep, [100.0, 101.0, 102.0], ending=ending)) == []
    assert time.monotonic() - began < 50
    assert not multiprocessing.active_children()


def test_who_stops_listening_ends_it(run):
    results = run(time.sleep, [0.0, 100.0, 101.0])
    assert next(results) == (0.0, None)
    results.close()
    assert not multiprocessing.active_children()


def test_an_error_of_the_work_ends_it(run):
    with pytest.raises(ValueError, match="math domain error"):
        list(run(math.sqrt, [4.0, -1.0, 100.0]))
    assert not multiprocessing.active_children()


def test_a_process_that_dies_is_told_of(run):
    with pytest.raises(BrokenProcessPool):
        list(run(os._exit, [1, 1, 1]))
    assert not multiprocessing.active_children()
