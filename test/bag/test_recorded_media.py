from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from tml_ros.bag.message_types import MessageTypes
from tml_ros.bag.recorded_media import picture_of, sound_of
from tml_ros.bag.standard_messages import StandardMessages
from tml_ros.bag.topic_match import (
    AUDIO_DATA_STAMPED,
    COMPRESSED_IMAGE,
    IMAGE,
    INT16_ARRAY,
    RAW_AUDIO,
)
from tml_ros.turn.audio_format import AudioEncoding, AudioFormatError

STAMP = SimpleNamespace(sec=3, nanosec=5)


@pytest.fixture(scope="module")
def make():
    return StandardMessages(MessageTypes())


def test_a_picture_comes_back_from_an_image_unchanged_and_from_jpeg_nearly(make):
    ramp = np.linspace(0, 255, 48 * 64 * 3).astype(np.uint8).reshape(48, 64, 3)
    image = make.picture(ramp, stamp_ns=0, frame_id="hall")
    assert np.array_equal(picture_of(image, IMAGE), ramp)
    jpeg = make.jpeg(ramp, stamp_ns=0, frame_id="hall")
    assert np.abs(picture_of(jpeg, COMPRESSED_IMAGE).astype(int) - ramp).mean() < 3


def test_sound_of_an_array_is_a_view_with_the_cells_rate(make):
    message = make.sound(np.array([0.25, -0.25], np.float32), channels=2)
    sound = sound_of(message, INT16_ARRAY, rate=48_000, channels=2)
    assert (sound.data.shape, sound.rate) == ((2, 2), 48_000)
    assert sound.encoding is AudioEncoding.S16
    assert np.shares_memory(sound.data, message.data)
    assert sound.stamp_ns is None


def test_stamped_sound_says_when_it_began_and_raw_audio_says_its_form_too():
    data = np.zeros(8, np.uint8)
    stamped = SimpleNamespace(header=SimpleNamespace(stamp=STAMP), audio=SimpleNamespace(data=data))
    sound = sound_of(stamped, AUDIO_DATA_STAMPED, rate=16_000, channels=1)
    assert (sound.data is data, sound.stamp_ns) == (True, 3_000_000_005)
    raw = SimpleNamespace(
        timestamp=STAMP, data=data, format="pcm-s16", sample_rate=44_100, number_of_channels=2
    )
    sound = sound_of(raw, RAW_AUDIO, rate=16_000, channels=1)
    assert (sound.rate, sound.channels, sound.stamp_ns) == (44_100, 2, 3_000_000_005)


def array(samples, *, dims=(), offset=0):
    layout = SimpleNamespace(
        dim=[SimpleNamespace(label=label, size=size) for label, size in dims], data_offset=offset
    )
    return SimpleNamespace(layout=layout, data=np.zeros(samples, np.int16))


@pytest.mark.parametrize(
    ("message", "msgtype", "words"),
    [
        (array(4, dims=[("frames", 2), ("channels", 1)]), INT16_ARRAY, "configured are 2"),
        (array(4, dims=[("frames", 3), ("channels", 2)]), INT16_ARRAY, "3 frames of 2 channels"),
        (array(5), INT16_ARRAY, "carries 5 samples"),
        (
            SimpleNamespace(format="opus", sample_rate=1, number_of_channels=1, data=b""),
            RAW_AUDIO,
            "'opus', allowed: pcm-s16",
        ),
        (array(4), IMAGE, "is no sound"),
    ],
)
def test_sound_that_contradicts_itself_is_a_named_error(message, msgtype, words):
    with pytest.raises(AudioFormatError, match=words):
        sound_of(message, msgtype, rate=16_000, channels=2)
