import threading

from tml_ros.evidence.waiting_lane import MAX_WAITING, WaitingLane


def test_a_stream_fills_its_own_share_and_not_that_of_others():
    lane = WaitingLane(streams=2, limit_bytes=200)
    assert [lane.put("large", i, size=60) for i in range(3)] == [True, False, False]
    assert lane.put("small", 9, size=100)
    assert lane.dropped() == 2
    assert (lane.take(), lane.take()) == (0, 9)
    assert lane.put("large", 3, size=60)


def test_what_is_larger_than_the_share_may_wait_alone():
    lane = WaitingLane(streams=4, limit_bytes=400)
    assert lane.put("camera", 1, size=10_000)
    assert not lane.put("camera", 2, size=1)


def test_the_number_of_things_is_bounded_too():
    lane = WaitingLane(streams=1, limit_bytes=10**9)
    put = [lane.put("alarms", i, size=1, always=True) for i in range(MAX_WAITING + 5)]
    assert sum(put) == MAX_WAITING
    assert lane.dropped() == 5


def test_who_waits_gets_what_comes_and_is_let_go_at_the_end():
    lane = WaitingLane(streams=1, limit_bytes=100)
    taken = []

    def work():
        while (item := lane.take()) is not None:
            taken.append(item)

    thread = threading.Thread(target=work)
    thread.start()
    for number in range(1, 50):
        lane.put("a", number, size=0, always=True)
    lane.close()
    thread.join(10)
    assert taken == list(range(1, 50))
    assert not lane.put("a", 1, size=0)
