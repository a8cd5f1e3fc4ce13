"""One telemetry topic of a cell: what it carries, of which machine, under which names.

Knows nothing of ROS or of the cell file, which fills it in. Frozen; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

TEMPERATURE = "sensor_msgs/Temperature"
PRESSURE = "sensor_msgs/FluidPressure"
JOINTS = "sensor_msgs/JointState"
IMU = "sensor_msgs/Imu"
BATTERY = "sensor_msgs/BatteryState"
NUMBER = "std_msgs/Float64"
BLOCK = "std_msgs/Float64MultiArray"
DIAGNOSTICS = "diagnostic_msgs/DiagnosticArray"
TELEMETRY_TYPES = (TEMPERATURE, PRESSURE, JOINTS, IMU, BATTERY, NUMBER, BLOCK, DIAGNOSTICS)


@dataclass(frozen=True, slots=True)
class TelemetrySource:
    """What a topic means.

    name: of the source in the cell. type: one of `TELEMETRY_TYPES`. machine: that it tells about.
    quantity: of Temperature, FluidPressure and Float64: the quantity's name ("temperature" and
        "pressure" where none is given); of BLOCK: the sensor's; of the others: put before each
        name, "spindle_" making "spindle_velocity_j1".
    names: other names for single values by the name they would have (without the prefix), "" for
        one that is not kept: {"velocity_j1": "speed", "effort_j1": ""}.
    unit: of Float64 and BLOCK; the other types say theirs.
    rate: samples per second of BLOCK. channels: names of its sensors where it interleaves several.
    rpm: shaft speed of a machine that runs at one speed; else it is found among the readings.
    max_skew_ns: header stamps further from the arrival are of another clock.

    Raises ValueError naming the field.
    """

    name: str
    topic: str
    type: str
    machine: str
    quantity: str = ""
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unit: str = ""
    rate: float | None = None
    channels: tuple[str, ...] = ()
    rpm: float | None = None
    max_skew_ns: int = 30_000_000_000

    def __post_init__(self) -> None:
        """Check that the type is one we read and has what it needs."""
        if self.type not in TELEMETRY_TYPES:
            raise ValueError(
                f"type: found {self.type!r}, allowed: one of {', '.join(TELEMETRY_TYPES)}"
            )
        if not self.name or not self.topic or not self.machine:
            raise ValueError("name, topic, machine: must not be empty")
        if self.type == BLOCK and self.rate is None:
            raise ValueError(f"rate: {BLOCK} carries none, allowed: samples per second")
        for what, number in (("rate", self.rate), ("rpm", self.rpm)):
            if number is not None and not (math.isfinite(number) and number > 0):
                raise ValueError(f"{what}: found {number!r}, allowed: a number above 0")
        if self.type == NUMBER and not self.quantity:
            raise ValueError(f"quantity: {NUMBER} carries none, allowed: a name")
        if self.max_skew_ns < 0:
            raise ValueError("max_skew_ns: must not be negative")
