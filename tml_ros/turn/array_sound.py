"""Sound as std_msgs/Int16MultiArray carries it: what the dimensions say of the samples.

Knows nothing of message libraries: it is given the fields. Stateless; any thread.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tml_ros.turn.audio_format import AudioFormatError


def array_sound(
    data: NDArray[np.int16], *, offset: int, sizes: Mapping[str, int], channels: int
) -> NDArray[np.int16]:
    """The sound in an array: int16 [frames, channels], a view of `data`.

    offset: samples to pass over. sizes: of the dimensions by label, "frames" and "channels";
    without them the samples are `channels`, interleaved.

    Raises AudioFormatError where dimensions, samples and `channels` disagree.
    """
    carried = sizes.get("channels", channels)
    if carried != channels:
        raise AudioFormatError(f"message carries {carried} channels, configured are {channels}")
    available = max(0, len(data) - offset)
    frames = sizes.get("frames", available // channels)
    if available != frames * channels:
        raise AudioFormatError(
            f"message carries {available} samples, {frames} frames of {channels} channels "
            f"are {frames * channels}"
        )
    return data[offset:].reshape(frames, channels)
