"""A camera, network stream or video file as an image topic.

Knows nothing of what is in the pictures. The source captures in a thread of its own; a second
thread, the node's, converts and publishes; the spinning thread only reports.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from functools import partial

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from sensor_msgs.msg import CompressedImage, Image

from tml_ros.cell.alarm_status import ERROR, OK, WARN, Status
from tml_ros.devices.camera_source import CameraSource, open_camera
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
from tml_ros.nodes.pump import Pump
from tml_ros.nodes.running import run_node
from tml_ros.nodes.status_messages import statuses_message
from tml_ros.turn.encoded_picture import jpeg_of

LEVELS = {
    SourceState.OPENING: WARN,
    SourceState.RUNNING: OK,
    SourceState.LOST: ERROR,
    SourceState.ENDED: WARN,
    SourceState.CLOSED: WARN,
}


class CameraNode(Node):
    """Publishes the newest frame of one source.

    Parameters:
        source: device index, /dev/video path, rtsp:// or http:// URL, or video file; must be set.
        loop: start a file over at its end (default false).
        rate: at most so many frames per second; 0 for as many as there are (default 0).
        width, height: size of the pictures; 0 for that of the source (default 0).
        compressed: publish CompressedImage, JPEG, instead of Image, rgb8 (default false).
        jpeg_quality: 1..100 (default 85).
        frame_id: of the header (default: the node's name).
        wait_for_subscribers: open the source only when so many subscribe, so that they see a file
            from its first frame (default 0).
        exit_at_end: end with exit code 0 after the last frame of a file; otherwise the node stays,
            without frames (default false).

    Publishes:
        image (Image or CompressedImage): stamped with the time of capture; of a file with the time
            it was started plus media time
        /diagnostics (DiagnosticArray), 1 Hz: state of the source, frames, retries, last error

    Fails to start on a wrong parameter or a file that is missing or no video. A device or stream
    that is not there is retried for ever, and reported.
    """

    def __init__(self) -> None:
        """Open the source. Raises ParameterError, CameraSourceError."""
        super().__init__("camera")
        source = source_parameter(self, "source", "device index, URL or video file")
        loop = switch_parameter(self, "loop", "start a file over at its end", default=False)
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
        self._exit_at_end = switch_parameter(
            self, "exit_at_end", "end after the last frame of a file", default=False
        )
        self._wait_for = whole_number_parameter(
            self,
            "wait_for_subscribers",
            "open the source only when so many subscribe",
            default=0,
            lowest=0,
            highest=100,
        )
        size = self._size()
        message = CompressedImage if self._compressed else Image
        self._images = self.create_publisher(message, "image", qos.CAMERA_IMAGE)
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS)
        self._stamps = CaptureStamps()
        self._state: SourceState | None = None
        self._published = 0
        self._source = without_password(source)
        self._open = partial(open_camera, source, loop=loop, rate=rate or None, size=size)
        self._camera: CameraSource | None = self._open()
        self._pump: Pump[CapturedFrame] | None = None
        if self._wait_for:
            # Opened all the same, so that a wrong source is found now.
            self._camera.close()
            self._camera = None
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(0.1, self._watch, clock=steady)
        self.create_timer(1.0, self._report, clock=steady)
        self._watch()

    def destroy_node(self) -> None:
        """Close the source and end the node's thread."""
        if self._camera is not None:
            self._camera.close()
        if self._pump is not None:
            self._pump.close()
        super().destroy_node()

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

    def _publish(self, frame: CapturedFrame) -> None:
        stamp_ns = self._stamps.stamp_ns(
            frame.captured_ns,
            steady_ns=time.monotonic_ns(),
            node_ns=self.get_clock().now().nanoseconds,
        )
        if self._compressed:
            jpeg = jpeg_of(frame.rgb, quality=self._quality)
            message = compressed_image_message(jpeg, "jpeg", stamp_ns, self._frame_id)
        else:
            message = image_message(frame.rgb, stamp_ns, self._frame_id)
        self._images.publish(message)
        self._published += 1

    def _watch(self) -> None:
        """Log each change of the source's state; raises when the publishing thread has failed."""
        if self._pump is None and self._images.get_subscription_count() >= self._wait_for:
            self._camera = self._camera or self._open()
            self._pump = Pump("camera", self._camera.read, self._publish)
        if self._camera is None or self._pump is None:
            return
        self._pump.check()
        status = self._camera.status
        if status.state is self._state or self._still_publishing(status):
            return
        self._state = status.state
        if status.state is SourceState.LOST:
            self.get_logger().warning(f"{self._source} is lost: {status.last_error}; retrying")
        else:
            self.get_logger().info(f"{self._source} is {status.state.value}")
        if status.state is SourceState.ENDED and self._exit_at_end:
            os.kill(os.getpid(), signal.SIGTERM)

    def _still_publishing(self, status: CameraStatus) -> bool:
        unread = status.frames - status.replaced - self._published
        return status.state is SourceState.ENDED and unread > 0

    def _report(self) -> None:
        level, summary = WARN, f"waiting for {self._wait_for} subscribers"
        values = {"source": self._source, "published": str(self._published)}
        if self._camera is not None:
            status = self._camera.status
            level, summary = LEVELS[status.state], status.state.value
            values |= {
                "state_seconds": f"{(time.monotonic_ns() - status.since_ns) / 1e9:.1f}",
                "frames": str(status.frames),
                "replaced": str(status.replaced),
                "skipped": str(status.skipped),
                "retries": str(status.retries),
                "last_error": status.last_error,
            }
        name = f"{self.get_fully_qualified_name().lstrip('/')}: source"
        report = Status(level, name, summary, self.get_namespace().strip("/"), values)
        stamp_ns = self.get_clock().now().nanoseconds
        self._diagnostics.publish(statuses_message([report], stamp_ns))


def main() -> int:
    """Run the node as a program."""
    return run_node(CameraNode)


if __name__ == "__main__":
    sys.exit(main())
