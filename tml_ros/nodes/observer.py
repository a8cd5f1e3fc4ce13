"""The observer: watches a whole cell from outside, records it and keeps the log of the session.

Knows nothing of what the cell decides; it takes part in nothing. Callbacks stamp the arrival and
enqueue the serialized message as it is; one worker thread owns the bag, unpacks what the log needs
and feeds the recorder.
"""

from __future__ import annotations

import json
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from numpy.typing import NDArray
from rclpy.context import Context
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.serialization import deserialize_message
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Empty, Int16MultiArray, String, UInt64

from tml_ros.background.contracts import Delegation, Finding, Outcome
from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_writer import BagWriter
from tml_ros.cell.alarm_status import Status, parse_alarm, parse_hazard, parse_transition
from tml_ros.cell.cell_description import camera_topic, microphone_topic
from tml_ros.cell.machine_description import telemetry_sources
from tml_ros.nodes import qos
from tml_ros.nodes.followed_clock import FollowedClock
from tml_ros.nodes.messages import frame_of, samples_of, time_ns
from tml_ros.nodes.status_messages import statuses_of
from tml_ros.nodes.telemetry_types import message_type
from tml_ros.nodes.worker import Lane, Worker
from tml_ros.report.heard_speech import HeardSpeech
from tml_ros.report.live_view import LiveView
from tml_ros.report.session_log import SessionLog
from tml_ros.report.session_recorder import SessionRecorder
from tml_ros.sim.truth_stream import END, HEADER, NOW
from tml_ros.turn.micro_turn import Frame

PICTURES_WAITING = 8
OTHERS_WAITING = 500
DRAIN_SECONDS = 5.0
_STAMP = struct.Struct("<iI")
_CDR_HEADER = 4


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A serialized message and when it came, in ns of the observer's clock."""

    arrival_ns: int
    data: bytes


@dataclass(frozen=True, slots=True)
class _Subject:
    """One topic watched: its type and what to do with its messages beyond recording them."""

    topic: str
    kind: type
    profile: QoSProfile
    take: Callable[[_Arrival], None]
    waiting: int = OTHERS_WAITING

    @property
    def type_name(self) -> str:
        """The type's name in a bag, "sensor_msgs/msg/Image"."""
        return f"{self.kind.__module__.partition('.')[0]}/msg/{self.kind.__name__}"


class Observer(Node):
    """Records every topic of a cell into one bag and its facts into the session log.

    bag: path of the MCAP file, replaced where it exists. Raises BagError where it cannot be
        written.

    Subscribes, in the namespace of the cell:
        every camera and microphone, alarms, alarms/events, alarms/command, hazards, text,
        speech/audio, speech/warning, speech/text, speech/flush, speech/playback, heartbeat; and
        /diagnostics; where the cell has machines: their telemetry, delegations and findings; where
        it is simulated: simulation/truth
    Publishes nothing, but `type_text` types for an operator.

    evidence: folder of the pictures that findings name.
    simulated: a simulation gives out the time; nothing is recorded before it does.

    A full disk ends the recording, is counted and said by `bag_fault`, and the log goes on. What
    the worker cannot keep up with is dropped, oldest first, and counted in the log.
    """

    def __init__(
        self,
        log: SessionLog,
        bag: Path,
        *,
        evidence: Path | None = None,
        simulated: bool = False,
        context: Context | None = None,
    ) -> None:
        """Open the bag and begin to watch."""
        super().__init__("observer", namespace=log.cell.cell, context=context, enable_rosout=False)
        self.bag_fault = ""
        """Why the bag ends early; "" where it does not."""
        self.scenario_over = False
        """Whether the simulation has said that it has come to its end."""
        self._evidence = evidence
        self._followed = FollowedClock() if simulated else None
        if self._followed is not None:
            # Before all others, so that it is told the time before what comes with it.
            self.create_subscription(Clock, "/clock", self._on_clock, qos.NEWEST_CLOCK)
        self._text = self.create_publisher(String, "text", qos.TEXT)
        self._noticed = self._answered = 0
        self._recorder = SessionRecorder(log)
        self._writer = BagWriter(bag, overwrite=True)
        self._lock = threading.Lock()
        self._heard = HeardSpeech()
        subjects = [*self._inputs(), *self._outputs(), *self._background()]
        self._worker = Worker(
            "observer",
            {subject.topic: self._lane(subject) for subject in subjects},
            on_failure=self._on_failure,
        )
        for subject in subjects:
            self._watch(subject)

    def view(self) -> LiveView:
        """How the cell stands. Any thread."""
        with self._lock:
            return self._recorder.view(self.now_ns())

    def now_ns(self) -> int:
        """The system's time, or the simulation's, 0 before it begins. Any thread."""
        if self._followed is not None:
            return self._followed.now_ns(time.monotonic_ns())
        return time.time_ns()

    def others_give_time(self) -> bool:
        """Whether a simulation, or a recording that is played, gives out the time. Any thread."""
        return self.count_publishers("/clock") > 0

    def speaking(self) -> bool:
        """Whether words that were sent to the speaker are still to be played. Any thread."""
        with self._lock:
            return self._heard.speaking

    def type_text(self, text: str) -> None:
        """Type something, as an operator. Any thread."""
        self._text.publish(String(data=text))

    def found(self) -> tuple[int, int]:
        """How often the background noticed something, and answered. Any thread."""
        with self._lock:
            return self._noticed, self._answered

    def has_listener(self, topic: str) -> bool:
        """Whether somebody else listens to a topic of the cell. Any thread."""
        return self.count_subscribers(self.resolve_topic_name(topic)) > 1

    def has_source(self, topic: str) -> bool:
        """Whether somebody publishes a topic of the cell. Any thread."""
        return self.count_publishers(self.resolve_topic_name(topic)) > 0

    def others_of_the_cell(self) -> list[str]:
        """The nodes in the cell's namespace apart from this one. Any thread."""
        space = self.get_namespace()
        names = [name for name, where in self.get_node_names_and_namespaces() if where == space]
        names.remove(self.get_name())
        return sorted(names)

    def end_session(self) -> None:
        """From now on record only into the bag. Any thread."""
        now_ns = self.now_ns()
        self._let_worker_finish()
        with self._lock:
            dropped = sum(count.dropped for count in self._worker.counts().values())
            if dropped:
                self._recorder.log.counters["dropped_messages"] = dropped
            self._recorder.end(now_ns)

    def destroy_node(self) -> None:
        """Finish the log and the bag. Call when the node is no longer spun."""
        self.end_session()
        self._worker.close()
        self._close_bag()
        super().destroy_node()

    def _inputs(self) -> list[_Subject]:
        cell = self._recorder.log.cell
        cameras = [
            _Subject(
                self.resolve_topic_name(camera_topic(cell, name)),
                CompressedImage if camera.compressed else Image,
                qos.CAMERA_IMAGE,
                partial(self._on_image, name, CompressedImage if camera.compressed else Image),
                PICTURES_WAITING,
            )
            for name, camera in cell.cameras.items()
        ]
        microphones = [
            _Subject(
                self.resolve_topic_name(microphone_topic(cell, name)),
                Int16MultiArray,
                qos.AUDIO,
                partial(self._on_sound, name),
            )
            for name in cell.microphones
        ]
        return [*cameras, *microphones]

    def _outputs(self) -> list[_Subject]:
        def subject(
            topic: str, kind: type, profile: QoSProfile, take: Callable[[_Arrival], None]
        ) -> _Subject:
            return _Subject(self.resolve_topic_name(topic), kind, profile, take)

        array = DiagnosticArray
        return [
            subject("alarms", array, qos.ALARMS_HEARD, self._on_alarms),
            subject("alarms/events", array, qos.ALARM_EVENTS, self._on_events),
            subject("alarms/command", String, qos.ALARM_COMMANDS, _only_record),
            subject("hazards", array, qos.HAZARDS, self._on_hazards),
            subject("text", String, qos.TEXT, _only_record),
            subject("speech/audio", Int16MultiArray, qos.SPEECH, self._on_speech),
            subject("speech/warning", Int16MultiArray, qos.SPEECH, self._on_warning),
            subject("speech/text", String, qos.SPEECH, self._on_words),
            subject("speech/flush", Empty, qos.SPEECH, self._on_flush),
            subject("speech/playback", UInt64, qos.PLAYBACK, self._on_playback),
            subject("heartbeat", array, qos.HEARTBEATS_HEARD, self._on_status),
            subject("/diagnostics", array, qos.DIAGNOSTICS, self._on_status),
            *(
                [subject("simulation/truth", String, qos.SIMULATION_TRUTH, self._on_truth)]
                if self._followed is not None
                else []
            ),
        ]

    def _background(self) -> list[_Subject]:
        cell = self._recorder.log.cell
        if not cell.has_background:
            return []
        sources = {
            self.resolve_topic_name(source.topic): source
            for source in telemetry_sources(cell.machines)
        }
        telemetry = [
            _Subject(topic, message_type(source), qos.TELEMETRY, _only_record)
            for topic, source in sources.items()
        ]
        asked = self.resolve_topic_name("delegations")
        found = self.resolve_topic_name("findings")
        return [
            *telemetry,
            _Subject(asked, String, qos.DELEGATIONS, self._on_delegation, 1_000),
            _Subject(found, String, qos.FINDINGS, self._on_finding, 1_000),
        ]

    def _lane(self, subject: _Subject) -> Lane:
        def handle(came: _Arrival) -> None:
            with self._lock:
                self._record(subject, came)
                subject.take(came)

        return Lane(handle, subject.waiting)

    def _watch(self, subject: _Subject) -> None:
        def enqueue(data: bytes) -> None:
            self._worker.put(subject.topic, _Arrival(self.now_ns(), data))

        self.create_subscription(subject.kind, subject.topic, enqueue, subject.profile, raw=True)

    def _record(self, subject: _Subject, came: _Arrival) -> None:
        if self.bag_fault or came.arrival_ns <= 0:
            return
        try:
            self._writer.write(subject.topic, subject.type_name, came.arrival_ns, came.data)
        except BagError as error:
            self.bag_fault = str(error)
            self.get_logger().error(f"recording ends: {error}")

    def _on_image(self, camera: str, kind: type, came: _Arrival) -> None:
        seconds, nanoseconds = _STAMP.unpack_from(came.data, _CDR_HEADER)

        def unpack() -> Frame:
            return frame_of(deserialize_message(came.data, kind), camera)

        self._recorder.frame(
            camera,
            seconds * 1_000_000_000 + nanoseconds,
            came.arrival_ns,
            size=len(came.data),
            unpack=unpack,
        )

    def _on_sound(self, microphone: str, came: _Arrival) -> None:
        self._recorder.sound(microphone, came.arrival_ns)

    def _on_alarms(self, came: _Arrival) -> None:
        alarms = [parse_alarm(status.values) for status in _statuses(came)]
        self._recorder.standing(alarms, came.arrival_ns)

    def _on_events(self, came: _Arrival) -> None:
        for status in _statuses(came):
            self._recorder.changed(parse_transition(status.values))

    def _on_hazards(self, came: _Arrival) -> None:
        for status in _statuses(came):
            self._recorder.hazard(parse_hazard(status.values))

    def _on_status(self, came: _Arrival) -> None:
        # /diagnostics is shared by everything on this machine; only what this cell says counts.
        for status in _statuses(came):
            if status.hardware_id == self._recorder.log.cell.cell:
                self._recorder.status(status)

    def _on_words(self, came: _Arrival) -> None:
        self._recorder.words(deserialize_message(came.data, String).data, came.arrival_ns)

    def _on_speech(self, came: _Arrival) -> None:
        samples = _sound(came)
        if self._heard.sent(len(samples)):
            self._recorder.speech(samples, came.arrival_ns)

    def _on_warning(self, came: _Arrival) -> None:
        samples = _sound(came)
        self._heard.warned(len(samples))
        self._recorder.warning(samples, came.arrival_ns)

    def _on_delegation(self, came: _Arrival) -> None:
        text = deserialize_message(came.data, String).data
        self._recorder.asked(Delegation.model_validate_json(text))

    def _on_finding(self, came: _Arrival) -> None:
        finding = Finding.model_validate_json(deserialize_message(came.data, String).data)
        self._noticed += finding.outcome is Outcome.NOTICED
        self._answered += finding.outcome is Outcome.ANSWERED
        pictures = {}
        for evidence in finding.evidence:
            # The name comes from another process: a file of that folder or nothing.
            if evidence.picture and self._evidence is not None:
                with suppress(OSError):
                    file = self._evidence / Path(evidence.picture).name
                    pictures[evidence.picture] = file.read_bytes()
        self._recorder.finding(finding, came.arrival_ns, pictures)

    def _on_clock(self, message: Clock) -> None:
        if self._followed is not None:
            self._followed.tick(time_ns(message.clock), time.monotonic_ns())

    def _on_truth(self, came: _Arrival) -> None:
        told = json.loads(deserialize_message(came.data, String).data)
        if told["event"] == HEADER:
            self._recorder.log.reach(told["stamp_ns"])
        if told["event"] == NOW:
            self._recorder.log.live_lines.take(told["speaking"], told["stamp_ns"])
        self.scenario_over = self.scenario_over or told["event"] == END

    def _on_flush(self, _: _Arrival) -> None:
        self._heard.flushed()

    def _on_playback(self, came: _Arrival) -> None:
        self._heard.played(deserialize_message(came.data, UInt64).data)

    def _on_failure(self, topic: str, error: Exception) -> None:
        with self._lock:
            self._recorder.log.counters["messages_not_understood"] += 1
        self.get_logger().warning(f"{topic}: {type(error).__name__}: {error}")

    def _let_worker_finish(self) -> None:
        deadline = time.monotonic() + DRAIN_SECONDS
        pause = threading.Event()
        while time.monotonic() < deadline:
            counts = self._worker.counts().values()
            if all(
                count.received == count.handled + count.failed + count.dropped for count in counts
            ):
                return
            pause.wait(0.01)

    def _close_bag(self) -> None:
        try:
            self._writer.close()
        except BagError as error:
            self.bag_fault = self.bag_fault or str(error)


def _only_record(_: _Arrival) -> None:
    """Nothing beyond what is done with every message."""


def _sound(came: _Arrival) -> NDArray[np.float32]:
    message = deserialize_message(came.data, Int16MultiArray)
    return samples_of(message, channels=1)[:, 0].astype(np.float32) / np.float32(32_768)


def _statuses(came: _Arrival) -> list[Status]:
    return statuses_of(deserialize_message(came.data, DiagnosticArray))
