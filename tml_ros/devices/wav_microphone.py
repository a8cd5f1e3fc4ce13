"""A wav file that sounds in real time, as a microphone would deliver it.

Owns one pacing thread. A block is handed over when its last sample is due, as a device does.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

from tml_ros.devices.block_queue import BlockQueue
from tml_ros.devices.captured_block import (
    BLOCK_MS,
    CapturedBlock,
    MicrophoneSourceError,
    MicrophoneStatus,
)
from tml_ros.devices.playback_clock import PlaybackClock, Verdict
from tml_ros.devices.source_state import SourceState
from tml_ros.devices.wav_blocks import WavBlocks
from tml_ros.devices.wav_file import WavFile


class WavMicrophone:
    """Plays a wav file in 20 ms blocks from the moment it is opened.

    Raises WavFileError for a missing or broken file, MicrophoneSourceError where its channels
    cannot become those asked for. A file shorter than its header says is played as far as it goes
    and reported in `status.last_error`.
    """

    def __init__(self, path: Path, *, rate: int, channels: int, loop: bool) -> None:
        """Open the file and start to play it."""
        self._wav = WavFile(path)
        self._rate = rate
        self._frames = rate * BLOCK_MS // 1_000
        self._problem = ""
        if self._wav.missing:
            self._problem = f"{path} is cut short: {self._wav.missing} frames are missing"
        try:
            self._blocks = WavBlocks(self._wav, rate=rate, channels=channels, loop=loop)
        except ValueError as problem:
            self._wav.close()
            raise MicrophoneSourceError(f"{path}: {problem}") from problem
        self._state = SourceState.RUNNING
        self._queue = BlockQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wav-microphone", daemon=True)
        self._thread.start()

    @property
    def status(self) -> MicrophoneStatus:
        """How the file is doing."""
        return MicrophoneStatus(
            self._state, self._queue.blocks, self._queue.dropped, last_error=self._problem
        )

    def read(self, timeout_s: float) -> CapturedBlock | None:
        """The next block; None if none comes in time or the file has ended."""
        return self._queue.get(timeout_s)

    def close(self) -> None:
        """Stop playing."""
        self._stopping.set()
        self._thread.join(1.0)
        self._state = SourceState.CLOSED

    def _run(self) -> None:
        try:
            self._play()
        except OSError as problem:
            self._problem = f"reading stopped: {problem}"
        finally:
            self._wav.close()
            self._state = SourceState.ENDED
            self._queue.end()

    def _play(self) -> None:
        clock = PlaybackClock(time.monotonic_ns())
        position = 0
        while (samples := self._blocks.read(self._frames)) is not None:
            end_ns = (position + len(samples)) * 1_000_000_000 // self._rate
            # Sound that is late is still handed over: unlike a picture, it cannot be left out.
            while clock.judge(end_ns, time.monotonic_ns()) is Verdict.WAIT:
                wait_ns = clock.due_ns(end_ns) - time.monotonic_ns()
                if self._stopping.wait(max(0, wait_ns) / 1e9):
                    return
            if self._stopping.is_set():
                return
            samples.flags.writeable = False
            start_ns = clock.due_ns(position * 1_000_000_000 // self._rate)
            self._queue.put(CapturedBlock(samples, start_ns))
            position += len(samples)
