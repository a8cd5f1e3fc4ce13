"""The words of sound capture: a captured block, how its source is doing, and its named error.

Types only. Times are of the steady clock (`time.monotonic_ns`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.devices.source_state import SourceState

BLOCK_MS = 20
"""Length of a block; 50 of them are the second that may wait for a reader."""
BLOCKS_WAITING = 50


class MicrophoneSourceError(ValueError):
    """A microphone or wav file that cannot be opened; the message says which and what to do."""


class MicrophoneAbsentError(MicrophoneSourceError):
    """The sound device is not there or refuses now; it may be plugged in later."""


@dataclass(frozen=True, slots=True)
class CapturedBlock:
    """Consecutive sound as it came from the source.

    samples: int16 [frames, channels], read-only.
    start_ns: steady clock when the first of them was taken.
    """

    samples: NDArray[np.int16]
    start_ns: int


@dataclass(frozen=True, slots=True)
class MicrophoneStatus:
    """How a source is doing.

    blocks: captured so far; dropped: of those, thrown away because nobody read for a second.
    overflows: how often the device itself lost sound.
    retries: attempts to reopen a lost device, in all.
    last_error: why it was lost last, or what is wrong with the file; "" for nothing.
    """

    state: SourceState
    blocks: int = 0
    dropped: int = 0
    overflows: int = 0
    retries: int = 0
    last_error: str = ""

    @property
    def readable(self) -> int:
        """Blocks that were read or still can be."""
        return self.blocks - self.dropped
