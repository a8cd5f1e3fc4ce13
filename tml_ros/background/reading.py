"""One measured value, and one block of vibration or sound, as the background takes them in.

Knows nothing of where they come from or are kept. Frozen; any thread.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Reading:
    """A value of one quantity of one machine at one time.

    machine: as the cell file names it. quantity: "temperature", "pressure", "speed", "position_j1",
        "state" ... unit: SI where the message has one ("K" is stored as "degC").
    value: finite. stamp_ns: the cell's time.

    Raises ValueError where value is no finite number or a name is empty.
    """

    machine: str
    quantity: str
    value: float
    unit: str
    stamp_ns: int

    def __post_init__(self) -> None:
        """Check the value and the names."""
        if not math.isfinite(self.value):
            raise ValueError(f"reading {self.machine}/{self.quantity} is {self.value!r}")
        if not self.machine or not self.quantity:
            raise ValueError("a reading needs a machine and a quantity")


@dataclass(frozen=True, slots=True)
class Waveform:
    """Consecutive samples of one sensor.

    samples: float32 [n], in `unit` ("g" or "m/s2" for vibration, "" for sound), read-only.
    rate: samples per second. rpm: shaft speed at the time, or None where it is not known.
    """

    machine: str
    sensor: str
    samples: NDArray[np.float32]
    rate: float
    unit: str
    stamp_ns: int
    rpm: float | None = None
