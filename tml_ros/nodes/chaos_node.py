"""The saboteur: stands between a cell's sources and its judges, breaks what it is told to, listens.

Knows nothing of plans and proofs. Messages pass as the bytes they came in, so that passing one on
costs little. Callbacks run in the thread that spins it; whatever is asked of it may be asked from
any other.
"""

from __future__ import annotations

import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock as NodeClock
from rclpy.clock import ClockType
from rclpy.context import Context
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import QoSProfile
from rclpy.serialization import deserialize_message, serialize_message
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Empty, Int16MultiArray, String, UInt64

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_writer import BagWriter
from tml_ros.bench.chaos.faults import Place
from tml_ros.bench.chaos.history import SeenEvent
from tml_ros.bench.chaos.hostile import HostileMessage, hostile_topics
from tml_ros.cell.alarm_status import Status, hazard_status, parse_alarm, parse_transition
from tml_ros.cell.cell_description import CellDescription, camera_topic, microphone_topic
from tml_ros.nodes import qos, telemetry_types
from tml_ros.nodes.messages import compressed_image_message, frame_of, image_message, time_message
from tml_ros.nodes.status_messages import statuses_message, statuses_of
from tml_ros.nodes.worker import Lane, Worker
from tml_ros.safety.alarm import AlarmState
from tml_ros.turn.encoded_picture import jpeg_of
from tml_ros.turn.hazard import Hazard, HazardSource

UNHARMED = "/unharmed"
"""What the topics end in on which a cell's sources publish for the saboteur."""
HELD = 512
"""Messages of a stream that is slowed down, at most."""
KEPT_EVENTS = 200_000
KEPT_MOMENTS = 100_000
KEPT_NAMES = 1_000
KEPT_SENT = 20_000
BAG_WAITING = 5_000
CLOCK_SECONDS = 0.02
_CDR_HEADER = 4
_STAMP = struct.Struct("<iI")


class Harm(Enum):
    """What is done to a stream."""

    NONE = "none"
    CUT = "cut"
    FREEZE = "freeze"
    BLANK = "blank"
    """Black pictures, or silence."""
    SLOW = "slow"
    """At half its pace, so that it grows old."""


class _Relay:
    """One stream on its way; only the spinning thread calls it, but for `harm`."""

    def __init__(self, publisher: Publisher, kind: type, now_ns: Callable[[], int]) -> None:
        self.harm = Harm.NONE
        self.newest_ns = 0
        self._publisher = publisher
        self._kind = kind
        self._now_ns = now_ns
        self._done: Harm = Harm.NONE
        self._held: deque[bytes] = deque(maxlen=HELD)
        self._instead: bytes | None = None
        self._turn = 0

    def take(self, data: bytes) -> None:
        """Pass one message on, or what is left of it."""
        harm = self.harm
        if harm is not self._done:
            self._done = harm
            self._held.clear()
            self._instead = None
        self.newest_ns = time.monotonic_ns()
        if harm is Harm.NONE:
            self._publisher.publish(data)
        elif harm is Harm.SLOW:
            self._held.append(data)
            self._turn += 1
            if self._turn % 2:
                self._publisher.publish(self._held.popleft())
        elif harm is not Harm.CUT:
            if self._instead is None:
                self._instead = data if harm is Harm.FREEZE else self._blank(data)
            self._publisher.publish(self._stamped(self._instead))

    def _stamped(self, data: bytes) -> bytes:
        """The same picture, taken now; sound has no stamp."""
        if self._kind is Int16MultiArray:
            return data
        stamp = _STAMP.pack(*divmod(self._now_ns(), 1_000_000_000))
        return data[:_CDR_HEADER] + stamp + data[_CDR_HEADER + _STAMP.size :]

    def _blank(self, data: bytes) -> bytes:
        message = deserialize_message(data, self._kind)
        if isinstance(message, Int16MultiArray):
            message.data = [0] * len(message.data)
            return bytes(serialize_message(message))
        black = np.zeros_like(frame_of(message, "").rgb)
        if isinstance(message, CompressedImage):
            blank = compressed_image_message(jpeg_of(black, quality=85), "jpeg", 0, "")
        else:
            blank = image_message(black, 0, "")
        return bytes(serialize_message(blank))


class ChaosNode(Node):
    """The saboteur of one cell, in its namespace.

    Relays every camera and microphone that has a source, from "<topic>/unharmed" to its topic.
    Subscribes: alarms, alarms/events, heartbeat, /diagnostics; into the bag also alarms/command,
        alarms/command/results, hazards and speech/text
    Publishes: whatever hostile message it is given, on any topic of the cell; hazards; and, where
        it gives the time, /clock at 50 Hz

    bag: the MCAP file to write; None for none. clock: whether the cell follows our /clock.

    What it hears is stamped by the steady clock when it comes, and bounded.
    """

    def __init__(
        self,
        cell: CellDescription,
        *,
        bag: Path | None = None,
        clock: bool = False,
        context: Context | None = None,
    ) -> None:
        """Stand in between. Raises BagError where the bag cannot be written."""
        super().__init__("saboteur", namespace=cell.cell, context=context, enable_rosout=False)
        self.cell = cell
        self.bag_fault = ""
        """Why the bag ends early; "" where it does not."""
        self._lock = threading.Lock()
        self._events: deque[SeenEvent] = deque(maxlen=KEPT_EVENTS)
        self._spoken: deque[int] = deque(maxlen=KEPT_MOMENTS)
        self._silences: deque[int] = deque(maxlen=KEPT_MOMENTS)
        self._standing: dict[Place, AlarmState] | None = None
        self._statuses: dict[str, Status] = {}
        self._beats: dict[str, tuple[int, str]] = {}
        self._hostile: dict[str, Publisher] = {}
        self._sent: dict[int, None] = {}
        self._writer = None if bag is None else BagWriter(bag, overwrite=True)
        self._worker = Worker(
            "saboteur",
            {"bag": Lane(self._write, BAG_WAITING)},
            on_failure=lambda _, error: self._bag_failed(error),
        )
        self._steady = NodeClock(clock_type=ClockType.STEADY_TIME)
        self._clock_offset_ns = 0
        self._clock_stopped_ns: int | None = None
        if clock:
            self._time = self.create_publisher(Clock, "/clock", qos.CLOCK)
            self.create_timer(CLOCK_SECONDS, self._tick, clock=self._steady)
        self._relays = dict(self._relayed())
        self._hazards = self.create_publisher(DiagnosticArray, "hazards", qos.HAZARDS)
        self._listen()

    # What is asked of it; any thread.

    def harm(self, stream: str, harm: Harm) -> None:
        """Do this to a camera or microphone from now on. Raises KeyError."""
        self._relays[stream].harm = harm

    def stop_clock(self, stopped: bool) -> None:
        """Let the cell's time stand still, or go on from where it would be."""
        self._clock_stopped_ns = self.now_ns() if stopped else None

    def jump_clock(self, by_ns: int) -> None:
        """Set the cell's time forward, or back where negative."""
        self._clock_offset_ns += by_ns

    def now_ns(self) -> int:
        """The time that the cell has."""
        stopped_ns = self._clock_stopped_ns
        return time.time_ns() + self._clock_offset_ns if stopped_ns is None else stopped_ns

    def say_hazards(self, places: Iterable[Place], *, present: bool) -> None:
        """Say as the model would that there are, or are not, these hazards."""
        stamp_ns = self.now_ns()
        statuses = [
            hazard_status(
                Hazard(kind, zone, float(present), HazardSource.MODEL, stamp_ns),
                cell=self.cell.cell,
            )
            for kind, zone in places
        ]
        self._hazards.publish(statuses_message(statuses, stamp_ns))

    def open_hostile(self) -> None:
        """Advertise every topic of the cell, so that what is then sent finds its listeners."""
        for topic in hostile_topics(self.cell):
            if topic.topic not in self._hostile:
                kind, profile = _kind_and_quality(topic.topic, topic.msgtype)
                self._hostile[topic.topic] = self.create_publisher(kind, topic.topic, profile)

    def close_hostile(self) -> None:
        """Take those back."""
        for publisher in self._hostile.values():
            self.destroy_publisher(publisher)
        self._hostile.clear()

    def send_hostile(self, message: HostileMessage) -> bool:
        """Publish the bytes as they are; False where DDS itself refuses to send them.

        Raises KeyError before `open_hostile`.
        """
        self._sent[_mark(message.data)] = None
        if len(self._sent) > KEPT_SENT:
            del self._sent[next(iter(self._sent))]
        try:
            self._hostile[message.topic].publish(message.data)
        except RuntimeError:
            # Of a type of fixed size, more bytes than it has.
            return False
        return True

    # What it has heard; any thread.

    def newest(self) -> dict[str, int]:
        """When each relayed stream last gave something, steady ns."""
        return {name: relay.newest_ns for name, relay in self._relays.items()}

    def events(self) -> tuple[SeenEvent, ...]:
        """The transitions so far, in the order in which they came."""
        with self._lock:
            return tuple(self._events)

    def standing(self) -> dict[Place, AlarmState] | None:
        """Every alarm that is not normal as last told; None before the first."""
        with self._lock:
            return None if self._standing is None else dict(self._standing)

    def spoken(self) -> tuple[int, ...]:
        """When `alarms` came, steady ns."""
        with self._lock:
            return tuple(self._spoken)

    def silences(self) -> tuple[int, ...]:
        """When its silence was noticed, by its deadline or the loss of its writer, steady ns."""
        with self._lock:
            return tuple(self._silences)

    def beats(self) -> dict[str, tuple[int, str]]:
        """When each node last beat, steady ns, and its process id as it says."""
        with self._lock:
            return dict(self._beats)

    def statuses(self) -> dict[str, Status]:
        """The newest of each status of this cell on /diagnostics."""
        with self._lock:
            return dict(self._statuses)

    def destroy_node(self) -> None:
        """Finish the bag. Call when the node is no longer spun."""
        self._worker.close()
        if self._writer is not None:
            try:
                self._writer.close()
            except BagError as error:
                self.bag_fault = self.bag_fault or str(error)
        super().destroy_node()

    def _relayed(self) -> Iterable[tuple[str, _Relay]]:
        cell = self.cell
        for name, camera in cell.cameras.items():
            kind = CompressedImage if camera.compressed else Image
            if camera.source is not None:
                yield name, self._relay(kind, camera_topic(cell, name), qos.CAMERA_IMAGE)
        for name, microphone in cell.microphones.items():
            if microphone.source is not None:
                topic = microphone_topic(cell, name)
                yield name, self._relay(Int16MultiArray, topic, qos.AUDIO)

    def _relay(self, kind: type, topic: str, profile: QoSProfile) -> _Relay:
        relay = _Relay(self.create_publisher(kind, topic, profile), kind, self.now_ns)
        self.create_subscription(kind, f"{topic}{UNHARMED}", relay.take, profile, raw=True)
        return relay

    def _listen(self) -> None:
        def subscribe(
            topic: str, kind: type, profile: QoSProfile, take: Callable[[bytes, int], None]
        ) -> None:
            type_name = f"{kind.__module__.partition('.')[0]}/msg/{kind.__name__}"
            name = self.resolve_topic_name(topic)

            def came(data: bytes) -> None:
                steady_ns = time.monotonic_ns()
                if _mark(data) in self._sent:
                    # What this very node has sent; a record of it would be of no use to anybody.
                    return
                self._worker.put("bag", (name, type_name, data))
                try:
                    take(data, steady_ns)
                except Exception as error:
                    self.get_logger().warning(f"{name}: {type(error).__name__}: {error}")

            events = None
            if topic == "alarms":
                events = SubscriptionEventCallbacks(
                    deadline=lambda _: self._fell_silent(),
                    liveliness=self._on_liveliness,
                    use_default_callbacks=False,
                )
            self.create_subscription(kind, topic, came, profile, raw=True, event_callbacks=events)

        array = DiagnosticArray
        subscribe("alarms/events", array, qos.ALARM_EVENTS, self._on_events)
        subscribe("alarms", array, qos.ALARMS, self._on_alarms)
        subscribe("heartbeat", array, qos.HEARTBEATS_HEARD, self._on_heartbeat)
        subscribe("/diagnostics", array, qos.DIAGNOSTICS, self._on_diagnostics)
        subscribe("alarms/command", String, qos.ALARM_COMMANDS, _only_record)
        subscribe("alarms/command/results", String, qos.ALARM_COMMANDS, _only_record)
        subscribe("hazards", array, qos.HAZARDS, _only_record)
        subscribe("speech/text", String, qos.SPEECH, _only_record)

    def _on_events(self, data: bytes, steady_ns: int) -> None:
        for status in self._of_the_cell(data):
            event = SeenEvent(steady_ns, parse_transition(status.values))
            with self._lock:
                self._events.append(event)

    def _on_alarms(self, data: bytes, steady_ns: int) -> None:
        statuses = statuses_of(deserialize_message(data, DiagnosticArray))
        if any(status.hardware_id != self.cell.cell for status in statuses):
            return
        alarms = [parse_alarm(status.values) for status in statuses]
        with self._lock:
            self._standing = {(alarm.kind, alarm.zone): alarm.state for alarm in alarms}
            self._spoken.append(steady_ns)

    def _on_heartbeat(self, data: bytes, steady_ns: int) -> None:
        for status in self._of_the_cell(data):
            about, _, _ = status.name.partition(":")
            node = about.rpartition("/")[2]
            with self._lock:
                if node in self._beats or len(self._beats) < KEPT_NAMES:
                    self._beats[node] = (steady_ns, status.values.get("pid", ""))

    def _on_diagnostics(self, data: bytes, steady_ns: int) -> None:
        for status in self._of_the_cell(data):
            with self._lock:
                if status.name in self._statuses or len(self._statuses) < KEPT_NAMES:
                    self._statuses[status.name] = status

    def _of_the_cell(self, data: bytes) -> list[Status]:
        statuses = statuses_of(deserialize_message(data, DiagnosticArray))
        return [status for status in statuses if status.hardware_id == self.cell.cell]

    def _on_liveliness(self, event: object) -> None:
        if getattr(event, "alive_count_change", 0) < 0:
            self._fell_silent()

    def _fell_silent(self) -> None:
        with self._lock:
            self._silences.append(time.monotonic_ns())

    def _tick(self) -> None:
        self._time.publish(Clock(clock=time_message(self.now_ns())))

    def _write(self, item: tuple[str, str, bytes]) -> None:
        if self._writer is not None and not self.bag_fault:
            topic, type_name, data = item
            self._writer.write(topic, type_name, time.time_ns(), data)

    def _bag_failed(self, error: Exception) -> None:
        self.bag_fault = str(error)


def _mark(data: bytes) -> int:
    """Of the bytes of a message, by which it is known again; DDS may write another header."""
    return hash(bytes(data[_CDR_HEADER:]))


def _only_record(data: bytes, steady_ns: int) -> None:
    """Nothing beyond what is done with every message."""


_PROFILES = {
    "alarms": qos.ALARMS,
    "alarms/events": qos.ALARM_EVENTS,
    "alarms/command": qos.ALARM_COMMANDS,
    "hazards": qos.HAZARDS,
    "heartbeat": qos.HEARTBEAT,
    "text": qos.TEXT,
    "speech/playback": qos.PLAYBACK,
    "delegations": qos.DELEGATIONS,
    "findings": qos.FINDINGS,
    "/diagnostics": qos.DIAGNOSTICS,
}
_KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        *(CompressedImage, DiagnosticArray, Empty, Image, Int16MultiArray, String, UInt64),
        *telemetry_types.MESSAGE_TYPES.values(),
    )
}


def _kind_and_quality(topic: str, msgtype: str) -> tuple[type, QoSProfile]:
    kind = _KINDS[msgtype.rpartition("/")[2]]
    if kind in (Image, CompressedImage):
        # Reliable, or most of what is wrong would never arrive.
        return kind, QoSProfile(depth=20)
    return kind, _PROFILES.get(topic, qos.SPEECH)
