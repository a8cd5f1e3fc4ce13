import threading

import numpy as np

from tml_ros.devices.block_queue import BlockQueue
from tml_ros.devices.captured_block import BLOCKS_WAITING, CapturedBlock


def block(number):
    return CapturedBlock(np.zeros((320, 1), np.int16), number)


def test_blocks_come_out_in_order():
    queue = BlockQueue()
    for number in range(5):
        queue.put(block(number))
    assert [queue.get(0).start_ns for _ in range(5)] == list(range(5))
    assert queue.get(0) is None


def test_when_nobody_reads_the_oldest_blocks_give_way_and_are_counted():
    queue = BlockQueue()
    for number in range(BLOCKS_WAITING + 7):
        queue.put(block(number))
    assert (queue.blocks, queue.dropped) == (BLOCKS_WAITING + 7, 7)
    assert queue.get(0).start_ns == 7


def test_a_reader_is_woken_by_a_block_and_by_the_end():
    queue = BlockQueue()
    got = []
    reader = threading.Thread(target=lambda: got.extend([queue.get(30), queue.get(30)]))
    reader.start()
    queue.put(block(1))
    queue.end()
    reader.join(10)
    assert [None if each is None else each.start_ns for each in got] == [1, None]


def test_what_waits_at_the_end_can_still_be_read():
    queue = BlockQueue()
    queue.put(block(1))
    queue.end()
    assert queue.get(0).start_ns == 1
    assert queue.get(30) is None
