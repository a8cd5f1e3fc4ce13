"""What a node takes in at all: nothing larger than is ever real on a topic, nothing unreadable.

Anybody can publish on a cell's topics, messages of any size. What waits for a node's own thread is
bounded in number; here it is bounded in bytes as well, before it is read: text and lists take a
node's memory several times over once they are objects. Knows nothing of what messages mean.
Belongs to the spinning thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Empty, Int16MultiArray, String, UInt64

from tml_ros.cell.alarm_status import OK, WARN, Status

KIB: Final = 1024
NUMBER_BYTES = KIB
TEXT_BYTES = 256 * KIB
STATUSES_BYTES = 256 * KIB
"""A thousand hazards."""
HEARTBEAT_BYTES = 64 * KIB
EVENTS_BYTES = 1024 * KIB
ALARMS_BYTES = 4096 * KIB
"""Some six thousand alarms: a guardian that has so many to tell must not be taken for silent."""
SOUND_BYTES = 2048 * KIB
"""A minute of speech, as much as a loudspeaker keeps; of a microphone as well."""
TELEMETRY_BYTES = 4096 * KIB
"""Ten seconds of a vibration sensor at 51.2 kHz in one message."""
PICTURE_BYTES = 32 * KIB * KIB
"""A picture of 3840 by 2160 points with four bytes each."""

LARGEST: Mapping[type, int] = {
    Empty: NUMBER_BYTES,
    UInt64: NUMBER_BYTES,
    String: TEXT_BYTES,
    DiagnosticArray: STATUSES_BYTES,
    Int16MultiArray: SOUND_BYTES,
    Image: PICTURE_BYTES,
    CompressedImage: PICTURE_BYTES,
}
"""Bytes of a message by its type; of others it is telemetry."""
LARGEST_ON: Mapping[str, int] = {
    "heartbeat": HEARTBEAT_BYTES,
    "alarms": ALARMS_BYTES,
    "alarms/events": EVENTS_BYTES,
}
"""Bytes of a message on topics that differ from their type."""
PICTURES = (Image, CompressedImage)
LOG_EVERY_S = 5.0


def largest_message(kind: type, topic: str) -> int:
    """Bytes that a message of this type may have on this topic, as the cell names it."""
    return LARGEST_ON.get(topic, LARGEST.get(kind, TELEMETRY_BYTES))


class MessageDoor:
    """What one node refuses, counted.

    Pictures are measured after they are read: read from bytes they would be copied once more, and
    no more than two ever wait.
    """

    def __init__(self, node: Node) -> None:
        """Nothing was refused yet."""
        self._node = node
        self.too_large = 0
        """Messages left out for their size."""
        self.unreadable = 0
        """Messages that are none of their topic's type."""
        self.last = ""
        """What was wrong with the newest of them."""
        self._reported = 0

    def subscribe(
        self,
        kind: type,
        topic: str,
        put: Callable[[Any], None],
        qos: Any,  # noqa: ANN401 - as create_subscription takes it, a profile or a depth
        *,
        raw: bool = False,
        **how: Any,  # noqa: ANN401 - whatever else create_subscription takes
    ) -> Any:  # noqa: ANN401 - rclpy does not say what it answers
        """A subscription of the node to what is let in.

        raw: hand on the bytes as they are, unread.
        """
        largest = largest_message(kind, topic)
        if kind in PICTURES and not raw:
            return self._node.create_subscription(
                kind, topic, lambda message: self._seen(message, topic, put, largest), qos, **how
            )

        def came(data: bytes) -> None:
            if len(data) > largest:
                self._refuse_size(topic, len(data), largest)
            elif raw:
                put(data)
            elif (message := self._read(data, kind, topic)) is not None:
                put(message)

        return self._node.create_subscription(kind, topic, came, qos, raw=True, **how)

    @property
    def refused(self) -> int:
        """All that was left out."""
        return self.too_large + self.unreadable

    def values(self) -> dict[str, str]:
        """For diagnostics."""
        values = {"too_large": str(self.too_large), "unreadable": str(self.unreadable)}
        return values | {"last": self.last} if self.last else values

    def status(self, cell: str, node: str) -> Status:
        """What was refused; a warning where something was since the last call."""
        level, message = OK, "nothing is refused"
        if self.refused > self._reported:
            level, message = WARN, f"refused: {self.last}"
        self._reported = self.refused
        return Status(level, f"{cell}/{node}: messages", message, cell, self.values())

    def _seen(
        self,
        picture: Image | CompressedImage,
        topic: str,
        put: Callable[[Any], None],
        largest: int,
    ) -> None:
        if len(picture.data) > largest:
            self._refuse_size(topic, len(picture.data), largest)
        else:
            put(picture)

    def _read(self, data: bytes, kind: type, topic: str) -> Any:  # noqa: ANN401 - of any type
        try:
            return deserialize_message(data, kind)
        except Exception as error:
            # The middleware has no name for what it could not read; of Python's own, a text that
            # is no UTF-8 is one, and a length beyond all memory another.
            self.unreadable += 1
            self._note(topic, f"no {kind.__name__} ({type(error).__name__})")
            return None

    def _refuse_size(self, topic: str, found: int, largest: int) -> None:
        self.too_large += 1
        self._note(topic, f"{found} bytes, allowed: at most {largest}")

    def _note(self, topic: str, why: str) -> None:
        self.last = f"{topic}: {why}"
        self._node.get_logger().warning(f"left out, {self.last}", throttle_duration_sec=LOG_EVERY_S)
