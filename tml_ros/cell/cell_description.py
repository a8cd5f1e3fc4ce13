"""The description of one cell, as its YAML file says it: validated once, frozen ever after.

Knows nothing of files: `cell_file` loads, and turns mistakes into a list a person can act on.
Paths in `source` and `sink` are as written; `cell_file` makes them absolute against the YAML.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tml_ros.safety.alarm import Priority
from tml_ros.turn.hazard import HazardKind

NAME = re.compile(r"^[a-z][a-z0-9_]*$")
Name = Annotated[str, Field(pattern=NAME.pattern, max_length=64)]
"""Names become parts of ROS topic names: lower-case letters, digits and underscores."""
Topic = Annotated[str, Field(pattern=r"^[/~]?[A-Za-z_][A-Za-z0-9_/]*$")]
Point = tuple[float, float]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ZoneDescription(_Strict):
    """A keep-out area on the floor, as a polygon in the camera's picture.

    polygon: at least three corners, (x, y) from the top left; the outline must not cross itself.
    units: "pixels" of the camera's `size`, or "fractions" of width and height (0..1).
    """

    polygon: Annotated[tuple[Point, ...], Field(min_length=3, max_length=64)]
    units: Literal["pixels", "fractions"] = "pixels"


class CameraDescription(_Strict):
    """One camera: a topic that others publish, or a source that our camera node opens.

    source: device index, video file, or rtsp://, http:// or https:// URL; none when the pictures
        come from elsewhere.
    topic: image topic, "<name>/image" unless given. compressed: sensor_msgs/CompressedImage.
    size: (width, height) in which pixel polygons are drawn; frames of another size are fitted.
    rate: frames per second asked of a live device. lost_after: seconds of silence until
    camera_lost.
    """

    source: int | str | None = None
    topic: Topic | None = None
    compressed: bool = False
    loop: bool = False
    size: (
        tuple[Annotated[int, Field(ge=16, le=16384)], Annotated[int, Field(ge=16, le=16384)]] | None
    ) = None
    rate: Annotated[float, Field(gt=0, le=240)] | None = None
    lost_after: Annotated[float, Field(gt=0, le=60)] = 1.0
    zones: dict[Name, ZoneDescription] = Field(default_factory=dict)


class MicrophoneDescription(_Strict):
    """One microphone: a topic that others publish, or a source that our microphone node opens.

    source: wav file, or a device name or index of PortAudio ("default"); none when the sound comes
        from elsewhere.
    topic: "audio" where the cell has one microphone, else "<name>/audio", unless given.
    rate, channels: of what arrives on the topic (std_msgs/Int16MultiArray carries neither).
    """

    source: int | str | None = None
    topic: Topic | None = None
    loop: bool = False
    rate: Annotated[int, Field(ge=8_000, le=192_000)] = 16_000
    channels: Annotated[int, Field(ge=1, le=32)] = 1
    lost_after: Annotated[float, Field(gt=0, le=60)] = 1.0


class SpeakerDescription(_Strict):
    """The loudspeaker. sink: a PortAudio device name or index, a wav file to write, or none."""

    sink: int | str | None = "default"
    volume: Annotated[float, Field(ge=0, le=1)] = 1.0


class AlarmDescription(_Strict):
    """What the cell changes of a kind's default policy; delays and re-alarm time in seconds."""

    priority: Priority | None = None
    threshold: Annotated[float, Field(gt=0, le=1)] | None = None
    on_delay: Annotated[float, Field(ge=0, le=600)] | None = None
    off_delay: Annotated[float, Field(ge=0, le=600)] | None = None
    latching: bool | None = None
    realarm: Annotated[float, Field(ge=0, le=86_400)] | None = None
    warning: Annotated[str, Field(max_length=200)] | None = None


class CellDescription(_Strict):
    """One monitored cell: its eyes, ears, voice, model and alarms."""

    cell: Name
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-z0-9]+)*$")] = "en"
    cameras: dict[Name, CameraDescription] = Field(default_factory=dict)
    microphones: dict[Name, MicrophoneDescription] = Field(default_factory=dict)
    speaker: SpeakerDescription | None = None
    model: str = "none"
    alarms: dict[HazardKind, AlarmDescription] = Field(default_factory=dict)
