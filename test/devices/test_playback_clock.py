import pytest

from tml_ros.devices.playback_clock import PlaybackClock, Verdict

MS = 1_000_000


@pytest.mark.parametrize(
    ("now_ms", "verdict"),
    [
        (139, Verdict.WAIT),
        (140, Verdict.SHOW),
        (240, Verdict.SHOW),
        (241, Verdict.SKIP),
        (1_140, Verdict.SKIP),
        (1_141, Verdict.SHOW),
    ],
)
def test_a_frame_due_at_140_ms(now_ms, verdict):
    clock = PlaybackClock(100 * MS)
    assert clock.judge(40 * MS, now_ms * MS) is verdict


def test_after_a_stall_playback_goes_on_from_now():
    clock = PlaybackClock(0)
    assert clock.judge(1_000 * MS, 9_000 * MS) is Verdict.SHOW
    assert clock.due_ns(1_040 * MS) == 9_040 * MS
    assert clock.judge(1_040 * MS, 9_001 * MS) is Verdict.WAIT


def test_skipping_leaves_the_time_line_alone():
    clock = PlaybackClock(0)
    assert clock.judge(100 * MS, 300 * MS) is Verdict.SKIP
    assert clock.due_ns(100 * MS) == 100 * MS
