"""The machines of a cell and what thinks about them, as the cell's YAML file says it.

Knows nothing of files and topics' contents: what a telemetry topic means is made into the
`TelemetrySource` of the background. Validated once, frozen ever after.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    model_validator,
)

from tml_ros.background.endpoint_settings import EndpointSettings
from tml_ros.background.telemetry_source import (
    BATTERY,
    BLOCK,
    DIAGNOSTICS,
    IMU,
    JOINTS,
    NUMBER,
    TEMPERATURE,
    TelemetrySource,
)
from tml_ros.background.vibration.bearing_geometry import BearingGeometry, named_bearing
from tml_ros.cell import cell_rules

MAX_MACHINES = 32
MAX_TELEMETRY = 32
MAX_ALIASES = 16

NAME = re.compile(r"^[a-z][a-z0-9_]*$")
Name = Annotated[str, Field(pattern=NAME.pattern, max_length=64)]
"""Names become parts of ROS topic names: lower-case letters, digits and underscores."""
Topic = Annotated[
    str, Field(pattern=r"^(~/|/)?[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*$", max_length=200)
]
Positive = Annotated[float, Field(gt=0, le=1e7, strict=True)]
Words = Annotated[str, Field(min_length=1, max_length=200)]
PLAYED = frozenset({NUMBER, BLOCK, TEMPERATURE})
"""The types that our telemetry node can play from a file."""
SOURCE_SUFFIXES = (".npz", ".wav", ".csv")


def _bearing_name(name: str) -> str:
    try:
        named_bearing(name)
    except ValueError as error:
        raise cell_rules.refusal(str(error)) from None
    return name


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class TelemetryDescription(_Strict):
    """One topic that tells about a machine.

    topic: "<machine>/<name>" unless given. type: of its messages.
    quantity: what is measured, of a type that does not say it; the telemetry's own name unless
        given. Of vibration blocks it is the sensor; of joints, IMUs, batteries and diagnostics it
        is put before each name. names: other names for single values, "" for one not kept.
    unit: of Float64 and Float64MultiArray. rate: samples per second of Float64MultiArray;
    channels: its sensors, where it interleaves several.
    source: file that our telemetry node plays on the topic; none where the machine publishes it.
    channel: of the file: array of an npz, column of a csv. loop: start over at its end.
    period: seconds between the values or blocks that it plays.
    """

    topic: Topic | None = None
    type: Literal[
        "sensor_msgs/Temperature",
        "sensor_msgs/FluidPressure",
        "sensor_msgs/JointState",
        "sensor_msgs/Imu",
        "sensor_msgs/BatteryState",
        "std_msgs/Float64",
        "std_msgs/Float64MultiArray",
        "diagnostic_msgs/DiagnosticArray",
    ]
    quantity: Annotated[str, Field(max_length=64)] | None = None
    names: Annotated[dict[str, str], Field(max_length=200)] = Field(default_factory=dict)
    unit: Annotated[str, Field(max_length=32)] = ""
    rate: Positive | None = None
    channels: Annotated[tuple[Name, ...], Field(max_length=32)] = ()
    source: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    channel: Annotated[str, Field(max_length=200)] = ""
    loop: Annotated[bool, Field(strict=True)] = True
    period: Annotated[float, Field(gt=0, le=3600, strict=True)] = 1.0

    @model_validator(mode="wrap")
    @classmethod
    def _says_enough(
        cls, data: object, handler: ModelWrapValidatorHandler[TelemetryDescription]
    ) -> TelemetryDescription:
        def mistakes(given: Mapping[Any, Any]) -> list[cell_rules.Mistake]:
            kind, found = given.get("type"), []
            if kind == BLOCK and given.get("rate") is None:
                found.append(
                    cell_rules.mistake(
                        ("rate",), None, "samples per second, which the message does not say"
                    )
                )
            source = given.get("source")
            if isinstance(source, str):
                if kind not in PLAYED:
                    allowed = f"a source only with one of {', '.join(sorted(PLAYED))}"
                    found.append(cell_rules.mistake(("source",), source, allowed))
                elif not source.lower().endswith(SOURCE_SUFFIXES):
                    allowed = f"a file ending in {', '.join(SOURCE_SUFFIXES)}"
                    found.append(cell_rules.mistake(("source",), source, allowed))
                channels = given.get("channels")
                if isinstance(channels, (list, tuple)) and len(channels) > 1:
                    allowed = "one channel where a source is played"
                    found.append(cell_rules.mistake(("channels",), channels, allowed))
            return found

        return cell_rules.validated(data, handler, mistakes)

    def sensors(self, name: str) -> tuple[str, ...]:
        """The vibration sensors of the topic; none where it is no block."""
        if self.type != BLOCK:
            return ()
        return self.channels or (self.quantity or name,)


class BearingDescription(_Strict):
    """A rolling bearing that is watched.

    name: in the table of bearings, or geometry: [balls, ball diameter, pitch diameter, contact
    angle in degrees], diameters in one unit. sensor: the vibration sensor nearest to it.
    """

    name: Annotated[str, Field(max_length=64), AfterValidator(_bearing_name)] | None = None
    geometry: Annotated[tuple[float, ...], Field(min_length=3, max_length=4)] | None = None
    sensor: Name

    @model_validator(mode="wrap")
    @classmethod
    def _is_one(
        cls, data: object, handler: ModelWrapValidatorHandler[BearingDescription]
    ) -> BearingDescription:
        def mistakes(given: Mapping[Any, Any]) -> list[cell_rules.Mistake]:
            name, sizes = given.get("name"), given.get("geometry")
            if (name is None) == (sizes is None):
                allowed = "either the name of a bearing or its geometry"
                return [cell_rules.mistake(("name",), name, allowed)]
            sizes = cell_rules.readable(tuple[float, ...], sizes)
            if sizes is not None and len(sizes) in (3, 4):
                try:
                    _geometry(sizes)
                except ValueError as error:
                    allowed = f"[balls, ball diameter, pitch diameter, angle] that fit: {error}"
                    return [cell_rules.mistake(("geometry",), list(sizes), allowed)]
            return []

        return cell_rules.validated(data, handler, mistakes)

    @property
    def described(self) -> BearingGeometry:
        """The geometry."""
        return named_bearing(self.name) if self.name is not None else _geometry(self.geometry or ())


class SpeedDescription(_Strict):
    """How fast the shaft turns: rpm where always the same, or the quantity that tells it."""

    rpm: Annotated[float, Field(gt=0, le=1e6, strict=True)] | None = None
    quantity: Annotated[str, Field(min_length=1, max_length=64)] | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _is_one(
        cls, data: object, handler: ModelWrapValidatorHandler[SpeedDescription]
    ) -> SpeedDescription:
        def mistakes(given: Mapping[Any, Any]) -> list[cell_rules.Mistake]:
            if (given.get("rpm") is None) == (given.get("quantity") is None):
                allowed = "either rpm or the quantity that tells it"
                return [cell_rules.mistake(("rpm",), given.get("rpm"), allowed)]
            return []

        return cell_rules.validated(data, handler, mistakes)


class VelocityDescription(_Strict):
    """Limits of the vibration velocity, mm/s RMS: between zones A and B, B and C, C and D.

    source: where the limits come from, for people: a standard's edition and group, or a contract.
    """

    limits: tuple[Positive, Positive, Positive]
    source: Words

    @model_validator(mode="wrap")
    @classmethod
    def _rise(
        cls, data: object, handler: ModelWrapValidatorHandler[VelocityDescription]
    ) -> VelocityDescription:
        def mistakes(given: Mapping[Any, Any]) -> list[cell_rules.Mistake]:
            limits = cell_rules.readable(tuple[float, float, float], given.get("limits"))
            if limits is not None and not limits[0] < limits[1] < limits[2]:
                allowed = "three limits that rise: A to B, B to C, C to D"
                return [cell_rules.mistake(("limits",), list(limits), allowed)]
            return []

        return cell_rules.validated(data, handler, mistakes)


class LimitDescription(_Strict):
    """Between which values a quantity should stay, in its unit; a number alone is the high one."""

    low: Annotated[float, Field(strict=True)] | None = None
    high: Annotated[float, Field(strict=True)] | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _low_is_lower(
        cls, data: object, handler: ModelWrapValidatorHandler[LimitDescription]
    ) -> LimitDescription:
        def mistakes(given: Mapping[Any, Any]) -> list[cell_rules.Mistake]:
            low, high = (cell_rules.readable(float, given.get(key)) for key in ("low", "high"))
            if low is not None and high is not None and low >= high:
                return [cell_rules.mistake(("low",), low, f"less than high, which is {high:g}")]
            return []

        return cell_rules.validated(data, handler, mistakes)


def _limit(given: object) -> object:
    return {"high": given} if isinstance(given, (int, float, str)) else given


class MachineDescription(_Strict):
    """One machine. kind: what it is, "press", "pump"; the playbook goes by it.

    aliases: what people call it. zones: keep-out areas that are its own: their alarms concern it.
    limits: quantity -> the value it must not pass, or {low, high}. running: the quantity that tells
    whether it runs. microphone: of the cell, that hears it best.
    """

    kind: Words = "machine"
    aliases: Annotated[tuple[Words, ...], Field(max_length=MAX_ALIASES)] = ()
    zones: Annotated[tuple[Name, ...], Field(max_length=64)] = ()
    telemetry: Annotated[dict[Name, TelemetryDescription], Field(max_length=MAX_TELEMETRY)] = Field(
        default_factory=dict
    )
    bearing: BearingDescription | None = None
    speed: SpeedDescription | None = None
    limits: Annotated[
        dict[str, Annotated[LimitDescription, BeforeValidator(_limit)]],
        Field(max_length=MAX_TELEMETRY),
    ] = Field(default_factory=dict)
    velocity: VelocityDescription | None = None
    running: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    microphone: Name | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _sensor_is_there(
        cls, data: object, handler: ModelWrapValidatorHandler[MachineDescription]
    ) -> MachineDescription:
        def mistakes(given: Mapping[Any, Any]) -> list[cell_rules.Mistake]:
            bearing = cell_rules.readable(BearingDescription, given.get("bearing"))
            if bearing is None:
                return []
            telemetry = given.get("telemetry")
            items = list(cell_rules.readable_items(TelemetryDescription, telemetry))
            if isinstance(telemetry, Mapping) and len(items) < len(telemetry):
                return []
            sensors = [sensor for name, one in items for sensor in one.sensors(name)]
            if bearing.sensor in sensors:
                return []
            allowed = f"a vibration sensor of the machine: {', '.join(sensors) or 'it has none'}"
            return [cell_rules.mistake(("bearing", "sensor"), bearing.sensor, allowed)]

        return cell_rules.validated(data, handler, mistakes)


class BackgroundDescription(_Strict):
    """What thinks about the machines.

    enabled: whether it runs. store: folder of its memory. manuals: folder of documents to look
    things up in. playbook: YAML file beside the one that is shipped. endpoint: a language model;
    none for the built-in planner alone. timezone: of times of day such as "at 14:30", the
    machine's own unless given.
    """

    enabled: Annotated[bool, Field(strict=True)] = True
    store: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    manuals: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    playbook: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    endpoint: EndpointSettings | None = None
    timezone: Annotated[str, Field(max_length=64), AfterValidator(cell_rules.timezone)] | None = (
        None
    )


def default_telemetry_topic(machine: str, name: str) -> str:
    """The topic of telemetry that names none."""
    return f"{machine}/{name}"


def telemetry_sources(machines: Mapping[str, MachineDescription]) -> tuple[TelemetrySource, ...]:
    """What every telemetry topic means, as the background takes it in."""
    return tuple(
        _source(machine, name, described, one)
        for machine, described in machines.items()
        for name, one in described.telemetry.items()
    )


def _source(
    machine: str, name: str, described: MachineDescription, one: TelemetryDescription
) -> TelemetrySource:
    quantity = one.quantity
    if quantity is None:
        quantity = "" if one.type in (JOINTS, IMU, BATTERY, DIAGNOSTICS) else name
    return TelemetrySource(
        name=f"{machine}/{name}",
        topic=one.topic or default_telemetry_topic(machine, name),
        type=one.type,
        machine=machine,
        quantity=quantity,
        names=dict(one.names),
        unit=one.unit,
        rate=one.rate,
        channels=one.channels,
        rpm=described.speed.rpm if described.speed is not None else None,
    )


def _geometry(sizes: tuple[float, ...]) -> BearingGeometry:
    balls, ball_diameter, pitch_diameter, angle = (*sizes, 0.0)[:4]
    if balls != int(balls):
        raise ValueError("balls is a whole number")
    return BearingGeometry(int(balls), ball_diameter, pitch_diameter, angle)
