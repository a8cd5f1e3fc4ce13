"""Readings come out of a chunk as they went in, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.background.reading_chunk import ChunkError, pack, unpack


@given(
    st.lists(
        st.tuples(st.integers(0, 2**62), st.floats(allow_nan=False)),
        min_size=1,
        max_size=50,
        unique_by=lambda reading: reading[0],
    ).map(sorted)
)
def test_readings_survive_bit_for_bit(readings):
    stamps, values = zip(*readings, strict=True)
    stamps, values = np.array(stamps, np.int64), np.array(values, np.float64)
    found_stamps, found = unpack(pack(stamps, values))
    np.testing.assert_array_equal(found_stamps, stamps)
    assert found.tobytes() == values.tobytes()


def test_steady_readings_of_a_coarse_sensor_take_few_bytes():
    stamps = 1_800_000_000_000_000_000 + np.arange(600, dtype=np.int64) * 100_000_000
    values = np.round(20 + np.sin(np.arange(600) / 60), 1)
    assert len(pack(stamps, values)) < 600 * 4


@pytest.mark.parametrize(
    "chunk", [b"", b"\x00", b"\x01nonsense", b"\x00" + b"x" * 17, b"\x02" * 17]
)
def test_other_bytes_are_a_named_error(chunk):
    with pytest.raises(ChunkError):
        unpack(chunk)
