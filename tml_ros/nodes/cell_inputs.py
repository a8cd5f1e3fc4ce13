"""The cameras and microphones of a cell as topics: which lane a message goes to, what it becomes.

Knows nothing of who judges the result. Messages are enqueued by the callbacks as they are;
converting them is the worker's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Int16MultiArray

from tml_ros.cell.cell_description import (
    CellDescription,
    MicrophoneDescription,
    camera_topic,
    microphone_topic,
)
from tml_ros.nodes import qos
from tml_ros.nodes.cell_node import CellNode
from tml_ros.nodes.messages import samples_of
from tml_ros.nodes.worker import Lane
from tml_ros.turn.micro_turn import AudioBlock
from tml_ros.turn.microphone_sound import MicrophoneSound

IMAGES_WAITING = 2
SOUND_WAITING = 50


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message and when it came, in ns of the node's clock."""

    message: Any
    arrival_ns: int


class MicrophoneInput:
    """Makes the blocks of one microphone out of its messages. Owned by the worker."""

    def __init__(self, name: str, description: MicrophoneDescription) -> None:
        """Expect sound as the cell describes it."""
        self._channels = description.channels
        self._sound = MicrophoneSound(
            name, rate=description.rate, channels=description.channels, encoding="s16"
        )

    def block_of(self, arrival: Arrival) -> AudioBlock | None:
        """The next block; None where there is nothing to give out yet. Raises AudioFormatError."""
        samples = samples_of(arrival.message, channels=self._channels)
        return self._sound.block_of(samples, arrival.arrival_ns)


def camera_lane(name: str) -> str:
    """The lane of a camera's pictures."""
    return f"camera {name}"


def microphone_lane(name: str) -> str:
    """The lane of a microphone's sound."""
    return f"microphone {name}"


def input_lanes(
    cell: CellDescription,
    *,
    on_image: Callable[[str, Arrival], None],
    on_sound: Callable[[str, Arrival], None],
) -> dict[str, Lane]:
    """A lane per camera and microphone; the handlers are given the stream's name as well."""
    images = {
        camera_lane(name): Lane(partial(on_image, name), IMAGES_WAITING) for name in cell.cameras
    }
    sound = {
        microphone_lane(name): Lane(partial(on_sound, name), SOUND_WAITING)
        for name in cell.microphones
    }
    return images | sound


def subscribe_inputs(
    node: CellNode, cell: CellDescription, put: Callable[[str, Arrival], None]
) -> None:
    """Subscribe to every camera and microphone of the cell until the node is deactivated."""

    def into(lane: str) -> Callable[[Any], None]:
        return lambda message: put(lane, Arrival(message, node.now_ns()))

    for name, camera in cell.cameras.items():
        kind = CompressedImage if camera.compressed else Image
        node.subscribe(kind, camera_topic(cell, name), into(camera_lane(name)), qos.CAMERA_IMAGE)
    for name in cell.microphones:
        node.subscribe(
            Int16MultiArray, microphone_topic(cell, name), into(microphone_lane(name)), qos.AUDIO
        )
