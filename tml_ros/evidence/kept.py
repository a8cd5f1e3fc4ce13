"""One message as evidence keeps it, and how pictures and sound become one.

What is made here may be written as it is. Knows nothing of privacy and files. An `EvidenceMessages`
belongs to one thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tml_ros.bag.message_types import MessageTypes
from tml_ros.bag.standard_messages import StandardMessages
from tml_ros.bag.topic_match import COMPRESSED_IMAGE, INT16_ARRAY
from tml_ros.turn.micro_turn import AudioBlock

QUALITY = 80
"""Of JPEG."""
OVERHEAD = 300
"""Bytes of the object itself, its names and its place in a queue, about."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A message, complete. came_ns: when, in cell time. cdr: its content.

    jpeg_bytes: how many bytes at its end are a picture's; 0 of what is none.
    """

    came_ns: int
    topic: str
    msgtype: str
    cdr: bytes = field(repr=False)
    jpeg_bytes: int = 0

    @property
    def size(self) -> int:
        """What it takes of the memory, with what surrounds it."""
        return len(self.cdr) + OVERHEAD

    @property
    def jpeg(self) -> NDArray[np.uint8]:
        """The picture's file, uint8 [n]; empty of what is none."""
        return np.frombuffer(self.cdr, np.uint8)[len(self.cdr) - self.jpeg_bytes :]


class EvidenceMessages:
    """Makes what is kept of pictures and sound."""

    def __init__(self) -> None:
        """Know Jazzy's types."""
        self._types = MessageTypes()
        self._messages = StandardMessages(self._types)

    def picture(
        self, rgb: NDArray[np.uint8], *, stamp_ns: int, camera: str, topic: str, came_ns: int
    ) -> Kept:
        """sensor_msgs/CompressedImage of uint8 [h, w, 3]."""
        message = self._messages.jpeg(rgb, stamp_ns=stamp_ns, frame_id=camera, quality=QUALITY)
        cdr = bytes(self._types.serialise(message, COMPRESSED_IMAGE))
        return Kept(came_ns, topic, COMPRESSED_IMAGE, cdr, len(message.data))

    def sound(self, block: AudioBlock, *, topic: str, came_ns: int) -> Kept:
        """std_msgs/Int16MultiArray, 16 kHz, mono."""
        message = self._messages.sound(block.samples)
        return Kept(came_ns, topic, INT16_ARRAY, bytes(self._types.serialise(message, INT16_ARRAY)))
