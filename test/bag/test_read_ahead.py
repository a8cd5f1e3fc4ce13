from __future__ import annotations

import threading

import pytest

from tml_ros.bag.read_ahead import read_ahead


def readers():
    return [thread for thread in threading.enumerate() if thread.name == "read-ahead"]


@pytest.mark.parametrize("together", [1, 3, 2000])
def test_items_keep_their_order_and_the_thread_ends(together):
    assert list(read_ahead(range(1000), depth=4, together=together)) == list(range(1000))
    assert not readers()


def test_no_more_than_depth_items_wait(wait_until):
    made = []

    def source():
        for item in range(100):
            made.append(item)
            yield item

    items = read_ahead(source(), depth=3)
    next(items)
    wait_until(lambda: len(made) >= 5, what="the reader to fill its room")
    # One was given out, three wait, one is in the hands of the producer.
    assert len(made) == 5
    items.close()
    assert not readers()


@pytest.mark.parametrize("together", [1, 5])
def test_the_error_of_the_source_comes_after_what_it_gave(together):
    def source():
        yield 1
        raise ValueError("torn")

    items = read_ahead(source(), depth=8, together=together)
    assert next(items) == 1
    with pytest.raises(ValueError, match="torn"):
        next(items)
    assert not readers()


def test_a_reader_that_stops_early_closes_the_source():
    closed = threading.Event()

    def source():
        try:
            yield from range(10_000)
        finally:
            closed.set()

    items = read_ahead(source(), depth=2)
    assert next(items) == 0
    items.close()
    assert closed.is_set()
    assert not readers()
