"""Telemetry messages as readings, blocks of vibration and state events.

Knows nothing of nodes, topics or clocks; belongs to whichever thread calls. A value that is no
finite number is left out, never repaired; so is a field that a message says it does not measure.

| message | becomes |
|---|---|
| Temperature | `temperature`, degC |
| FluidPressure | `pressure`, Pa |
| JointState | `position_<joint>`, rad; `velocity_<joint>`, rad/s; `effort_<joint>`, N m |
| Imu | `angular_velocity_x`..z, rad/s; `linear_acceleration_x`..z, m/s2; `roll`, `pitch`, `yaw` |
| BatteryState | `voltage`, V; `current`, A; `temperature`, degC; `charge`, A h; `percentage`, % |
| Float64 | the source's quantity and unit |
| Float64MultiArray | one waveform per channel, stamped at its first sample |
| DiagnosticArray | a state event per status; readings of the values that are numbers |

JointState does not say which joints slide: their units are those of joints that turn, unless
`names` renames them and whoever reads knows better.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tml_ros.background import telemetry_source as kinds
from tml_ros.background.reading import Reading, Waveform
from tml_ros.background.state_event import LEVELS, StateEvent
from tml_ros.background.telemetry_source import TelemetrySource
from tml_ros.nodes.messages import time_ns

Observation: TypeAlias = Reading | Waveform | StateEvent

MAX_VALUES: Final = 1_000
"""Values taken from one message."""
MAX_NAME: Final = 100
MAX_TEXT: Final = 300
_NUMBER = re.compile(
    r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf(?:inity)?))"
    r"(?:\s*([^\s\d+.\-]\S{0,15}))?\s*",
    re.IGNORECASE,
)
_UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        unit: unit
        for unit in (
            *("degC", "degF", "K", "%", "V", "mV", "A", "mA", "W", "kW", "Wh", "A h", "Ah", "Ohm"),
            *("Hz", "kHz", "rpm", "1/min", "1/s", "rad", "rad/s", "deg", "deg/s", "N", "kN", "N m"),
            *("Nm", "Pa", "kPa", "MPa", "bar", "mbar", "psi", "m", "mm", "um", "m/s", "mm/s", "g"),
            *("m/s2", "kg", "l/min", "m3/h", "s", "ms", "us", "min", "h", "dB", "MB", "kB", "GB"),
        )
    }
    | {"°C": "degC", "C": "degC", "°F": "degF", "F": "degF", "m/s²": "m/s2", "m/s^2": "m/s2"}
    | {"sec": "s", "msec": "ms", "percent": "%", "Celsius": "degC", "RPM": "rpm", "GHz": "GHz"}
)
"""Units that a diagnostic value may carry, as we write them. What else stands behind a number makes
it text: "3 of 5", "2024-11-26", "7f"."""
_Value: TypeAlias = tuple[str, float, str]


def observations(
    message: Any,  # noqa: ANN401 - one class per type of source
    source: TelemetrySource,
    arrival_ns: int,
    *,
    counts: Counter[str] | None = None,
) -> list[Observation]:
    """What a message of the source's type says, stamped by its header, else by its arrival.

    arrival_ns: when it came, in ns of the cell's time. counts: what was left out is added here:
    "not_finite" values and blocks, "mismatched" (lengths of a message that do not agree),
    "too_many" values; and "unstamped", "foreign_stamp": headers without a stamp, or with one
    further than `max_skew_ns` from the arrival.
    """
    noted = Counter[str]() if counts is None else counts
    if source.type == kinds.BLOCK:
        return list(_waveforms(message, source, arrival_ns, noted))
    stamp_ns = arrival_ns
    if source.type != kinds.NUMBER:
        stamp_ns = _stamp(time_ns(message.header.stamp), source, arrival_ns, noted)
    found: list[Observation] = []
    if source.type == kinds.DIAGNOSTICS:
        found += _events(message, source, stamp_ns)
    values = _VALUES[source.type](message, source, noted)
    for number, (name, value, unit) in enumerate(values):
        if number >= MAX_VALUES:
            noted["too_many"] += 1
        elif name and not math.isfinite(value):
            noted["not_finite"] += 1
        elif name:
            found.append(Reading(source.machine, name, *_kept(value, unit), stamp_ns))
    return found


def _stamp(header_ns: int, source: TelemetrySource, arrival_ns: int, noted: Counter[str]) -> int:
    if header_ns <= 0:
        noted["unstamped"] += 1
        return arrival_ns
    if abs(header_ns - arrival_ns) > source.max_skew_ns:
        noted["foreign_stamp"] += 1
        return arrival_ns
    return header_ns


def _kept(value: float, unit: str) -> tuple[float, str]:
    """Temperatures are kept in degC, whatever they came in."""
    if unit == "K":
        return value - 273.15, "degC"
    if unit == "degF":
        return (value - 32) / 1.8, "degC"
    return value, unit


def _temperature(message: Any, source: TelemetrySource, _: Counter[str]) -> Iterator[_Value]:  # noqa: ANN401
    yield source.quantity or "temperature", message.temperature, "degC"


def _pressure(message: Any, source: TelemetrySource, _: Counter[str]) -> Iterator[_Value]:  # noqa: ANN401
    yield source.quantity or "pressure", message.fluid_pressure, "Pa"


def _number(message: Any, source: TelemetrySource, _: Counter[str]) -> Iterator[_Value]:  # noqa: ANN401
    yield source.quantity, message.data, source.unit


def _joints(
    message: Any,  # noqa: ANN401
    source: TelemetrySource,
    noted: Counter[str],
) -> Iterator[_Value]:
    fields = (
        ("position", message.position, "rad"),
        ("velocity", message.velocity, "rad/s"),
        ("effort", message.effort, "N m"),
    )
    for field, values, unit in fields:
        if len(values) and len(values) != len(message.name):
            noted["mismatched"] += 1
            continue
        for joint, value in zip(message.name, values, strict=False):
            yield _named(source, f"{field}_{_slug(joint)}"), float(value), unit


def _imu(
    message: Any,  # noqa: ANN401
    source: TelemetrySource,
    _: Counter[str],
) -> Iterator[_Value]:
    # A covariance that begins with -1 says that there is no such measurement (sensor_msgs/Imu).
    if message.angular_velocity_covariance[0] != -1:
        yield from _vector("angular_velocity", message.angular_velocity, "rad/s", source)
    if message.linear_acceleration_covariance[0] != -1:
        yield from _vector("linear_acceleration", message.linear_acceleration, "m/s2", source)
    if message.orientation_covariance[0] != -1:
        yield from _angles(message.orientation, source)


def _vector(
    name: str,
    vector: Any,  # noqa: ANN401
    unit: str,
    source: TelemetrySource,
) -> Iterator[_Value]:
    for axis in "xyz":
        yield _named(source, f"{name}_{axis}"), float(getattr(vector, axis)), unit


def _angles(quaternion: Any, source: TelemetrySource) -> Iterator[_Value]:  # noqa: ANN401
    """Roll, pitch and yaw of a unit quaternion; an empty or foreign one says nothing."""
    x, y, z, w = quaternion.x, quaternion.y, quaternion.z, quaternion.w
    if not abs(x * x + y * y + z * z + w * w - 1) < 0.01:
        return
    yield _named(source, "roll"), math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)), "rad"
    yield _named(source, "pitch"), math.asin(max(-1.0, min(1.0, 2 * (w * y - z * x)))), "rad"
    yield _named(source, "yaw"), math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)), "rad"


def _battery(
    message: Any,  # noqa: ANN401
    source: TelemetrySource,
    _: Counter[str],
) -> Iterator[_Value]:
    fields = (
        ("voltage", message.voltage, "V"),
        ("current", message.current, "A"),
        ("temperature", message.temperature, "degC"),
        ("charge", message.charge, "A h"),
        ("percentage", message.percentage * 100, "%"),
    )
    for name, value, unit in fields:
        # Not measured is NaN (sensor_msgs/BatteryState); that is no fault to be counted.
        if not math.isnan(value):
            yield _named(source, name), float(value), unit


def _diagnostics(
    message: Any,  # noqa: ANN401
    source: TelemetrySource,
    _: Counter[str],
) -> Iterator[_Value]:
    for status in message.status:
        subject = _slug(status.name)
        for pair in status.values:
            number = _NUMBER.fullmatch(pair.value)
            if number is None or (number[2] is not None and number[2] not in _UNITS):
                continue
            name = f"{subject}_{_slug(pair.key)}".strip("_")
            unit = _UNITS[number[2]] if number[2] is not None else ""
            yield _named(source, name), float(number[1]), unit


def _events(
    message: Any,  # noqa: ANN401
    source: TelemetrySource,
    stamp_ns: int,
) -> Iterator[StateEvent]:
    for status in message.status[:MAX_VALUES]:
        level = status.level[0]
        subject = status.name[:MAX_NAME] or status.hardware_id[:MAX_NAME]
        if level < len(LEVELS) and subject:
            yield StateEvent(
                source.machine, subject, LEVELS[level], status.message[:MAX_TEXT], stamp_ns
            )


def _waveforms(
    message: Any,  # noqa: ANN401
    source: TelemetrySource,
    arrival_ns: int,
    noted: Counter[str],
) -> Iterator[Waveform]:
    names = source.channels or (source.quantity or "vibration",)
    table = _channels(message, len(names))
    if table is None:
        noted["mismatched"] += 1
        return
    rate = source.rate or 0.0
    # The message has no stamp, and what came just now was measured before.
    stamp_ns = max(0, arrival_ns - round(len(table) / rate * 1e9))
    with np.errstate(over="ignore"):
        samples = table.astype(np.float32)
    for number, name in enumerate(names):
        channel = np.ascontiguousarray(samples[:, number])
        if not np.isfinite(channel).all():
            noted["not_finite"] += 1
            continue
        channel.flags.writeable = False
        yield Waveform(source.machine, name, channel, rate, source.unit, stamp_ns, source.rpm)


def _channels(message: Any, count: int) -> NDArray[np.float64] | None:  # noqa: ANN401
    """float64 [n, count], n at least 1; None where the message does not hold so many channels.

    Interleaved, unless two labelled dimensions say that the channels are one after the other.
    """
    offset = message.layout.data_offset
    data = np.asarray(message.data, np.float64)[offset:]
    dimensions = message.layout.dim
    if len(dimensions) > 1:
        sizes = [dimension.size for dimension in dimensions]
        labels = [dimension.label for dimension in dimensions]
        if len(sizes) != 2 or sizes[0] * sizes[1] != len(data):
            return None
        first = labels[0] in ("channels", "channel")
        if (sizes[0] if first else sizes[1]) != count or not len(data):
            return None
        return data.reshape(sizes).T if first else data.reshape(sizes)
    if not len(data) or len(data) % count:
        return None
    return data.reshape(-1, count)


def _named(source: TelemetrySource, name: str) -> str:
    """As the source calls it, its prefix in front; "" where it does not want it."""
    own = source.names.get(name, name)
    return f"{source.quantity}{own}"[:MAX_NAME] if own else ""


def _slug(text: str) -> str:
    """A name of foreign make as ours: small letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:MAX_NAME]


_VALUES: Final[Mapping[str, Callable[[Any, TelemetrySource, Counter[str]], Iterable[_Value]]]] = (
    MappingProxyType(
        {
            kinds.TEMPERATURE: _temperature,
            kinds.PRESSURE: _pressure,
            kinds.NUMBER: _number,
            kinds.JOINTS: _joints,
            kinds.IMU: _imu,
            kinds.BATTERY: _battery,
            kinds.DIAGNOSTICS: _diagnostics,
        }
    )
)
