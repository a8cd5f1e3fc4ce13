"""A camera, network stream or video file as an image topic.

Knows nothing of what is in the pictures. The source captures in a thread of its own; a second
thread, the node's, converts and publishes; the spinning thread only reports.
"""

from __future__ import annotations

import sys
import time
from functools import partial

from sensor_msgs.msg import CompressedImage, Image

from tml_ros.cell.alarm_status import ERROR, OK, WARN
from tml_ros.devices.camera_source import open_camera
from tml_ros.devices.captured_frame import CameraStatus, CapturedFrame
from tml_ros.devices.source_state import SourceState
from tml_ros.devices.video_stream import without_password
from tml_ros.nodes import qos
from tml_ros.nodes.capture_stamps import CaptureStamps
from tml_ros.nodes.messages import compressed_image_message, image_message
from tml_ros.nodes.parameters import (
    ParameterError,
    number_parameter,
    source_parameter,
    switch_parameter,
    text_parameter,
    whole_number_parameter,
)
from tml_ros.nodes.running import run_node
from tml_ros.nodes.source_node import SourceNode
from tml_ros.turn.encoded_picture import jpeg_of

LEVELS = {
    SourceState.OPENING: WARN,
    SourceState.RUNNING: OK,
    SourceState.LOST: ERROR,
    SourceState.ENDED: WARN,
    SourceState.CLOSED: WARN,
}


class CameraNode(SourceNode[CapturedFrame]):
    """Publishes the newest frame of one source.

    Parameters, beside those of SourceNode:
        source: device index, /dev/video path, rtsp:// or http:// URL, or video file; must be set.
        rate: at most so many frames per second; 0 for as many as there are (default 0).
        width, height: size of the pictures; 0 for that of the source (default 0).
        compressed: publish CompressedImage, JPEG, instead of Image, rgb8 (default false).
        jpeg_quality: 1..100 (default 85).
        frame_id: of the header (default: the node's name).

    Publishes, beside /diagnostics:
        image (Image or CompressedImage): stamped with the time of capture; of a file with the time
            it was started plus media time

    Fails to start on a wrong parameter or a file that is missing or no video. A device or stream
    that is not there is retried for ever, and reported.
    """

    def __init__(self) -> None:
        """Open the source. Raises ParameterError, CameraSourceError."""
        super().__init__("camera")
        source = source_parameter(self, "source", "device index, URL or video file")
        rate = number_parameter(
            self,
            "rate",
            "at most so many frames per second; 0 for as many as there are",
            default=0.0,
            lowest=0.0,
            highest=240.0,
        )
        self._compressed = switch_parameter(
            self, "compressed", "publish CompressedImage instead of Image", default=False
        )
        self._quality = whole_number_parameter(
            self,
            "jpeg_quality",
            "quality of compressed pictures",
            default=85,
            lowest=1,
            highest=100,
        )
        self._frame_id = text_parameter(
            self, "frame_id", "frame_id of the header", default=self.get_name()
        )
        size = self._size()
        message = CompressedImage if self._compressed else Image
        self._images = self.create_publisher(message, "image", qos.CAMERA_IMAGE)
        self._stamps = CaptureStamps()
        self.begin(
            without_password(source),
            self._images,
            partial(open_camera, source, loop=self.loop, rate=rate or None, size=size),
        )

    def publish(self, item: CapturedFrame) -> None:
        """Send one picture."""
        stamp_ns = self._stamps.stamp_ns(
            item.captured_ns,
            steady_ns=time.monotonic_ns(),
            node_ns=self.get_clock().now().nanoseconds,
        )
        if self._compressed:
            jpeg = jpeg_of(item.rgb, quality=self._quality)
            message = compressed_image_message(jpeg, "jpeg", stamp_ns, self._frame_id)
        else:
            message = image_message(item.rgb, stamp_ns, self._frame_id)
        self._images.publish(message)

    def captured_ns(self, item: CapturedFrame) -> int:
        """When a picture was captured."""
        return item.captured_ns

    def describe(self, status: CameraStatus) -> tuple[int, dict[str, str]]:
        """The level and the figures of a report on the source."""
        return LEVELS[status.state], {
            "state_seconds": f"{(time.monotonic_ns() - status.since_ns) / 1e9:.1f}",
            "frames": str(status.frames),
            "replaced": str(status.replaced),
            "skipped": str(status.skipped),
            "retries": str(status.retries),
            "last_error": status.last_error,
        }

    def _size(self) -> tuple[int, int] | None:
        width, height = (
            whole_number_parameter(
                self,
                name,
                f"{name} of the pictures; 0 for the source's",
                default=0,
                lowest=0,
                highest=16_384,
            )
            for name in ("width", "height")
        )
        if bool(width) != bool(height):
            raise ParameterError("parameters 'width' and 'height' must be set both or neither")
        return (width, height) if width else None


def main() -> int:
    """Run the node as a program."""
    return run_node(CameraNode)


if __name__ == "__main__":
    sys.exit(main())
