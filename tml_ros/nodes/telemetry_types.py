"""Which message class a telemetry topic carries. Knows nothing of what the messages mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from diagnostic_msgs.msg import DiagnosticArray
from sensor_msgs.msg import BatteryState, FluidPressure, Imu, JointState, Temperature
from std_msgs.msg import Float64, Float64MultiArray

from tml_ros.background import telemetry_source as kinds

MESSAGE_TYPES: Final[Mapping[str, Any]] = {
    kinds.TEMPERATURE: Temperature,
    kinds.PRESSURE: FluidPressure,
    kinds.JOINTS: JointState,
    kinds.IMU: Imu,
    kinds.BATTERY: BatteryState,
    kinds.NUMBER: Float64,
    kinds.BLOCK: Float64MultiArray,
    kinds.DIAGNOSTICS: DiagnosticArray,
}


def message_type(source: kinds.TelemetrySource) -> Any:  # noqa: ANN401 - a message class
    """The class of a topic's messages."""
    return MESSAGE_TYPES[source.type]
