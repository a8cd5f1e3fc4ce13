"""A cell's words as standard messages, for a bag: pictures, sound, text and diagnostics.

Knows nothing of topics and files. Built for `MessageTypes`, without ROS.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tml_ros.bag.message_types import MessageTypes
from tml_ros.turn.audio_format import to_int16
from tml_ros.turn.encoded_picture import jpeg_of

JPEG_QUALITY = 95
"""Near lossless: a guard that judges the picture again should agree."""


class StatusLike(Protocol):
    """What one DiagnosticStatus says; `cell.alarm_status.Status` is one."""

    @property
    def level(self) -> int:
        """0 OK, 1 WARN, 2 ERROR, 3 STALE."""

    @property
    def name(self) -> str:
        """What it is about."""

    @property
    def message(self) -> str:
        """What it says."""

    @property
    def hardware_id(self) -> str:
        """Whom it is about."""

    @property
    def values(self) -> Mapping[str, str]:
        """The details."""


class StandardMessages:
    """Builds messages; every method gives one that `BagWriter.write` takes."""

    def __init__(self, types: MessageTypes) -> None:
        """Build with these types."""
        self._types = types

    def string(self, text: str) -> Any:  # noqa: ANN401
        """std_msgs/String."""
        return self._types.new("std_msgs/msg/String", data=text)

    def sound(self, samples: NDArray[np.float32], *, channels: int = 1) -> Any:  # noqa: ANN401
        """std_msgs/Int16MultiArray of float32 [n], -1..1, the same on every channel."""
        frames = to_int16(samples)
        dimension = "std_msgs/msg/MultiArrayDimension"
        size = len(frames)
        layout = self._types.new(
            "std_msgs/msg/MultiArrayLayout",
            dim=[
                self._types.new(dimension, label="frames", size=size, stride=size * channels),
                self._types.new(dimension, label="channels", size=channels, stride=channels),
            ],
            data_offset=0,
        )
        data = np.repeat(frames, channels)
        return self._types.new("std_msgs/msg/Int16MultiArray", layout=layout, data=data)

    def picture(self, rgb: NDArray[np.uint8], *, stamp_ns: int, frame_id: str) -> Any:  # noqa: ANN401
        """sensor_msgs/Image of encoding rgb8."""
        height, width = rgb.shape[:2]
        return self._types.new(
            "sensor_msgs/msg/Image",
            header=self._header(stamp_ns, frame_id),
            height=height,
            width=width,
            encoding="rgb8",
            is_bigendian=0,
            step=width * 3,
            data=np.ascontiguousarray(rgb).reshape(-1),
        )

    def jpeg(
        self,
        rgb: NDArray[np.uint8],
        *,
        stamp_ns: int,
        frame_id: str,
        quality: int = JPEG_QUALITY,
    ) -> Any:  # noqa: ANN401
        """sensor_msgs/CompressedImage of format jpeg, colours at full resolution."""
        return self._types.new(
            "sensor_msgs/msg/CompressedImage",
            header=self._header(stamp_ns, frame_id),
            format="jpeg",
            data=jpeg_of(rgb, quality=quality, full_colour=True),
        )

    def diagnostics(self, statuses: Iterable[StatusLike], *, stamp_ns: int) -> Any:  # noqa: ANN401
        """diagnostic_msgs/DiagnosticArray."""
        new = self._types.new
        return new(
            "diagnostic_msgs/msg/DiagnosticArray",
            header=self._header(stamp_ns, ""),
            status=[
                new(
                    "diagnostic_msgs/msg/DiagnosticStatus",
                    level=status.level,
                    name=status.name,
                    message=status.message,
                    hardware_id=status.hardware_id,
                    values=[
                        new("diagnostic_msgs/msg/KeyValue", key=key, value=value)
                        for key, value in status.values.items()
                    ],
                )
                for status in statuses
            ],
        )

    def _header(self, stamp_ns: int, frame_id: str) -> Any:  # noqa: ANN401
        seconds, nanoseconds = divmod(max(0, stamp_ns), 1_000_000_000)
        stamp = self._types.new("builtin_interfaces/msg/Time", sec=seconds, nanosec=nanoseconds)
        return self._types.new("std_msgs/msg/Header", stamp=stamp, frame_id=frame_id)
