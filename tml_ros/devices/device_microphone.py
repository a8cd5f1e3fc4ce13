"""A microphone of the sound system, by PortAudio.

PortAudio's own thread calls back with each block; a second, owned thread reopens a lost device.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.devices.block_queue import BlockQueue
from tml_ros.devices.captured_block import BLOCK_MS, CapturedBlock, MicrophoneStatus
from tml_ros.devices.portaudio import DeviceAbsentError, DeviceStream, KeptStream, load_portaudio
from tml_ros.devices.source_state import SourceState


class DeviceMicrophone:
    """Captures int16 from a device by index, or by a name or part of one.

    Raises SoundDeviceError where PortAudio is missing, DeviceAbsentError where the device is, or
    where it refuses the rate or the channels.
    """

    def __init__(self, device: int | str, *, rate: int, channels: int) -> None:
        """Open and start the device."""
        self._device = device
        self._rate = rate
        self._channels = channels
        self._overflows = 0
        self._queue = BlockQueue()
        self._closed = False
        self._stream = KeptStream(self._open)

    @property
    def status(self) -> MicrophoneStatus:
        """How the device is doing."""
        stream = self._stream.status
        state = SourceState.LOST if stream.lost else SourceState.RUNNING
        return MicrophoneStatus(
            SourceState.CLOSED if self._closed else state,
            self._queue.blocks,
            self._queue.dropped,
            self._overflows,
            stream.retries,
            stream.last_error,
        )

    def read(self, timeout_s: float) -> CapturedBlock | None:
        """The next block; None if none comes in time."""
        return self._queue.get(timeout_s)

    def close(self) -> None:
        """Give the device back."""
        self._stream.close()
        self._closed = True
        self._queue.end()

    def _open(self) -> DeviceStream:
        sound = load_portaudio()
        try:
            stream: DeviceStream = sound.InputStream(
                device=self._device,
                samplerate=self._rate,
                channels=self._channels,
                dtype="int16",
                blocksize=self._rate * BLOCK_MS // 1_000,
                latency="low",
                callback=self._take,
            )
        except (ValueError, sound.PortAudioError) as problem:
            raise DeviceAbsentError(
                f"cannot capture {self._channels} channels at {self._rate} Hz: {problem}; "
                f"`python -m sounddevice` lists the devices"
            ) from problem
        return stream

    def _take(self, block: NDArray[np.int16], frames: int, times: Any, flags: Any) -> None:  # noqa: ANN401 - PortAudio's own structures
        now_ns = time.monotonic_ns()
        age_s = times.currentTime - times.inputBufferAdcTime
        if not frames / self._rate <= age_s < 1.0:
            # Not every sound system tells when a block was taken.
            age_s = frames / self._rate
        self._overflows += bool(flags.input_overflow)
        samples = block.copy()
        samples.flags.writeable = False
        self._queue.put(CapturedBlock(samples, now_ns - round(age_s * 1e9)))
