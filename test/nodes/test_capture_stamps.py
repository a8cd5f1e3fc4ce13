import pytest

from tml_ros.nodes.capture_stamps import CaptureStamps

MS = 1_000_000
AHEAD = 5_000_000 * MS


def stamps_at(readings):
    """Stamps of captures 1 ms before each reading; a reading is how far the node's clock is off."""
    stamps = CaptureStamps()
    return [
        stamps.stamp_ns(
            1_000 * MS * index - MS,
            steady_ns=1_000 * MS * index,
            node_ns=1_000 * MS * index + AHEAD + off,
        )
        - (1_000 * MS * index - MS + AHEAD)
        for index, off in enumerate(readings, start=1)
    ]


@pytest.mark.parametrize(
    ("readings_ms", "errors_ms"),
    [
        ([0, 4, -4, 1], [0, 0, 0, 0]),
        ([0, 30, 0, 30, 0], [0, 0, 0, 0, 0]),
        ([0, 60_000, 60_000, 60_000], [0, 0, 60_000, 60_000]),
        ([0, -3_000, -3_001, -3_000], [0, 0, -3_001, -3_001]),
        ([0, 3, 6, 7, 8], [0, 0, 0, 7, 7]),
    ],
    ids=["jitter", "a thread that had to wait", "set forward", "set back", "drift"],
)
def test_one_offset_holds_until_the_clocks_really_differ(readings_ms, errors_ms):
    errors = stamps_at([reading * MS for reading in readings_ms])
    assert errors == [error * MS for error in errors_ms]
