"""The words of picture capture: a captured frame, how its source is doing, and its named error.

Types only. Times are of the steady clock (`time.monotonic_ns`); whoever publishes a frame maps
them to a clock of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.devices.source_state import SourceState


class CameraSourceError(ValueError):
    """A source that cannot be opened or read; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """One picture as it came from the source.

    rgb: uint8 [height, width, 3], RGB, read-only.
    captured_ns: steady clock when the picture was taken; for a file the moment it was due.
    offset_ns: media time since the first frame, going on across loops; for a live source the
        steady time since its first frame.
    """

    rgb: NDArray[np.uint8]
    captured_ns: int
    offset_ns: int


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """How a source is doing.

    since_ns: steady clock when `state` was entered.
    frames: delivered so far; replaced: of those, never read because a newer one came first.
    skipped: not delivered because playback had fallen behind or the picture was broken.
    retries: attempts to reopen a lost source, in all.
    last_error: why it was lost last, "" when it never was.
    """

    state: SourceState
    since_ns: int
    frames: int = 0
    replaced: int = 0
    skipped: int = 0
    retries: int = 0
    last_error: str = ""

    @property
    def readable(self) -> int:
        """Frames that were read or still can be."""
        return self.frames - self.replaced
