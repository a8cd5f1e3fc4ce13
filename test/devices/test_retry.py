from tml_ros.devices.retry import Backoff


def test_waits_double_from_half_a_second_to_ten():
    backoff = Backoff()
    assert [backoff.next_s() for _ in range(7)] == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_a_success_starts_the_waits_over():
    backoff = Backoff()
    for _ in range(4):
        backoff.next_s()
    backoff.reset()
    assert backoff.next_s() == 0.5


def test_the_wait_stays_at_ten_seconds_after_months():
    backoff = Backoff()
    assert {backoff.next_s() for _ in range(5_000)} == {0.5, 1.0, 2.0, 4.0, 8.0, 10.0}
