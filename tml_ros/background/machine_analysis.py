"""Which methods judge which sensor and quantity of a machine: the one place that says so.

Knows nothing of the methods' insides, or of when they are asked. Stateless but for the learned
sound of machines; one thread owns it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tml_ros.background.condition import Condition, State
from tml_ros.background.condition_monitor import Trends
from tml_ros.background.history import History
from tml_ros.background.machine import Machine
from tml_ros.background.reading import Waveform
from tml_ros.background.trend.trend_condition import trend_condition
from tml_ros.background.vibration.bearing import bearing_condition
from tml_ros.background.vibration.bearing_geometry import BearingGeometry
from tml_ros.background.vibration.orders import orders_condition
from tml_ros.background.vibration.velocity import velocity_condition
from tml_ros.background.vibration.velocity_limits import VelocityLimits

DAY_NS: Final = 86_400_000_000_000
TREND_SPAN_NS: Final = 30 * DAY_NS
SPEED_AGE_NS: Final = 60_000_000_000
"""A speed older than this says nothing of a waveform."""
RPM_OF: Final = {"rpm": 1.0, "rad/s": 60 / (2 * 3.141592653589793), "Hz": 60.0, "1/s": 60.0}


@dataclass(frozen=True, slots=True)
class MachineMethods:
    """What judges a machine. bearing: its geometry and the sensor nearest to it.

    velocity: limits, None where none are configured. speed: the quantity that tells how fast it
    turns, or "".
    """

    bearing: BearingGeometry | None = None
    bearing_sensor: str = ""
    velocity: VelocityLimits | None = None
    speed: str = ""


class MachineAnalysis:
    """Judges a waveform by every method that applies to its sensor."""

    def __init__(self, methods: Mapping[str, MachineMethods], history: History | None) -> None:
        """history: where the speed of a machine is looked up whose waveform does not say it."""
        self._methods = methods
        self._history = history

    def __call__(self, waveform: Waveform) -> Sequence[Condition]:
        """The judgements; none for a machine that is not described, or for sound."""
        methods = self._methods.get(waveform.machine)
        if methods is None or waveform.unit not in ("g", "m/s2"):
            return ()
        waveform = self._with_speed(waveform, methods.speed)
        judged = []
        if methods.bearing is not None and waveform.sensor == methods.bearing_sensor:
            judged.append(bearing_condition(waveform, methods.bearing))
        if methods.velocity is not None:
            judged.append(velocity_condition(waveform, methods.velocity))
            if waveform.rpm is not None:
                judged.append(orders_condition(waveform, limits=methods.velocity))
        return judged

    def _with_speed(self, waveform: Waveform, quantity: str) -> Waveform:
        if waveform.rpm is not None or not quantity or self._history is None:
            return waveform
        reading = self._history.nearest(
            waveform.machine,
            quantity,
            since_ns=waveform.stamp_ns - SPEED_AGE_NS,
            until_ns=waveform.stamp_ns + SPEED_AGE_NS,
        )
        factor = None if reading is None else RPM_OF.get(reading.unit)
        if reading is None or factor is None or reading.value == 0:
            return waveform
        return replace(waveform, rpm=abs(reading.value) * factor)


def machine_trends(machines: Mapping[str, Machine], history: History) -> Trends:
    """Judges quantities that have a limit, by the limit and by their way towards it."""

    def judge(machine: str, quantity: str, now_ns: int) -> Sequence[Condition]:
        described = machines.get(machine)
        limits = described.limits.get(quantity) if described is not None else None
        if limits is None:
            return ()
        series = history.series(
            machine, quantity, since_ns=now_ns - TREND_SPAN_NS, until_ns=now_ns, points=500
        )
        sides = ((limits.high, False), (limits.low, True))
        judged = [
            trend_condition(
                series,
                limit=limit,
                below=below,
                machine=machine,
                quantity=quantity,
                unit=series.unit,
                now_ns=now_ns,
            )
            for limit, below in sides
            if limit is not None
        ]
        # Of two sides the worse one speaks.
        order = (State.FAULT, State.WATCH, State.NORMAL, State.UNKNOWN)
        return sorted(judged, key=lambda one: order.index(one.state))[:1]

    return judge
