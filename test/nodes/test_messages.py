"""Pictures, sound and statuses survive the way through ROS messages; wrong ones are refused."""

from __future__ import annotations

import array

import cv2
import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from builtin_interfaces.msg import Time
from hypothesis import given
from hypothesis import strategies as st
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import CompressedImage
from std_msgs.msg import Int16MultiArray, MultiArrayDimension

from tml_ros.cell.alarm_status import WARN, Status
from tml_ros.nodes.messages import (
    audio_message,
    compressed_image_message,
    frame_of,
    image_message,
    samples_of,
    time_message,
    time_ns,
)
from tml_ros.nodes.status_messages import statuses_message, statuses_of
from tml_ros.turn.audio_format import AudioFormatError
from tml_ros.turn.image_format import ImageFormatError

STAMP = 1_700_000_000_123_456_789


def _carried(message):
    """What arrives when the message is sent."""
    return deserialize_message(serialize_message(message), type(message))


def _picture(height=48, width=64):
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


@given(st.integers(0, 2**31 - 1), st.integers(0, 999_999_999))
def test_time_survives(seconds, nanoseconds):
    message = time_message(seconds * 1_000_000_000 + nanoseconds)
    assert message == Time(sec=seconds, nanosec=nanoseconds)
    assert time_ns(message) == seconds * 1_000_000_000 + nanoseconds


def test_time_before_the_epoch_is_the_epoch():
    assert time_message(-5) == Time()


def test_a_picture_survives_with_its_stamp():
    rgb = _picture()
    frame = frame_of(_carried(image_message(rgb, STAMP, "front")), "front")
    assert (frame.camera, frame.stamp_ns) == ("front", STAMP)
    np.testing.assert_array_equal(frame.rgb, rgb)


def test_part_of_a_picture_is_sent_as_it_looks():
    part = _picture()[4:20, 8:40]
    np.testing.assert_array_equal(frame_of(image_message(part, STAMP, ""), "").rgb, part)


def test_an_rgb8_picture_is_read_where_it_lies():
    message = _carried(image_message(_picture(), STAMP, "front"))
    frame = frame_of(message, "front")
    assert np.shares_memory(frame.rgb, np.frombuffer(message.data, np.uint8))
    assert not frame.rgb.flags.writeable


def test_a_compressed_picture_is_decoded():
    rgb = _picture()
    png = cv2.imencode(".png", rgb[..., ::-1])[1]
    message = _carried(compressed_image_message(png, "png", STAMP, "front"))
    assert isinstance(message, CompressedImage)
    frame = frame_of(message, "front")
    assert frame.stamp_ns == STAMP
    np.testing.assert_array_equal(frame.rgb, rgb)


@pytest.mark.parametrize("picture", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)])
def test_what_is_no_rgb_picture_is_not_sent(picture):
    with pytest.raises(ImageFormatError, match=r"expected uint8 \[h, w, 3\]"):
        image_message(picture, STAMP, "front")


@pytest.mark.parametrize(
    "changes",
    [
        {"encoding": "smell8"},
        {"data": array.array("B", bytes(9))},
        {"data": array.array("B")},
        {"step": 5},
        {"height": 4_000_000_000},
    ],
)
def test_a_broken_picture_is_a_named_error(changes):
    message = image_message(_picture(), STAMP, "front")
    for name, value in changes.items():
        setattr(message, name, value)
    with pytest.raises(ImageFormatError):
        frame_of(_carried(message), "front")


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff\xe0 half a jpeg"])
def test_broken_compressed_pictures_are_a_named_error(data):
    with pytest.raises(ImageFormatError):
        frame_of(CompressedImage(format="jpeg", data=data), "front")


@pytest.mark.parametrize("shape", [(320,), (320, 1), (320, 4)])
def test_sound_survives(shape):
    samples = np.random.default_rng(2).integers(-32768, 32768, shape).astype(np.int16)
    message = _carried(audio_message(samples))
    assert {dim.label: dim.size for dim in message.layout.dim} == {
        "frames": 320,
        "channels": samples.size // 320,
    }
    carried = samples_of(message, channels=samples.size // 320)
    np.testing.assert_array_equal(carried, samples.reshape(320, -1))


def test_float_sound_is_rounded_and_clipped():
    message = audio_message(np.array([0.0, 1.0, -1.0, 2.0, 0.5], np.float32))
    assert list(message.data) == [0, 32767, -32768, 32767, 16384]


def test_no_sound_is_a_message_too():
    message = _carried(audio_message(np.zeros(0, np.float32)))
    assert samples_of(message, channels=1).shape == (0, 1)


def test_sound_without_dimensions_is_interleaved_as_configured():
    message = Int16MultiArray(data=[1, 2, 3, 4])
    np.testing.assert_array_equal(samples_of(message, channels=2), [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("count", "dimensions", "channels"),
    [
        (4, {"frames": 4, "channels": 1}, 2),
        (4, {"frames": 3, "channels": 1}, 1),
        (5, {}, 2),
        (0, {"frames": 2, "channels": 1}, 1),
    ],
)
def test_sound_that_contradicts_itself_is_a_named_error(count, dimensions, channels):
    message = Int16MultiArray(data=[0] * count)
    message.layout.dim = [
        MultiArrayDimension(label=label, size=size) for label, size in dimensions.items()
    ]
    with pytest.raises(AudioFormatError):
        samples_of(message, channels=channels)


def test_statuses_survive():
    statuses = [
        Status(level, f"press/guardian: {level}", "says", "press", {"a": "1", "ö": ""})
        for level in range(WARN + 3)
    ]
    message = _carried(statuses_message(statuses, STAMP))
    assert time_ns(message.header.stamp) == STAMP
    assert statuses_of(message) == statuses
