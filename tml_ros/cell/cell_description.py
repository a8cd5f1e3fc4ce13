"""The description of one cell, as its YAML file says it: validated once, frozen ever after.

Knows nothing of files: `cell_file` loads, and turns mistakes into a list a person can act on.
Paths in `source`, `sink` and `model` are as written; `cell_file` makes them absolute against the
YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    field_validator,
    model_validator,
)

from tml_ros.cell import cell_rules
from tml_ros.cell.experiment import Experiment
from tml_ros.cell.guardian_description import GuardianDescription
from tml_ros.cell.machine_description import (
    MAX_MACHINES,
    BackgroundDescription,
    MachineDescription,
    Name,
    Topic,
)
from tml_ros.safety.alarm import AlarmPolicy, Priority
from tml_ros.safety.default_policies import DEFAULT_POLICIES
from tml_ros.safety.warning_text import warning_text
from tml_ros.safety.zone import Polygon, to_fractions
from tml_ros.turn.hazard import HazardKind

Coordinate = Annotated[float, Field(strict=True)]
Point = tuple[Coordinate, Coordinate]
Pixels = Annotated[int, Field(ge=16, le=16384, strict=True)]
Size = tuple[Pixels, Pixels]
Flag = Annotated[bool, Field(strict=True)]
Seconds = Annotated[float, Field(gt=0, le=60, strict=True)]
Delay = Annotated[float, Field(ge=0, le=600, strict=True)]
CameraSource = Annotated[int | str | None, BeforeValidator(cell_rules.camera_source)]
SoundDevice = Annotated[int | str | None, BeforeValidator(cell_rules.sound_device)]

MAX_STREAMS = 32
MAX_ZONES = 64


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ZoneDescription(_Strict):
    """A keep-out area on the floor, as a polygon in the camera's picture.

    polygon: at least three corners, (x, y) from the top left; the outline must not cross itself.
    units: "pixels" of the camera's `size`, or "fractions" of width and height (0..1); unless
        given, fractions where no coordinate is above 1.
    """

    polygon: Annotated[tuple[Point, ...], Field(min_length=3, max_length=64)]
    units: Literal["pixels", "fractions"] | None = None

    @property
    def in_fractions(self) -> bool:
        """Whether the corners are fractions, as said or as the corners show."""
        if self.units is None:
            return max(map(max, self.polygon)) <= 1.0
        return self.units == "fractions"

    @model_validator(mode="after")
    def _is_an_area(self) -> ZoneDescription:
        cell_rules.refuse(cell_rules.polygon_mistakes(self.polygon, in_fractions=self.in_fractions))
        return self


class CameraDescription(_Strict):
    """One camera: a topic that others publish, or a source that our camera node opens.

    source: device index, video file, or rtsp://, http:// or https:// URL; none when the pictures
        come from elsewhere.
    topic: image topic, "<name>/image" unless given. compressed: sensor_msgs/CompressedImage.
    size: (width, height) in which pixel polygons are drawn; frames of another size are fitted.
    rate: frames per second asked of a live device.
    lost_after: seconds of silence until camera_lost.
    """

    source: CameraSource = None
    topic: Topic | None = None
    compressed: Flag = False
    loop: Flag = False
    size: Size | None = None
    rate: Annotated[float, Field(gt=0, le=240, strict=True)] | None = None
    lost_after: Seconds = 0.9
    zones: Annotated[dict[Name, ZoneDescription], Field(max_length=MAX_ZONES)] = Field(
        default_factory=dict
    )

    @model_validator(mode="wrap")
    @classmethod
    def _pixels_fit(
        cls, data: object, handler: ModelWrapValidatorHandler[CameraDescription]
    ) -> CameraDescription:
        def mistakes(given: Mapping[Any, Any]) -> list[cell_rules.Mistake]:
            size = cell_rules.readable(Size, given.get("size"))
            return [
                mistake
                for name, zone in cell_rules.readable_items(ZoneDescription, given.get("zones"))
                if not zone.in_fractions
                for mistake in cell_rules.pixel_mistakes(
                    name, zone.polygon, size=size, size_given=given.get("size") is not None
                )
            ]

        return cell_rules.validated(data, handler, mistakes)


class MicrophoneDescription(_Strict):
    """One microphone: a topic that others publish, or a source that our microphone node opens.

    source: wav file, or a device name or index of PortAudio ("default"); none when the sound comes
        from elsewhere.
    topic: "audio" where the cell has one microphone, else "<name>/audio", unless given.
    rate, channels: of what arrives on the topic (std_msgs/Int16MultiArray carries neither).
    """

    source: SoundDevice = None
    topic: Topic | None = None
    loop: Flag = False
    rate: Annotated[int, Field(ge=8_000, le=192_000, strict=True)] = 16_000
    channels: Annotated[int, Field(ge=1, le=32, strict=True)] = 1
    lost_after: Seconds = 0.9


class SpeakerDescription(_Strict):
    """The loudspeaker. sink: a PortAudio device name or index, a wav file to write, or none."""

    sink: SoundDevice = "default"
    volume: Annotated[float, Field(ge=0, le=1, strict=True)] = 1.0


class AlarmDescription(_Strict):
    """What the cell changes of a kind's default policy; delays and re-alarm time in seconds."""

    priority: Priority | None = None
    threshold: Annotated[float, Field(gt=0, le=1, strict=True)] | None = None
    on_delay: Delay | None = None
    off_delay: Delay | None = None
    latching: Flag | None = None
    realarm: Annotated[float, Field(ge=0, le=86_400, strict=True)] | None = None
    warning: Annotated[str, Field(max_length=200)] | None = None

    @field_validator("warning")
    @classmethod
    def _only_zone(cls, warning: str | None) -> str | None:
        return None if warning is None else cell_rules.warning(warning)


class CellDescription(_Strict):
    """One monitored cell: its eyes, ears, voice, model, alarms and machines."""

    cell: Name
    language: Annotated[
        str,
        Field(pattern=r"^[a-z]{2,3}(-[a-z0-9]+)*$", max_length=35),
        BeforeValidator(cell_rules.language),
    ] = "en"
    cameras: Annotated[dict[Name, CameraDescription], Field(max_length=MAX_STREAMS)] = Field(
        default_factory=dict
    )
    microphones: Annotated[dict[Name, MicrophoneDescription], Field(max_length=MAX_STREAMS)] = (
        Field(default_factory=dict)
    )
    speaker: SpeakerDescription | None = None
    model: Annotated[str, Field(min_length=1, max_length=1000)] = "none"
    experimental: tuple[Experiment, ...] = ()
    alarms: dict[HazardKind, AlarmDescription] = Field(default_factory=dict)
    machines: Annotated[dict[Name, MachineDescription], Field(max_length=MAX_MACHINES)] = Field(
        default_factory=dict
    )
    background: BackgroundDescription = Field(default_factory=BackgroundDescription)
    guardian: GuardianDescription = Field(default_factory=GuardianDescription)

    @model_validator(mode="wrap")
    @classmethod
    def _streams_agree(
        cls, data: object, handler: ModelWrapValidatorHandler[CellDescription]
    ) -> CellDescription:
        def mistakes(given: Mapping[Any, Any]) -> list[cell_rules.Mistake]:
            return [*cell_rules.stream_mistakes(given), *cell_rules.machine_mistakes(given)]

        return cell_rules.validated(data, handler, mistakes)

    @property
    def has_background(self) -> bool:
        """Whether somebody thinks about its machines."""
        return bool(self.machines) and self.background.enabled


def camera_topic(cell: CellDescription, name: str) -> str:
    """The topic on which the pictures of a camera come, relative to the cell's namespace."""
    return cell.cameras[name].topic or cell_rules.default_camera_topic(name)


def microphone_topic(cell: CellDescription, name: str) -> str:
    """The topic on which the sound of a microphone comes, relative to the cell's namespace."""
    return cell.microphones[name].topic or cell_rules.default_microphone_topic(
        name, alone=len(cell.microphones) == 1
    )


def polygon_fractions(camera: CameraDescription, zone: str) -> Polygon:
    """The corners of a zone as fractions of width and height, 0..1."""
    described = camera.zones[zone]
    if described.in_fractions or camera.size is None:
        return described.polygon
    width, height = camera.size
    return to_fractions(described.polygon, width=width, height=height)


def policies(cell: CellDescription) -> dict[HazardKind, AlarmPolicy]:
    """How each kind of hazard becomes an alarm here: the defaults and what the cell changes.

    The warnings are in the cell's language, with "{zone}" still in them.
    """
    return {
        kind: _policy(default, kind, cell.alarms.get(kind, AlarmDescription()), cell.language)
        for kind, default in DEFAULT_POLICIES.items()
    }


def _policy(
    default: AlarmPolicy, kind: HazardKind, changes: AlarmDescription, language: str
) -> AlarmPolicy:
    chosen: dict[str, Any] = {
        "priority": changes.priority,
        "threshold": changes.threshold,
        "on_delay_ns": _ns(changes.on_delay),
        "off_delay_ns": _ns(changes.off_delay),
        "latching": changes.latching,
        "realarm_ns": _ns(changes.realarm),
        "warning": warning_text(kind, "{zone}", language=language, override=changes.warning),
    }
    return replace(default, **{name: value for name, value in chosen.items() if value is not None})


def _ns(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1e9)
