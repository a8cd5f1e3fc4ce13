"""One loudspeaker for two mouths: speech, and warnings that speech gives way to.

The two never sound at once, whatever their senders do, because they meet in one queue. Knows
nothing of who speaks and why. One thread owns it; the sink plays in a thread of its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tml_ros.devices.loudspeaker import Loudspeaker


class YieldingLoudspeaker:
    """Plays on `sink`, which nobody else writes to. Samples are float32 [n], mono, -1..1."""

    def __init__(self, sink: Loudspeaker) -> None:
        """Start silent."""
        self._sink = sink
        self._warning = False
        self.yielded = 0
        """Samples of speech that were left out because a warning was being played."""
        self.warnings = 0
        """Warnings that were begun."""

    @property
    def warning(self) -> bool:
        """Whether a warning is being played."""
        # Nothing but the warning is queued while there is one.
        self._warning = self._warning and self._sink.status.waiting > 0
        return self._warning

    def say(self, samples: NDArray[np.float32]) -> None:
        """Queue speech; while a warning is being played it is left out."""
        if self.warning:
            self.yielded += len(samples)
        else:
            self._sink.write(samples)

    def warn(self, samples: NDArray[np.float32]) -> None:
        """Play this in place of everything else within 50 ms; no samples: be silent.

        What has been queued, speech or another warning, is forgotten.
        """
        self._sink.flush()
        self._warning = len(samples) > 0
        if self._warning:
            self.warnings += 1
            self._sink.write(samples)

    def flush(self) -> None:
        """Forget the speech that is queued; a warning is played to its end all the same."""
        if not self.warning:
            self._sink.flush()
