"""A loudspeaker behind one interface: a sound device, a wav file, or nothing audible at all.

Every sink owns the thread or device callback that takes sound out of its queue in real time.
Knows nothing of ROS and of what is said.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tml_ros.devices.device_loudspeaker import DeviceLoudspeaker
from tml_ros.devices.loudspeaker_status import (
    LoudspeakerAbsentError,
    LoudspeakerError,
    LoudspeakerStatus,
)
from tml_ros.devices.paced_loudspeaker import PacedLoudspeaker
from tml_ros.devices.portaudio import DeviceAbsentError, SoundDeviceError
from tml_ros.devices.source_names import names_wav_file


class Loudspeaker(Protocol):
    """What every sink offers; all of it may be called from any thread."""

    def write(self, samples: NDArray[np.float32]) -> None:
        """Queue float32 [n], mono, -1..1; a minute may wait, then the oldest gives way."""

    def flush(self) -> None:
        """Forget what is queued: silent within 50 ms. What is written afterwards is played."""

    @property
    def samples_played(self) -> int:
        """Samples that went out since the start, silence in between not counted."""

    @property
    def status(self) -> LoudspeakerStatus:
        """How the sink is doing now."""

    def close(self) -> None:
        """Stop at once and give the device or file back."""


def open_loudspeaker(sink: int | str | None, *, rate: int = 16_000) -> Loudspeaker:
    """Open a PortAudio device (name, part of it, or index), a new `.wav` file, or None for none.

    rate: of the samples that will be written. A wav file's time line is wall time: silence is
    written while nothing is queued. None plays in real time as well, unheard.

    Raises LoudspeakerError for a file that cannot be created and where PortAudio is missing,
    LoudspeakerAbsentError for a device that is not there.
    """
    if isinstance(sink, str) and sink.isdecimal():
        sink = int(sink)
    try:
        if sink is None:
            return PacedLoudspeaker(None, rate=rate)
        if isinstance(sink, str) and names_wav_file(sink):
            return PacedLoudspeaker(Path(sink), rate=rate)
        return DeviceLoudspeaker(sink, rate=rate)
    except OSError as problem:
        raise LoudspeakerError(f"cannot write {sink}: {problem.strerror}") from problem
    except DeviceAbsentError as problem:
        raise LoudspeakerAbsentError(f"loudspeaker {sink!r}: {problem}") from problem
    except SoundDeviceError as problem:
        raise LoudspeakerError(f"loudspeaker {sink!r}: {problem}") from problem
