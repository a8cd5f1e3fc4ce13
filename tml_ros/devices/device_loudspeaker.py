"""A loudspeaker of the sound system, by PortAudio.

PortAudio's own thread takes the sound; a second, owned thread reopens a lost device.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.devices.loudspeaker_status import QUEUE_S, LoudspeakerStatus
from tml_ros.devices.portaudio import DeviceAbsentError, DeviceStream, KeptStream, load_portaudio
from tml_ros.devices.sample_queue import SampleQueue

BLOCK_MS = 10
LATENCY_S = 0.03
FLUSH_S = 0.035
"""A device that buffers more than this is emptied by force on a flush, to be silent in 50 ms."""


class DeviceLoudspeaker:
    """Plays float32 mono on a device by index, or by a name or part of one.

    Played samples are counted when the device takes them, at most its latency before they are
    heard.

    Raises SoundDeviceError where PortAudio is missing, DeviceAbsentError where the device is, or
    where it refuses the rate.
    """

    def __init__(self, device: int | str, *, rate: int) -> None:
        """Open and start the device."""
        self._device = device
        self._rate = rate
        self._queue = SampleQueue(QUEUE_S * rate)
        self._played = 0
        self._taken = 0
        self._flushed = 0
        self._dropped = 0
        self._stream = KeptStream(self._open)

    def write(self, samples: NDArray[np.float32]) -> None:
        """Queue float32 [n]."""
        self._dropped += self._queue.put(samples)

    def flush(self) -> None:
        """Forget what is queued, and what the device holds where that is too much."""
        self._flushed += self._queue.clear()
        self._stream.forget_buffered(above_s=FLUSH_S)

    @property
    def samples_played(self) -> int:
        """Samples that the device took, silence not counted."""
        return self._played

    @property
    def status(self) -> LoudspeakerStatus:
        """How the device is doing."""
        stream = self._stream.status
        return LoudspeakerStatus(
            self._played,
            len(self._queue),
            self._flushed,
            self._dropped,
            stream.lost,
            stream.retries,
            stream.last_error,
            self._taken,
        )

    def close(self) -> None:
        """Stop at once and give the device back."""
        self._queue.clear()
        self._stream.close()

    def _open(self) -> DeviceStream:
        sound = load_portaudio()
        try:
            stream: DeviceStream = sound.OutputStream(
                device=self._device,
                samplerate=self._rate,
                channels=1,
                dtype="float32",
                blocksize=self._rate * BLOCK_MS // 1_000,
                latency=LATENCY_S,
                callback=self._give,
            )
        except (ValueError, sound.PortAudioError) as problem:
            raise DeviceAbsentError(
                f"cannot play mono at {self._rate} Hz: {problem}; "
                f"`python -m sounddevice` lists the devices"
            ) from problem
        return stream

    def _give(self, block: NDArray[np.float32], frames: int, times: Any, flags: Any) -> None:  # noqa: ANN401 - PortAudio's own structures
        sound = self._queue.take(frames)
        block[: len(sound), 0] = sound
        block[len(sound) :] = 0.0
        self._played += len(sound)
        self._taken += frames
