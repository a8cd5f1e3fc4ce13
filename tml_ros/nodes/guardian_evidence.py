"""The evidence of a guardian node: carries what the node sees, hears and says to the recorder.

What is said on topics comes as bytes, straight from the middleware, and is not converted. Knows
nothing of clips and privacy. Made when the cell is configured; listens while the node is active.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.qos import QoSProfile
from std_msgs.msg import Int16MultiArray, String

from tml_ros.cell.alarm_status import ERROR, OK, WARN, Status
from tml_ros.cell.cell_description import camera_topic, microphone_topic
from tml_ros.cell.cell_evidence import evidence_settings
from tml_ros.evidence.evidence_settings import EvidenceSettings, Privacy
from tml_ros.evidence.recorder import EvidenceRecorder
from tml_ros.nodes import qos
from tml_ros.nodes.cell_node import CellNode
from tml_ros.safety.alarm import AlarmTransition
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import AudioBlock, Frame

DIAGNOSTICS = "diagnostic_msgs/msg/DiagnosticArray"
INT16_ARRAY, STRING = "std_msgs/msg/Int16MultiArray", "std_msgs/msg/String"
HEARD: tuple[tuple[str, type, str, QoSProfile], ...] = (
    ("hazards", DiagnosticArray, DIAGNOSTICS, qos.HAZARDS),
    ("alarms", DiagnosticArray, DIAGNOSTICS, qos.ALARMS),
    ("alarms/events", DiagnosticArray, DIAGNOSTICS, qos.ALARM_EVENTS),
    ("speech/text", String, STRING, qos.SPEECH),
    ("speech/audio", Int16MultiArray, INT16_ARRAY, qos.SPEECH),
    ("speech/warning", Int16MultiArray, INT16_ARRAY, qos.SPEECH),
)
"""Topic, type, the type's name in a clip, QoS."""


class GuardianEvidence:
    """The recorder of a cell, or none where the cell keeps no evidence.

    `frame`, `sound`, `alarms` and `advance` belong to the node's worker thread and take
    microseconds; `status` belongs to any.
    """

    def __init__(self, node: CellNode) -> None:
        """Start the recorder; it ends when the node forgets the cell. Raises ValueError."""
        self._node, cell = node, node.cell
        self.settings: EvidenceSettings | None = evidence_settings(cell)
        self._recorder: EvidenceRecorder | None = None
        if self.settings is None:
            return
        self._recorder = EvidenceRecorder(
            self.settings,
            {
                # JPEG under the name image_transport gives it, where the camera gives raw pictures.
                name: node.resolve_topic_name(camera_topic(cell, name))
                + ("" if camera.compressed else "/compressed")
                for name, camera in cell.cameras.items()
            },
            {
                name: node.resolve_topic_name(microphone_topic(cell, name))
                for name in cell.microphones
            },
        )
        node.at_cleanup(self._close)
        if self.settings.warning:
            node.get_logger().warning(self.settings.warning)

    def listen(self) -> None:
        """Take in, until deactivation, what is said on the cell's topics, without reading it."""
        if self._recorder is None:
            return
        for topic, message, msgtype, profile in HEARD:
            put = partial(self._said, self._node.resolve_topic_name(topic), msgtype)
            self._node.subscribe(message, topic, put, profile, raw=True)

    def frame(self, frame: Frame, now_ns: int) -> None:
        """A picture has come."""
        if self._recorder is not None:
            self._recorder.frame(frame, now_ns)

    def sound(self, block: AudioBlock, now_ns: int) -> None:
        """Sound has come."""
        if self._recorder is not None:
            self._recorder.sound(block, now_ns)

    def alarms(self, transitions: Iterable[AlarmTransition]) -> None:
        """Alarms have changed."""
        if self._recorder is not None:
            for transition in transitions:
                self._recorder.alarm(transition)

    def advance(self, hazards: Iterable[Hazard], now_ns: int) -> list[Hazard]:
        """Time has passed. hazards: as they stand. Whether evidence is being kept, as a hazard."""
        if self._recorder is None:
            return []
        self._recorder.boxes(
            hazard.box for hazard in hazards if hazard.box is not None and hazard.score > 0
        )
        self._recorder.advance(now_ns)
        failing = self._recorder.status().failing
        return [
            Hazard(
                HazardKind.EVIDENCE_FAILED, "", float(failing), HazardSource.GUARD, max(0, now_ns)
            )
        ]

    def status(self) -> Status:
        """How it fares, for /diagnostics."""
        if self._recorder is None:
            return self._node.status(OK, "evidence", "the cell keeps none", {})
        status = self._recorder.status()
        level, message = OK, f"{status.clips} clips, {status.bytes / 2**20:.0f} MiB"
        if status.privacy is Privacy.OFF:
            level, message = WARN, f"{message}; people stay recognisable"
        if status.failing:
            level, message = ERROR, f"not being kept: {status.reason}"
        values = {
            "privacy": status.privacy.value,
            "clips": str(status.clips),
            "bytes": str(status.bytes),
            "memory_bytes": str(status.memory_bytes),
            "dropped": str(status.dropped),
            "cut_short": str(status.cut_short),
            "failures": str(status.failures),
        }
        return self._node.status(level, "evidence", message, values)

    def _said(self, topic: str, msgtype: str, cdr: bytes) -> None:
        if self._recorder is not None:
            self._recorder.event(topic, msgtype, cdr, self._node.now_ns())

    def _close(self) -> None:
        if self._recorder is not None and not self._recorder.close():
            self._node.get_logger().error("evidence was still being written after 5 s")
        self._recorder = None
