from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_reader import open_bag
from tml_ros.bag.bag_writer import BagWriter
from tml_ros.bag.standard_messages import StandardMessages
from tml_ros.bag.topic_match import AUDIO_DATA_STAMPED, IMAGE, INT16_ARRAY, RAW_AUDIO, STRING
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.replay import OperatorText
from tml_ros.cell.replay_bag import BagInputs
from tml_ros.turn.micro_turn import AudioBlock, Frame

MS = 1_000_000
SECOND = 1_000_000_000
START = 100 * SECOND
RGB = np.arange(8 * 6 * 3, dtype=np.uint8).reshape(6, 8, 3)


def cell(cameras=("hall",), microphones=(), **microphone):
    return CellDescription.model_validate(
        {
            "cell": "test",
            "cameras": {name: {} for name in cameras},
            "microphones": dict.fromkeys(microphones, microphone),
        }
    )


@pytest.fixture
def bag_of(tmp_path):
    """`bag_of((topic, msgtype, log_ns, make), ...)`: an open bag of these messages."""
    opened = []

    def write(*messages):
        path = tmp_path / f"bag{len(opened)}.mcap"
        with BagWriter(path) as bag:
            make = StandardMessages(bag.types)
            for topic, msgtype, log_ns, build in messages:
                bag.write(topic, msgtype, log_ns, build(make))
        opened.append(open_bag(path))
        return opened[-1]

    yield write
    for bag in opened:
        bag.close()


def image(topic, log_ns, *, stamp_ns=None):
    stamp_ns = log_ns if stamp_ns is None else stamp_ns
    return (topic, IMAGE, log_ns, lambda m: m.picture(RGB, stamp_ns=stamp_ns, frame_id="hall"))


def audio(topic, log_ns, *, samples=1_600, channels=1):
    quiet = np.full(samples, 0.25, np.float32)
    return (topic, INT16_ARRAY, log_ns, lambda m: m.sound(quiet, channels=channels))


def test_pictures_keep_their_header_stamp_and_come_at_their_log_time(bag_of):
    inputs = BagInputs(bag_of(image("/hall/image", START, stamp_ns=START - 30 * MS)), cell())
    ((given),) = list(inputs)
    assert isinstance(given.content, Frame)
    assert (given.now_ns, given.content.stamp_ns) == (START, START - 30 * MS)
    assert np.array_equal(given.content.rgb, RGB)
    assert inputs.notices == []


@pytest.mark.parametrize("stamp_ns", [0, 5 * SECOND, START + 60 * SECOND])
def test_stamps_of_another_clock_give_way_to_the_log_time_and_it_is_said(bag_of, stamp_ns):
    inputs = BagInputs(bag_of(image("/hall/image", START, stamp_ns=stamp_ns)), cell())
    assert [given.content.stamp_ns for given in inputs] == [START]
    assert "stamped by another clock" in inputs.notices[0]


def test_sound_without_stamps_is_laid_end_to_end(bag_of):
    jitter = (0, 15, 3, 9, 0)
    blocks = [audio("/audio", START + (i * 100 + j) * MS) for i, j in enumerate(jitter)]
    given = [g.content for g in BagInputs(bag_of(*blocks), cell((), ["mic"]))]
    assert all(isinstance(block, AudioBlock) and len(block.samples) == 1_600 for block in given)
    steps = np.diff([block.start_ns for block in given])
    assert np.abs(steps - 100 * MS).max() <= 5 * MS
    assert abs(given[0].start_ns - (START - 100 * MS)) <= 5 * MS


def test_sound_of_another_rate_and_channels_becomes_16_khz_mono(bag_of):
    blocks = [audio("/audio", START + i * 100 * MS, samples=4_800, channels=2) for i in range(10)]
    microphone = {"rate": 48_000, "channels": 2}
    given = [g.content for g in BagInputs(bag_of(*blocks), cell((), ["mic"], **microphone))]
    samples = np.concatenate([block.samples for block in given])
    assert 15_000 <= len(samples) <= 16_000
    assert samples[2_000:].mean() == pytest.approx(0.25, abs=0.01)


def test_messages_with_the_same_stamp_come_in_the_order_of_their_topics(bag_of):
    messages = [image("/hall/image", START), audio("/audio", START), image("/gate/image", START)]
    bag = bag_of(*messages)
    given = BagInputs(bag, cell(("hall", "gate"), ["mic"]))
    assert [g.message.topic for g in given] == ["/audio", "/gate/image", "/hall/image"]


def test_a_namespace_of_the_recording_is_found_and_kept(bag_of):
    bag = bag_of(
        image("/line_2/hall/image", START),
        ("/line_2/text", STRING, START, lambda m: m.string("hello")),
    )
    inputs = BagInputs(bag, cell())
    assert inputs.namespace == "/line_2"
    contents = [g.content for g in inputs]
    assert contents[1] == OperatorText("hello", START)


def test_the_only_image_topic_stands_for_the_only_camera_and_it_is_said(bag_of):
    inputs = BagInputs(bag_of(image("/usb_cam/image_raw", START)), cell())
    assert [g.content.camera for g in inputs] == ["hall"]
    assert "/usb_cam/image_raw is taken for camera 'hall'" in inputs.notices[0]


@pytest.mark.parametrize(
    ("topics", "described", "words"),
    [
        (["/a/image", "/b/image"], cell(), ["'hall/image'", "/a/image", "/b/image", "1 messages"]),
        (["/hall/image"], cell(("hall", "gate")), ["'gate/image'", "camera 'gate'"]),
        (["/x/hall/image", "/y/hall/image"], cell(), ["any of /x/hall/image", "/y/hall/image"]),
        (["/hall/image"], cell(microphones=["mic"]), ["'audio'", "microphone 'mic'", "--audio"]),
    ],
)
def test_a_missing_or_ambiguous_topic_is_an_error_that_lists_the_topics(
    bag_of, topics, described, words
):
    bag = bag_of(*(image(topic, START) for topic in topics))
    with pytest.raises(BagError) as raised:
        BagInputs(bag, described)
    for word in words:
        assert word in str(raised.value)


def test_messages_that_cannot_be_used_are_counted_and_the_others_judged(bag_of):
    def odd(make):
        message = make.picture(RGB, stamp_ns=START, frame_id="hall")
        message.encoding = "bayer_of_tomorrow"
        return message

    bag = bag_of(
        image("/hall/image", START),
        ("/hall/image", IMAGE, START + 1, odd),
        ("/hall/image", IMAGE, START + 2, odd),
        image("/hall/image", START + 3),
    )
    inputs = BagInputs(bag, cell())
    kinds = [type(given.content) for given in inputs]
    assert kinds == [Frame, type(None), type(None), Frame]
    assert "/hall/image: 2 messages could not be used" in inputs.notices[0]
    assert "bayer_of_tomorrow" in inputs.notices[0]


def test_a_damaged_message_is_counted_too(tmp_path):
    path = tmp_path / "damaged.mcap"
    with BagWriter(path) as writer:
        writer.write("/hall/image", IMAGE, START, b"\x00\x01\x00\x00\xff")
    with open_bag(path) as bag:
        inputs = BagInputs(bag, cell())
        assert [given.content for given in inputs] == [None]
        assert "is damaged" in inputs.notices[0]


def test_everything_is_given_when_it_is_to_be_passed_on(bag_of):
    bag = bag_of(
        image("/hall/image", START), ("/rosout", STRING, START + 1, lambda m: m.string("log"))
    )
    assert len(list(BagInputs(bag, cell()))) == 1
    given = list(BagInputs(bag, cell(), everything=True))
    assert [type(g.content) for g in given] == [Frame, type(None)]
    assert given[1].message.topic == "/rosout"


AUDIO_DATA = """std_msgs/Header header
audio_common_msgs/AudioData audio
================================================================================
MSG: audio_common_msgs/AudioData
uint8[] data
"""
RAW = """builtin_interfaces/Time timestamp
uint8[] data
string format
uint32 sample_rate
uint32 number_of_channels
"""


@pytest.mark.parametrize(
    ("msgtype", "definition"), [(AUDIO_DATA_STAMPED, AUDIO_DATA), (RAW_AUDIO, RAW)]
)
def test_stamped_sound_of_other_packages_is_read_by_the_bags_own_definition(
    tmp_path, msgtype, definition
):
    path = tmp_path / "sound.mcap"
    data = np.full(1_600, 8_192, np.int16).view(np.uint8)
    with BagWriter(path) as bag:
        bag.types.learn(msgtype, definition)
        stamp = bag.types.new("builtin_interfaces/msg/Time", sec=99, nanosec=900_000_000)
        if msgtype == RAW_AUDIO:
            rest = {"format": "pcm-s16", "sample_rate": 16_000, "number_of_channels": 1}
            message = bag.types.new(msgtype, timestamp=stamp, data=data, **rest)
        else:
            header = bag.types.new("std_msgs/msg/Header", stamp=stamp, frame_id="")
            message = SimpleNamespace(header=header, audio=SimpleNamespace(data=data))
        bag.write("/audio", msgtype, START, message)
    with open_bag(path) as bag:
        (given,) = list(BagInputs(bag, cell((), ["mic"])))
    assert given.content.start_ns == 99_900_000_000
    assert given.content.samples == pytest.approx(np.full(1_600, 0.25))
