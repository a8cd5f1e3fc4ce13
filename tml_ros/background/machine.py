"""What is known of a machine beforehand: its kind, what people call it, where its limits are.

Knows nothing of readings or of the cell file, which fills it in. Frozen; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which values a quantity should stay, in its unit; None: no limit on that side.

    Raises ValueError where they are not finite or crossed.
    """

    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        """Check that low is below high."""
        if any(limit is not None and not math.isfinite(limit) for limit in (self.low, self.high)):
            raise ValueError("limits must be finite")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"the low limit {self.low:g} must be below the high one {self.high:g}")

    def passed(self, value: float) -> float | None:
        """The limit that a value is beyond, or None."""
        if self.high is not None and value > self.high:
            return self.high
        if self.low is not None and value < self.low:
            return self.low
        return None


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine of the cell.

    name: as readings give it. kind: "press", "pump" ..., for the playbook, or "". aliases: what
    else people call it. zones: keep-out areas that are its own; alarms in them concern it, and so
    do alarms of a zone, camera or microphone that has the machine's name. limits: by quantity.
    running: the quantity that tells whether it runs ("speed", "current"), or "": found by name.
    """

    name: str
    kind: str = ""
    aliases: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    limits: Mapping[str, Limits] = field(default_factory=lambda: MappingProxyType({}))
    running: str = ""
