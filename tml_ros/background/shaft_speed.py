"""How fast a shaft turned while a block of vibration was taken.

Knows nothing of where speeds come from but that they are readings. Stateless; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from tml_ros.background.history import History
from tml_ros.background.history_limits import SECOND_NS
from tml_ros.background.reading import Waveform

NEAR_NS: Final = 5 * SECOND_NS
"""How long before or after a block a speed still counts as that of the block."""
RPM_IN: Final[Mapping[str, float]] = MappingProxyType(
    {
        "rpm": 1.0,
        "1/min": 1.0,
        "Hz": 60.0,
        "1/s": 60.0,
        "rad/s": 30 / math.pi,
        "deg/s": 1 / 6,
    }
)
"""Revolutions per minute in one of each unit of speed."""


def with_speed(waveform: Waveform, history: History, quantity: str = "speed") -> Waveform:
    """The waveform with `rpm` from the newest speed near it; as it was where none is known.

    A speed is the amount of it, whichever way the shaft turns. One in a unit that is none of
    `RPM_IN`, and a shaft that stands still, say nothing. What the waveform has already stays.
    """
    if waveform.rpm is not None:
        return waveform
    length_ns = round(len(waveform.samples) / waveform.rate * SECOND_NS)
    reading = history.nearest(
        waveform.machine,
        quantity,
        since_ns=waveform.stamp_ns - NEAR_NS,
        until_ns=waveform.stamp_ns + length_ns + NEAR_NS,
    )
    if reading is None or reading.unit not in RPM_IN:
        return waveform
    rpm = abs(reading.value) * RPM_IN[reading.unit]
    return replace(waveform, rpm=rpm) if rpm > 0 else waveform
