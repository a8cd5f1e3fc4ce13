"""A microphone that keeps running: a sound device or a wav file behind one interface.

Each source owns the thread or device callback that fills a queue of 20 ms blocks; one thread
reads. Knows nothing of ROS and of what the sound means; times are of the steady clock.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from tml_ros.devices.captured_block import (
    CapturedBlock,
    MicrophoneAbsentError,
    MicrophoneSourceError,
    MicrophoneStatus,
)
from tml_ros.devices.device_microphone import DeviceMicrophone
from tml_ros.devices.portaudio import DeviceAbsentError, SoundDeviceError
from tml_ros.devices.source_names import names_sound_file
from tml_ros.devices.wav_file import WavFileError
from tml_ros.devices.wav_microphone import WavMicrophone


class MicrophoneSource(Protocol):
    """What every microphone offers; all of it from any thread, `read` from one."""

    def read(self, timeout_s: float) -> CapturedBlock | None:
        """The next block, 20 ms; None if none comes in time or the source has ended."""

    @property
    def status(self) -> MicrophoneStatus:
        """How the source is doing now."""

    def close(self) -> None:
        """Stop capturing; returns within a second."""


def open_microphone(
    source: int | str,
    *,
    rate: int = 16_000,
    channels: int = 1,
    loop: bool = False,
) -> MicrophoneSource:
    """Start listening to a PortAudio device (name, part of it, or index) or a wav file.

    rate, channels: of the blocks, asked of a device; a file is converted to them.
    loop: start a file over at its end.

    Raises MicrophoneSourceError for a file that is missing, broken or of other channels and where
    PortAudio is missing, MicrophoneAbsentError for a device that is not there.
    """
    if isinstance(source, str) and source.isdecimal():
        source = int(source)
    try:
        if isinstance(source, str) and names_sound_file(source):
            return WavMicrophone(Path(source), rate=rate, channels=channels, loop=loop)
        return DeviceMicrophone(source, rate=rate, channels=channels)
    except WavFileError as problem:
        raise MicrophoneSourceError(str(problem)) from problem
    except DeviceAbsentError as problem:
        raise MicrophoneAbsentError(f"microphone {source!r}: {problem}") from problem
    except SoundDeviceError as problem:
        raise MicrophoneSourceError(f"microphone {source!r}: {problem}") from problem
