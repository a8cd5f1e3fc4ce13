"""Pictures and sound in recorded messages: where the bytes are, and what form they have.

Knows nothing of cells, names or time. The arrays given out are views of the message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.bag.topic_match import AUDIO_DATA_STAMPED, COMPRESSED_IMAGE, INT16_ARRAY, RAW_AUDIO
from tml_ros.turn.array_sound import array_sound
from tml_ros.turn.audio_format import AudioEncoding, AudioFormatError
from tml_ros.turn.image_format import compressed_to_rgb, image_to_rgb

RAW_AUDIO_FORMATS = {"pcm-s16": AudioEncoding.S16}


@dataclass(frozen=True, slots=True)
class RecordedSound:
    """Interleaved sound of one message.

    data: uint8, or int16 [frames, channels]. stamp_ns: start as the message says, None where it
    does not.
    """

    data: NDArray[Any]
    rate: int
    channels: int
    encoding: AudioEncoding
    stamp_ns: int | None = None


def picture_of(message: Any, msgtype: str) -> NDArray[np.uint8]:  # noqa: ANN401
    """The picture in an Image or CompressedImage, uint8 [h, w, 3] RGB. Raises ImageFormatError."""
    if msgtype == COMPRESSED_IMAGE:
        return compressed_to_rgb(message.data)
    return image_to_rgb(
        message.data,
        height=message.height,
        width=message.width,
        encoding=message.encoding,
        step=message.step,
        is_bigendian=bool(message.is_bigendian),
    )


def sound_of(message: Any, msgtype: str, *, rate: int, channels: int) -> RecordedSound:  # noqa: ANN401
    """The sound in a message; `rate` and `channels` where the message does not say.

    Raises AudioFormatError where the message contradicts itself or holds another coding than PCM.
    """
    if msgtype == RAW_AUDIO:
        encoding = RAW_AUDIO_FORMATS.get(message.format)
        if encoding is None:
            allowed = ", ".join(RAW_AUDIO_FORMATS)
            raise AudioFormatError(f"RawAudio of format {message.format!r}, allowed: {allowed}")
        rate, channels = message.sample_rate, message.number_of_channels
        stamp_ns = header_ns(message.timestamp)
        return RecordedSound(message.data, rate, channels, encoding, stamp_ns)
    if msgtype == AUDIO_DATA_STAMPED:
        stamp_ns = header_ns(message.header.stamp)
        return RecordedSound(message.audio.data, rate, channels, AudioEncoding.S16, stamp_ns)
    if msgtype != INT16_ARRAY:
        raise AudioFormatError(f"{msgtype} is no sound")
    samples = array_sound(
        message.data,
        offset=message.layout.data_offset,
        sizes={dimension.label: dimension.size for dimension in message.layout.dim},
        channels=channels,
    )
    return RecordedSound(samples, rate, channels, AudioEncoding.S16)


def header_ns(stamp: Any) -> int:  # noqa: ANN401
    """builtin_interfaces/Time as nanoseconds."""
    return int(stamp.sec) * 1_000_000_000 + int(stamp.nanosec)
