"""The mel filters of a session's ears and voice: from 513 frequencies to 80 channels.

Knows nothing of windows, levels or streams. No state; any thread.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.preset import MELS
from tml_ros.turn.micro_turn import SAMPLE_RATE

N_FFT = 1024
FREQUENCIES = N_FFT // 2 + 1
"""513, from 0 to 8 kHz in steps of 15.625 Hz."""
LOWEST_HZ = 80.0
HIGHEST_HZ = 7600.0


@cache
def mel_filters() -> NDArray[np.float32]:
    """float32 [513, 80], read-only: how much of each frequency's magnitude a channel takes.

    Triangles of peak 1 on the mel scale of O'Shaughnessy (Speech Communication, 1987: 2595
    log10(1 + f/700)), the one of HTK. Triangles are not made equal in area, so a steady tone has
    about the same level in every channel.
    """
    edges = channel_edges_hz()
    hz = frequencies_hz()[:, None]
    rising = (hz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hz) / (edges[2:] - edges[1:-1])
    filters = np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)
    filters.flags.writeable = False
    return filters


def frequencies_hz() -> NDArray[np.float64]:
    """float64 [513]."""
    hz: NDArray[np.float64] = np.arange(FREQUENCIES, dtype=np.float64) * (SAMPLE_RATE / N_FFT)
    return hz


def channel_edges_hz() -> NDArray[np.float64]:
    """float64 [82]: channel c rises from edge c to edge c + 1 and falls to edge c + 2."""
    mels = np.linspace(_mel(LOWEST_HZ), _mel(HIGHEST_HZ), MELS + 2)
    edges: NDArray[np.float64] = 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    return edges


def _mel(hz: float) -> Any:  # noqa: ANN401 - a NumPy scalar
    return 2595.0 * np.log10(1.0 + hz / 700.0)
