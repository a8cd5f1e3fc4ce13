"""A loudspeaker without a device: sound leaves the queue at the pace of the steady clock.

Owns one thread, which alone touches the wav file.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tml_ros.devices.loudspeaker_status import QUEUE_S, LoudspeakerStatus
from tml_ros.devices.sample_queue import SampleQueue
from tml_ros.devices.wav_writer import WavWriter

TICK_S = 0.01
"""How much sound is committed at a time, and so how long a flush may take."""


class PacedLoudspeaker:
    """Plays into a new wav file, or into nothing.

    The file's time line is wall time since it was opened. A disk that fills up is reported in
    `status`; playing goes on unrecorded.

    Raises OSError where the file cannot be created.
    """

    def __init__(self, path: Path | None, *, rate: int) -> None:
        """Create the file and start the time line."""
        self._rate = rate
        self._file = None if path is None else WavWriter(path, rate=rate)
        self._queue = SampleQueue(QUEUE_S * rate)
        self._played = 0
        self._taken = 0
        self._flushed = 0
        self._dropped = 0
        self._problem = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="paced-loudspeaker", daemon=True)
        self._thread.start()

    def write(self, samples: NDArray[np.float32]) -> None:
        """Queue float32 [n]."""
        self._dropped += self._queue.put(samples)

    def flush(self) -> None:
        """Forget what is queued."""
        self._flushed += self._queue.clear()

    @property
    def samples_played(self) -> int:
        """Samples that went out, silence not counted."""
        return self._played

    @property
    def status(self) -> LoudspeakerStatus:
        """How the sink is doing."""
        return LoudspeakerStatus(
            self._played,
            len(self._queue),
            self._flushed,
            self._dropped,
            lost=bool(self._problem),
            last_error=self._problem,
            taken=self._taken,
        )

    def close(self) -> None:
        """Stop at once and close the file."""
        self._stopping.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        start = time.monotonic()
        gone = 0
        while not self._stopping.wait(TICK_S):
            due = round((time.monotonic() - start) * self._rate) - gone
            # In pieces of a second, so that a long stall does not become one huge block.
            while due > 0:
                piece = min(due, self._rate)
                self._play(piece)
                gone += piece
                due -= piece
        if self._file is not None:
            self._file.close()

    def _play(self, count: int) -> None:
        sound = self._queue.take(count)
        self._played += len(sound)
        self._taken += count
        if self._file is None or self._problem:
            return
        block = np.zeros(count, np.float32)
        block[: len(sound)] = sound
        try:
            self._file.write(block)
        except OSError as problem:
            self._problem = f"the wav file is no longer written: {problem.strerror}"
        if self._file.full:
            self._problem = "the wav file has reached the size its format allows"
