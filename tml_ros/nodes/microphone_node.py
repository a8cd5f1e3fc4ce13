"""A microphone or wav file as an audio topic.

Knows nothing of what is heard. The source captures in a thread of its own; a second thread, the
node's, publishes; the spinning thread only reports.
"""

from __future__ import annotations

import sys
from functools import partial

from rclpy.duration import Duration
from rclpy.logging import get_logger
from std_msgs.msg import Int16MultiArray

from tml_ros.cell.alarm_status import ERROR, OK, WARN
from tml_ros.devices.captured_block import CapturedBlock, MicrophoneAbsentError, MicrophoneStatus
from tml_ros.devices.microphone_source import open_microphone
from tml_ros.devices.source_state import SourceState
from tml_ros.nodes import qos
from tml_ros.nodes.exit_codes import FAILED
from tml_ros.nodes.messages import audio_message
from tml_ros.nodes.parameters import source_parameter, whole_number_parameter
from tml_ros.nodes.running import run_node
from tml_ros.nodes.source_node import SourceNode


class MicrophoneNode(SourceNode[CapturedBlock]):
    """Publishes the sound of one source in blocks of 20 ms.

    Parameters, beside those of SourceNode:
        source: wav file, or name (or part of it) or index of a PortAudio device (default
            "default").
        rate: samples per second of what is published; a file is converted (default 16000).
        channels: of what is published (default 1).

    Publishes, beside /diagnostics:
        audio (Int16MultiArray, dims `frames` and `channels`)

    Fails to start, with exit code 2, on a wrong parameter, a broken file or without PortAudio; with
    exit code 1 where the device is not there, because it may be the next time. A device that goes
    away later is retried, and reported.
    """

    def __init__(self) -> None:
        """Open the source. Raises ParameterError, MicrophoneSourceError."""
        super().__init__("microphone")
        source = source_parameter(
            self, "source", "wav file, or PortAudio device name or index", default="default"
        )
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
        self._audio = self.create_publisher(Int16MultiArray, "audio", qos.AUDIO)
        self.begin(
            str(source),
            self._audio,
            partial(open_microphone, source, rate=rate, channels=channels, loop=self.loop),
        )

    def publish(self, item: CapturedBlock) -> None:
        """Send one block."""
        self._audio.publish(audio_message(item.samples))

    def captured_ns(self, item: CapturedBlock) -> int:
        """When the sound of a block began to be captured."""
        return item.start_ns

    def describe(self, status: MicrophoneStatus) -> tuple[int, dict[str, str]]:
        """The level and the figures of a report on the source."""
        return _level(status), {
            "blocks": str(status.blocks),
            "dropped": str(status.dropped),
            "overflows": str(status.overflows),
            "retries": str(status.retries),
            "last_error": status.last_error,
        }

    def let_go(self) -> None:
        """Wait until the last blocks have arrived."""
        self._audio.wait_for_all_acked(Duration(seconds=0.5))


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
