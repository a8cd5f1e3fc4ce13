import queue
import threading

import pytest

from tml_ros.nodes.pump import Pump, PumpError


def reader(source):
    def read(timeout):
        try:
            return source.get(timeout=timeout)
        except queue.Empty:
            return None

    return read


def test_what_is_read_is_carried_in_order(wait_until):
    source, carried = queue.Queue(), []
    pump = Pump("pump", reader(source), carried.append)
    for number in range(20):
        source.put(number)
    wait_until(lambda: len(carried) == 20)
    assert carried == list(range(20))
    pump.check()
    assert pump.close()


def test_a_closed_pump_carries_no_more():
    source, carried = queue.Queue(), []
    pump = Pump("pump", reader(source), carried.append)
    assert pump.close()
    source.put(1)
    assert carried == []


@pytest.mark.parametrize("failing", ["read", "carry"])
def test_a_failure_is_told_to_who_checks(failing, wait_until):
    def fail(_):
        raise RuntimeError("no room")

    failed = threading.Event()

    def check():
        try:
            pump.check()
        except PumpError:
            failed.set()
        return failed.is_set()

    read, carry = (fail, print) if failing == "read" else (lambda _: 1, fail)
    pump = Pump("camera", read, carry)
    wait_until(check)
    with pytest.raises(PumpError, match="camera has failed: no room"):
        pump.check()
    assert pump.close()


def test_a_pump_that_cannot_hand_on_is_stuck_until_it_can(wait_until):
    source, go_on = queue.Queue(), threading.Event()
    pump = Pump("pump", reader(source), lambda _: go_on.wait(30))
    assert not pump.stuck(0.0)
    source.put(1)
    wait_until(lambda: pump.stuck(0.05))
    go_on.set()
    wait_until(lambda: not pump.stuck(0.0))
    assert pump.close()
