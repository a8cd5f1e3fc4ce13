"""Callbacks enqueue, one thread works: order, bounds, counters, failures, the end."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.nodes.worker import Lane, LaneCounts, Worker


class _Gate:
    """A handler that holds the worker until opened, and notes what it was given."""

    def __init__(self):
        self.open = threading.Event()
        self.entered = threading.Event()
        self.seen = []

    def __call__(self, item):
        self.entered.set()
        assert self.open.wait(10)
        self.seen.append(item)


def _never(lane, error):
    raise AssertionError((lane, error))


def test_items_are_handled_in_order_of_arrival_across_lanes(wait_until):
    gate = _Gate()
    worker = Worker("t", {"a": Lane(gate, 9), "b": Lane(gate, 9)}, on_failure=_never)
    for number in range(8):
        worker.put("ab"[number % 2], number)
    gate.open.set()
    wait_until(lambda: len(gate.seen) == 8)
    assert gate.seen == list(range(8))
    assert worker.close()


def test_a_full_lane_drops_its_oldest_item_and_counts_it(wait_until):
    gate = _Gate()
    worker = Worker("t", {"image": Lane(gate, 2), "audio": Lane(gate, 5)}, on_failure=_never)
    worker.put("image", "in progress")
    assert gate.entered.wait(10)
    for number in range(5):
        worker.put("image", number)
        worker.put("audio", f"sound {number}")
    assert worker.counts()["image"] == LaneCounts(received=6, dropped=3, waiting=2)
    assert worker.counts()["audio"] == LaneCounts(received=5, waiting=5)
    gate.open.set()
    wait_until(lambda: len(gate.seen) == 8)
    assert [item for item in gate.seen if isinstance(item, int)] == [3, 4]
    worker.close()


def test_a_handler_that_raises_costs_only_its_item(wait_until):
    failures = []
    worker = Worker(
        "t", {"n": Lane(lambda n: 1 / n, 9)}, on_failure=lambda *what: failures.append(what)
    )
    for number in (1, 0, 2):
        worker.put("n", number)
    wait_until(lambda: worker.counts()["n"].handled == 2)
    assert worker.counts()["n"] == LaneCounts(received=3, handled=2, failed=1)
    assert [(lane, type(error)) for lane, error in failures] == [("n", ZeroDivisionError)]
    worker.close()


def test_closing_finishes_the_item_in_progress_and_leaves_the_rest():
    gate = _Gate()
    worker = Worker("t", {"n": Lane(gate, 9)}, on_failure=_never)
    worker.put("n", "first")
    assert gate.entered.wait(10)
    worker.put("n", "second")
    assert not worker.close(0.01)
    gate.open.set()
    assert worker.close()
    worker.put("n", "third")
    assert gate.seen == ["first"]


def test_a_lane_without_room_is_refused():
    with pytest.raises(ValueError, match="'n' must hold"):
        Worker("t", {"n": Lane(print, 0)}, on_failure=_never)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from("abc"), max_size=60), st.integers(1, 5))
def test_every_item_is_handled_dropped_or_left(lanes, depth):
    seen = []
    worker = Worker("t", {name: Lane(seen.append, depth) for name in "abc"}, on_failure=_never)
    for number, lane in enumerate(lanes):
        worker.put(lane, number)
    assert worker.close()
    counts = worker.counts().values()
    assert sum(lane.received for lane in counts) == len(lanes)
    assert sum(lane.handled for lane in counts) == len(seen)
    assert sum(lane.handled + lane.dropped + lane.waiting for lane in counts) == len(lanes)
    assert seen == sorted(seen)


def test_a_worker_that_is_busy_with_one_thing_for_long_is_stuck_until_it_is_done(wait_until):
    go_on = threading.Event()
    worker = Worker("w", {"a": Lane(lambda _: go_on.wait(30), 1)}, on_failure=lambda *_: None)
    assert not worker.stuck(0.0)
    worker.put("a", None)
    wait_until(lambda: worker.stuck(0.05))
    assert not worker.stuck(1_000.0)
    go_on.set()
    wait_until(lambda: not worker.stuck(0.0))
    worker.close()
