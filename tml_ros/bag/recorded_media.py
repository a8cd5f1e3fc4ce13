"""Pictures and sound in recorded messages: where the bytes are, and what form they have.

Knows nothing of cells, names or time. The arrays given out are views of the message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.bag.topic_match import AUDIO_DATA_STAMPED, COMPRESSED_IMAGE, INT16_ARRAY, RAW_AUDIO
from tml_ros.turn.audio_format import AudioEncoding, AudioFormatError
from tml_ros.turn.image_format import compressed_to_rgb, image_to_rgb

RAW_AUDIO_FORMATS = {"pcm-s16": AudioEncoding.S16}


@dataclass(frozen=True, slots=True)
class RecordedSound:
    """Interleaved sound of one message.

    data: uint8 or int16 [frames * channels samples]. stamp_ns: start as the message says, None
    where it does not.
    """

    data: NDArray[Any]
    frames: int
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
        frames = _whole_frames(len(message.data), 2 * channels)
        return RecordedSound(
            message.data, frames, rate, channels, encoding, header_ns(message.timestamp)
        )
    if msgtype == AUDIO_DATA_STAMPED:
        data = message.audio.data
        frames = _whole_frames(len(data), 2 * channels)
        stamp_ns = header_ns(message.header.stamp)
        return RecordedSound(data, frames, rate, channels, AudioEncoding.S16, stamp_ns)
    if msgtype != INT16_ARRAY:
        raise AudioFormatError(f"{msgtype} is no sound")
    sizes = {dimension.label: dimension.size for dimension in message.layout.dim}
    if sizes.get("channels", channels) != channels:
        raise AudioFormatError(
            f"message carries {sizes['channels']} channels, the cell says {channels}"
        )
    samples = message.data[message.layout.data_offset :]
    frames = _whole_frames(len(samples), channels)
    if sizes.get("frames", frames) != frames:
        raise AudioFormatError(f"message says {sizes['frames']} frames and carries {frames}")
    return RecordedSound(samples, frames, rate, channels, AudioEncoding.S16)


def header_ns(stamp: Any) -> int:  # noqa: ANN401
    """builtin_interfaces/Time as nanoseconds."""
    return int(stamp.sec) * 1_000_000_000 + int(stamp.nanosec)


def _whole_frames(size: int, frame: int) -> int:
    if frame <= 0 or size % frame:
        raise AudioFormatError(f"{size} bytes or samples do not divide into frames of {frame}")
    return size // frame
