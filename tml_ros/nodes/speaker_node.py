"""The loudspeaker of a cell: plays what is said, stops when told to, reports what was heard.

Speech and warnings meet here and nowhere else, so here it is decided who is heard: a warning, even
where whoever speaks hangs or does not listen. Knows nothing of who speaks and why. The sink plays
in a thread of its own; the node's callbacks only enqueue.
"""

from __future__ import annotations

import sys

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from numpy.typing import NDArray
from rclpy.clock import Clock, ClockType
from rclpy.logging import get_logger
from rclpy.node import Node
from std_msgs.msg import Empty, Int16MultiArray, String, UInt64

from tml_ros.cell.alarm_status import ERROR, OK, WARN, Status
from tml_ros.devices.loudspeaker import open_loudspeaker
from tml_ros.devices.loudspeaker_status import LoudspeakerAbsentError
from tml_ros.devices.yielding_loudspeaker import YieldingLoudspeaker
from tml_ros.nodes import qos
from tml_ros.nodes.exit_codes import FAILED
from tml_ros.nodes.message_door import MessageDoor
from tml_ros.nodes.messages import samples_of
from tml_ros.nodes.node_heartbeat import NodeHeartbeat
from tml_ros.nodes.parameters import number_parameter, source_parameter
from tml_ros.nodes.running import run_node
from tml_ros.nodes.status_messages import statuses_message
from tml_ros.turn.micro_turn import SAMPLE_RATE

NO_SINK = "none"
PLAYBACK_SECONDS = 0.1


class SpeakerNode(Node):
    """Plays speech and warnings of 16 kHz mono, never both.

    Parameters:
        sink: name (or part of it) or index of a PortAudio device, a .wav file to write, or "none"
            to play unheard (default "default").
        volume: 0..1 (default 1).

    Subscribes:
        speech/audio (Int16MultiArray, one channel): queued; beyond a minute the oldest gives way;
            left out while a warning is being played
        speech/warning (Int16MultiArray, one channel): played in place of everything else within
            50 ms, of speech and of the warning before; without frames: ends the warning that is
            being played
        speech/text (String): the words of both, shown on /diagnostics
        speech/flush (Empty): forget what is queued of speech; silent within 50 ms. A warning is
            not ended by it: whoever speaks may take back its own words, not the guardian's
    Publishes:
        speech/playback (UInt64), 10 Hz: samples that really went out since the start
        heartbeat (DiagnosticArray), 5 Hz: its work is the samples that the sink takes, silence
            included; one that is lost, or can no longer be written, does none
        /diagnostics (DiagnosticArray), 1 Hz: played, waiting, flushed, dropped, malformed, warnings
            and the samples of speech that yielded to them

    Fails to start, with exit code 2, on a wrong parameter, a file that cannot be created or without
    PortAudio; with exit code 1 where the device is not there, because it may be the next time. A
    device that goes away later is retried, and reported; malformed sound is counted and left out.
    """

    def __init__(self) -> None:
        """Open the sink. Raises ParameterError, LoudspeakerError."""
        super().__init__("speaker")
        self._sink = source_parameter(
            self, "sink", "PortAudio device, .wav file, or none", default="default"
        )
        self._volume = number_parameter(
            self, "volume", "loudness of all speech", default=1.0, lowest=0.0, highest=1.0
        )
        self._last_text = ""
        self._malformed = 0
        self._lost = False
        self._taken = 0
        self._playback = self.create_publisher(UInt64, "speech/playback", qos.PLAYBACK)
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS)
        sink = None if self._sink == NO_SINK else self._sink
        self._speaker = open_loudspeaker(sink, rate=SAMPLE_RATE)
        self._voice = YieldingLoudspeaker(self._speaker)
        self._heart = NodeHeartbeat(
            self, name=self.get_name(), cell=self.get_namespace().strip("/")
        )
        self._heart.expect(True)
        self._door = MessageDoor(self)
        self._door.subscribe(Int16MultiArray, "speech/warning", self._on_warning, qos.SPEECH)
        self._door.subscribe(Int16MultiArray, "speech/audio", self._on_audio, qos.SPEECH)
        self._door.subscribe(String, "speech/text", self._on_text, qos.SPEECH)
        self._door.subscribe(Empty, "speech/flush", self._on_flush, qos.SPEECH)
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(PLAYBACK_SECONDS, self._on_tick, clock=steady)
        self.create_timer(1.0, self._report, clock=steady)

    def destroy_node(self) -> None:
        """Stop at once and close the sink."""
        self._speaker.close()
        super().destroy_node()

    def _on_warning(self, message: Int16MultiArray) -> None:
        samples = self._samples(message, "speech/warning")
        if samples is not None:
            self._voice.warn(samples)

    def _on_audio(self, message: Int16MultiArray) -> None:
        samples = self._samples(message, "speech/audio")
        if samples is not None:
            self._voice.say(samples)

    def _samples(self, message: Int16MultiArray, topic: str) -> NDArray[np.float32] | None:
        try:
            samples = samples_of(message, channels=1)
        except ValueError as problem:
            self._malformed += 1
            self.get_logger().warning(f"{topic} is left out: {problem}", throttle_duration_sec=5.0)
            return None
        return samples[:, 0] * np.float32(self._volume / 32_768)

    def _on_text(self, message: String) -> None:
        self._last_text = message.data[:200]

    def _on_flush(self, _: Empty) -> None:
        self._voice.flush()

    def _on_tick(self) -> None:
        self._playback.publish(UInt64(data=self._speaker.samples_played))
        status = self._speaker.status
        if status.taken > self._taken and not status.lost:
            self._heart.done(status.taken - self._taken)
        self._taken = status.taken
        if status.lost is not self._lost:
            self._lost = status.lost
            if status.lost:
                self.get_logger().error(f"{self._sink} is lost: {status.last_error}")
            else:
                self.get_logger().info(f"{self._sink} is back")

    def _report(self) -> None:
        status = self._speaker.status
        level, summary = OK, "speaking" if status.waiting else "silent"
        if self._voice.warning:
            summary = "warning"
        if status.lost:
            level, summary = ERROR, "lost"
        elif self._malformed or self._door.refused or status.dropped:
            level = WARN
        values = {
            "sink": str(self._sink),
            "played": str(status.played),
            "waiting": str(status.waiting),
            "flushed": str(status.flushed),
            "dropped": str(status.dropped),
            "malformed": str(self._malformed + self._door.refused),
            "warnings": str(self._voice.warnings),
            "yielded": str(self._voice.yielded),
            "retries": str(status.retries),
            "last_text": self._last_text,
            "last_error": status.last_error,
        }
        name = f"{self.get_fully_qualified_name().lstrip('/')}: sink"
        report = Status(level, name, summary, self.get_namespace().strip("/"), values)
        stamp_ns = self.get_clock().now().nanoseconds
        self._diagnostics.publish(statuses_message([report], stamp_ns))


def _build() -> SpeakerNode:
    try:
        return SpeakerNode()
    except LoudspeakerAbsentError as problem:
        get_logger("speaker").fatal(f"cannot start now: {problem}")
        sys.exit(FAILED)


def main() -> int:
    """Run the node as a program."""
    return run_node(_build)


if __name__ == "__main__":
    sys.exit(main())
