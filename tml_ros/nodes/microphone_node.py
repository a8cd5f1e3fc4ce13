"""A microphone or wav file as an audio topic.

Knows nothing of what is heard. The source captures in a thread of its own; a second thread, the
node's, publishes; the spinning thread only reports.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import partial

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock, ClockType
from rclpy.duration import Duration
from rclpy.logging import get_logger
from rclpy.node import Node
from std_msgs.msg import Int16MultiArray

from tml_ros.cell.alarm_status import ERROR, OK, WARN, Status
from tml_ros.devices.captured_block import CapturedBlock, MicrophoneAbsentError, MicrophoneStatus
from tml_ros.devices.microphone_source import MicrophoneSource, open_microphone
from tml_ros.devices.source_state import SourceState
from tml_ros.nodes import qos
from tml_ros.nodes.exit_codes import FAILED
from tml_ros.nodes.messages import audio_message
from tml_ros.nodes.parameters import (
    source_parameter,
    switch_parameter,
    whole_number_parameter,
)
from tml_ros.nodes.pump import Pump
from tml_ros.nodes.running import run_node
from tml_ros.nodes.status_messages import statuses_message


class MicrophoneNode(Node):
    """Publishes the sound of one source in blocks of 20 ms.

    Parameters:
        source: wav file, or name (or part of it) or index of a PortAudio device (default
            "default").
        loop: start a file over at its end (default false).
        rate: samples per second of what is published; a file is converted (default 16000).
        channels: of what is published (default 1).
        wait_for_subscribers: open the source only when so many subscribe, so that they hear a file
            from its first sample (default 0).
        exit_at_end: end with exit code 0 after the last block of a file; otherwise the node stays,
            silent (default false).

    Publishes:
        audio (Int16MultiArray, dims `frames` and `channels`)
        /diagnostics (DiagnosticArray), 1 Hz: state, blocks, dropped, overflows, last error

    Fails to start, with exit code 2, on a wrong parameter, a broken file or without PortAudio; with
    exit code 1 where the device is not there, because it may be the next time. A device that goes
    away later is retried, and reported.
    """

    def __init__(self) -> None:
        """Open the source. Raises ParameterError, MicrophoneSourceError."""
        super().__init__("microphone")
        self._source = source_parameter(
            self, "source", "wav file, or PortAudio device name or index", default="default"
        )
        loop = switch_parameter(self, "loop", "start a file over at its end", default=False)
        rate = whole_number_parameter(
            self,
            "rate",
            "samples per second of what is published",
            default=16_000,
            lowest=8_000,
            highest=192_000,
        )
        channels = whole_number_parameter(
            self, "channels", "channels of what is published", default=1, lowest=1, highest=32
        )
        self._exit_at_end = switch_parameter(
            self, "exit_at_end", "end after the last block of a file", default=False
        )
        self._wait_for = whole_number_parameter(
            self,
            "wait_for_subscribers",
            "open the source only when so many subscribe",
            default=0,
            lowest=0,
            highest=100,
        )
        self._audio = self.create_publisher(Int16MultiArray, "audio", qos.AUDIO)
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS)
        self._published = 0
        self._state: SourceState | None = None
        self._open = partial(open_microphone, self._source, rate=rate, channels=channels, loop=loop)
        self._microphone: MicrophoneSource | None = self._open()
        self._pump: Pump[CapturedBlock] | None = None
        problem = self._microphone.status.last_error
        if problem:
            self.get_logger().warning(problem)
        if self._wait_for:
            # Opened all the same, so that a wrong source is found now.
            self._microphone.close()
            self._microphone = None
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(0.1, self._watch, clock=steady)
        self.create_timer(1.0, self._report, clock=steady)
        self._watch()

    def destroy_node(self) -> None:
        """Close the source and end the node's thread."""
        if self._microphone is not None:
            self._microphone.close()
        if self._pump is not None:
            self._pump.close()
        super().destroy_node()

    def _publish(self, block: CapturedBlock) -> None:
        self._audio.publish(audio_message(block.samples))
        self._published += 1

    def _watch(self) -> None:
        """Log each change of the source's state; raises when the publishing thread has failed."""
        if self._pump is None and self._audio.get_subscription_count() >= self._wait_for:
            self._microphone = self._microphone or self._open()
            self._pump = Pump("microphone", self._microphone.read, self._publish)
        if self._microphone is None or self._pump is None:
            return
        self._pump.check()
        status = self._microphone.status
        if status.state is self._state or self._still_publishing(status):
            return
        self._state = status.state
        if status.state is SourceState.LOST:
            self.get_logger().warning(f"{self._source} is lost: {status.last_error}; retrying")
        else:
            self.get_logger().info(f"{self._source} is {status.state.value}")
        if status.state is SourceState.ENDED and self._exit_at_end:
            self._audio.wait_for_all_acked(Duration(seconds=0.5))
            os.kill(os.getpid(), signal.SIGTERM)

    def _still_publishing(self, status: MicrophoneStatus) -> bool:
        unread = status.blocks - status.dropped - self._published
        return status.state is SourceState.ENDED and unread > 0

    def _report(self) -> None:
        level, summary = WARN, f"waiting for {self._wait_for} subscribers"
        values = {"source": str(self._source), "published": str(self._published)}
        if self._microphone is not None:
            status = self._microphone.status
            level, summary = _level(status), status.state.value
            values |= {
                "blocks": str(status.blocks),
                "dropped": str(status.dropped),
                "overflows": str(status.overflows),
                "retries": str(status.retries),
                "last_error": status.last_error,
            }
        name = f"{self.get_fully_qualified_name().lstrip('/')}: source"
        report = Status(level, name, summary, self.get_namespace().strip("/"), values)
        stamp_ns = self.get_clock().now().nanoseconds
        self._diagnostics.publish(statuses_message([report], stamp_ns))


def _level(status: MicrophoneStatus) -> int:
    if status.state is SourceState.LOST:
        return ERROR
    return OK if status.state is SourceState.RUNNING and not status.dropped else WARN


def _build() -> MicrophoneNode:
    try:
        return MicrophoneNode()
    except MicrophoneAbsentError as problem:
        get_logger("microphone").fatal(f"cannot start now: {problem}")
        sys.exit(FAILED)


def main() -> int:
    """Run the node as a program."""
    return run_node(_build)


if __name__ == "__main__":
    sys.exit(main())
