"""Measuring ingest gives figures that belong together."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tml_ros.bench.ingest import measure_guardian_load, measure_ingest, moving_pictures
from tml_ros.turn.image_format import ImageFormatError


@pytest.mark.parametrize("encoding", ["rgb8", "bgr8"])
def test_ingest_is_measured_beside_a_plain_copy(encoding):
    result = measure_ingest(frames=20, encoding=encoding)
    values = json.loads(json.dumps(result.as_dict()))
    assert values["encoding"] == encoding
    assert values["frames"] == 20
    assert values["frames_per_second"] > 0
    assert values["ratio"] == pytest.approx(
        values["frames_per_second"] / values["memcpy_frames_per_second"]
    )


def test_the_load_of_a_guardian_is_processor_time_over_media_time():
    result = measure_guardian_load(cameras=2, seconds=1.0, rate=15.0)
    values = json.loads(json.dumps(result.as_dict()))
    assert values["cameras"] == 2
    assert values["media_seconds"] == 1
    assert 0 < values["cpu_seconds"] == values["cpu_share"]
    assert values["slowest_frame_ms"] > 0


def test_the_pictures_move_and_are_the_same_every_time():
    first, again = moving_pictures(3), moving_pictures(3)
    assert np.array_equal(first, again)
    assert not np.array_equal(first[0], first[2])
    assert first[0].shape == (480, 640, 3)


def test_a_mistake_of_the_caller_is_a_named_error():
    with pytest.raises(ValueError, match="frames"):
        measure_ingest(frames=0)
    with pytest.raises(ImageFormatError, match="'jpeg'"):
        measure_ingest(frames=1, encoding="jpeg")
    with pytest.raises(ValueError, match="cameras=0"):
        measure_guardian_load(cameras=0)
